"""Score ranked lists against judgments."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence


def success(hits: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Return 1 when one of the first ``k`` hits is relevant, else 0.

    Source: Craswell, "Success at n", Encyclopedia of Database Systems, 2009.
    """
    return float(any(hit in relevant for hit in hits[:k]))


def reciprocal_rank(hits: Sequence[str], relevant: Collection[str], *, k: int = 10) -> float:
    """Return 1 divided by the rank of the first relevant hit; 0 when none is among the first ``k``.

    Its mean over queries is MRR@k. Source: Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    """
    return next((1 / rank for rank, hit in enumerate(hits[:k], start=1) if hit in relevant), 0.0)


def ndcg(hits: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """Score one ranked list against the best order it could have had.

    Args:
        hits: Best first; none twice.
        grades: Judged relevance; 0 and below are not relevant, an unjudged hit is not either.

    Returns:
        A value from 0 to 1; 0 when nothing is relevant.

    Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002; linear
    gain and a log2 discount from rank 1 on, as trec_eval computes it.
    """
    gains = [max(0, grades.get(hit, 0)) for hit in hits[:k]]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def percentile(values: Sequence[int], percent: float) -> int:
    """Return the smallest value that at least ``percent`` of the values do not exceed (nearest rank).

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no values")
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
