"""What a report may show: nothing that leads to few people, and nothing that can be subtracted to lead there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb_builder.analytics.statements import Row

MIN_VISITS = 20
"""Rates of fewer visits are not shown."""
MIN_TEXT_VISITS = 5
MIN_TEXT_DAYS = 2
FEW_VISITS = 100
"""Rates of fewer visits are shown in grey."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows that may be shown, and what the others come to.

    Attributes:
        rows: Those that may be shown, in their order.
        hidden_rows: How many are not; 0 or at least 2.
        hidden_visits: Their visits together, rounded down to fives.
    """

    rows: tuple[Row, ...]
    hidden_rows: int
    hidden_visits: int


def may_show(row: Row) -> bool:
    """Say whether a row with ``visits`` and ``days`` leads to enough people on enough days."""
    return bool(row["visits"] >= MIN_TEXT_VISITS and row["days"] >= MIN_TEXT_DAYS)


def show_texts(rows: Sequence[Row]) -> Shown:
    """Keep the rows whose text enough visits used; hide one more when what is hidden could be told from the total.

    Args:
        rows: Each with ``text``, ``visits`` and ``days``.
    """
    shown = [row for row in rows if may_show(row)]
    hidden = [row for row in rows if not may_show(row)]
    while hidden and shown and (len(hidden) < 2 or sum(row["visits"] for row in hidden) < MIN_TEXT_VISITS):
        least = min(shown, key=lambda row: (row["visits"], row["text"]))
        shown.remove(least)
        hidden.append(least)
    return Shown(tuple(shown), len(hidden), rounded(sum(row["visits"] for row in hidden)))


def rounded(count: float) -> int:
    """Round a count of a text down to fives, so that two reports a day apart do not tell one visit."""
    return int(count) // 5 * 5
