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


def brier_score(percents: Sequence[int], answered: Sequence[bool]) -> float:
    """Return the mean squared difference between claimed probability and what happened; 0 is best.

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.
    """
    pairs = list(zip(percents, answered, strict=True))
    return sum((percent / 100 - was) ** 2 for percent, was in pairs) / len(pairs)


def calibration_error(percents: Sequence[int], answered: Sequence[bool], *, bins: int = 10) -> float:
    """Return by how much claimed and true shares differ, averaged over bins of equal width by their queries.

    Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    pairs = list(zip(percents, answered, strict=True))
    inside: dict[int, list[tuple[int, bool]]] = {}
    for percent, was in pairs:
        inside.setdefault(min(percent * bins // 100, bins - 1), []).append((percent, was))
    return sum(abs(sum(p / 100 - was for p, was in of_bin)) for of_bin in inside.values()) / len(pairs)


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
