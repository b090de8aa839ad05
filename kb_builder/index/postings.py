"""Which documents have which terms, and how often: whole fields as arrays, so that no posting is an object."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
NO_NUMBERS: Ints = np.empty(0, np.int32)
_FEW_TIMES = 8
_MOST_SHORT = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class FieldPostings:
    """The postings of one field, one term's after the other's.

    Attributes:
        terms: Ascending by code point, each with a posting at least.
        ends: For each term where its postings end.
        documents: Of each posting; ascending within a term.
        frequencies: Of each posting.
    """

    terms: tuple[str, ...]
    ends: npt.NDArray[np.int64]
    documents: Ints
    frequencies: Ints

    @classmethod
    def of_counts(cls, counts: Sequence[Mapping[str, int]]) -> FieldPostings:
        """Arrange how often each document has each term; a document's number is its place."""
        terms = list(chain.from_iterable(counts))
        names = sorted(set(terms))
        places = {name: place for place, name in enumerate(names)}
        rows = _rows_of(terms, places)
        frequencies = chain.from_iterable(count.values() for count in counts)
        documents = np.repeat(np.arange(len(counts), dtype=np.int32), [len(count) for count in counts])
        # ascending already; and numpy sorts short numbers in a tenth of the time
        order = np.argsort(rows.astype(np.uint16) if len(names) < _MOST_SHORT else rows, kind="stable")
        return _cut(names, rows, documents[order], np.fromiter(frequencies, np.int32, len(terms))[order])

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many documents have each term."""
        return np.diff(self.ends, prepend=0)

    @property
    def rows(self) -> Ints:
        """The place of its term, of each posting."""
        return np.repeat(np.arange(len(self.terms), dtype=np.int32), self.counts)

    def __iter__(self) -> Iterator[tuple[str, Ints, Ints]]:
        """Yield each term with its documents and frequencies."""
        start = 0
        for term, end in zip(self.terms, self.ends.tolist(), strict=True):
            yield term, self.documents[start:end], self.frequencies[start:end]
            start = end

    def of_terms(self, rows: Sequence[int]) -> FieldPostings:
        """Return the postings of some of the terms, given by their places, ascending."""
        kept = np.isin(self.rows, rows)
        terms = tuple(self.terms[row] for row in rows)
        return FieldPostings(terms, np.cumsum(self.counts[rows]), self.documents[kept], self.frequencies[kept])

    def documents_of(self, term: str) -> Ints:
        """Return the documents that have a term."""
        row = bisect_left(self.terms, term)
        if self.terms[row : row + 1] != (term,):
            return NO_NUMBERS
        return self.documents[self.ends[row - 1] if row else 0 : self.ends[row]]

    def of_documents(self, numbers: Ints) -> Iterator[tuple[str, int, int]]:
        """Yield the postings of some documents: term, document, frequency."""
        at = np.flatnonzero(np.isin(self.documents, numbers))
        rows = np.searchsorted(self.ends, at, side="right").tolist()
        for row, place in zip(rows, at.tolist(), strict=True):
            yield self.terms[row], int(self.documents[place]), int(self.frequencies[place])

    def pairs(self) -> dict[str, list[tuple[int, int]]]:
        """Return ``(document, frequency)`` pairs by term."""
        return {term: list(zip(where.tolist(), often.tolist(), strict=True)) for term, where, often in self}

    def _without(self, is_left_out: npt.NDArray[np.bool_]) -> FieldPostings:
        """Leave out some documents, whose numbers nobody else gets; quick where they are few."""
        holes = np.flatnonzero(is_left_out[self.documents])
        counts = self.counts - np.bincount(np.searchsorted(self.ends, holes, side="right"), minlength=len(self.ends))
        used = np.flatnonzero(counts)
        names = self.terms if len(used) == len(counts) else tuple(self.terms[row] for row in used.tolist())
        documents, frequencies = (np.delete(values, holes) for values in (self.documents, self.frequencies))
        return FieldPostings(names, np.cumsum(counts[used]), documents, frequencies)

    def renumbered(self, numbers: Ints) -> FieldPostings:
        """Give document ``i`` the number ``numbers[i]``; one whose number is below 0 is left out."""
        if np.all((numbers < 0) | (numbers == np.arange(len(numbers)))):
            return self._without(numbers < 0)
        documents = numbers[self.documents]
        kept = documents >= 0
        rows, documents, frequencies = self.rows[kept], documents[kept], self.frequencies[kept]
        if np.all(np.diff(numbers[numbers >= 0]) > 0):  # their order is as it was
            return _cut(self.terms, rows, documents, frequencies)
        return _arranged(self.terms, rows, documents, frequencies)


@dataclass(frozen=True, slots=True)
class Postings:
    """How many documents there are, and the postings of each field."""

    document_count: int
    fields: dict[str, FieldPostings]


NO_POSTINGS = FieldPostings((), np.empty(0, np.int64), NO_NUMBERS, NO_NUMBERS)


def summed(parts: Sequence[tuple[Sequence[str], FieldPostings]]) -> FieldPostings:
    """Add up postings of the same documents, each with the new names of its terms; several terms may get the same."""
    names = sorted(set(chain.from_iterable(own for own, _ in parts)))
    places = {name: place for place, name in enumerate(names)}
    rows = np.concatenate([_rows_of(own, places)[part.rows] for own, part in parts])
    documents = np.concatenate([part.documents for _, part in parts])
    order = sorted_order(rows, documents)
    rows, documents = rows[order], documents[order]
    frequencies = np.concatenate([part.frequencies for _, part in parts])[order]
    starts = np.flatnonzero((np.diff(rows, prepend=-1) != 0) | (np.diff(documents, prepend=-1) != 0))
    added = np.add.reduceat(frequencies, starts, dtype=np.int32) if len(starts) else frequencies
    return _cut(names, rows[starts], documents[starts], added)


def joined(parts: Sequence[FieldPostings]) -> FieldPostings:
    """Join the postings of different documents."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2 and _FEW_TIMES * len(parts[1].documents) < len(parts[0].documents):
        return _with_few(parts[0], parts[1])
    names = sorted(set(chain.from_iterable(part.terms for part in parts)))
    places = {name: place for place, name in enumerate(names)}
    rows = [_rows_of(part.terms, places)[part.rows] for part in parts]
    documents, frequencies = [p.documents for p in parts], [p.frequencies for p in parts]
    return _arranged(names, np.concatenate(rows), np.concatenate(documents), np.concatenate(frequencies))


