"""Read our own raw segments, such as those another machine collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema, from_json

from kb_builder.analytics.collect.intake import SOURCE
from kb_builder.analytics.events import EVENT_FIELDS, FIELDS, Fault, compiled, fault, fault_of_fitting
from kb_builder.analytics.imports.line import Imported, Line, Options, redacted
from kb_builder.analytics.redact import redact
from kb_builder.analytics.segments import is_whole

_FIELDS_OF = {"ticket": {"form_token", "channel"}, "total": {"page", "count"}}
_TYPED = ("user_query", "message")
_is_time = FIELDS["timestamp"].fits
_text = core_schema.typed_dict_field(core_schema.str_schema(strict=True), required=False)
_collected = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "received": core_schema.typed_dict_field(compiled(FIELDS["timestamp"].schema)),
            "source": core_schema.typed_dict_field(core_schema.literal_schema([SOURCE])),
            "visit": _text,
            "bot": _text,
            "event": core_schema.typed_dict_field(EVENT_FIELDS),
        },
        extra_behavior="forbid",
        strict=True,
    )
).validate_json
"""Parse and check a record as `kb collect` writes it, in compiled code."""


def read_segment(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Check every record as if it had just been sent."""
    for number, line in enumerate(lines, start=1):
        yield _line(number, line, options)


def _line(number: int, line: bytes, options: Options) -> Line:
    if not is_whole(line):
        return Line(number, dropped=("damaged",))
    try:
        record = _collected(line[9:-1])
    except ValidationError:
        return _other(number, line, options)
    event = record["event"]
    if fault_of_fitting(event) or not all(
        redact(event[name], patterns=options.order_patterns)[0] == event[name] for name in _TYPED if name in event
    ):
        return _other(number, line, options)
    return Line(number, (Imported(event, record["received"], line=line),))


def _other(number: int, line: bytes, options: Options) -> Line:
    """Read a record that is not one as `kb collect` writes it, or is not good as it is."""
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
    return Line(number, (Imported(clean, received, visit, bot),))


def _imported(number: int, event: dict[str, Any], received: str) -> Line:
    """Check what only imports make: tickets, and totals without visits."""
    allowed = {"event_id", "timestamp", "action_name"} | _FIELDS_OF[event["action_name"]]
    if not {"event_id", "timestamp"} <= set(event) <= allowed:
        return Line(number, dropped=(Fault.NOT_AN_EVENT.value,))
    checked = set(event) - {"action_name", "count"}
    fits = all(FIELDS[name].fits(event[name]) for name in checked) and type(event.get("count", 0)) is int
    return Line(number, (Imported(event, received),)) if fits else Line(number, dropped=(Fault.WRONG_VALUE.value,))
