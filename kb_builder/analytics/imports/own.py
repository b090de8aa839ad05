"""Read our own raw segments, such as those another machine collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import from_json

from kb_builder.analytics.collect.intake import SOURCE
from kb_builder.analytics.events import FIELDS, Fault, fault
from kb_builder.analytics.imports.line import Imported, Line, Options, redacted
from kb_builder.analytics.segments import is_whole

_FIELDS_OF = {"ticket": {"form_token", "channel"}, "total": {"page", "count"}}
_KEYS = {"received", "source", "visit", "bot", "event"}
_is_time = FIELDS["timestamp"].fits


def read_segment(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Check every record as if it had just been sent."""
    for number, line in enumerate(lines, start=1):
        yield _line(number, line, options)


def _line(number: int, line: bytes, options: Options) -> Line:
    if not is_whole(line):
        return Line(number, dropped=("damaged",))
    try:
        record = from_json(line[9:-1], allow_inf_nan=False)
        event, received = record["event"], record["received"]
        visit, bot = record.get("visit", ""), record.get("bot", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Line(number, dropped=(Fault.NOT_AN_EVENT.value,))
    if type(event) is not dict or not _is_time(received) or type(visit) is not str or type(bot) is not str:
        return Line(number, dropped=(Fault.NOT_AN_EVENT.value,))
    if event.get("action_name") in _FIELDS_OF:
        return _imported(number, event, received)
    clean = redacted(event, options)
    found = fault(clean)
    if found:
        return Line(number, dropped=(found[0].value,))
    as_it_is = clean == event and record.keys() <= _KEYS and record.get("source") == SOURCE
    return Line(number, (Imported(clean, received, visit, bot, line if as_it_is else b""),))


def _imported(number: int, event: dict[str, Any], received: str) -> Line:
    """Check what only imports make: tickets, and totals without visits."""
    allowed = {"event_id", "timestamp", "action_name"} | _FIELDS_OF[event["action_name"]]
    if not {"event_id", "timestamp"} <= set(event) <= allowed:
        return Line(number, dropped=(Fault.NOT_AN_EVENT.value,))
    checked = set(event) - {"action_name", "count"}
    fits = all(FIELDS[name].fits(event[name]) for name in checked) and type(event.get("count", 0)) is int
    return Line(number, (Imported(event, received),)) if fits else Line(number, dropped=(Fault.WRONG_VALUE.value,))
