"""Where the time of a build went: its stages, and its slowest pages."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that is over: how long it took on the clock, and of all cores together."""

    name: str
    seconds: float
    cpu_seconds: float


class StageClock:
    """Times stages: each ends where the next begins."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._running: tuple[str, float, float] | None = None

    def begin(self, name: str) -> None:
        """End the running stage and begin the next; an empty name begins none."""
        now, cpu = time.perf_counter(), _cpu_seconds()
        if self._running:
            before, started, cpu_before = self._running
            self.stages.append(Stage(before, now - started, cpu - cpu_before))
        self._running = (name, now, cpu) if name else None


def _cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    multiprocessing.active_children()  # the system counts a child once somebody has asked for it
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def format_profile(stages: list[Stage], pages: Mapping[str, float]) -> str:
    """Return a table of stages and one of the slowest pages, as text."""
    lines = [f"{'stage':<40} {'seconds':>8} {'cpu':>8}"]
    lines += [f"{stage.name[:40]:<40} {stage.seconds:>8.2f} {stage.cpu_seconds:>8.2f}" for stage in stages]
    total, cpu = sum(stage.seconds for stage in stages), sum(stage.cpu_seconds for stage in stages)
    lines += [f"{'total':<40} {total:>8.2f} {cpu:>8.2f}"]
    if pages:
        lines += ["", f"{'slowest pages':<40} {'':>8} {'cpu':>8}"]
        lines += [f"{'/' + url:<40} {'':>8} {pages[url]:>8.3f}" for url in slowest(pages)]
    return "\n".join(lines) + "\n"


def profile_as_data(stages: list[Stage], pages: Mapping[str, float]) -> dict[str, object]:
    """Return what `format_profile` shows, as JSON takes it."""
    return {
        "stages": [
            {"name": s.name, "seconds": round(s.seconds, 3), "cpu_seconds": round(s.cpu_seconds, 3)} for s in stages
        ],
        "slowest_pages": [{"url": f"/{url}", "cpu_seconds": round(pages[url], 4)} for url in slowest(pages)],
    }


def slowest(pages: Mapping[str, float]) -> list[str]:
    """Return the URLs of the pages that took longest, the slowest first."""
    return sorted(pages, key=lambda url: (-pages[url], url))[:_MOST_PAGES]
