"""Tell the format of a file by its first lines."""

from __future__ import annotations

import csv
import json
import re

from kb_builder.analytics.imports.access_log import COMBINED, read_cloudfront, read_combined
from kb_builder.analytics.imports.line import Reader
from kb_builder.analytics.imports.matomo import read_matomo
from kb_builder.analytics.imports.own import read_segment
from kb_builder.analytics.imports.tables import (
    is_plausible_table,
    is_ticket_table,
    read_plausible,
    read_ticket_csv,
    read_ticket_json,
)
from kb_builder.analytics.imports.ubi import read_ubi, read_ubi_array

READERS: dict[str, Reader] = {
    "segment": read_segment,
    "access-log": read_combined,
    "cloudfront": read_cloudfront,
    "ubi": read_ubi,
    "ubi-array": read_ubi_array,
    "matomo": read_matomo,
    "plausible": read_plausible,
    "tickets-csv": read_ticket_csv,
    "tickets-json": read_ticket_json,
}
DOCUMENTS = frozenset({"ubi-array", "matomo", "tickets-json"})
"""Formats that are one JSON document, not lines."""

_SEGMENT = re.compile(rb"[0-9a-f]{8} \{")


def detect_format(head: bytes) -> str | None:
    """Name the format of a file, a key of `READERS`; None when it is none of them.

    Args:
        head: Its first bytes, some tens of kilobytes, not compressed.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    first = text.partition(b"\n")[0]
    if _SEGMENT.match(first):
        return "segment"
    if first.startswith((b"#Version:", b"#Fields:")):
        return "cloudfront"
    if text[:1] in (b"{", b"["):
        return _json_format(text, first)
    lines = [line.decode("utf-8", "replace") for line in text.splitlines()[:20]]
    if any(COMBINED.match(line) for line in lines):
        return "access-log"
    header = next(csv.reader(lines[:1]), []) if lines else []
    if is_plausible_table(header):
        return "plausible"
    return "tickets-csv" if is_ticket_table(header) else None


def _json_format(text: bytes, first: bytes) -> str | None:
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        value = value.get("_source", value)
        if isinstance(value, dict) and ("action_name" in value or "user_query" in value):
            return "ubi"
    if b'"actionDetails"' in text:
        return "matomo"
    if b'"action_name"' in text or b'"user_query"' in text:
        return "ubi-array" if text[:1] == b"[" or b'"hits"' in text else "ubi"
    return (
        "tickets-json"
        if re.search(rb'"(?:created_at|created_time|created at|tickets|conversations)"', text, re.I)
        else None
    )
