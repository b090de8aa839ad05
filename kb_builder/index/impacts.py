"""Turn postings into impacts: small whole numbers that only need to be multiplied by idf and summed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from kb_builder.index.fields import FIELDS
from kb_builder.index.postings import FieldPostings, Ints, Postings, joined, sorted_order

MAX_BOOSTED_IMPACT = 255
MAX_IMPACT = 31  # as good as 255 on the judged sets (15 is too), and a quarter fewer bytes


@dataclass(frozen=True, slots=True)
class Ranking:
    """Settings of BM25F.

    The defaults were chosen on two judged sets, each figure Success@1: 1,140 bank customers' questions on 77 short
    articles, and the 268 judgments of the demo help center (125 articles).

    - Function words at 1, .7, .5, .4, .3 of their idf: .31, .38, .41, .41, .43 and .72, .73, .72, .72, .72. Judged sets
      of other topics lose when they count for nothing ("how many", "what is"), so .4.
    - ``k1`` 1.2, 3, 6, 8: .41, .45, .46, .45 and .73, .75, .76, .76. It is large because a word in the title alone
      already has a weighted frequency of 5.
    - Title 1, 2, 4, 6 times the body: .35, .40, .41, .41; questions 1, 3, 6 times: .70, .72, .75 on the demo.
    - Headings, tags and the length norms move either by less than .01. A factor for the share of the query's words that
      an article has (coordination) lost on both, whatever its size.

    Attributes:
        weights: How much a term counts in each of `FIELDS`.
        length_norms: BM25F's ``b`` of each field: 0 ignores length, 1 divides by it.
        saturation: BM25F's ``k1``: how slowly repetition stops to matter.
        function_word_weight: Factor on the idf of function words ("how", "the", "my").
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: {"title": 5.0, "questions": 5.0, "headings": 2.0, "body": 1.0, "tags": 2.0}
    )
    length_norms: Mapping[str, float] = field(
        default_factory=lambda: {"title": 0.5, "questions": 0.3, "headings": 0.5, "body": 0.75, "tags": 0.5}
    )
    saturation: float = 6.0
    function_word_weight: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class ImpactTerm:
    """A term, its idf in thousandths, and its documents, ascending, with the impact of each."""

    term: str
    idf: int
    document_frequency: int
    documents: Ints
    impacts: Ints

    @property
    def postings(self) -> tuple[tuple[int, int], ...]:
        """``(document, impact)`` pairs, ascending by document."""
        return tuple(zip(self.documents.tolist(), self.impacts.tolist(), strict=True))


def inverse_document_frequency(document_count: int, document_frequency: int, *, weight: float = 1.0) -> int:
    """Return BM25's idf in thousandths, at least 1.

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; with 1 added inside the logarithm, so
    that no term counts against an article.
    """
    odds = (document_count - document_frequency + 0.5) / (document_frequency + 0.5)
    return max(1, round(1000 * weight * math.log1p(odds)))


@dataclass(frozen=True, slots=True, eq=False)
class Impacts:
    """The impacts of all documents, and what tells whether the edit of one moves those of others.

    Attributes:
        postings: With impacts in the place of frequencies.
        lengths: How many words each document has; a row for each of `FIELDS`.
        largest: Of each document, the largest before it is scaled.
    """

    postings: FieldPostings
    lengths: npt.NDArray[np.int64]
    largest: npt.NDArray[np.float64]

    @property
    def averages(self) -> list[float]:
        """The average length of each field, coarse: next to no edit changes one."""
        return [_coarse_average(lengths) for lengths in self.lengths]


class ImpactTable:
    """Impacts by term, with the idf of each."""

    def __init__(self, impacts: Impacts, *, function_words: frozenset[str], ranking: Ranking) -> None:
        """Take impacts; the idf of function words is lessened."""
        self._postings = impacts.postings
        self._document_count = impacts.lengths.shape[1]
        self._function_words, self._weight = function_words, ranking.function_word_weight
        self._counts = impacts.postings.counts.tolist()
        self._ends = impacts.postings.ends.tolist()
        self._rows = {term: row for row, term in enumerate(impacts.postings.terms)}
        self._idf = cache(inverse_document_frequency)

    def __iter__(self) -> Iterator[ImpactTerm]:
        """Yield every term, in the order of their code points."""
        return filter(None, map(self.get, self._postings.terms))

    def count(self, term: str) -> int:
        """Return how many documents have a term."""
        row = self._rows.get(term, -1)
        return self._counts[row] if row >= 0 else 0

    def idf(self, term: str) -> int:
        """Return the idf of a term that some document has."""
        weight = self._weight if term in self._function_words else 1.0
        return self._idf(self._document_count, self.count(term), weight=weight)

    def get(self, term: str) -> ImpactTerm | None:
        """Return a term with its postings, if any document has it."""
        row = self._rows.get(term, -1)
        if row < 0:
            return None
        count, end = self._counts[row], self._ends[row]
        documents, impacts = (
            values[end - count : end] for values in (self._postings.documents, self._postings.frequencies)
        )
        return ImpactTerm(term, self.idf(term), count, documents, impacts)


