"""Raw segments in, a table of different events out: each line checked, each event once, each query with its words."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb_builder.analytics.duck import quoted
from kb_builder.analytics.segments import is_whole
from kb_builder.index.analyzer import analyze, stemmer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MAX_LINE = 1_000_000
_WORDS_AT_ONCE = 20_000
_BATCH_BYTES = 256_000_000

_RECORD = json.dumps(
    {
        **dict.fromkeys(("received", "source", "visit", "bot"), "VARCHAR"),
        "event": {
            **dict.fromkeys(
                ("event_id", "timestamp", "action_name", "session_id", "application", "page", "locale", "audience"),
                "VARCHAR",
            ),
            **dict.fromkeys(("arm", "index_hash", "query_id", "user_query", "reason", "message"), "VARCHAR"),
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
SELECT json_transform(substr(line, 10), $record) AS r, substr(line, 1, 8) AS crc
FROM read_csv($files, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false,
    auto_detect = false, max_line_size = $longest)
"""

# The reader's clock is used when it agrees with the server's to five seconds: access logs know whole seconds only.
_FLAT = """
SELECT e.event_id AS event_id, e.action_name AS action, at_ms,
    strftime(make_timestamp(at_ms * 1000), '%Y-%m-%d') AS "day", client_ms, received_ms,
    coalesce(visit, e.session_id) AS visitor, e.query_id AS query_id,
    e.application AS application, e.page AS page, coalesce(e.locale, '') AS locale,
    coalesce(e.audience, '') AS audience, e.arm AS arm, e.index_hash AS index_hash, e.user_query AS user_query,
    e.query_attributes.result_count AS result_count, e.query_response_hit_ids AS hits,
    e.query_attributes.committed_by AS committed_by,
    e.query_attributes.prefixes AS prefixes, e.event_attributes."object".object_id AS object_id,
    e.event_attributes."position".ordinal AS "position", e.dwell_seconds AS dwell_seconds, e.helpful AS helpful,
    e.reason AS reason, e.message AS message, e.form_token AS form_token, e.channel AS channel,
    e.looked_first AS looked_first, e.count AS total, bot, source, crc
FROM (
    SELECT *,
        CASE WHEN abs(client_ms - server_ms) <= 5000 OR server_ms IS NULL THEN client_ms ELSE server_ms END AS at_ms
    FROM (
        SELECT r.event AS e, r.visit AS visit, coalesce(r.bot, '') AS bot, r.source AS source, crc,
            epoch_ms(try_cast(r.event.timestamp AS TIMESTAMP)) AS client_ms,
            epoch_ms(try_cast(r.received AS TIMESTAMP)) AS received_ms,
            CASE WHEN r.source = 'collect' OR r.event.age_ms IS NOT NULL
                THEN epoch_ms(try_cast(r.received AS TIMESTAMP)) - coalesce(r.event.age_ms, 0) END AS server_ms
        FROM parsed
    )
)
WHERE e.event_id IS NOT NULL AND e.action_name IS NOT NULL AND at_ms IS NOT NULL AND received_ms IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was read: see `store.Refresh`."""

    events: int
    lines: int
    damaged: int
    repeated: int
    conflicts: int


