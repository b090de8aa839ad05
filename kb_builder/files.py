"""Output files as values, and the one place that writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the published site: its path relative to the site's root, with forward slashes, and its bytes."""

    path: str
    data: bytes


def write_files(folder: Path, files: Iterable[OutputFile]) -> int:
    """Write files below ``folder``, making folders as needed; return how many bytes were written."""
    written = 0
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        written += len(file.data)
    return written
