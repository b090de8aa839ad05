"""Output files as values, and the one place that writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ANNOUNCEMENTS_FILE = "announcements.json"  # the one file of a site that is replaced without a build


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the published site: its path relative to the site's root, with forward slashes, and its bytes."""

    path: str
    data: bytes


def write_files(folder: Path, files: Iterable[OutputFile]) -> int:
    """Write files below ``folder``, making folders as needed; return how many bytes were written."""
    written, made = 0, set[Path]()
    for file in files:
        target = folder / file.path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        target.write_bytes(file.data)
        written += len(file.data)
    return written


def differing_files(one: Path, other: Path) -> list[str]:
    """Return the paths of the files that are not the same in both folders, or not in both."""
    names = {
        path.relative_to(folder).as_posix() for folder in (one, other) for path in folder.rglob("*") if path.is_file()
    }
    return sorted(name for name in names if _read(one / name) != _read(other / name))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
