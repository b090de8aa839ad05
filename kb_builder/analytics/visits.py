"""Join what one visitor does in a day without an identity: a keyed hash whose key is made anew each day and deleted.

A page forgets its session when it is left, because nothing is stored on the reader's device. The hash of address and
program is what makes a visit of several pages. Without the day's key nobody can find the address; visits of two days
cannot be joined.
"""

from __future__ import annotations

import hashlib

KEY_BYTES = 32


def visit_of(key: bytes, address: str, agent: str) -> str:
    """Return the visit of an address and a ``User-Agent``: 16 hex digits.

    Args:
        key: The day's secret of `KEY_BYTES` bytes.
    """
    text = f"{address}\n{agent}".encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=8, key=key).hexdigest()
