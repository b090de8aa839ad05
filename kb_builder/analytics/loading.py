"""Raw segments in, a Parquet file for each day out: each line checked, each event once, each query with its words.

A day is the one on which its segments were received. Days are read side by side; what keeps them apart, an event that
came on two days, is told by a table of all ids that they share.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kb_builder.analytics.duck import cursor, quoted, write_parquet
from kb_builder.analytics.segments import is_whole, unpack_all
from kb_builder.index.analyzer import analyze, stemmer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MAX_LINE = 1_000_000
_WORDS_AT_ONCE = 20_000
_GROUP_BYTES = 64_000_000
_BATCH_BYTES = 256_000_000
_BLOCK_BYTES = 200_000
_WORKERS = min(4, os.cpu_count() or 1)
_one_stemmer = Lock()  # It keeps the word it works on in itself.
_CONTENT = 'action, client_ms, user_query, page, object_id, "position", form_token'

_RECORD = json.dumps(
    {
        **dict.fromkeys(("received", "source", "visit", "bot"), "VARCHAR"),
        "event": {
            **dict.fromkeys(
                ("event_id", "timestamp", "action_name", "session_id", "application", "page", "locale", "audience"),
                "VARCHAR",
            ),
            **dict.fromkeys(
                ("arm", "experiment", "team", "index_hash", "query_id", "user_query", "reason", "message"), "VARCHAR"
            ),
            **dict.fromkeys(("form_token", "channel"), "VARCHAR"),
            **dict.fromkeys(("age_ms", "count"), "BIGINT"),
            **dict.fromkeys(("helpful", "looked_first"), "BOOLEAN"),
            "dwell_seconds": "INTEGER",
            "query_response_hit_ids": ["VARCHAR"],
            "query_attributes": {"result_count": "INTEGER", "committed_by": "VARCHAR", "prefixes": "INTEGER"},
            "event_attributes": {"object": {"object_id": "VARCHAR"}, "position": {"ordinal": "INTEGER"}},
        },
    }
)

_WORDS = json.dumps([{"q": "VARCHAR", "l": "VARCHAR", "t": "VARCHAR", "s": ["VARCHAR"]}])

# A table of its own: inside a larger query the transformation would run once for each field.
_PARSE = """
CREATE OR REPLACE TEMP TABLE parsed AS
SELECT json_transform(substr(line, 10), $record) AS r, substr(line, 1, 8) AS crc,
    try_cast(parse_path(filename)[-2] AS DATE) AS part
FROM read_csv($files, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false,
    auto_detect = false, max_line_size = $longest, filename = true)
"""

# The reader's clock is used when it agrees with the server's to five seconds: access logs know whole seconds only.
_FLAT = """
SELECT e.event_id AS event_id, e.action_name AS action, at_ms,
    strftime(make_timestamp(at_ms * 1000), '%Y-%m-%d') AS "day", client_ms, received_ms,
    coalesce(visit, e.session_id) AS visitor, e.query_id AS query_id,
    e.application AS application, e.page AS page, coalesce(e.locale, '') AS locale,
    coalesce(e.audience, '') AS audience, e.arm AS arm, e.experiment AS experiment, e.team AS team,
    e.index_hash AS index_hash, e.user_query AS user_query,
    e.query_attributes.result_count AS result_count, e.query_response_hit_ids AS hits,
    e.query_attributes.committed_by AS committed_by,
    e.query_attributes.prefixes AS prefixes, e.event_attributes."object".object_id AS object_id,
    e.event_attributes."position".ordinal AS "position", e.dwell_seconds AS dwell_seconds, e.helpful AS helpful,
    e.reason AS reason, e.message AS message, e.form_token AS form_token, e.channel AS channel,
    e.looked_first AS looked_first, e.count AS total, bot, source, crc, part
FROM (
    SELECT *,
        CASE WHEN abs(client_ms - server_ms) <= 5000 OR server_ms IS NULL THEN client_ms ELSE server_ms END AS at_ms
    FROM (
        SELECT r.event AS e, r.visit AS visit, coalesce(r.bot, '') AS bot, r.source AS source, crc, part,
            epoch_ms(try_cast(r.event.timestamp AS TIMESTAMP)) AS client_ms,
            epoch_ms(try_cast(r.received AS TIMESTAMP)) AS received_ms,
            CASE WHEN r.source = 'collect' OR r.event.age_ms IS NOT NULL
                THEN epoch_ms(try_cast(r.received AS TIMESTAMP)) - coalesce(r.event.age_ms, 0) END AS server_ms
        FROM parsed
    )
)
WHERE e.event_id IS NOT NULL AND e.action_name IS NOT NULL AND at_ms IS NOT NULL AND received_ms IS NOT NULL
"""


# Of an event that came on two days, the day that received it first keeps it.
_SETTLE_CLAIMS = (
    """CREATE TEMP TABLE rivals AS
    SELECT key, claimed.part AS part, claimed.content <> own.content AS differs,
        (claimed.received_ms, claimed.part) < (own.received_ms, own.part) AS is_sooner
    FROM claimed JOIN own USING (key)""",
    """CREATE TEMP TABLE rival_ids AS
    SELECT event_id, rivals.part AS part, is_sooner
    FROM received JOIN rivals ON rivals.key = hash(received.event_id)""",
    "INSERT INTO lost SELECT event_id, part FROM rival_ids WHERE NOT is_sooner",
    "DELETE FROM claimed WHERE key IN (SELECT key FROM rivals WHERE NOT is_sooner)",
    "DELETE FROM received WHERE event_id IN (SELECT event_id FROM rival_ids WHERE is_sooner)",
    "INSERT INTO claimed SELECT * FROM own WHERE key NOT IN (SELECT key FROM rivals WHERE is_sooner)",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was read: see `store.Refresh`.

    Attributes:
        events: Of each part that was written, by day.
        taken: Lines that are events.
    """

    events: Mapping[str, int]
    lines: int
    taken: int
    conflicts: int


