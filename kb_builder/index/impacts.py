"""Turn postings into impacts: small whole numbers that only need to be multiplied by idf and summed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb_builder.index.fields import FIELDS
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


@dataclass(frozen=True, slots=True)
class ImpactTerm:
    """A term, its idf in thousandths and its ``(document, impact)`` pairs, ascending by document."""

    term: str
    idf: int
    document_frequency: int
    postings: tuple[tuple[int, int], ...]


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
    frequencies: dict[str, dict[int, float]] = {}
    for name in FIELDS:
        terms = postings.fields[name]
        lengths = _lengths(terms, postings.document_count)
        average = sum(lengths) / max(1, sum(length > 0 for length in lengths)) or 1.0
        norm, weight = ranking.length_norms[name], ranking.weights[name]
        factors = [weight / (1 - norm + norm * length / average) for length in lengths]
        for term, pairs in terms.items():
            of_term = frequencies.setdefault(term, {})
            for document, frequency in pairs:
                of_term[document] = of_term.get(document, 0.0) + frequency * factors[document]
    k1 = ranking.saturation
    raw = {
        term: {document: value / (k1 + value) for document, value in of_term.items()}
        for term, of_term in frequencies.items()
    }
    largest = max((value for of_term in raw.values() for value in of_term.values()), default=1.0)
    scale = MAX_IMPACT / largest if largest > 0 else 0.0
    return [
        ImpactTerm(
            term,
            inverse_document_frequency(
                postings.document_count,
                len(of_term),
                weight=ranking.function_word_weight if term in function_words else 1.0,
            ),
            len(of_term),
            tuple((document, _impact(boosts[document] * value * scale)) for document, value in sorted(of_term.items())),
        )
        for term, of_term in sorted(raw.items())
    ]


def _impact(value: float) -> int:
    return min(max(1, round(value)), MAX_BOOSTED_IMPACT)


def _lengths(terms: Mapping[str, Sequence[tuple[int, int]]], document_count: int) -> list[int]:
    """Count the words of a field; a phrase (its name holds a space) is words that are counted already."""
    lengths = [0] * document_count
    for term, pairs in terms.items():
        if " " not in term:
            for document, frequency in pairs:
                lengths[document] += frequency
    return lengths
