"""Read the stems of common words, worked out once with the stemmer that is installed: a table is many times as fast.

The files in data/ are made by tools/make_stems.py.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

DATA = Path(__file__).with_name("data")


@cache
def shipped_stems(language: str) -> Mapping[str, str]:
    """Return stems by folded word, as snowballstemmer makes them; none where the package has no table.

    A table that another version of snowballstemmer made is not used. Edge: disk.
    """
    path = DATA / f"{language}-stems.gz"
    if not language.isalpha() or not path.is_file():
        return {}
    made_by, words, stems = gzip.decompress(path.read_bytes()).decode().split("\n\n")
    if made_by != version("snowballstemmer"):
        return {}
    return dict(zip(words.split("\n"), stems.split("\n"), strict=True))


def write_stems(path: Path, stems: Mapping[str, str]) -> None:
    """Write a table that the installed snowballstemmer made: its version, the words, their stems. Edge: disk."""
    words = sorted(stems)
    parts = (version("snowballstemmer"), "\n".join(words), "\n".join(stems[word] for word in words))
    path.write_bytes(gzip.compress("\n\n".join(parts).encode(), mtime=0))
