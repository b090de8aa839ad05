"""Read our own raw segments, such as those another machine collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import Any

from kb_builder.analytics.collect.intake import SOURCE
from kb_builder.analytics.event_decoder import UNSET, decode_records, decode_values
from kb_builder.analytics.events import FIELDS, Fault, fault
from kb_builder.analytics.imports.line import Imported, Line, Options, Whole, redacted
from kb_builder.analytics.redact import redact, unsure
from kb_builder.analytics.segments import is_whole, unpack_all

_FIELDS_OF = {"ticket": {"form_token", "channel"}, "total": {"page", "count"}}
_AT_ONCE = 100  # Lines that are checked together take half the time.
_event, _query, _message = map(attrgetter, ("event", "user_query", "message"))
_is_time = FIELDS["timestamp"].fits


def read_segment(lines: Iterable[bytes], options: Options) -> Iterator[Line | Whole]:
    """Check every record as if it had just been sent; pass on together what is good as it is."""
    number = 1
    lines = iter(lines)
    while block := list(islice(lines, _AT_ONCE)):
        days = _days_of_good(block, options)
        for day, run in groupby(zip(days, block, strict=True), key=itemgetter(0)):
            same = [line for _, line in run]
            if day:
                yield Whole(day, len(same), b"".join(same))
            else:
                yield from (_other(number + place, line, options) for place, line in enumerate(same))
            number += len(same)


def _days_of_good(lines: Sequence[bytes], options: Options) -> list[str]:
    """Return for each line its day, or nothing if it is not what `kb collect` would write now."""
    data = unpack_all(lines)
    try:
        records = None if data is None else decode_records(data)
    except ValueError:
        records = None
    if records is None:
        return [""] if len(lines) == 1 else [_days_of_good([line], options)[0] for line in lines]
    events = list(map(_event, records))
    texts = {*map(_query, events), *map(_message, events)} - {UNSET}
    changed = {text for text in unsure(texts) if redact(text, patterns=options.order_patterns)[0] != text}
    return [
        record.received[:10]
        if record.source == SOURCE and not (changed and {record.event.user_query, record.event.message} & changed)
        else ""
        for record in records
    ]


def _other(number: int, line: bytes, options: Options) -> Line:
    """Read a record that is not one as `kb collect` writes it, or is not good as it is."""
    if not is_whole(line):
        return Line(number, dropped=("damaged",))
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
