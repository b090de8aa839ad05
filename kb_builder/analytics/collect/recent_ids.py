"""Which events came in during the last days, so that one that is sent twice is kept once."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kb_builder.analytics.segments import SUFFIX, is_whole

WINDOW_DAYS = 7
_DIGEST = 0xFF  # small, so that Python keeps no object for each
MAX_IDS = 2_000_000  # about 200 MB
_EVENT = re.compile(rb'"event":(\{.*?"event_id":"([A-Za-z0-9_-]{8,64})".*\})\}$')


class RecentIds:
    """Event ids of the window; should they be more than fit, of its latest part. Imports look at all days once more."""

    def __init__(self, *, max_ids: int = MAX_IDS) -> None:
        self._max_ids = max_ids
        self._parts: list[tuple[dt.date, dict[int, int]]] = []  # oldest first

    def __len__(self) -> int:
        return sum(len(ids) for _, ids in self._parts)

    def are_new(self, event_ids: Sequence[str]) -> bool:
        """Say that `is_known` would be false for each of several ids, and that no two are the same."""
        keys = set(map(hash, event_ids))
        return len(keys) == len(event_ids) and all(ids.keys().isdisjoint(keys) for _, ids in self._parts)

    def is_known(self, event_id: str, event: bytes) -> tuple[bool, bool]:
        """Say whether an event of that id was kept, and if so, whether it was another one (but for 1 in 256)."""
        key = hash(event_id)
        for _, ids in reversed(self._parts):
            if key in ids:
                return True, ids[key] != zlib.crc32(event) & _DIGEST
        return False, False

    def add(self, day: dt.date, events: Iterable[tuple[str, bytes]]) -> None:
        """Remember events that are on disk, by id."""
        if not self._parts or self._parts[-1][0] < day or len(self._parts[-1][1]) >= self._max_ids // 8:
            self._parts.append((day, {}))
            first_day = day - dt.timedelta(days=WINDOW_DAYS - 1)
            while self._parts[0][0] < first_day or len(self) > self._max_ids - self._max_ids // 8:
                del self._parts[0]
        self._parts[-1][1].update([(hash(event_id), zlib.crc32(event) & _DIGEST) for event_id, event in events])


def days_of_window(today: dt.date) -> list[dt.date]:
    """Return the days of which events are remembered, oldest first."""
    return [today - dt.timedelta(days=back) for back in reversed(range(WINDOW_DAYS))]


def recent_ids(raw: Path, today: dt.date, *, max_ids: int = MAX_IDS) -> RecentIds:
    """Read the ids of the window back from the raw segments. Edge: disk."""
    recent = RecentIds(max_ids=max_ids)
    for day in days_of_window(today):
        for line in _lines(raw / day.isoformat()):
            if is_whole(line) and (found := _EVENT.search(line, 9, len(line) - 1)):
                recent.add(day, [(found[2].decode(), found[1])])
    return recent


def _lines(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob(f"collect-*{SUFFIX}")):
        with path.open("rb") as file:
            yield from file
