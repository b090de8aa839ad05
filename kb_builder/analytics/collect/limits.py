"""How much one address may send: a token bucket each, in memory only."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict


class AddressLimits:
    """Token buckets; those of the addresses not heard of for longest are forgotten first."""

    def __init__(self, *, per_second: float, burst: int, max_addresses: int = 50_000) -> None:
        self._per_second = per_second
        self._burst = burst
        self._max_addresses = max_addresses
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, address: str, tokens: int, *, now: float) -> bool:
        """Take tokens of an address; say no, and take none, when it has too few.

        Args:
            now: Seconds of a clock that never goes back.
        """
        key = _network(address)
        left, counted = self._buckets.pop(key, (float(self._burst), now))
        left = min(self._burst, left + (now - counted) * self._per_second)
        allowed = left >= tokens
        self._buckets[key] = (left - tokens if allowed else left, now)
        if len(self._buckets) > self._max_addresses:
            self._buckets.popitem(last=False)
        return allowed

    def active(self, *, now: float, seconds: float = 60) -> int:
        """Return how many addresses were heard of lately: many at once are a sign of a flood from everywhere."""
        return sum(now - counted <= seconds for _, counted in self._buckets.values())


def _network(address: str) -> str:
    """Return what one sender holds: an IPv4 address, or the /64 of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
