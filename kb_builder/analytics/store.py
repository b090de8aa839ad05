"""Raw segments in, one Parquet file of different events out.

The Parquet file is derived: it can be deleted at any time, and one that is damaged is set aside and made again from the
raw segments. It is replaced as a whole, so whoever reads it never meets a half-written one or a lock.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from kb_builder.analytics.duck import connect, write_parquet
from kb_builder.analytics.loading import load_segments
from kb_builder.analytics.segments import segment_files
from kb_builder.issues import KbError

FORMAT = 1
EVENTS_FILE = "events.parquet"
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
    """What the Parquet file was made of."""

    format: int
    sha256: str
    events: int
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
        fresh = [name for name in sizes if old is None or sizes[name] > old.segments.get(name, 0)]
        if old and not fresh:
            return Refresh(old.events)
        progress(f"Reading {len(fresh)} segments")
        with connect(spill=store) as db:
            counts = load_segments(db, [segments[name] for name in fresh], store / EVENTS_FILE if old else None)
            progress(f"Writing {counts.events} events")
            new = store / f".{EVENTS_FILE}.new"
            write_parquet(db, "events", new)
        digest = _sha256(new)
        new.replace(store / EVENTS_FILE)
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
