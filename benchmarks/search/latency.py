"""Time queries in Chromium once the bytes are there."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from engines import Published
from playwright.sync_api import Browser
from web import serve, visit

SLOW_DOWN = 4.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds.

    Attributes:
        start: From nothing to the engine's readiness, all files being in the browser's cache.
        fresh: Each query asked for the first time in the visit, its files being in the browser's cache.
        again: Each query asked for the second time.
        longest_task: Of the main thread during fresh queries, the CPU slowed down; 0 when none was above 50 ms.
    """

    start: float
    fresh: tuple[float, ...]
    again: tuple[float, ...]
    longest_task: float


def time_queries(browser: Browser, published: Published, queries: Sequence[str]) -> Latency:
    """Fill a visitor's cache, then time the queries on fresh pages of the same visitor."""
    with serve(published) as host, visit(browser, host, published) as visitor:
        visitor.open()
        visitor.ask(queries)
        start = visitor.open()
        fresh, _ = visitor.time(queries)
        again, _ = visitor.time(queries)
        visitor.open()
        visitor.slow_down(SLOW_DOWN)
        _, longest_task = visitor.time(queries)
    return Latency(start, tuple(fresh), tuple(again), longest_task)


def p50_and_p95(times: Sequence[float]) -> tuple[float, float]:
    """Return median and 95th percentile (nearest rank)."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[-(-95 * len(ordered) // 100) - 1]
