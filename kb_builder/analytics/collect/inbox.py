"""Requests in the order they came, each handled when those before it are, or too late to be answered in time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

TURN_SECONDS = 0.004  # of handling; then the loop reads what has come meanwhile, so that waiting is seen here
LATE_SECONDS = 0.001  # behind each turn, to refuse those who are late; until then they keep a connection from others
STALL_SECONDS = 1.0  # so long a request may wait: a beacon is not sent twice, and a short stall is no overload
STANDING_SECONDS = 0.03  # and only so long, while others wait, when somebody has at any moment of that time
MAX_BYTES = 16_000_000

Handler = Callable[[bytes, bool], None]  # what came, and whether it is too late
_Waiting = deque[tuple[float, Handler, bytes]]


class Inbox:
    """Hands out what it is given, and says of each whether it has waited for too long.

    A queue that is never empty is an overload. Then those who have just come overtake the others, which are handled as
    ever when nobody in time waits, and let go in a fifth of the time until then: to refuse is work too, and a flood of
    it must not keep all waiting until they are late. So as long as there is anything to do, it is done. Sources:
    Maurer, "Fail at Scale", ACM Queue 13(8), 2015; Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10(5),
    2012.

    Attributes:
        waited_seconds: How long the last one in time had waited.
        waiting_bytes: Of all that wait.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.waited_seconds = 0.0
        self.waiting_bytes = 0
        self._clock = clock
        self._waiting: _Waiting = deque()
        self._late: _Waiting = deque()
        self._is_planned = False
        self._empty = clock()  # when nobody waited, last

    def put(self, handle: Handler, data: bytes) -> None:
        """Have something handled in a later turn of the running loop; or at once, as late, when the inbox is full."""
        if self.waiting_bytes + len(data) > MAX_BYTES:
            handle(data, True)
            return
        now = self._clock()
        if not (self._waiting or self._late):
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
        latest = now - (STALL_SECONDS if now - self._empty < STALL_SECONDS else STANDING_SECONDS)
        while self._waiting and self._waiting[0][0] < latest:
            self._late.append(self._waiting.popleft())
        try:
            if self._waiting:
                self.waited_seconds = now - self._waiting[0][0]
            self._handle(self._waiting, now + TURN_SECONDS, is_late=False)
            is_pressed = bool(self._waiting)
            late_seconds = LATE_SECONDS if is_pressed else TURN_SECONDS
            self._handle(self._late, self._clock() + late_seconds, is_late=is_pressed)
        finally:  # One that cannot be handled must not stop the others.
            if self._waiting or self._late:
                self._plan()

    def _handle(self, queue: _Waiting, end: float, *, is_late: bool) -> None:
        while queue and self._clock() < end:
            _, handle, data = queue.popleft()
            self.waiting_bytes -= len(data)
            handle(data, is_late)
