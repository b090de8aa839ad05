"""How often does each estimator's 95 % interval hold the truth? Simulated logs say; 93 to 97 of 100 is right.

    python benchmarks/analytics/interval_coverage.py --runs 1000 --visits 250

Each run is a log of its own, told apart by its audience, so that all go through the real path at once: raw segments,
store, SQL, interval.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

from kb_builder.analytics.duck import open_engine
from kb_builder.analytics.figures import RATES
from kb_builder.analytics.segments import segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate, truth, truth_of_articles
from kb_builder.analytics.statements import Row, derive, metric
from kb_builder.analytics.statistics import (
    Interval,
    Sums,
    newcombe,
    proportion_interval,
    ratio_interval,
    wilson,
)
from kb_builder.analytics.store import events_files, refresh

SCENARIO = Scenario(
    (
        Topic("a/", "alpha cat", better_words="alpha dog", contact=0.3, other_rank=2),
        Topic("b/", "beta cow", finds=False, better_words="beta pig", contact=0.2),
        Topic("c/", "gamma hen", finds=False, better_words="gamma fox", better_finds=False, contact=0.5, weight=0.7),
        Topic("d/", "delta elk", better_words="delta owl", weight=2, contact=0.4, rank=3, other_rank=1),
    ),
    direct=0.15,
    experiment="trial-0123abcd",
)
KINDS = dict(RATES)
_SUMS = ("visits", "numerator", "denominator", "numerator_squares", "products", "denominator_squares")


def measure_coverage(folder: Path, *, runs: int, visits: int, seed: int = 1) -> dict[str, float]:
    """Return the share of runs whose interval holds the truth, by metric."""
    days: dict[str, list[bytes]] = {}
    for run in range(runs):
        name = f"run-{run:04}"
        for day, line in simulate(SCENARIO, seed=seed, visits=visits, first_day=dt.date(2026, 3, 2), name=name):
            days.setdefault(day, []).append(line)
    for day, lines in days.items():
        path = segment_path(folder / "raw", day, "simulated")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    refresh(folder)
    covered = {}
    with open_engine(events_files(folder)) as engine:
        derive(engine)
        for name, expected in truth(SCENARIO).items():
            if not name.startswith("contact_with"):
                intervals = _intervals(engine.rows(metric(name).sql), name)
                covered[name] = sum(each.low <= expected <= each.high for each in intervals) / runs
        covered["contact_after_article"] = _covered_articles(engine.rows(metric("contact_after_article").sql))
    return covered


def _covered_articles(rows: list[Row]) -> float:
    """Return the share of articles, over all runs, whose interval holds the truth."""
    expected = truth_of_articles(SCENARIO)
    intervals = [(row["page"], wilson(row["numerator"], row["denominator"])) for row in rows]
    return sum(each.low <= expected[page] <= each.high for page, each in intervals) / len(rows)


def _intervals(rows: list[Row], name: str) -> list[Interval]:
    if name == "causal_deflection":
        arms: dict[str, dict[str, list[int]]] = {}
        for row in rows:
            counts = arms.setdefault(row["audience"], {}).setdefault(row["arm"], [0, 0])
            counts[0] += row["numerator"]
            counts[1] += row["denominator"]
        return [newcombe(*of_run["holdout"], *of_run["suggestions"]) for of_run in arms.values()]
    if name == "ranking_preference":
        counts_of: dict[str, list[int]] = {}
        for row in rows:
            own_counts = counts_of.setdefault(row["audience"], [0, 0])
            own_counts[0] += row["numerator"]
            own_counts[1] += row["denominator"]
        return [wilson(other, decided) for other, decided in counts_of.values()]
    totals: dict[str, Sums] = {}
    for row in rows:
        own = Sums(*(float(row[part]) for part in _SUMS))
        totals[row["audience"]] = totals.get(row["audience"], Sums()) + own
    if KINDS[name] == "ratio":
        return [found for own in totals.values() if (found := ratio_interval(own))]
    return [proportion_interval(own) for own in totals.values()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--visits", type=int, default=250)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        covered = measure_coverage(Path(folder), runs=options.runs, visits=options.visits)
    for name, share in covered.items():
        print(f"{name:28} {share:6.1%} of {options.runs} runs of {options.visits} visits")


if __name__ == "__main__":
    main()
