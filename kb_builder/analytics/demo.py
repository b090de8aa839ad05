"""The made-up help center of `kb report --demo`: its customers' needs, and where its content lets them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kb_builder.analytics.interleaving import Experiment
from kb_builder.analytics.segments import segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate

FIRST_DAY = dt.date(2026, 9, 7)
WEEKS = 8
EXPERIMENT_WEEKS = 4
EXPERIMENT = Experiment(
    id="more-meaning-5e1f0c9a",
    other="meanings make 70 % of a score",
    percent=100,
    first_day=FIRST_DAY,
    last_day=FIRST_DAY + dt.timedelta(weeks=EXPERIMENT_WEEKS, days=-1),
    is_over=True,
)

TOPICS = (
    Topic(
        "faq/shipping/track-my-parcel/",
        "track parcel",
        better_words="track my delivery",
        weight=9,
        contact=0.12,
        comments=("tracking link works, thanks", "tracking link is broken"),
    ),
    Topic(
        "faq/returns/return-an-item/",
        "return shoes",
        better_words="send shoes back",
        weight=8,
        contact=0.1,
        comments=("clear", "the return label is missing"),
    ),
    Topic("faq/orders/cancel-my-order/", "cancel order", better_words="cancel purchase", weight=7, contact=0.3),
    Topic(
        "faq/products/find-your-boot-size/",
        "rucksack strap",
        finds=False,
        better_words="backpack strap",
        weight=3,
        contact=0.15,
    ),
    Topic(
        "faq/payments/pay-with-klarna/",
        "klarna instalment",
        better_words="klarna pay later",
        weight=4,
        rank=4,
        other_rank=1,
    ),
    Topic(
        "faq/business/tax-exempt/",
        "vat invoice company",
        finds=False,
        better_words="invoice vat number",
        better_finds=False,
        weight=5,
        contact=0.6,
    ),
    Topic(
        "faq/products/kayak-rental/",
        "rent kayak",
        finds=False,
        better_words="kayak hire",
        better_finds=False,
        weight=2,
        contact=0.02,
    ),
    Topic("faq/account/reset-my-password/", "forgot password", better_words="password reset", weight=6, contact=0.08),
    Topic(
        "faq/loyalty/trailmark-points/",
        "points expire",
        better_words="loyalty points",
        weight=3,
        contact=0.1,
        other_rank=2,
    ),
    Topic("faq/orders/damaged-parcel/", "arrived broken", better_words="broken item", weight=4, contact=0.55),
)


def demo_lines(*, seed: int = 7, visits_a_week: int = 700) -> Iterator[tuple[str, bytes]]:
    """Give the demo's raw records: eight weeks, the first four of them with two rankings compared, the last two with a
    better article on cancelling.
    """
    scenario = Scenario(TOPICS, open_suggestion=0.6, solved=0.35)
    better = replace(
        scenario,
        topics=tuple(replace(t, contact=0.12) if t.page == "faq/orders/cancel-my-order/" else t for t in TOPICS),
        click=(0.88, 0.62),
    )
    compared = replace(scenario, experiment=EXPERIMENT.id)
    for week in range(WEEKS):
        yield from simulate(
            better if week >= WEEKS - 2 else compared if week < EXPERIMENT_WEEKS else scenario,
            seed=seed * 1000 + week,
            visits=visits_a_week + 12 * week,
            first_day=FIRST_DAY + dt.timedelta(weeks=week),
            days=7,
        )


def write_demo(folder: Path, *, seed: int = 7) -> None:
    """Write the demo's raw segments below an analytics folder. Edge: disk."""
    days: dict[str, list[bytes]] = {}
    for day, line in demo_lines(seed=seed):
        days.setdefault(day, []).append(line)
    for day, lines in days.items():
        path = segment_path(folder / "raw", day, "demo")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
