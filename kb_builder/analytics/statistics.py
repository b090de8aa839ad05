"""Counts in, honest numbers out: intervals, shrinkage, comparisons, click model, size of an experiment.

Pure functions on plain numbers. Nothing here knows where the counts are from.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

Z = NormalDist().inv_cdf(0.975)
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The 95 % interval of a value."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sums:
    """A rate over visits that may hold several units each (queries, episodes), as sums over the visits.

    Attributes:
        visits: How many visits have a unit, n.
        numerator: Sum of what is counted in each visit, x.
        denominator: Sum of units, d.
        numerator_squares: Sum of x * x.
        products: Sum of x * d.
        denominator_squares: Sum of d * d.
    """

    visits: int = 0
    numerator: float = 0
    denominator: float = 0
    numerator_squares: float = 0
    products: float = 0
    denominator_squares: float = 0

    def __add__(self, other: Sums) -> Sums:
        """Add sums of other visits."""
        return Sums(
            self.visits + other.visits,
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.numerator_squares + other.numerator_squares,
            self.products + other.products,
            self.denominator_squares + other.denominator_squares,
        )

    @property
    def rate(self) -> float | None:
        """Return the rate; None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def variance(self) -> float:
        """Return the variance of the rate by the delta method, clustered by visit; 0 when it cannot be told."""
        if self.visits < 2 or not self.denominator:
            return 0.0
        rate = self.numerator / self.denominator
        squares = self.numerator_squares - 2 * rate * self.products + rate * rate * self.denominator_squares
        return max(squares, 0.0) * self.visits / (self.visits - 1) / self.denominator**2


def wilson(successes: float, trials: float, *, z: float = Z) -> Interval:
    """Return the Wilson score interval of a proportion.

    Args:
        successes: From 0 to ``trials``; need not be whole.
        trials: 0 gives the interval from 0 to 1.

    Source: Wilson, JASA 22(158), 1927.
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    rate = successes / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


def proportion_interval(sums: Sums) -> Interval:
    """Return the interval of a proportion whose units share visits.

    Wilson's interval at the effective number of units: as many independent ones as have the clustered variance. Where
    the visits tell no variance (none or all are successes), the number of visits stands for it.
    """
    rate = sums.rate
    if rate is None:
        return Interval(0.0, 1.0)
    trials = float(sums.visits)
    if 0 < rate < 1 and sums.variance > 0:
        trials = min(rate * (1 - rate) / sums.variance, sums.denominator)
    return wilson(rate * trials, trials)


def ratio_interval(sums: Sums) -> Interval | None:
    """Return the interval of a ratio or mean that is no proportion (queries a visit, mean reciprocal position).

    By the delta method on the logarithm, clustered by visit, so that it stays above 0; None when it cannot be told.
    """
    rate = sums.rate
    if not rate or sums.visits < 2:
        return None
    spread = math.exp(Z * math.sqrt(sums.variance) / rate)
    return Interval(rate / spread, rate * spread)


def newcombe(successes: float, trials: float, other_successes: float, other_trials: float) -> Interval:
    """Return the interval of the difference of two independent proportions, the first less the other.

    Source: Newcombe, Statistics in Medicine 17, 1998, method 10.
    """
    first, second = wilson(successes, trials), wilson(other_successes, other_trials)
    p, q = _share(successes, trials), _share(other_successes, other_trials)
    return Interval(
        p - q - math.hypot(p - first.low, second.high - q), p - q + math.hypot(first.high - p, q - second.low)
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rate of another time at today's mix of groups, and the interval of the change since.

    Attributes:
        rate: What it was, had the groups been as large as now.
        change: Of now less then; only groups that were there both times count.
    """

    rate: float
    interval: Interval
    change: Interval


