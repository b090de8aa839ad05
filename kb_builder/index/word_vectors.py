"""Read the word vectors of a language, and look up words in them, piece by piece where they are not whole.

The files in data/ are made by tools/make_word_vectors.py; data/NOTICE says of what.
"""

from __future__ import annotations

import zlib
from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt

from kb_builder.issues import KbError

DATA = Path(__file__).with_name("data")
LEVELS = 7  # a dimension is a whole number from -7 to 7: as good as -127 to 127 on the judged sets
MAX_BYTES = 100_000_000
_MOST_PIECES = 4


class PackedLevels:
    """Rows of whole numbers from -7 to 7, kept as two a byte: the edit of an article asks for few."""

    def __init__(self, packed: npt.NDArray[np.uint8]) -> None:
        """Take rows in which the upper four bits of a byte are the first number, 0 to 14 for -7 to 7."""
        self._packed = packed
        self.shape = (len(packed), packed.shape[1] * 2)

    def __getitem__(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """Return some rows, unpacked."""
        packed = self._packed[rows].view(np.int8)
        levels = np.empty((len(packed), self.shape[1]), dtype=np.int8)
        levels[:, ::2] = (packed >> 4 & 15) - LEVELS
        levels[:, 1::2] = (packed & 15) - LEVELS
        return levels


class WordVectors:
    """Vectors of whole numbers, so that sums and products of them are the same on every machine.

    Attributes:
        dimensions: How many numbers a vector has.
        common_words: Whole words that are often used, folded.
        listed_words: Others that most people know.
        listed_groups: For each of these a number that it shares with those of the same stem; nothing where the file has
            none.
    """

    def __init__(
        self,
        words: Sequence[str],
        levels: npt.NDArray[np.int8] | PackedLevels,
        scales: npt.NDArray[np.int64],
        *,
        common: int,
        listed: int = 0,
        groups: Sequence[int] = (),
    ) -> None:
        """Take the words, common ones first and listed ones next, and their vectors: levels times scales."""
        self._rows = {word: row for row, word in enumerate(words)}
        self._levels = levels
        self._scales = scales
        self.dimensions = levels.shape[1]
        self.common_words = tuple(words[:common])
        self.listed_words = tuple(words[common : common + listed])
        self.listed_groups = tuple(groups)

    def vectors(self, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return a row of whole numbers a word; one that is not whole gets the sum of its pieces, an unknown one zeros.

        Args:
            words: Folded, as the analyzer gives them.
        """
        rows = np.fromiter((self._rows.get(word, -1) for word in words), np.int64, len(words))
        made = self._scales[rows, None].astype(np.float64) * self._levels[rows]
        for at in np.flatnonzero(rows < 0).tolist():
            pieces = [self._rows[piece] for piece in split_pieces(words[at], self._rows)]
            made[at] = self._scales[pieces] @ self._levels[pieces].astype(np.int64) if pieces else 0
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
    """Load the vectors that the package has of a language (ISO 639-1), once; nothing when there are none."""
    path = DATA / f"{language}.npz"
    return read_word_vectors(path) if language.isalpha() and path.is_file() else None


def read_word_vectors(path: Path) -> WordVectors:
    """Read a file that tools/make_word_vectors.py made. It is data: nothing of it is run. Edge: disk.

    Arrays: ``words``, UTF-8 with line feeds between; ``vectors``, a row a word, two dimensions a byte, the first one
    in its upper four bits, each 0 to 14 for -7 to 7; ``scales``, by which each row is multiplied; ``counts``, how many
    of the first words are common, and how many after them listed; ``groups``, a number for each listed word.

    Raises:
        KbError: The file is not of this kind, or larger than ``MAX_BYTES`` when it is unpacked.
    """
    try:
        with ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise ValueError(f"it has more than {MAX_BYTES // 10**6} MB")
        with np.load(path, allow_pickle=False) as data:
            words = bytes(data["words"]).decode().split("\n")
            packed, scales = data["vectors"], data["scales"].astype(np.int64)
            common, listed = (int(count) for count in data["counts"])
            groups = data["groups"].tolist() if "groups" in data else []
        is_whole = len(words) == len(packed) == len(scales) and len(groups) in (0, listed)
        if packed.dtype != np.uint8 or packed.ndim != 2 or not is_whole:
            raise ValueError("its arrays do not fit each other")
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError, zlib.error) as error:
        raise KbError(
            f"{path}: cannot be read as word vectors: {error}", hint="Make it again with tools/make_word_vectors.py."
        ) from error
    return WordVectors(words, PackedLevels(packed), scales, common=common, listed=listed, groups=groups)
