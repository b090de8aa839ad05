"""The side file of what was not taken: when, why and which field. Never the value, which may be personal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from kb_builder.analytics.events import Fault
from kb_builder.analytics.redact import redact

MAX_BYTES_A_DAY = 10_000_000


def bad_lines(received: str, bad: Iterable[tuple[Fault, str]], *, bot: str = "") -> bytes:
    """Return a line of JSON for each event that was not taken."""
    return b"".join(
        json.dumps({"received": received, "reason": reason, "field": redact(field)[0], "bot": bot}).encode() + b"\n"
        for reason, field in bad
    )


def append_bad(folder: Path, day: str, lines: bytes) -> None:
    """Append to the day's file, up to a size: what comes then is only counted. Not synced; it is no measurement.

    Raises:
        OSError: It cannot be written.
    """
    path = folder / f"{day}.jsonl"
    folder.mkdir(mode=0o750, exist_ok=True)
    with path.open("ab") as file:
        if file.tell() + len(lines) <= MAX_BYTES_A_DAY:
            file.write(lines)