class Loader:
    """Reads days into parts, several at a time, each event into one part only: that of the day it came first."""

    def __init__(self, db: DuckDBPyConnection, spill: Path) -> None:
        self._db = db
        self._spill = spill
        self._claims = Lock()
        db.execute("CREATE TABLE claimed (key UBIGINT, content UBIGINT, received_ms BIGINT, part DATE)")
        db.execute("CREATE TABLE lost (event_id VARCHAR, part DATE)")

    def know(self, parts: Mapping[str, Path]) -> None:
        """Claim the events of the parts, by day, that are not read now."""
        for day, path in parts.items():
            events = f"(SELECT *, CAST($day AS DATE) AS part FROM read_parquet({quoted(path)}))"  # noqa: S608  # ours
            self._db.execute(f"INSERT INTO claimed {_claim(events)}", {"day": day})

    def load(self, days: Mapping[str, Sequence[Path]], old: Mapping[str, Path], parts: Path) -> Counts:
        """Write a file ``.<day>.new`` for each day, of its segments and its old part, if it has one.

        Args:
            days: Segments to be read, by day.
            old: Parts of the store as it is, by day.
            parts: Folder for the files.
        """
        with ThreadPoolExecutor(_WORKERS) as workers:
            groups = list(workers.map(lambda group: self._group(group, old, parts), _groups(days)))
        events = {day: count for group in groups for day, count in group.events.items()}
        for (day,) in self._db.execute("SELECT DISTINCT strftime(part, '%Y-%m-%d') FROM lost").fetchall():
            new = new_part(parts, day)
            events[day] = self._without_lost(day, new if day in days else old[day], new)
        return Counts(
            events,
            sum(group.lines for group in groups),
            sum(group.taken for group in groups),
            sum(group.conflicts for group in groups),
        )

    def _group(self, days: Mapping[str, Sequence[Path]], old: Mapping[str, Path], parts: Path) -> Counts:
        with cursor(self._db) as db, tempfile.TemporaryDirectory(prefix="kb-segments-", dir=self._spill) as copies:
            lines = _read_lines(db, [path for segments in days.values() for path in segments], Path(copies))
            taken = _number(db, "SELECT count(*) FROM incoming")
            _add_words(db)
            db.execute(
                "CREATE TEMP TABLE received AS SELECT * FROM incoming LEFT JOIN words USING (user_query, locale)"
            )
            db.execute("DROP TABLE incoming")
            for day in days.keys() & old.keys():
                part = f"SELECT *, CAST($day AS DATE) AS part FROM read_parquet({quoted(old[day])})"  # noqa: S608  # ours
                db.execute(f"INSERT INTO received BY NAME {part}", {"day": day})
            conflicts = _keep_one_of_each(db) + self._claim_events(db)
            events = dict.fromkeys(days, 0)
            events.update(
                db.execute("SELECT strftime(part, '%Y-%m-%d'), count(*) FROM received GROUP BY part").fetchall()
            )
            for day in days:
                of_day = f"(SELECT * EXCLUDE part FROM received WHERE part = DATE '{day}')"  # noqa: S608  # a day
                write_parquet(db, of_day, new_part(parts, day))
        return Counts(events, lines, taken, conflicts)

    def _claim_events(self, db: DuckDBPyConnection) -> int:
        """Drop what another day received sooner, and note what another day has to drop; return how many differ."""
        with self._claims:
            db.execute(f"CREATE TEMP TABLE own AS {_claim('received')}")
            for statement in _SETTLE_CLAIMS:
                db.execute(statement)
            return _number(db, "SELECT count(*) FROM rivals WHERE differs")

    def _without_lost(self, day: str, source: Path, target: Path) -> int:
        """Write a part without the events that another day has received sooner; return how many are left."""
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE left_over AS FROM read_parquet({quoted(source)})")
        lost = "SELECT event_id FROM lost WHERE part = CAST($part AS DATE)"
        self._db.execute(f"DELETE FROM left_over WHERE event_id IN ({lost})", {"part": day})  # noqa: S608  # ours
        write_parquet(self._db, "left_over", target)
        return _number(self._db, "SELECT count(*) FROM left_over")


def new_part(parts: Path, day: str) -> Path:
    """Return where the part of a day is written before it takes its place."""
    return parts / f".{day}.new"