def compare(now: Mapping[Any, Sums], then: Mapping[Any, Sums]) -> Comparison | None:
    """Compare a proportion with another time, at the mix of groups of now; None when no group was there both times.

    Source: Newcombe, as in `newcombe`, with standardised rates and their intervals.
    """
    both = sorted(group for group in now if now[group].denominator and group in then and then[group].denominator)
    one = standardise([(now[group].denominator, now[group]) for group in both])
    two = standardise([(now[group].denominator, then[group]) for group in both])
    if one is None or two is None:
        return None
    (p, of_now), (q, of_then) = one, two
    change = Interval(
        p - q - math.hypot(p - of_now.low, of_then.high - q), p - q + math.hypot(of_now.high - p, q - of_then.low)
    )
    return Comparison(q, of_then, change)


def _share(successes: float, trials: float) -> float:
    return successes / trials if trials else 0.5


def anytime_interval(
    successes: float, trials: float, other_successes: float, other_trials: float, *, planned: float
) -> Interval:
    """Return an interval of the difference of two proportions that may be looked at on any day.

    It is wider than `newcombe` and holds however often and whenever the experiment is judged.

    Args:
        planned: Number of visits, both arms together, at which it should be narrowest.

    Source: Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences", 2021.
    """
    total = trials + other_trials
    if not trials or not other_trials:
        return Interval(-1.0, 1.0)
    p, q = (successes + 0.5) / (trials + 1), (other_successes + 0.5) / (other_trials + 1)
    deviation = math.sqrt(total * (p * (1 - p) / trials + q * (1 - q) / other_trials))
    rate = math.sqrt((-2 * math.log(0.05) + math.log(1 - 2 * math.log(0.05))) / max(planned, 1))
    spread = total * rate * rate + 1
    half = deviation * math.sqrt(2 * spread / (total * rate) ** 2 * math.log(math.sqrt(spread) / 0.05))
    difference = successes / trials - other_successes / other_trials
    return Interval(max(difference - half, -1.0), min(difference + half, 1.0))


@dataclass(frozen=True, slots=True)
class Prior:
    """A beta distribution: what is known of a rate before its own counts."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Return its mean."""
        return self.a / (self.a + self.b)


def fit_prior(counts: Sequence[tuple[float, float]]) -> Prior:
    """Fit a beta distribution to many rates by moments.

    Args:
        counts: Successes and trials of each; those without trials do not matter.

    Returns:
        Its mean is the pooled rate. Where the rates differ no more than chance makes them, it is narrow.

    Source: Kleinman, JASA 68(341), 1973, with weights proportional to the trials.
    """
    used = [(x, n) for x, n in counts if n > 0]
    total = sum(n for _, n in used)
    if not total:
        return Prior(1.0, 1.0)
    mean = min(max((sum(x for x, _ in used) + 0.5) / (total + 1), 1e-6), 1 - 1e-6)
    spread = sum(n * (x / n - mean) ** 2 for x, n in used)
    by_chance = mean * (1 - mean) * sum(1 - n / total for _, n in used)
    room = total - sum(n * n for _, n in used) / total
    between = max((spread - by_chance) / (room - (len(used) - 1)), 0.0) if room > len(used) - 1 else 0.0
    strength = mean * (1 - mean) / between - 1 if between > 0 else _NARROW
    strength = min(max(strength, 1.0), _NARROW)
    return Prior(mean * strength, (1 - mean) * strength)


_NARROW = 10_000.0


def shrink(successes: float, trials: float, prior: Prior) -> float:
    """Return the mean of what is known of a rate after its counts.

    It has no interval of its own: how much a few rates differ is known badly itself, so one would be far too narrow
    (with three articles it held the truth in 37 of 100 logs). Wilson's at the rate's own counts holds.
    """
    return (successes + prior.a) / (trials + prior.a + prior.b)


def p_value(successes: float, trials: float, rate: float) -> float:
    """Return how likely counts this far from a rate are, two-sided, by the score test."""
    if not trials or not 0 < rate < 1:
        return 1.0
    z = abs(successes - trials * rate) / math.sqrt(trials * rate * (1 - rate))
    return 2 * (1 - NormalDist().cdf(z))


