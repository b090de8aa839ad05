"""Read our own raw segments, such as those another machine collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kb_builder.analytics.collect.intake import SOURCE
from kb_builder.analytics.event_decoder import UNSET, decode_record, decode_values
from kb_builder.analytics.events import FIELDS, Fault, fault
from kb_builder.analytics.imports.line import Imported, Line, Options, redacted
from kb_builder.analytics.redact import redact
from kb_builder.analytics.segments import is_whole

_FIELDS_OF = {"ticket": {"form_token", "channel"}, "total": {"page", "count"}}
_is_time = FIELDS["timestamp"].fits


def read_segment(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Check every record as if it had just been sent."""
    for number, line in enumerate(lines, start=1):
        yield _line(number, line, options)


def _line(number: int, line: bytes, options: Options) -> Line:
    if not is_whole(line):
        return Line(number, dropped=("damaged",))
    try:
        record = decode_record(line[9:-1])
    except ValueError:
        return _other(number, line, options)
    event = record.event
    if record.source != SOURCE or not _is_time(record.received) or not _is_redacted(event, options):
        return _other(number, line, options)
    return Line(number, (Imported({}, record.received, line=line),))


def _is_redacted(event: Any, options: Options) -> bool:
    return all(
        text is UNSET or redact(text, patterns=options.order_patterns)[0] == text
        for text in (event.user_query, event.message)
    )


def _other(number: int, line: bytes, options: Options) -> Line:
    """Read a record that is not one as `kb collect` writes it, or is not good as it is."""
    try:
        record = decode_values(line[9:-1])
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
    return Line(number, (Imported(clean, received, visit, bot),))


def _imported(number: int, event: dict[str, Any], received: str) -> Line:
    """Check what only imports make: tickets, and totals without visits."""
    allowed = {"event_id", "timestamp", "action_name"} | _FIELDS_OF[event["action_name"]]
    if not {"event_id", "timestamp"} <= set(event) <= allowed:
        return Line(number, dropped=(Fault.NOT_AN_EVENT.value,))
    checked = set(event) - {"action_name", "count"}
    fits = all(FIELDS[name].fits(event[name]) for name in checked) and type(event.get("count", 0)) is int
    return Line(number, (Imported(event, received),)) if fits else Line(number, dropped=(Fault.WRONG_VALUE.value,))
