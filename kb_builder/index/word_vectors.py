"""Read the word vectors of a language, and look up words in them, piece by piece where they are not whole.

The files in data/ are made by tools/make_word_vectors.py; data/NOTICE says of what.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

DATA = Path(__file__).with_name("data")
LEVELS = 7  # a dimension is a whole number from -7 to 7: as good as -127 to 127 on the judged sets
_MOST_PIECES = 4


class WordVectors:
    """Vectors of whole numbers, so that sums and products of them are the same on every machine.

    Attributes:
        dimensions: How many numbers a vector has.
        common_words: Whole words that are often used, folded.
        listed_words: Others that most people know.
    """

    def __init__(
        self,
        words: Sequence[str],
        levels: npt.NDArray[np.int8],
        scales: npt.NDArray[np.int64],
        *,
        common: int,
        listed: int = 0,
    ) -> None:
        """Take the words, common ones first and listed ones next, and their vectors: levels times scales."""
        self._rows = {word: row for row, word in enumerate(words)}
        self._levels = levels
        self._scales = scales
        self.dimensions = levels.shape[1]
        self.common_words = tuple(words[:common])
        self.listed_words = tuple(words[common : common + listed])

    def vectors(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return one row a word; a word that is not whole gets the sum of its pieces, an unknown one zeros.

        Args:
            words: Folded, as the analyzer gives them.
        """
        made = np.zeros((len(words), self.dimensions), dtype=np.int64)
        for at, word in enumerate(words):
            rows = [self._rows[piece] for piece in split_pieces(word, self._rows)]
            if rows:
                made[at] = self._scales[rows] @ self._levels[rows].astype(np.int64)
        return made


def split_pieces(word: str, known: Container[str]) -> list[str]:
    """Split a word into known pieces, the longest first; all but the first begin with ``##``.

    Returns:
        Nothing when it cannot be split, has a digit, or makes more than four pieces: those say little.

    Source: WordPiece as in Devlin et al., "BERT", NAACL 2019.
    """
    if word in known:
        return [word]
    if not word.isalpha():
        return []
    pieces: list[str] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in known), None)
        if end is None or len(pieces) == _MOST_PIECES:
            return []
        pieces.append(mark + word[start:end])
        start = end
    return pieces


@lru_cache(maxsize=2)
def load_word_vectors(language: str) -> WordVectors | None:
    """Load the vectors of a language (ISO 639-1), once; nothing when there are none."""
    path = DATA / f"{language}.npz"
    if not language.isalpha() or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as data:
        words = bytes(data["words"]).decode().split("\n")
        packed = data["vectors"]
        levels = np.empty((len(words), packed.shape[1] * 2), dtype=np.int8)
        levels[:, ::2] = (packed >> 4).astype(np.int8) - LEVELS
        levels[:, 1::2] = (packed & 15).astype(np.int8) - LEVELS
        common, listed = (int(count) for count in data["counts"])
        return WordVectors(words, levels, data["scales"].astype(np.int64), common=common, listed=listed)
