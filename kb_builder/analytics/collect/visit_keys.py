"""The day's key of visits: made at the first event of a UTC day, in the place of yesterday's."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kb_builder.analytics.visits import KEY_BYTES


class VisitKeys:
    """Keeps one key, in memory and in a file that nobody else can read, so that a restart parts no visit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._day, self._key = _read(path)

    def of(self, day: str) -> bytes:
        """Return the key of the day; yesterday's is overwritten.

        Raises:
            OSError: The new key cannot be written.
        """
        if day != self._day:
            self._key = secrets.token_bytes(KEY_BYTES)
            self._day = day
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "w", encoding="ascii") as out:
                out.write(f"{day} {self._key.hex()}\n")
        return self._key


def _read(path: Path) -> tuple[str, bytes]:
    try:
        day, _, key = path.read_text("ascii").strip().partition(" ")
        return (day, bytes.fromhex(key)) if len(key) == 2 * KEY_BYTES else ("", b"")
    except (OSError, ValueError):
        return "", b""