def sign_test(successes: int, trials: int) -> float:
    """Return how likely counts this far from a half are, two-sided, by the exact binomial distribution."""
    halves = math.lgamma(trials + 1) - trials * math.log(2)
    fewest = min(successes, trials - successes)
    tail = math.fsum(
        math.exp(halves - math.lgamma(count + 1) - math.lgamma(trials - count + 1)) for count in range(fewest + 1)
    )
    return min(2 * tail, 1.0)


def benjamini_hochberg(p_values: Sequence[float], *, share: float = 0.1) -> list[bool]:
    """Say which of many findings hold when at most a share of those that are said to hold may be false.

    Source: Benjamini and Hochberg, JRSS B 57(1), 1995.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    last = max((rank for rank, place in enumerate(order, 1) if p_values[place] <= share * rank / len(order)), default=0)
    holds = set(order[:last])
    return [place in holds for place in range(len(p_values))]


def cluster_bootstrap(clusters: Sequence[tuple[float, float]], *, seed: int, rounds: int = 2000) -> Interval | None:
    """Return the percentile interval of a ratio when whole visits are drawn again; for checking the delta method.

    Args:
        clusters: Numerator and denominator of each visit.
    """
    if not clusters:
        return None
    draw = random.Random(seed)  # noqa: S311  # a simulation, not a secret
    ratios = []
    for _ in range(rounds):
        sample = draw.choices(clusters, k=len(clusters))
        denominator = sum(d for _, d in sample)
        if denominator:
            ratios.append(sum(x for x, _ in sample) / denominator)
    ratios.sort()
    return Interval(ratios[int(0.025 * len(ratios))], ratios[int(0.975 * len(ratios))]) if ratios else None


@dataclass(frozen=True, slots=True)
class Relevance:
    """How often a result is clicked when it is looked at, and how often it ends the search."""

    attractiveness: float
    satisfaction: float

    @property
    def value(self) -> float:
        """Return the product of both: the chance that a look at it ends the search."""
        return self.attractiveness * self.satisfaction


def simplified_dbn(*, clicked: float, examined: float, last: float) -> Relevance:
    """Estimate the simplified dynamic Bayesian network click model, in closed form.

    Args:
        clicked: Queries in which the result was clicked.
        examined: Clicked queries in which it stood at or above the last click.
        last: Queries whose last click it was.

    Returns:
        Smoothed with one success in two trials each, so that few clicks say little.

    Source: Chapelle and Zhang, "A Dynamic Bayesian Network Click Model", WWW 2009.
    """
    return Relevance((clicked + 1) / (examined + 2), (last + 1) / (clicked + 2))


def holdout_size(rate: float, other_rate: float, *, power: float = 0.8) -> int:
    """Return the visits that each arm needs to tell two rates apart at 5 %, two-sided.

    Raises:
        ValueError: The rates are equal or no rates.
    """
    if not (0 <= rate <= 1 and 0 <= other_rate <= 1) or rate == other_rate:
        raise ValueError("the two rates must differ and lie from 0 to 1")
    z = Z + NormalDist().inv_cdf(power)
    variance = rate * (1 - rate) + other_rate * (1 - other_rate)
    return math.ceil(z * z * variance / (rate - other_rate) ** 2)


def standardise(strata: Sequence[tuple[float, Sums]]) -> tuple[float, Interval] | None:
    """Return the rate that a fixed mix of groups would have, and its interval.

    Args:
        strata: Weight of each group in the fixed mix, and the group's own sums. Groups without units are left out and
            the other weights scaled up.
    """
    used = [(weight, sums) for weight, sums in strata if sums.denominator and weight > 0]
    total = sum(weight for weight, _ in used)
    if not total:
        return None
    rate = sum(weight / total * (sums.rate or 0) for weight, sums in used)
    variance = 0.0
    for weight, sums in used:
        interval = proportion_interval(sums)
        variance += (weight / total * (interval.high - interval.low) / (2 * Z)) ** 2
    if not variance:
        return rate, Interval(rate, rate)
    trials = min(rate * (1 - rate) / variance, sum(sums.denominator for _, sums in used)) if 0 < rate < 1 else 0.0
    trials = trials or sum(sums.visits for _, sums in used)
    return rate, wilson(rate * trials, trials)