def compute_impacts(postings: Postings, *, boosts: Sequence[float], ranking: Ranking) -> Impacts:
    """Compute BM25F without its idf and quantise it to 1..`MAX_IMPACT`, the largest of all impacts being the latter.

    Args:
        boosts: Factor of each document on its impacts, which may then reach `MAX_BOOSTED_IMPACT`; those of the others
            stay as they are.

    Source: Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004: frequencies
    are weighted and normalised by each field's length, summed over the fields, then saturated. Average lengths are
    rounded to two digits, so that the edit of one article seldom moves the impacts of all others.
    """
    lengths = _lengths(postings)
    raw = _raw_impacts(postings, lengths, [*map(_coarse_average, lengths)], ranking)
    largest = _largest_of_each(raw, postings.document_count)
    return Impacts(_quantised(raw, boosts, largest), lengths, largest)


def changed_impacts(
    known: Impacts, fresh: Postings, numbers: Ints, *, boosts: Sequence[float], ranking: Ranking
) -> tuple[Impacts, frozenset[str]] | None:
    """Compute what `compute_impacts` would, where few of the documents differ from those of which it is known.

    Args:
        fresh: The postings of these few, by their numbers among all.
        numbers: Those.
        boosts: Of all documents.

    Returns:
        The impacts, and the terms whose postings differ; nothing where those of all documents do.
    """
    lengths = known.lengths.copy()
    lengths[:, numbers] = _lengths(fresh)[:, numbers]
    averages = [*map(_coarse_average, lengths)]
    if averages != known.averages:
        return None
    raw = _raw_impacts(fresh, lengths, averages, ranking)
    largest = known.largest.copy()
    largest[numbers] = _largest_of_each(raw, fresh.document_count)[numbers]
    if largest.max(initial=0) != known.largest.max(initial=0):
        return None
    made = _quantised(raw, boosts, largest)
    kept = np.arange(fresh.document_count, dtype=np.int32)
    kept[numbers] = -1
    touched = {*known.postings.of_documents(numbers)} ^ {*made.of_documents(numbers)}
    impacts = Impacts(joined([known.postings.renumbered(kept), made]), lengths, largest)
    return impacts, frozenset(term for term, _, _ in touched)


@dataclass(frozen=True, slots=True, eq=False)
class _RawImpacts:
    """Impacts before they are scaled, by term and document."""

    terms: Sequence[str]
    rows: Ints
    documents: Ints
    values: npt.NDArray[np.float64]


def _raw_impacts(
    postings: Postings, lengths: npt.NDArray[np.int64], averages: Sequence[float], ranking: Ranking
) -> _RawImpacts:
    names = sorted(set(chain.from_iterable(postings.fields[name].terms for name in FIELDS)))
    places = {name: place for place, name in enumerate(names)}
    rows, documents, weighted = [], [], []
    for name, own_lengths, average in zip(FIELDS, lengths, averages, strict=True):
        terms = postings.fields[name]
        norm, weight = ranking.length_norms[name], ranking.weights[name]
        factors = weight / (1 - norm + norm * own_lengths / average)
        rows.append(np.fromiter(map(places.__getitem__, terms.terms), np.int32, len(terms.terms))[terms.rows])
        documents.append(terms.documents)
        weighted.append(terms.frequencies * factors[terms.documents])
    row, document, value = np.concatenate(rows), np.concatenate(documents), np.concatenate(weighted)
    del rows, documents, weighted  # large, and the most memory of a build is taken here
    order = sorted_order(row, document)  # stable: the fields of a term in a document stay in their order
    row, document, value = row[order], document[order], value[order]
    starts = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(document, prepend=-1) != 0))
    summed = np.add.reduceat(value, starts) if len(starts) else value
    return _RawImpacts(names, row[starts], document[starts], summed / (ranking.saturation + summed))


def _largest_of_each(raw: _RawImpacts, document_count: int) -> npt.NDArray[np.float64]:
    largest = np.zeros(document_count)
    np.maximum.at(largest, raw.documents, raw.values)
    return largest


def _quantised(raw: _RawImpacts, boosts: Sequence[float], largest: npt.NDArray[np.float64]) -> FieldPostings:
    most = float(largest.max(initial=0))
    scale = MAX_IMPACT / most if most > 0 else 0.0
    scaled = np.asarray(boosts, dtype=np.float64)[raw.documents] * raw.values * scale
    impacts = np.clip(np.rint(scaled), 1, MAX_BOOSTED_IMPACT).astype(np.int32)
    ends = np.cumsum(np.bincount(raw.rows, minlength=len(raw.terms)))
    return FieldPostings(tuple(raw.terms), ends, raw.documents, impacts)


def _coarse_average(lengths: npt.NDArray[np.int64]) -> float:
    """Average the lengths of those that have any, to two digits."""
    average = float(lengths.sum()) / max(1, int(np.count_nonzero(lengths)))
    return float(f"{average:.2g}") or 1.0


def _lengths(postings: Postings) -> npt.NDArray[np.int64]:
    """Count the words of each field; a phrase (its name holds a space) is words that are counted already."""
    lengths = np.zeros((len(FIELDS), postings.document_count), np.int64)
    for own, name in zip(lengths, FIELDS, strict=True):
        terms = postings.fields[name]
        is_word = np.array([" " not in term for term in terms.terms], dtype=np.bool_)[terms.rows]
        documents, frequencies = terms.documents[is_word], terms.frequencies[is_word]
        own[:] = np.bincount(documents, weights=frequencies, minlength=postings.document_count)
    return lengths
