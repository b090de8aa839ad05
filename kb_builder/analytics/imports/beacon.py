"""Take events out of what a browser sent: the text of a POST, or the query parameter ``kb`` of a GET."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from kb_builder.analytics.events import MAX_BODY_BYTES, MAX_EVENTS, Fault

_PARAMETER = re.compile(r"(?:^|[?&])kb=([^&#\s]*)")


def beacon_text(target: str) -> bytes | Fault | None:
    """Return the JSON text in the address of a request; None when the request is for something else."""
    found = _PARAMETER.search(target)
    if not found:
        return None
    # Logs may write the padding and nothing else of the alphabet in percent signs, once or twice.
    text = found[1].replace("%25", "%").replace("%3D", "").replace("%3d", "").rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text, re.ASCII):
        return Fault.NOT_JSON
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return Fault.NOT_JSON


def parse_body(text: bytes) -> list[Any] | Fault:
    """Return the events of a body, unchecked: one, or a list of them."""
    if len(text) > MAX_BODY_BYTES:
        return Fault.TOO_LARGE
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Fault.NOT_JSON
    if not isinstance(value, list):
        return [value]
    return value if len(value) <= MAX_EVENTS else Fault.TOO_MANY