def _claim(events: str) -> str:
    """Return a statement for what tells events and their contents apart; texts would take four times the room."""
    claim = f"hash(event_id) AS key, hash({_CONTENT}) AS content, received_ms, part"
    return f"SELECT {claim} FROM {events}"  # noqa: S608  # two texts of ours


def _read_lines(db: DuckDBPyConnection, segments: Sequence[Path], copies: Path) -> int:
    """Make the table ``incoming`` of the events in segments; return how many lines there are."""
    db.execute(_PARSE, {"record": _RECORD, "files": [os.devnull], "longest": _MAX_LINE})
    db.execute(f"CREATE TEMP TABLE incoming AS {_FLAT}")
    lines = 0
    for batch in _batches(_checked(path, copies, number) for number, path in enumerate(segments)):
        lines += sum(segment.lines for segment in batch)
        db.execute(_PARSE, {"record": _RECORD, "files": [str(segment.path) for segment in batch], "longest": _MAX_LINE})
        db.execute(f"INSERT INTO incoming {_FLAT}")
    db.execute("DROP TABLE parsed")
    return lines


def _keep_one_of_each(db: DuckDBPyConnection) -> int:
    """Leave each event once, the earliest received; return how many came with different content."""
    db.execute("CREATE TEMP TABLE twice AS SELECT event_id FROM received GROUP BY event_id HAVING count(*) > 1")
    conflicts = _number(
        db,
        f"""SELECT count(*) FROM (
            SELECT event_id FROM received SEMI JOIN twice USING (event_id) GROUP BY event_id
            HAVING count(DISTINCT hash({_CONTENT})) > 1)""",  # noqa: S608  # a text of ours
    )
    db.execute(
        """CREATE TEMP TABLE kept AS
        SELECT * FROM received SEMI JOIN twice USING (event_id)
        QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY received_ms, part, crc) = 1"""
    )
    db.execute("DELETE FROM received WHERE event_id IN (FROM twice)")
    db.execute("INSERT INTO received FROM kept")
    return conflicts


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file of whole lines, and how many lines the segment it was made of has."""

    path: Path
    lines: int


def _groups(days: Mapping[str, Sequence[Path]]) -> Iterator[dict[str, Sequence[Path]]]:
    """Group small days, because each group costs as much as some ten thousand lines."""
    group: dict[str, Sequence[Path]] = {}
    room = _GROUP_BYTES
    for day in sorted(days):
        size = sum(path.stat().st_size for path in days[day])
        if group and size > room:
            yield group
            group, room = {}, _GROUP_BYTES
        group[day] = days[day]
        room -= size
    if group:
        yield group


def _batches(segments: Iterable[_Checked]) -> Iterator[list[_Checked]]:
    """Group files so that a group fits in memory; a larger file is a group of its own."""
    batch: list[_Checked] = []
    room = _BATCH_BYTES
    for segment in segments:
        size = segment.path.stat().st_size
        if batch and size > room:
            yield batch
            batch, room = [], _BATCH_BYTES
        batch.append(segment)
        room -= size
    if batch:
        yield batch


def _checked(path: Path, copies: Path, number: int) -> _Checked:
    """Count lines; a file with damage is copied without it."""
    lines = damaged = 0
    copy = copies / str(number) / path.parent.name / path.name  # in a folder of its day
    with path.open("rb") as file:
        while block := file.readlines(_BLOCK_BYTES):
            lines += len(block)
            damaged += unpack_all(block) is None
    if not damaged:
        return _Checked(path, lines)
    copy.parent.mkdir(parents=True)
    with path.open("rb") as file, copy.open("wb") as target:
        target.writelines(line for line in file if is_whole(line) and len(line) < _MAX_LINE)
    return _Checked(copy, lines)


def _add_words(db: DuckDBPyConnection) -> None:
    """Give every query its folded text and the stems of its words, by the analyzer of the search index."""
    db.execute("CREATE TEMP TABLE words (user_query VARCHAR, locale VARCHAR, text VARCHAR, stems VARCHAR[])")
    texts = db.execute("SELECT DISTINCT user_query, locale FROM incoming WHERE user_query IS NOT NULL").fetchall()
    for start in range(0, len(texts), _WORDS_AT_ONCE):
        with _one_stemmer:
            rows = [_words(text, locale) for text, locale in texts[start : start + _WORDS_AT_ONCE]]
        db.execute(
            "INSERT INTO words SELECT r.q, r.l, r.t, r.s FROM (SELECT unnest(from_json($rows, $shape)) AS r)",
            {"rows": json.dumps(rows), "shape": _WORDS},
        )


@lru_cache(maxsize=50_000)  # the same on most days
def _words(text: str, locale: str) -> dict[str, Any]:
    language = locale.partition("-")[0].lower() or "en"
    words = analyze(text, language)
    stem = stemmer(language)
    return {"q": text, "l": locale, "t": " ".join(words), "s": sorted({stem(word) for word in words})}


def _number(db: DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> int:
    row = db.execute(sql, values or {}).fetchone()
    assert row is not None
    return int(row[0])
