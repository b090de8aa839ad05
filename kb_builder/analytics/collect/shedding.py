"""How late the collector is, and which requests it refuses so that those it takes are answered in time."""

from __future__ import annotations

from collections import deque

SOME_LAG_SECONDS = 0.03  # from here on some are refused
MAX_LAG_SECONDS = 0.25  # and from here on all
_LOOKS = 3


class Shedding:
    """Refuses the share of requests that keeps the rest from waiting.

    What counts is the least lag of the last looks: one long pause is no overload, a queue that does not go away is. The
    share grows with it, so that a load a little too large loses little. Sources: for the least, Nichols and Jacobson,
    "Controlling Queue Delay", ACM Queue 10(5), 2012; for the share, Floyd and Jacobson, "Random Early Detection",
    IEEE/ACM Transactions on Networking 1(4), 1993. It is spread evenly, not drawn.
    """

    def __init__(self) -> None:
        self._lags = deque([0.0] * _LOOKS, maxlen=_LOOKS)
        self._owed = 0.0

    @property
    def lag_seconds(self) -> float:
        """Return how late the loop was at least, at each of the last looks."""
        return min(self._lags)

    def note(self, late_seconds: float) -> None:
        """Take note of how late the loop is now."""
        self._lags.append(late_seconds)

    def refuses(self) -> bool:
        """Say whether the next request is to be refused."""
        share = (self.lag_seconds - SOME_LAG_SECONDS) / (MAX_LAG_SECONDS - SOME_LAG_SECONDS)
        self._owed += min(max(share, 0.0), 1.0)
        if self._owed < 1:
            return False
        self._owed -= 1
        return True