def load_segments(db: DuckDBPyConnection, segments: Sequence[Path], old: Path | None) -> Counts:
    """Make the view ``events`` of the old store and the segments, each event once, the earliest received.

    Lines are checked ahead, in a thread, while the engine works on those before.
    """
    db.execute(_PARSE, {"record": _RECORD, "files": [os.devnull], "longest": _MAX_LINE})
    db.execute(f"CREATE TEMP TABLE incoming AS {_FLAT}")
    read = damaged = 0
    with tempfile.TemporaryDirectory(prefix="kb-segments-") as folder, ThreadPoolExecutor(1) as ahead:
        checked = ahead.map(lambda numbered: _checked(numbered[1], Path(folder), numbered[0]), enumerate(segments))
        for batch in _batches(checked):
            read += sum(segment.whole for segment in batch)
            damaged += sum(segment.damaged for segment in batch)
            files = [str(segment.path) for segment in batch if segment.whole]
            if files:
                db.execute(_PARSE, {"record": _RECORD, "files": files, "longest": _MAX_LINE})
                db.execute(f"INSERT INTO incoming {_FLAT}")
    db.execute("DROP TABLE parsed")
    taken = _number(db, "SELECT count(*) FROM incoming")
    _add_words(db)
    db.execute("CREATE TEMP VIEW fresh AS SELECT * FROM incoming LEFT JOIN words USING (user_query, locale)")
    before = 0
    if old:
        db.execute(f"CREATE TEMP VIEW received AS FROM fresh UNION ALL BY NAME FROM read_parquet({quoted(old)})")
        before = _number(db, "SELECT count(*) FROM read_parquet($old)", {"old": str(old)})
    else:
        db.execute("CREATE TEMP VIEW received AS FROM fresh")
    db.execute("CREATE TEMP TABLE twice AS SELECT event_id FROM received GROUP BY event_id HAVING count(*) > 1")
    conflicts = _number(
        db,
        """SELECT count(*) FROM (
            SELECT event_id FROM received SEMI JOIN twice USING (event_id) GROUP BY event_id
            HAVING count(DISTINCT (action, client_ms, user_query, page, object_id, "position", form_token)) > 1)""",
    )
    db.execute(
        """CREATE TEMP TABLE kept AS
        SELECT * FROM received SEMI JOIN twice USING (event_id)
        QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY received_ms, crc) = 1"""
    )
    db.execute("CREATE TEMP VIEW events AS FROM received ANTI JOIN twice USING (event_id) UNION ALL BY NAME FROM kept")
    repeated = _repeated(db)
    return Counts(before + taken - repeated, read + damaged, damaged + read - taken, repeated, conflicts)


def _repeated(db: DuckDBPyConnection) -> int:
    received = _number(db, "SELECT count(*) FROM received SEMI JOIN twice USING (event_id)")
    return received - _number(db, "SELECT count(*) FROM twice")


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file of whole lines, and how many were whole and damaged in the segment it was made of."""

    path: Path
    whole: int
    damaged: int


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


def _checked(path: Path, folder: Path, number: int) -> _Checked:
    """Count whole and damaged lines; a file with damage is copied without it."""
    with path.open("rb") as file:
        lines = Counter(map(_may_read, file))
    if not lines[False]:
        return _Checked(path, lines[True], 0)
    copy = folder / f"{number}.seg"
    with path.open("rb") as file, copy.open("wb") as target:
        target.writelines(line for line in file if _may_read(line))
    return _Checked(copy, lines[True], lines[False])


def _may_read(line: bytes) -> bool:
    return is_whole(line) and len(line) < _MAX_LINE


def _add_words(db: DuckDBPyConnection) -> None:
    """Give every query its folded text and the stems of its words, by the analyzer of the search index."""
    db.execute("CREATE TEMP TABLE words (user_query VARCHAR, locale VARCHAR, text VARCHAR, stems VARCHAR[])")
    texts = db.execute("SELECT DISTINCT user_query, locale FROM incoming WHERE user_query IS NOT NULL").fetchall()
    for start in range(0, len(texts), _WORDS_AT_ONCE):
        rows = [_words(text, locale) for text, locale in texts[start : start + _WORDS_AT_ONCE]]
        db.execute(
            "INSERT INTO words SELECT r.q, r.l, r.t, r.s FROM (SELECT unnest(from_json($rows, $shape)) AS r)",
            {"rows": json.dumps(rows), "shape": _WORDS},
        )


def _words(text: str, locale: str) -> dict[str, Any]:
    language = locale.partition("-")[0].lower() or "en"
    words = analyze(text, language)
    stem = stemmer(language)
    return {"q": text, "l": locale, "t": " ".join(words), "s": sorted({stem(word) for word in words})}


def _number(db: DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> int:
    row = db.execute(sql, values or {}).fetchone()
    assert row is not None
    return int(row[0])
