"""Semantic postings that an earlier build made: only those that an edit changes are made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from kb_builder.cache import Cache, digest
from kb_builder.index.arrays import bytes_of, lines_of, read_arrays, write_arrays
from kb_builder.index.semantic import MeaningLists


class MeaningMemory(Protocol):
    """Knows the semantic postings of an earlier build."""

    def recall(self) -> MeaningLists | None:
        """Return them, if there are any."""

    def written(self, lists: MeaningLists) -> Mapping[str, bytes]:
        """Write them; another process may do so."""

    def remember(self, written: Mapping[str, bytes]) -> None:
        """Keep what was written for the next build."""


class RememberedMeanings:
    """Keeps semantic postings in the cache: what is known of words apart, which few edits change."""

    def __init__(self, name: str, key: str, cache: Cache) -> None:
        """Take what the documents are of, and the digest of word vectors and settings."""
        self._words, self._lists, self._key, self._cache = f"words of {name}", name, key, cache
        self._words_key = ""
        for kept in (self._words, self._lists):  # for builds in which no text has changed, too
            cache.keep(kept)

    def recall(self) -> MeaningLists | None:
        """Return those of the last build, if they were made by the same vectors and settings."""
        words, lists = (read_arrays(self._cache.view(kept, self._key)) for kept in (self._words, self._lists))
        try:
            self._words_key = _digest_of_words(words["names"].tobytes(), words["heights"])
            if lists["of"].tobytes().decode() != self._words_key:
                return None
            return MeaningLists(
                names=lines_of(words["names"]),
                levels=words["levels"],
                heights=words["heights"],
                articles=lists["articles"],
                best=lists["best"],
                behind=lists["behind"],
                postings=lines_of(lists["postings"]),
                key=lists["key"].tobytes().decode(),
            )
        except KeyError:
            return None

    def written(self, lists: MeaningLists) -> Mapping[str, bytes]:
        """Write them; those of words only if they are others."""
        names = bytes_of(lists.names)
        words_key = _digest_of_words(names.tobytes(), lists.heights)
        kept = _joined(
            of=np.frombuffer(words_key.encode(), np.uint8),
            key=np.frombuffer(lists.key.encode(), np.uint8),
            articles=lists.articles,
            best=lists.best,
            behind=lists.behind,
            postings=bytes_of(lists.postings),
        )
        if words_key == self._words_key:
            return {self._lists: kept}
        return {self._words: _joined(names=names, levels=lists.levels, heights=lists.heights), self._lists: kept}

    def remember(self, written: Mapping[str, bytes]) -> None:
        """Keep what was written for the next build."""
        for name, kept in written.items():
            self._cache.put(name, self._key, kept)


def _joined(**arrays: Any) -> bytes:
    return b"".join(write_arrays(**arrays))


def _digest_of_words(names: bytes, heights: np.typing.NDArray[np.float64]) -> str:
    return digest(names, heights.tobytes())
