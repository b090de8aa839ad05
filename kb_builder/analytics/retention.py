"""What is deleted from the raw events, on request or by age, and the proof that it is gone.

Raw segments are rewritten without what is forgotten, and the store is made again from them, so nothing is left to find.
What is too old leaves its counts behind, by day, language and audience, without texts and without visits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kb_builder.analytics.duck import open_engine
from kb_builder.analytics.figures import RATES
from kb_builder.analytics.segments import segment_files
from kb_builder.analytics.statements import Row, derive, metric
from kb_builder.analytics.store import events_files, refresh
from kb_builder.issues import KbError

AGGREGATES_FILE = "aggregates.json"
_KEPT = (*(name for name, _ in RATES), "causal_deflection", "ranking_preference")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was deleted, without saying what it was.

    Attributes:
        what: ``session`` or ``day``.
        name: The day; of a session its SHA-256.
        records: Raw records removed.
        segments: SHA-256 of each changed segment before and after; after is empty when nothing was left of it.
        left: Records that still match, in the raw events and in the store; 0.
    """

    what: str
    name: str
    records: int
    segments: dict[str, tuple[str, str]]
    left: int


def forget(folder: Path, *, session: str = "", day: str = "") -> Proof:
    """Remove a session or a day from the raw events and the store, and leave a proof in ``deletions/``. Edge: disk.

    Args:
        folder: The analytics folder.
        session: A session id, or the visit that a server gave it.
        day: ``YYYY-MM-DD``, of the event or of its arrival.

    Raises:
        KbError: A collector is writing there, or the store cannot be made again.
    """
    with _alone(folder):
        matches = _of_session(session) if session else _of_day(day)
        changed: dict[str, tuple[str, str]] = {}
        removed = 0
        for path in segment_files(folder / "raw"):
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if not matches(line)]
            if len(kept) == len(lines):
                continue
            removed += len(lines) - len(kept)
            before = hashlib.sha256(b"".join(lines)).hexdigest()
            _rewrite(path, b"".join(kept))
            after = hashlib.sha256(b"".join(kept)).hexdigest() if kept else ""
            changed[path.relative_to(folder / "raw").as_posix()] = (before, after)
        if day:
            _drop_aggregates(folder, day)
        refresh(folder, rebuild=True)
        left = sum(matches(line) for path in segment_files(folder / "raw") for line in path.open("rb"))
        left += _in_store(folder, session=session, day=day)
    proof = Proof(
        "session" if session else "day",
        hashlib.sha256(session.encode()).hexdigest() if session else day,
        removed,
        changed,
        left,
    )
    _write(folder / "deletions" / f"{proof.what}-{proof.name[:24]}.json", asdict(proof))
    return proof


def prune(folder: Path, *, today: dt.date, raw_days: int, aggregate_months: int) -> tuple[int, int]:
    """Delete raw segments that arrived too long ago; their counts stay for so many months. Edge: disk.

    Args:
        folder: The analytics folder.
        today: The day in UTC.
        raw_days: Segments of earlier days go.
        aggregate_months: Counts of earlier months go.

    Returns:
        How many segments were deleted, and how many rows of counts are kept.
    """
    with _alone(folder):
        cutoff = (today - dt.timedelta(days=raw_days)).isoformat()
        old = [path for path in segment_files(folder / "raw") if path.parent.name < cutoff]
        kept = _read_aggregates(folder)
        counted = set(kept["segments"])
        names = {path: path.relative_to(folder / "raw").as_posix() for path in old}
        rows = _counts([path for path in old if names[path] not in counted])
        first = _months_before(today, aggregate_months).isoformat()
        merged = [row for row in _merged([*kept["rows"], *rows]) if row["day"] >= first]
        remaining = sorted(counted | set(names.values()))
        _write(folder / AGGREGATES_FILE, {"rows": merged, "segments": [n for n in remaining if n[:10] >= first]})
        for path in old:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        if old:
            refresh(folder, rebuild=True)
    return len(old), len(merged)


