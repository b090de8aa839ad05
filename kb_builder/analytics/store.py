"""Raw segments in, Parquet files of different events out, one for each day on which events were received.

The files are derived: they can be deleted at any time, and when one is damaged, all are set aside and made again from
the raw segments. New events change the files of their days, and of others only where an event came on two. Each file is
replaced as a whole, so whoever reads it never meets a half-written one or a lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from kb_builder.analytics.duck import connect
from kb_builder.analytics.loading import Loader, new_part
from kb_builder.analytics.segments import segment_files
from kb_builder.issues import KbError

FORMAT = 3
PARTS = "events"
_NO_DAY = "0001-01-01"  # of the part that is there when there is no event: readers need one
_MANIFEST = "store.json"


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
    """What the Parquet files are, and what they were made of."""

    format: int
    events: dict[str, int]  # by day
    sha256: dict[str, str]  # by day
    segments: dict[str, int] = field(default_factory=dict)  # bytes read, by path below the raw folder


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
        fresh: dict[str, list[Path]] = {} if old else {_NO_DAY: []}
        for name, path in segments.items():
            if old is None or sizes[name] > old.segments.get(name, 0):
                fresh.setdefault(path.parent.name, []).append(path)
        before = old.events if old else {}
        if not fresh:
            return Refresh(sum(before.values()))
        progress(f"Reading {sum(map(len, fresh.values()))} segments of {len(fresh)} days")
        parts = {day: store / PARTS / f"{day}.parquet" for day in before}
        (store / PARTS).mkdir(exist_ok=True)
        with connect(spill=store) as db:
            loader = Loader(db, store)
            loader.know({day: path for day, path in parts.items() if day not in fresh})
            counts = loader.load(fresh, parts, store / PARTS)
        after = {**before, **counts.events}
        digests = old.sha256 if old else {}
        for day in counts.events:
            new = new_part(store / PARTS, day)
            digests[day] = _sha256(new)
            new.replace(store / PARTS / f"{day}.parquet")
        _replace(store / _MANIFEST, json.dumps(asdict(_Manifest(FORMAT, after, digests, sizes)), indent=1).encode())
    events = sum(after.values())
    repeated = counts.taken + sum(before.values()) - events
    return Refresh(events, counts.lines, counts.lines - counts.taken, repeated, counts.conflicts, reason)


def events_files(folder: Path) -> Path:
    """Return a pattern of the Parquet files of events.

    Raises:
        KbError: There are none yet.
    """
    if not (folder / "store" / _MANIFEST).exists():
        raise KbError(f"{folder.name}: no events yet", hint="Import some: kb ingest FILE; or try: kb report --demo")
    return folder / "store" / PARTS / "*.parquet"


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
    if not (store / _MANIFEST).exists() and not (store / PARTS).exists():
        return None, ""
    try:
        found = json.loads((store / _MANIFEST).read_bytes())
        if found["format"] != FORMAT:
            return None, f"the store has format {found['format']}, this version writes {FORMAT}"
        manifest = _Manifest(**found)
        if {path.stem: _sha256(path) for path in (store / PARTS).glob("*.parquet")} != manifest.sha256:
            return None, "damaged: the store is not what was written"
    except (OSError, ValueError, TypeError, KeyError):
        return None, "damaged: the store cannot be read"
    return manifest, ""


def _set_aside(store: Path, *, damaged: bool) -> None:
    """Remove the store; keep a damaged one to be looked at until the next time, when what is forgotten must be gone."""
    for path in (*store.glob("*.damaged"), *store.glob("events.parquet*")):  # the latter of format 1
        _remove(path)
    for path in (store / PARTS, store / _MANIFEST):
        if not path.exists():
            continue
        if damaged:
            path.replace(path.with_name(f"{path.name}.damaged"))
        else:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


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
