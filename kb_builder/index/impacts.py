"""Turn postings into impacts: small whole numbers that only need to be multiplied by idf and summed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from kb_builder.index.fields import FIELDS
from kb_builder.index.postings import FieldPostings, Ints, sorted_order
from kb_builder.index.whoosh_store import Postings

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


def compute_impacts(
    postings: Postings, *, boosts: Sequence[float], function_words: frozenset[str], ranking: Ranking
) -> list[ImpactTerm]:
    """Compute BM25F without its idf and quantise it to 1..`MAX_IMPACT`, the largest of all impacts being the latter.

    Args:
        boosts: Factor of each document on its impacts, which may then reach `MAX_BOOSTED_IMPACT`; those of the others
            stay as they are.
        function_words: Terms whose idf is lessened.

    Returns:
        Terms in the order of their code points.

    Source: Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004: frequencies
    are weighted and normalised by each field's length, summed over the fields, then saturated.
    """
    names = sorted(set(chain.from_iterable(postings.fields[name].terms for name in FIELDS)))
    places = {name: place for place, name in enumerate(names)}
    rows, documents, weighted = [], [], []
    for name in FIELDS:
        terms = postings.fields[name]
        lengths = _lengths(terms, postings.document_count)
        average = float(lengths.sum()) / max(1, int(np.count_nonzero(lengths))) or 1.0
        norm, weight = ranking.length_norms[name], ranking.weights[name]
        factors = weight / (1 - norm + norm * lengths / average)
        rows.append(np.fromiter(map(places.__getitem__, terms.terms), np.int32, len(terms.terms))[terms.rows])
        documents.append(terms.documents)
        weighted.append(terms.frequencies * factors[terms.documents])
    row, document, value = np.concatenate(rows), np.concatenate(documents), np.concatenate(weighted)
    order = sorted_order(row, document)  # stable: the fields of a term in a document stay in their order
    row, document, value = row[order], document[order], value[order]
    starts = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(document, prepend=-1) != 0))
    row, document = row[starts], document[starts]
    summed = np.add.reduceat(value, starts) if len(starts) else value
    raw = summed / (ranking.saturation + summed)
    largest = float(raw.max(initial=0))
    scaled = np.asarray(boosts, dtype=np.float64)[document] * raw * (MAX_IMPACT / largest if largest > 0 else 0.0)
    impacts = np.clip(np.rint(scaled), 1, MAX_BOOSTED_IMPACT).astype(np.int32)
    ends = np.cumsum(np.bincount(row, minlength=len(names))).tolist()
    return [
        ImpactTerm(
            term,
            inverse_document_frequency(
                postings.document_count,
                end - start,
                weight=ranking.function_word_weight if term in function_words else 1.0,
            ),
            end - start,
            document[start:end],
            impacts[start:end],
        )
        for term, start, end in zip(names, [0, *ends], ends, strict=False)
    ]


def _lengths(field: FieldPostings, document_count: int) -> npt.NDArray[np.int64]:
    """Count the words of a field; a phrase (its name holds a space) is words that are counted already."""
    is_word = np.array([" " not in term for term in field.terms], dtype=np.bool_)[field.rows]
    found = np.bincount(field.documents[is_word], weights=field.frequencies[is_word], minlength=document_count)
    return found.astype(np.int64)
