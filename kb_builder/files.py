"""Output files as values, and the one place that writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

_WRITERS = 4
_FEWEST_IN_PARTS = 500
ANNOUNCEMENTS_FILE = "announcements.json"  # the one file of a site that is replaced without a build


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the published site: its path relative to the site's root, with forward slashes, and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file whose path has a hash of its bytes: whoever has a file of that path need not load them."""

    path: str
    load: Callable[[], bytes] = field(compare=False, repr=False)

    @property
    def data(self) -> bytes:
        """Its bytes, loaded now."""
        return self.load()


SiteFile = OutputFile | NamedFile


def write_files(folder: Path, files: Iterable[SiteFile]) -> int:
    """Write files below ``folder``, making folders as needed; return how many bytes were written."""
    found = list(files)
    for name in {name for file in found if (name := file.path.rpartition("/")[0])}:
        (folder / name).mkdir(parents=True, exist_ok=True)
    if found:
        folder.mkdir(parents=True, exist_ok=True)
    parts = _WRITERS if len(found) >= _FEWEST_IN_PARTS else 1

    def write(part: int) -> int:
        written = 0
        for file in found[part::parts]:
            with open(f"{folder}/{file.path}", "wb") as target:  # noqa: PTH123 - a path object is slow
                written += target.write(file.data)
        return written

    if parts == 1:
        return write(0)
    with ThreadPoolExecutor(parts) as threads:  # nearly all of it is the system's work
        return sum(threads.map(write, range(parts)))


def differing_files(one: Path, other: Path) -> list[str]:
    """Return the paths of the files that are not the same in both folders, or not in both."""
    names = {
        path.relative_to(folder).as_posix() for folder in (one, other) for path in folder.rglob("*") if path.is_file()
    }
    return sorted(name for name in names if _read(one / name) != _read(other / name))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