def kept_counts(folder: Path) -> dict[str, list[Row]]:
    """Return the counts of deleted events by metric, as the metric's own rows. Edge: disk."""
    found: dict[str, list[Row]] = {}
    for row in _read_aggregates(folder)["rows"]:
        found.setdefault(row["metric"], []).append(row)
    return found


def _counts(segments: Iterable[Path]) -> list[Row]:
    """Compute every rate by day over these segments alone, so that they add up with those of the others."""
    with tempfile.TemporaryDirectory(prefix="kb-counts-") as temporary:
        raw = Path(temporary) / "raw"
        found = False
        for path in segments:
            target = raw / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            found = True
        if not found:
            return []
        refresh(Path(temporary))
        with open_engine(events_files(Path(temporary))) as engine:
            derive(engine)
            return [
                {"metric": name, **{key: _plain(value) for key, value in row.items()}}
                for name in _KEPT
                for row in engine.rows(metric(name).sql)
            ]


def _plain(value: Any) -> str | float:
    return value if isinstance(value, str) else float(value)


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Add up the numbers of rows with the same texts: metric, day, language, audience, and arm or experiment."""
    added: dict[tuple[tuple[str, str], ...], Counter[str]] = {}
    for row in rows:
        key = tuple(sorted((name, value) for name, value in row.items() if isinstance(value, str)))
        added.setdefault(key, Counter()).update({n: value for n, value in row.items() if not isinstance(value, str)})
    return [{**dict(key), **added[key]} for key in sorted(added)]


def _read_aggregates(folder: Path) -> dict[str, Any]:
    path = folder / AGGREGATES_FILE
    if not path.exists():
        return {"rows": [], "segments": []}
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        raise KbError(f"{path.name}: cannot be read", hint="Restore it from a backup, or delete it.") from None
    return found


def _drop_aggregates(folder: Path, day: str) -> None:
    kept = _read_aggregates(folder)
    if any(row["day"] == day for row in kept["rows"]):
        kept["rows"] = [row for row in kept["rows"] if row["day"] != day]
        _write(folder / AGGREGATES_FILE, kept)


def _months_before(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 - months
    return dt.date(month // 12, month % 12 + 1, 1)


def _of_session(session: str) -> Callable[[bytes], bool]:
    needle = session.encode()

    def matches(line: bytes) -> bool:
        if needle not in line:
            return False
        record, event = _record(line)
        return record is None or session in (record.get("visit"), event.get("session_id"))

    return matches


def _of_day(day: str) -> Callable[[bytes], bool]:
    needle = day.encode()

    def matches(line: bytes) -> bool:
        if needle not in line:
            return False
        record, event = _record(line)
        times = () if record is None else (record.get("received"), event.get("timestamp"))
        return record is None or any(isinstance(time, str) and time.startswith(day) for time in times)

    return matches


def _record(line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Read a record and its event; no record when the line is damaged: it goes too, because it cannot be told."""
    try:
        value = json.loads(line[9:])
    except (ValueError, RecursionError):
        return None, {}
    if not isinstance(value, dict):
        return None, {}
    event = value.get("event")
    return value, event if isinstance(event, dict) else {}


def _in_store(folder: Path, *, session: str, day: str) -> int:
    with open_engine(events_files(folder)) as engine:
        engine.load("wanted", ("visitor", "day"), [(session, day)])
        rows = engine.rows(
            "SELECT COUNT(*) AS n FROM events JOIN wanted ON events.visitor = wanted.visitor OR events.day = wanted.day"
        )
    return int(rows[0]["n"])


def _rewrite(path: Path, data: bytes) -> None:
    if not data:
        path.unlink()
        return
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _rewrite(path, json.dumps(value, indent=1).encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a collector from writing meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "collect.lock", timeout=0):
            yield
    except Timeout:
        raise KbError(
            f"{folder.name}: a collector is writing here", hint="Stop kb collect, then try again.", exit_code=75
        ) from None
