"""DuckDB: an engine in memory that spills to disk, and statements on it. The only room that imports it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb_builder.analytics.extras import need
from kb_builder.issues import KbError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS_AT_ONCE = 20_000
_MOST_MB = 1500
_LEAST_MB = 200  # DuckDB takes ten million events apart in it, at half the speed
_REST_MB = 250  # what Python holds meanwhile, and DuckDB beside its limit
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@contextmanager
def connect(*, memory_mb: int = 0, threads: int = 0, spill: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """Open an engine in memory that spills to disk beyond its limit.

    Args:
        memory_mb: How much it may hold; 0 means what this machine or container has room for, up to 1,500.
        threads: How many cores it may use; 0 means all.
        spill: Folder for what does not fit; a temporary one when not given.

    Raises:
        KbError: Memory, or the disk that it spills to, does not suffice.
    """
    duckdb = need("duckdb", extra="analytics")
    with tempfile.TemporaryDirectory(prefix="kb-analytics-", dir=spill) as folder:
        db = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        try:
            db.execute("SET memory_limit = $limit", {"limit": f"{memory_mb or room_mb(db)}MB"})
            db.execute("SET temp_directory = $folder", {"folder": folder})
            _settle(db)
            if threads:
                db.execute("SET threads = $threads", {"threads": threads})
            yield db
        except duckdb.OutOfMemoryException as error:
            raise KbError(
                f"figures need more memory than there is: {str(error).splitlines()[0]}",
                hint="Give the machine more, or more room on the disk for what does not fit.",
            ) from None
        finally:
            db.close()


@contextmanager
def cursor(db: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """Open the same engine once more, for another thread, with temporary tables of its own."""
    other = db.cursor()
    try:
        _settle(other)
        yield other
    finally:
        other.close()


def room_mb(db: DuckDBPyConnection) -> int:
    """Return how many megabytes to work in; DuckDB's own limit is four fifths of what the machine or container has."""
    found = db.execute("SELECT current_setting('memory_limit')").fetchone()
    number, unit = (found[0] if found else "0 bytes").split(" ")
    megabytes = int(float(number) * 1024 ** _UNITS.index(unit) / 1_000_000)
    return min(_MOST_MB, max(_LEAST_MB, megabytes - _REST_MB))


def _settle(db: DuckDBPyConnection) -> None:
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")  # It would stand among what is printed.
    db.execute("SET preserve_insertion_order = false")


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

    def drop(self, name: str) -> None:
        """Forget a table."""
        self._db.execute(f"DROP TABLE {name}")

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
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = [dict(zip(columns, row, strict=True)) for row in rows[start : start + _ROWS_AT_ONCE]]
            self._db.execute(
                f"INSERT INTO {name} SELECT unnest(from_json($rows, $shape), recursive := true)",
                {"rows": json.dumps(part), "shape": json.dumps([kinds])},
            )


@contextmanager
def open_engine(
    events: Path, *, gap_minutes: int = 30, incidents: Sequence[Incident] = (), memory_mb: int = 0
) -> Iterator[DuckEngine]:
    """Open the events for statements.

    Args:
        events: Of Parquet files, or a pattern of such; see `events_files`.
        gap_minutes: A longer pause begins a new visit.
        incidents: Times that no figure counts.
        memory_mb: How much memory may be used before it spills; see `connect`.
    """
    with connect(memory_mb=memory_mb) as db:
        keys = ", ".join(
            f"CAST(hash({column}) >> 2 AS BIGINT) AS {key}"
            for column, key in (("event_id", "event_key"), ("query_id", "query_key"), ("visitor", "visitor_key"))
        )
        db.execute(f"CREATE TEMP VIEW stored AS FROM read_parquet({quoted(events)})")
        db.execute(f"CREATE TEMP VIEW events AS SELECT *, {keys} FROM stored")  # noqa: S608  # two texts of ours
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
    with connect() as db:
        db.execute(f"COPY (FROM read_parquet({quoted(events)})) TO {quoted(target)} (FORMAT {kind})")


def write_parquet(db: DuckDBPyConnection, table: str, target: Path) -> None:
    """Write a table or view; when this returns, the file is on disk."""
    target.unlink(missing_ok=True)
    # Ids differ in every row, so a dictionary of them is looked for in vain.
    how = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 5000"
    db.execute(f"COPY {table} TO {quoted(target)} ({how})")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def quoted(path: Path) -> str:
    """Write a path as a text of SQL, for places where no parameter may stand."""
    return "'" + str(path).replace("'", "''") + "'"
