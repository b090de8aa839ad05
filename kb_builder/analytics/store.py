"""Raw segments in, one Parquet file of deduplicated events out. The only room that imports DuckDB.

The Parquet file is derived: it can be deleted at any time, and one that is damaged is set aside and made again from the
raw segments. It is replaced as a whole, so whoever reads it never meets a half-written one or a lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from kb_builder.analytics.extras import need
from kb_builder.analytics.segments import is_whole, segment_files
from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.issues import KbError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = 1
EVENTS_FILE = "events.parquet"
_MANIFEST = "store.json"
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
class Refresh:
    """What making the store anew, or bringing it up to date, did.

    Attributes:
        events: Different events in the store now.
        lines: Lines read from segments this time.
        damaged: Of these, lines that failed their checksum or are no event.
        repeated: Of these, events that were there already.
        conflicts: Repeated events whose content differed; the one received first counts.
        rebuilt: Why everything was read again; empty when it was not.
    """

    events: int
    lines: int = 0
    damaged: int = 0
    repeated: int = 0
    conflicts: int = 0
    rebuilt: str = ""


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What the Parquet file was made of."""

    format: int
    sha256: str
    events: int
    segments: dict[str, int] = field(default_factory=dict)  # bytes read, by path below the raw folder


@contextmanager
def connect(*, memory_mb: int = 1500, threads: int = 0, spill: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """Open an engine in memory that spills to disk beyond its limit.

    Args:
        memory_mb: How much it may hold.
        threads: How many cores it may use; 0 means all.
        spill: Folder for what does not fit; a temporary one when not given.
    """
    duckdb = need("duckdb", extra="analytics")
    with tempfile.TemporaryDirectory(prefix="kb-analytics-", dir=spill) as folder:
        db = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        try:
            db.execute("SET memory_limit = $limit", {"limit": f"{memory_mb}MB"})
            db.execute("SET temp_directory = $folder", {"folder": folder})
            db.execute("SET TimeZone = 'UTC'")
            db.execute("SET preserve_insertion_order = false")
            if threads:
                db.execute("SET threads = $threads", {"threads": threads})
            yield db
        finally:
            db.close()


def refresh(folder: Path, *, rebuild: bool = False, progress: Callable[[str], None] = lambda stage: None) -> Refresh:
    """Bring the store up to date with the raw segments.

    Args:
        folder: The analytics folder: ``raw/`` is read, ``store/`` written.
        rebuild: Read every segment again, whatever the store holds.
        progress: Told what is being done.

    Raises:
        KbError: Another import holds the folder, or it cannot be written.
    """
    store = folder / "store"
    store.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        segments = {path.relative_to(folder / "raw").as_posix(): path for path in segment_files(folder / "raw")}
        sizes = {name: path.stat().st_size for name, path in segments.items()}
        old, reason = _read_manifest(store)
        if old and any(sizes.get(name, -1) < size for name, size in old.segments.items()):
            reason = "a raw segment is gone or shorter than before"
        if rebuild:
            reason = "asked for"
        if reason or old is None:
            _set_aside(store, damaged=reason.startswith("damaged"))
            old = None
        fresh = [name for name in sizes if old is None or sizes[name] > old.segments.get(name, 0)]
        if old and not fresh:
            return Refresh(old.events)
        progress(f"Reading {len(fresh)} segments")
        with connect(spill=store) as db:
            counts = _load(db, [segments[name] for name in fresh], store / EVENTS_FILE if old else None)
            progress(f"Writing {counts.events} events")
            digest = _write(db, store)
        manifest = _Manifest(FORMAT, digest, counts.events, sizes)
        _replace(store / _MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    return Refresh(counts.events, counts.lines, counts.damaged, counts.repeated, counts.conflicts, reason)


def events_file(folder: Path) -> Path:
    """Return the Parquet file of events.

    Raises:
        KbError: There is none yet.
    """
    path = folder / "store" / EVENTS_FILE
    if not path.exists():
        raise KbError(f"{folder.name}: no events yet", hint="Import some: kb ingest FILE; or try: kb report --demo")
    return path


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which something was broken, UTC milliseconds since 1970, from ``starts_ms`` up to ``ends_ms``."""

    starts_ms: int
    ends_ms: int


class DuckEngine:
    """Runs statements on DuckDB."""

    def __init__(self, db: DuckDBPyConnection) -> None:
        self._db = db

    def create(self, name: str, sql: str) -> None:
        """Make a table of a statement's rows."""
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a statement by column name."""
        found = self._db.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> None:
        """Make a table of rows: texts and whole numbers."""
        kinds = dict.fromkeys(columns, "VARCHAR")
        if rows:
            kinds = {c: "BIGINT" if isinstance(v, int) else "VARCHAR" for c, v in zip(columns, rows[0], strict=True)}
        listed = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({listed})")
        for start in range(0, len(rows), _WORDS_AT_ONCE):
            part = [dict(zip(columns, row, strict=True)) for row in rows[start : start + _WORDS_AT_ONCE]]
            self._db.execute(
                f"INSERT INTO {name} SELECT unnest(from_json($rows, $shape), recursive := true)",
                {"rows": json.dumps(part), "shape": json.dumps([kinds])},
            )


@contextmanager
def open_engine(
    events: Path, *, gap_minutes: int = 30, incidents: Sequence[Incident] = (), memory_mb: int = 1500
) -> Iterator[DuckEngine]:
    """Open the events for statements.

    Args:
        events: The Parquet file; see `events_file`.
        gap_minutes: A longer pause begins a new visit.
        incidents: Times that no figure counts.
        memory_mb: How much memory may be used before it spills.
    """
    with connect(memory_mb=memory_mb) as db:
        source = str(events).replace("'", "''")
        db.execute(f"CREATE TEMP VIEW events AS FROM read_parquet('{source}')")
        db.execute("CREATE TEMP TABLE parameters AS SELECT $gap AS gap_ms", {"gap": gap_minutes * 60_000})
        db.execute("CREATE TEMP TABLE incidents (starts_ms BIGINT, ends_ms BIGINT)")
        for incident in incidents:
            db.execute("INSERT INTO incidents VALUES ($s, $e)", {"s": incident.starts_ms, "e": incident.ends_ms})
        engine = DuckEngine(db)
        engine.load("query_clusters", ("text", "locale", "cluster"), ())
        yield engine


def export_events(events: Path, target: Path) -> None:
    """Copy the events for another engine: Parquet, or JSON lines when the target ends in ``.jsonl``."""
    kind = "JSON" if target.suffix == ".jsonl" else "PARQUET, COMPRESSION zstd"
    source, place = (str(path).replace("'", "''") for path in (events, target))
    with connect() as db:
        db.execute(f"COPY (FROM read_parquet('{source}')) TO '{place}' (FORMAT {kind})")


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / "store" / ".lock", timeout=60):
            yield
    except Timeout:
        raise KbError(
            f"{folder.name}: another import is running", hint="Wait for it to end and try again.", exit_code=75
        ) from None


def _read_manifest(store: Path) -> tuple[_Manifest | None, str]:
    """Return what the store says about itself, or why it cannot be used; neither, when there is no store."""
    if not (store / _MANIFEST).exists() and not (store / EVENTS_FILE).exists():
        return None, ""
    try:
        manifest = _Manifest(**json.loads((store / _MANIFEST).read_bytes()))
        if manifest.format != FORMAT:
            return None, f"the store has format {manifest.format}, this version writes {FORMAT}"
        if _sha256(store / EVENTS_FILE) != manifest.sha256:
            return None, "damaged: the store is not what was written"
    except (OSError, ValueError, TypeError):
        return None, "damaged: the store cannot be read"
    return manifest, ""


def _set_aside(store: Path, *, damaged: bool) -> None:
    for name in (EVENTS_FILE, _MANIFEST):
        if damaged and (store / name).exists():
            (store / name).replace(store / f"{name}.damaged")
        else:
            (store / name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Counts:
    events: int
    lines: int
    damaged: int
    repeated: int
    conflicts: int


def _load(db: DuckDBPyConnection, segments: Sequence[Path], old: Path | None) -> _Counts:
    """Make the table ``events`` of the old store and the segments, each event once, the earliest received."""
    with tempfile.TemporaryDirectory(prefix="kb-segments-") as folder:
        checked = [_checked(path, Path(folder), number) for number, path in enumerate(segments)]
        db.execute(_PARSE, {"record": _RECORD, "files": [os.devnull], "longest": _MAX_LINE})
        db.execute(f"CREATE TEMP TABLE incoming AS {_FLAT}")
        for batch in _batches([path for path, lines, _ in checked if lines]):
            db.execute(_PARSE, {"record": _RECORD, "files": batch, "longest": _MAX_LINE})
            db.execute(f"INSERT INTO incoming {_FLAT}")
        db.execute("DROP TABLE parsed")
    read = sum(lines for _, lines, _ in checked)
    damaged = sum(bad for _, _, bad in checked)
    taken = _number(db, "SELECT count(*) FROM incoming")
    _add_words(db)
    db.execute("CREATE TEMP VIEW fresh AS SELECT * FROM incoming LEFT JOIN words USING (user_query, locale)")
    before = 0
    if old:
        source = str(old).replace("'", "''")
        db.execute(f"CREATE TEMP VIEW received AS FROM fresh UNION ALL BY NAME FROM read_parquet('{source}')")
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
    return _Counts(before + taken - repeated, read + damaged, damaged + read - taken, repeated, conflicts)


def _repeated(db: DuckDBPyConnection) -> int:
    received = _number(db, "SELECT count(*) FROM received SEMI JOIN twice USING (event_id)")
    return received - _number(db, "SELECT count(*) FROM twice")


def _batches(files: Sequence[Path]) -> Iterator[list[str]]:
    """Group files so that a group fits in memory; a larger file is a group of its own."""
    batch: list[str] = []
    room = _BATCH_BYTES
    for path in files:
        size = path.stat().st_size
        if batch and size > room:
            yield batch
            batch, room = [], _BATCH_BYTES
        batch.append(str(path))
        room -= size
    if batch:
        yield batch


def _checked(path: Path, folder: Path, number: int) -> tuple[Path, int, int]:
    """Count whole and damaged lines; a file with damage is copied without it."""
    whole = damaged = 0
    with path.open("rb") as file:
        for line in file:
            if len(line) < _MAX_LINE and is_whole(line):
                whole += 1
            else:
                damaged += 1
    if not damaged:
        return path, whole, 0
    copy = folder / f"{number}.seg"
    with path.open("rb") as file, copy.open("wb") as target:
        target.writelines(line for line in file if len(line) < _MAX_LINE and is_whole(line))
    return copy, whole, damaged


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


def _write(db: DuckDBPyConnection, store: Path) -> str:
    """Write the table ``events`` in the place of the old file; return its SHA-256."""
    new = store / f".{EVENTS_FILE}.new"
    new.unlink(missing_ok=True)
    db.execute("COPY events TO '" + str(new).replace("'", "''") + "' (FORMAT parquet, COMPRESSION zstd)")
    digest = _sha256(new)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(store / EVENTS_FILE)
    return digest


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _number(db: DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> int:
    row = db.execute(sql, values or {}).fetchone()
    assert row is not None
    return int(row[0])
