"""Requests in the order they came, each handled when those before it are, or too late to be answered in time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

TURN_SECONDS = 0.004  # of handling; then the loop reads what has come meanwhile, so that waiting is seen here
STALL_SECONDS = 0.5  # so long a request may wait: a beacon is not sent twice, and a short stall is no overload
STANDING_SECONDS = 0.02  # and only so long when the inbox has not been empty for that time
MAX_BYTES = 16_000_000

Handler = Callable[[bytes, bool], None]  # what came, and whether it is too late


class Inbox:
    """Hands out what it is given, and says of each whether it has waited for too long.

    A queue that is never empty is an overload. It is then kept short by letting go of what stands in it for long; but
    as long as anything is in it, there is something to do, so no time is lost however large the load. Sources: Maurer,
    "Fail at Scale", ACM Queue 13(8), 2015; Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012.

    Attributes:
        waited_seconds: How long the last one had waited.
        waiting_bytes: Of all that wait.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.waited_seconds = 0.0
        self.waiting_bytes = 0
        self._clock = clock
        self._waiting: deque[tuple[float, Handler, bytes]] = deque()
        self._is_planned = False
        self._empty = clock()  # when it was last

    def put(self, handle: Handler, data: bytes) -> None:
        """Have something handled in a later turn of the running loop; or at once, as late, when the inbox is full."""
        if self.waiting_bytes + len(data) > MAX_BYTES:
            handle(data, True)
            return
        now = self._clock()
        if not self._waiting:
            self._empty = now
        self.waiting_bytes += len(data)
        self._waiting.append((now, handle, data))
        self._plan()

    def _plan(self) -> None:
        if not self._is_planned:
            self._is_planned = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        """Have handled what waits, for one turn; and what is left then in the next one."""
        self._is_planned = False
        now = self._clock()
        end = now + TURN_SECONDS
        try:
            while self._waiting and now < end:
                came, handle, data = self._waiting.popleft()
                self.waiting_bytes -= len(data)
                self.waited_seconds = now - came
                handle(data, self.waited_seconds > self._patience(now))
                now = self._clock()
        finally:  # One that cannot be handled must not stop the others.
            if self._waiting:
                self._plan()

    def _patience(self, now: float) -> float:
        return STALL_SECONDS if now - self._empty < STALL_SECONDS else STANDING_SECONDS