def _with_few(many: FieldPostings, few: FieldPostings) -> FieldPostings:
    """Join the postings of many documents and of a few others, without sorting all."""
    at = np.array([bisect_left(many.terms, term) for term in few.terms], np.int64)
    is_new = np.array([many.terms[p : p + 1] != (t,) for p, t in zip(at.tolist(), few.terms, strict=True)], np.bool_)
    names = list(many.terms)
    for row in np.flatnonzero(is_new)[::-1].tolist():
        names.insert(int(at[row]), few.terms[row])
    kept = np.arange(len(many.terms)) + np.searchsorted(at[is_new], np.arange(len(many.terms)), side="right")
    places = at + np.cumsum(is_new) - is_new  # where each of the few is among all
    holes = _holes(many, few, at, is_new)
    counts = np.zeros(len(names), np.int64)
    counts[kept] = many.counts
    counts[places] += few.counts
    return FieldPostings(
        tuple(names),
        np.cumsum(counts),
        np.insert(many.documents, holes, few.documents),
        np.insert(many.frequencies, holes, few.frequencies),
    )


def _rows_of(names: Sequence[str], places: Mapping[str, int]) -> Ints:
    return np.fromiter(map(places.__getitem__, names), np.int32, len(names))


def _holes(
    many: FieldPostings, few: FieldPostings, at: npt.NDArray[np.int64], is_new: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return before which of the many postings each of the few belongs, given the place of its term among theirs."""
    ends = [0, *many.ends.tolist()]
    found = []
    for (_, documents, _), place, has_none in zip(few, at.tolist(), is_new.tolist(), strict=True):
        there = many.documents[ends[place] : ends[place] if has_none else ends[place + 1]]
        found.append(ends[place] + np.searchsorted(there, documents))
    return np.concatenate([np.empty(0, np.int64), *found])


def sorted_order(rows: npt.NDArray[np.integer], documents: Ints) -> npt.NDArray[np.int64]:
    """Return what sorts postings by row and document; quick where they are a few sorted runs."""
    return np.argsort(rows.astype(np.int64) << 32 | documents, kind="stable")


def _arranged(terms: Sequence[str], rows: npt.NDArray[np.integer], documents: Ints, frequencies: Ints) -> FieldPostings:
    """Sort postings by term, given as a place among ascending ones, and document; leave out terms without any."""
    order = sorted_order(rows, documents)
    return _cut(terms, rows, documents[order], frequencies[order])


def _cut(terms: Sequence[str], rows: npt.NDArray[np.integer], documents: Ints, frequencies: Ints) -> FieldPostings:
    """Find the ends of each term's postings, which are sorted, ``rows`` being their places in any order."""
    counts = np.bincount(rows, minlength=len(terms))
    used = np.flatnonzero(counts)
    names = tuple(terms) if len(used) == len(terms) else tuple(terms[row] for row in used.tolist())
    return FieldPostings(names, np.cumsum(counts[used]), documents, frequencies)
