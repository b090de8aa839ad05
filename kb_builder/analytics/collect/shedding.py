"""How late the collector is, and which requests it refuses so that those it takes are answered in time."""

from __future__ import annotations

from collections import deque

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n"
SOME_LAG_SECONDS = 0.05  # from here on some are refused: a beacon is not sent twice, so not for a short stall
MAX_LAG_SECONDS = 0.15  # and from here on all
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

    @property
    def is_late(self) -> bool:
        """Say whether any request may have to be refused."""
        return self.lag_seconds > SOME_LAG_SECONDS

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


def is_one_request(data: bytes, start: bytes) -> bool:
    """Say whether data are exactly one request with a body of a given length, which begins with these bytes.

    Then it can be refused without being parsed, which takes a tenth of the time. Whatever is not as plain as that is
    for the parser.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    if not end or not head.startswith(start):
        return False
    _, *lengths = head.lower().split(b"\r\ncontent-length:")
    if len(lengths) != 1 or b"\r\ntransfer-encoding" in head.lower():
        return False
    length = lengths[0].partition(b"\r\n")[0].strip()
    return length.isdigit() and len(length) < 8 and int(length) == len(body)
