"""The dictionary that an earlier build made: only the blocks that an edit changes are made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from kb_builder.cache import Cache
from kb_builder.index.arrays import Array, bytes_of, lines_of, read_arrays, read_field, write_arrays, write_field
from kb_builder.index.dictionary import Forms
from kb_builder.index.impacts import Impacts
from kb_builder.index.spelling_blocks import SpellingBlocks
from kb_builder.index.words_blocks import WordsBlocks


@dataclass(frozen=True, slots=True, eq=False)
class KnownDictionary:
    """A dictionary as it was made of some documents, which ``state`` names (see `counting.Recounted`)."""

    state: str
    impacts: Impacts
    words: WordsBlocks
    spelling: SpellingBlocks


class DictionaryMemory(Protocol):
    """Knows the dictionary of an earlier build."""

    def recall(self) -> KnownDictionary | None:
        """Return it, if there is one."""

    def remember(self, known: KnownDictionary) -> None:
        """Keep it for the next build."""


class RememberedDictionary:
    """Keeps a dictionary in the cache, as arrays."""

    def __init__(self, name: str, key: str, cache: Cache) -> None:
        """Take what it is of, and the digest of all that it depends on but the documents."""
        self._name, self._key, self._cache = name, key, cache
        cache.keep(name)  # for builds in which no text has changed, too

    def recall(self) -> KnownDictionary | None:
        """Return that of the last build, if it was made with the same settings."""
        arrays = read_arrays(self._cache.view(self._name, self._key))
        texts = {name: lines_of(arrays[name]) for name in _TEXTS if name in arrays}
        try:
            words = WordsBlocks(
                forms=Forms(texts["terms"], texts["forms"], texts["seen"]),
                packed=texts["packed"],
                words=texts["words"],
                terms=arrays["of term"].tolist(),
                meanings=texts["meanings"],
                ends=arrays["ends"].tolist(),
                shared=texts["shared"],
                blocks=_cut(arrays["blocks"], arrays["block ends"]),
            )
            blocks = _cut(arrays["spelling"], arrays["spelling ends"])
            spelling = SpellingBlocks(arrays["counts"].tolist(), bool(arrays["fit"]), texts["firsts"], blocks)
            impacts = Impacts(read_field("impacts", arrays), arrays["lengths"], arrays["largest"])
            is_whole = len(words.words) == len(words.meanings) == len(words.terms)  # not so of a single empty text
            return KnownDictionary(texts["state"][0], impacts, words, spelling) if is_whole else None
        except (KeyError, ValueError, IndexError):
            return None

    def remember(self, known: KnownDictionary) -> None:
        """Keep it for the next build."""
        words, spelling, impacts = known.words, known.spelling, known.impacts
        texts = {
            "state": [known.state],
            "terms": words.forms.terms,
            "forms": words.forms.words,
            "seen": words.forms.seen,
            "packed": words.packed,
            "words": words.words,
            "meanings": words.meanings,
            "shared": words.shared,
            "firsts": spelling.firsts,
        }
        kept = write_arrays(
            **{name: bytes_of(lines) for name, lines in texts.items()},
            **_joined("blocks", "block ends", words.blocks),
            **_joined("spelling", "spelling ends", spelling.blocks),
            **write_field("impacts", impacts.postings),
            **{"of term": np.array(words.terms, np.int32), "ends": np.array(words.ends, np.int32)},
            counts=np.array(spelling.counts, np.int32),
            fit=np.array(spelling.is_whole),
            lengths=impacts.lengths,
            largest=impacts.largest,
        )
        self._cache.put(self._name, self._key, *kept)


_TEXTS = ("state", "terms", "forms", "seen", "packed", "words", "meanings", "shared", "firsts")


def _joined(name: str, ends: str, parts: Sequence[bytes]) -> dict[str, Array]:
    lengths = np.array([len(part) for part in parts], np.int64)
    return {name: np.frombuffer(b"".join(parts), np.uint8), ends: np.cumsum(lengths)}


def _cut(joined: Array, ends: Array) -> list[bytes]:
    data = joined.tobytes()
    return [data[start:end] for start, end in pairwise([0, *ends.tolist()])]
