"""Rows in, figures of spans of time out: contact within a while after reading, and the incidents that are cut out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kb_builder.analytics.privacy import MIN_VISITS
from kb_builder.analytics.statements import Row
from kb_builder.analytics.statistics import Interval, wilson


@dataclass(frozen=True, slots=True)
class Window:
    """How many visits that read an article were followed by a contact of the same visitor within some hours.

    Attributes:
        returned: Of the readers, those whose visitor was seen on two days or more.
    """

    hours: float
    contacts: int
    readers: int
    returned: int

    @property
    def rate(self) -> float | None:
        """Return the share, when it may be shown."""
        return self.contacts / self.readers if self.readers >= MIN_VISITS else None

    @property
    def interval(self) -> Interval:
        """Return its 95 % interval."""
        return wilson(self.contacts, self.readers)

    @property
    def is_blind(self) -> bool:
        """Say whether the log cannot tell, because it joins no two days."""
        return self.hours >= 24 and not self.returned


@dataclass(frozen=True, slots=True)
class IncidentCount:
    """Who came while something was broken; counts only where they may be shown."""

    starts: dt.datetime
    ends: dt.datetime
    visitors: int | None
    contacts: int | None


def contact_windows(rows: Iterable[Row]) -> tuple[Window, ...]:
    """Add up the rows of the metric ``contact_by_window``; the shortest window first."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for place, name in enumerate(("numerator", "denominator", "returned")):
            counts[int(row["window_ms"])][place] += int(row[name])
    return tuple(Window(window_ms / 3_600_000, *counts[window_ms]) for window_ms in sorted(counts))


def incident_counts(rows: Iterable[Row], first: dt.date, last: dt.date) -> tuple[IncidentCount, ...]:
    """List the incidents between two days, of the metric ``incident_visitors``; the first one first."""
    found = []
    for row in sorted(rows, key=lambda row: (row["starts_ms"], row["ends_ms"])):
        starts, ends = (dt.datetime.fromtimestamp(row[name] / 1000, dt.UTC) for name in ("starts_ms", "ends_ms"))
        if starts.date() <= last and ends.date() >= first:
            is_shown = row["denominator"] >= MIN_VISITS
            counts = (int(row["denominator"]), int(row["numerator"])) if is_shown else (None, None)
            found.append(IncidentCount(starts, ends, *counts))
    return tuple(found)
