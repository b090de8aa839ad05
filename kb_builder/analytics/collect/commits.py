"""Many requests share one sync: what arrives in a few milliseconds, or while the disk is busy, is written together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kb_builder.analytics.collect.segment_log import SegmentLog

GATHER_SECONDS = 0.004

Asker = Callable[[Exception | None], None]


class Overloaded(Exception):
    """More is waiting for the disk than the collector keeps in memory."""


class GroupCommit:
    """Writes lines in groups, one group at a time, in a thread of its own.

    Attributes:
        waiting_bytes: Lines in memory that are not on disk yet.
        commits: Groups written so far.
        busy_seconds: How long writing them took, together.
    """

    def __init__(self, log: SegmentLog, *, today: Callable[[], str], max_waiting_bytes: int = 16_000_000) -> None:
        self.waiting_bytes = 0
        self.commits = 0
        self.busy_seconds = 0.0
        self._log = log
        self._today = today
        self._max_waiting_bytes = max_waiting_bytes
        self._lines: list[bytes] = []
        self._askers: list[Asker] = []  # of the group that is being gathered
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="segment")

    def add(self, lines: bytes, written: Asker) -> None:
        """Have lines written, and be told by the running loop when they are on disk, or what was raised.

        Raises:
            Overloaded: They are not, and will not be.
        """
        if self.waiting_bytes + len(lines) > self._max_waiting_bytes:
            raise Overloaded
        self.waiting_bytes += len(lines)
        self._lines.append(lines)
        self._askers.append(written)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write_groups())

    async def close(self) -> None:
        """Return when everything that was added is on disk, or refused."""
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()
        self._log.close()

    async def _write_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while self._askers:
            await asyncio.sleep(GATHER_SECONDS)
            group, askers = b"".join(self._lines), self._askers
            self._lines, self._askers = [], []
            started = time.perf_counter()
            failed: Exception | None = None
            try:
                await loop.run_in_executor(self._thread, self._log.append, self._today(), group)
            except Exception as error:  # Whatever it is, nobody may be told that it is written.
                failed = error
            for written in askers:
                loop.call_soon(written, failed)  # Each by itself: what one of them raises must not stop the others.
            self.commits += 1
            self.busy_seconds += time.perf_counter() - started
            self.waiting_bytes -= len(group)
        self._writer = None
