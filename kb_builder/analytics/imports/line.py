"""What a reader of a format makes of each line, and what all readers share."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kb_builder.analytics.events import MAX_MESSAGE, MAX_QUERY, fault
from kb_builder.analytics.redact import redact

MAX_LINE_BYTES = 1_000_000
UTC = ZoneInfo("UTC")

REASONS = {
    "damaged": "a line of a segment fails its checksum",
    "failed_request": "the server did not answer it with success",
    "missing_field": "the event lacks a field that its action needs",
    "not_a_time": "the time is missing or cannot be read",
    "not_an_event": "it is JSON, but no event",
    "not_json": "it should be JSON and is not",
    "other_action": "an action that is not counted here, such as a download",
    "other_request": "a request for something else than the beacon",
    "too_large": "longer than allowed",
    "too_many": "more events in one request than allowed",
    "unknown_field": "the event has a field that the schema does not know",
    "wrong_format": "not a line of this file's format",
    "wrong_value": "a field of the event has a value that the schema does not allow",
}
"""What each reason for dropping means."""

HARMLESS = frozenset({"other_action", "other_request", "failed_request"})
"""Reasons that are no fault of the file."""


class Imported(NamedTuple):  # and not a dataclass: there is one for every line, and these are made in half the time
    """An event, when a server received it (UTC, milliseconds, ``Z``), and what tells visits and programs apart."""

    event: dict[str, Any]
    received: str
    visit: str = ""
    bot: str = ""


class Line(NamedTuple):
    """What one line or record gave: events, or a reason of `REASONS` for each that was dropped."""

    number: int
    kept: tuple[Imported, ...] = ()
    dropped: tuple[str, ...] = ()


class Whole(NamedTuple):
    """A number of lines of a segment, all of one day, that stay as they are."""

    day: str
    lines: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Options:
    """How to read what a file does not say itself.

    Attributes:
        visit_key: Gives the secret of a day (``YYYY-MM-DD``) that turns address and agent into a visit.
        time_zone: Of times without an offset.
        order_patterns: Order numbers to redact.
        token_field: Name of the tickets' field that holds the form's one-time token.
    """

    visit_key: Callable[[str], bytes]
    time_zone: ZoneInfo = UTC
    order_patterns: tuple[str, ...] = ()
    token_field: str = "help_token"  # noqa: S105  # a column, not a secret


Reader = Callable[[Iterable[bytes], Options], Iterator[Line | Whole]]


def accept(
    number: int, event: dict[str, Any], options: Options, *, received: str, visit: str = "", bot: str = ""
) -> Line:
    """Redact and check one event."""
    found = fault(clean := redacted(event, options))
    return Line(number, dropped=(found[0].value,)) if found else Line(number, (Imported(clean, received, visit, bot),))


def redacted(event: dict[str, Any], options: Options) -> dict[str, Any]:
    """Replace personal data in what people typed, once more, and cut it to its limits."""
    clean = dict(event)
    for name, limit in (("user_query", MAX_QUERY), ("message", MAX_MESSAGE)):
        if type(clean.get(name)) is str:
            clean[name] = redact(clean[name], patterns=options.order_patterns)[0][:limit]
    return clean


def utc(moment: dt.datetime) -> str:
    """Write a moment as events do: UTC, milliseconds, ``Z``."""
    moment = moment.astimezone(dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse_time(value: Any, zone: ZoneInfo) -> str | None:
    """Read a time as exports write them: ISO 8601 with or without offset, or seconds or milliseconds since 1970.

    Returns:
        The time in UTC; None when it is none or lies outside the years 2000 to 2099.
    """
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"\d{10}(\d{3})?", value)):
            seconds = float(value)
            moment = dt.datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, dt.UTC)
        else:
            text = re.sub(r"\s*(?:UTC|GMT)$", "+00:00", str(value).strip())
            text = re.sub(r"\s+([+-]\d{2}:?\d{2})$", r"\1", text)
            moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return utc(moment) if 2000 <= moment.year < 2100 else None


def identifier(*parts: Any) -> str:
    """Make an id of what a record says, so that the same record has the same id in every file."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def as_id(value: Any) -> str | None:
    """Keep an id that fits the schema; hash any other."""
    if value in (None, ""):
        return None
    text = str(value)
    return text if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", text, re.ASCII) else identifier("id", text)


def page_of(address: str) -> str:
    """Return the path of an address, relative to the site's root, without query and fragment."""
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", address.strip(), flags=re.IGNORECASE)
    return re.split(r"[?#]", path, maxsplit=1)[0].lstrip("/")[:256]


def dwell_bucket(seconds: float) -> int:
    """Return the lower end of the reading-time bucket."""
    return max(low for low in (0, 10, 30, 60, 180) if low <= max(seconds, 0))
