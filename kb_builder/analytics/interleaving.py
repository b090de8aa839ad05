"""Clicks on drafts from two rankings in, what they prove out, once the experiment is over and not a day sooner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from kb_builder.analytics.privacy import MIN_VISITS
from kb_builder.analytics.statements import Row
from kb_builder.analytics.statistics import Interval, sign_test, wilson


@dataclass(frozen=True, slots=True)
class Experiment:
    """What was said before it began.

    Attributes:
        id: As events have it: the name, and a hash of everything that was said.
        other: What is different in the other ranking, in words.
        percent: Visits that take part.
        is_over: The last day is past. Until then no result is told: who looks every day finds chance.
    """

    id: str
    other: str
    percent: int
    first_day: dt.date
    last_day: dt.date
    is_over: bool


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of the two rankings readers prefer.

    Attributes:
        visits: Visits that were shown a draft.
        prefers_other: Visits that clicked more results of the other ranking; this and what follows is None until the
            experiment is over, and when fewer than 20 visits clicked more of one of the two.
        decided: Visits that clicked more of one of the two.
        interval: Of the share of these that prefer the other ranking.
        p_value: How likely a share this far from a half is, were there no difference.
    """

    experiment: Experiment
    visits: int
    prefers_other: int | None = None
    decided: int | None = None
    interval: Interval | None = None
    p_value: float | None = None

    @property
    def winner(self) -> str:
        """Return ``other`` or ``present``; empty when it may be chance, or is not told."""
        if self.p_value is None or self.p_value > 0.05:
            return ""
        return "other" if 2 * (self.prefers_other or 0) > (self.decided or 0) else "present"


def preference(rows: Iterable[Row], experiment: Experiment) -> Preference:
    """Judge an experiment.

    Args:
        rows: Of the metric ``ranking_preference``; other experiments and days do not count.
    """
    first, last = experiment.first_day.isoformat(), experiment.last_day.isoformat()
    own = [row for row in rows if row["experiment"] == experiment.id and first <= row["day"] <= last]
    visits, other, decided = (int(sum(row[name] for row in own)) for name in ("visits", "numerator", "denominator"))
    if not experiment.is_over or decided < MIN_VISITS:
        return Preference(experiment, visits)
    return Preference(experiment, visits, other, decided, wilson(other, decided), sign_test(other, decided))
