"""Samples of a text, by which texts that are nearly the same are found without comparing each with each."""

from __future__ import annotations

import re
import zlib

WORD = re.compile(r"\w+(?:[.,]\d+)*")
_RUN = 7  # words
_SHARE = 8  # one run of words in so many is taken


def take_samples(text: str) -> tuple[int, ...]:
    """Return hashes of the runs of words that begin with a word of the sample, each once, in ascending order."""
    words = WORD.findall(text.casefold())
    begins = {word for word in set(words) if zlib.crc32(word.encode()) % _SHARE == 0}
    runs = (words[at : at + _RUN] for at in range(len(words) - _RUN + 1) if words[at] in begins)
    return tuple(sorted({zlib.crc32(" ".join(run).encode()) for run in runs}))
