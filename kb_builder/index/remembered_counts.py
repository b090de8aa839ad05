"""What was counted of the same documents before: only others are analysed and indexed again.

Kept are arrays and words: data, whoever wrote it. Postings of all documents are kept
as they were some builds ago, with those of the few that were counted since: an edit seldom needs the former.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from kb_builder.cache import Cache, digest
from kb_builder.index.arrays import Array, bytes_of, lines_of, read_arrays, read_field, write_arrays, write_field
from kb_builder.index.compounds import splits_compounds
from kb_builder.index.counting import (
    Count,
    Counted,
    Recounted,
    by_whoosh,
    count_words,
    merged_field,
    merged_postings,
    merged_vectors,
)
from kb_builder.index.fields import FIELDS
from kb_builder.index.model import Document
from kb_builder.index.postings import FieldPostings, Ints, Postings
from kb_builder.index.remembered import checksum
from kb_builder.index.semantic import Vectors
from kb_builder.index.synonyms import Target
from kb_builder.index.word_vectors import WordVectors

_FEW, _FEW_SHARE = 16, 16  # documents counted since that are kept apart: so many, or one in so many


def remembered_counting(name: str, key: str, cache: Cache, *, checksum: Callable[[Document], str] = checksum) -> Count:
    """Return what counts like `count_words`, and keeps what it counted.

    Args:
        name: What the documents are of.
        key: Digest of all that counts depend on besides the documents.
        checksum: Tells documents apart.
    """
    memory = _Memory(name, key, cache)
    memory.keep()  # for builds in which no text has changed, too

    def count(
        documents: Sequence[Document],
        targets: Sequence[Target],
        *,
        language: str,
        vectors: WordVectors | None = None,
        folder: Path | None = None,
    ) -> Counted | Recounted:
        def count_some(numbers: Sequence[int], indexed: bool) -> Counted:
            some = [documents[number] for number in numbers]
            return count_words(some, targets, language=language, vectors=vectors, folder=folder, indexed=indexed)

        if splits_compounds(language):  # the parts of a word depend on the words of all documents
            return count_some(range(len(documents)), True)
        return memory.count([checksum(document) for document in documents], count_some, partial(by_whoosh, folder))

    return count


@dataclass(frozen=True, slots=True, eq=False)
class _Some:
    """The postings of some documents, with the checksum of each."""

    checksums: list[str]
    postings: Postings


@dataclass(frozen=True, slots=True, eq=False)
class _Last:
    """What the last build knew: words and vectors of all documents, and the postings of those counted of late."""

    checksums: list[str]
    words: FieldPostings
    vectors: Vectors | None
    recent: _Some


class _Memory:
    def __init__(self, name: str, key: str, cache: Cache) -> None:
        self._all, self._recent, self._words = name, f"recent {name}", f"words of {name}"
        self._key, self._cache = key, cache

    def keep(self) -> None:
        for name in (self._all, self._recent, self._words):
            self._cache.keep(name)

    def count(
        self,
        checksums: Sequence[str],
        count_some: Callable[[Sequence[int], bool], Counted],
        index: Callable[[Postings], Postings],
    ) -> Recounted:
        """Count the documents that are not known, by their numbers; all are indexed only when their postings are asked.

        Others begin with words and vectors meanwhile.
        """
        last = self._last()
        numbers = {checksum: number for number, checksum in enumerate(checksums)}
        moved = _ints(numbers.pop(checksum, -1) for checksum in last.checksums) if last else _ints(())
        fresh = sorted(numbers.values())
        counted = count_some(fresh, last is not None and len(fresh) > _FEW)
        recent = _Some([checksums[number] for number in fresh], counted.postings)
        if last is None:
            words, vectors = counted.words, counted.vectors

            def load() -> Postings:
                return self._kept(checksums, index(counted.postings))
        else:
            words = merged_field([last.words, counted.words], [moved, _ints(fresh)])
            vectors = merged_vectors([last.vectors, counted.vectors], [moved, _ints(fresh)])
            recent = _joined(last.recent, recent, checksums)

            def load() -> Postings:
                return self._load(checksums, recent) or count_some(range(len(checksums)), True).postings

        old_words = last.words.terms if last else ()
        is_same = words.terms == old_words
        is_in_place = len(moved) == len(checksums) and bool(np.all((moved < 0) | (moved == np.arange(len(moved)))))
        made = Recounted(
            words=words,
            vectors=vectors,
            state=digest(*checksums),
            before=digest(*last.checksums) if last and is_in_place else "",
            changed=_ints(fresh),
            fresh=merged_postings([counted.postings], [_ints(fresh)], count=len(checksums)),
            added=frozenset(() if is_same else set(words.terms).difference(old_words)),
            removed=frozenset(() if is_same else set(old_words).difference(words.terms)),
            load_postings=load,
        )
        is_few = last is not None and len(recent.checksums) <= max(_FEW, len(checksums) // _FEW_SHARE)
        if not is_few:
            if last:
                self._kept(checksums, made.postings)
            recent = _Some([], merged_postings([counted.postings], [np.full(len(fresh), -1, np.int32)]))
        self._cache.put(self._recent, self._key, *_written(recent))
        self._cache.put(self._words, self._key, *_written_words(checksums, words, vectors))
        return made

    def _kept(self, checksums: Sequence[str], postings: Postings) -> Postings:
        self._cache.put(self._all, self._key, *_written(_Some([*checksums], postings)))
        return postings

    def _last(self) -> _Last | None:
        recent = _read(self._cache.view(self._recent, self._key))
        arrays = read_arrays(self._cache.view(self._words, self._key))
        try:
            words = read_field("words", arrays)
            return _Last(lines_of(arrays["checksums"]), words, arrays.get("vectors"), recent) if recent else None
        except (KeyError, ValueError):
            return None

    def _load(self, checksums: Sequence[str], recent: _Some) -> Postings | None:
        """Return the postings of all documents, if they are known."""
        kept = _read(self._cache.view(self._all, self._key))
        if kept is None:
            return None
        numbers = {checksum: number for number, checksum in enumerate(checksums)}
        of_recent = _ints(numbers.pop(checksum) for checksum in recent.checksums)
        of_kept = _ints(numbers.pop(checksum, -1) for checksum in kept.checksums)
        return None if numbers else merged_postings([kept.postings, recent.postings], [of_kept, of_recent])


def _joined(last: _Some, fresh: _Some, checksums: Sequence[str]) -> _Some:
    """Add postings to those that were counted of late; what is no longer there is left out."""
    wanted = {*checksums}
    kept = [checksum for checksum in last.checksums if checksum in wanted]
    places = {checksum: place for place, checksum in enumerate(kept)}
    old = _ints(places.get(checksum, -1) for checksum in last.checksums)
    new = np.arange(len(kept), len(kept) + len(fresh.checksums), dtype=np.int32)
    return _Some([*kept, *fresh.checksums], merged_postings([last.postings, fresh.postings], [old, new]))


def _ints(numbers: Iterable[int]) -> Ints:
    return np.array([*numbers], np.int32)


def _written(some: _Some) -> Iterator[bytes | memoryview]:
    arrays: dict[str, Array] = {"checksums": bytes_of(some.checksums)}
    for name, field in some.postings.fields.items():
        arrays |= write_field(name, field)
    return write_arrays(**arrays)


def _read(kept: memoryview | None) -> _Some | None:
    """Read what `_written` made; nothing when it is not that."""
    arrays = read_arrays(kept)
    try:
        checksums = lines_of(arrays["checksums"])
        return _Some(checksums, Postings(len(checksums), {name: read_field(name, arrays) for name in FIELDS}))
    except (KeyError, ValueError):
        return None


def _written_words(
    checksums: Sequence[str], words: FieldPostings, vectors: Vectors | None
) -> Iterator[bytes | memoryview]:
    arrays = {"checksums": bytes_of(checksums), **write_field("words", words)}
    return write_arrays(**arrays, **({} if vectors is None else {"vectors": vectors}))
