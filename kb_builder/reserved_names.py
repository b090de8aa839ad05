"""Addresses that no reader can reach, because nobody can have them: those of the starter."""

from __future__ import annotations

from urllib.parse import urlsplit

_RESERVED = ("example", "test", "invalid", "example.com", "example.net", "example.org")


def is_reserved(address: str) -> bool:
    """Say whether an https or a mail address is on a host that is kept free for examples.

    Source: RFC 2606, sections 2 and 3.
    """
    host = (urlsplit(address).hostname or address.partition("?")[0].rpartition("@")[2]).rstrip(".").lower()
    return any(host == name or host.endswith(f".{name}") for name in _RESERVED)
