"""A request's body in, checked lines of the raw log out. Pure: no disk, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kb_builder.analytics.collect.recent_ids import RecentIds
from kb_builder.analytics.event_decoder import (
    UNSET,
    as_event,
    as_values,
    decode_events,
    decode_values,
    encode_events,
)
from kb_builder.analytics.events import MAX_EVENT_BYTES, MAX_EVENTS, Fault, fault
from kb_builder.analytics.redact import need_nothing, redact
from kb_builder.analytics.segments import pack_events, record_head

SOURCE = "collect"
# What is kept of a reader who asked for privacy: nothing that joins two events, and nothing they typed.
PRIVATE_FIELDS = frozenset(
    {"event_id", "timestamp", "age_ms", "action_name", "application", "page", "locale", "audience", "arm"}
    | {"index_hash", "build", "dwell_seconds", "helpful", "reason", "channel", "looked_first"}
)


class Sender(NamedTuple):
    """What is known of who sent a request.

    Attributes:
        received: When, as the raw log writes it.
        visit: Of `visit_of`; empty for a reader who asked for privacy.
        bot: Name of a program; empty for a person.
        private: ``Sec-GPC`` or ``DNT`` was set.
    """

    received: str
    visit: str
    bot: str
    private: bool = False


@dataclass(slots=True)
class Intake:
    """What a body held.

    Attributes:
        lines: Of the raw log, to be written.
        kept: Id and bytes of each event in the lines, to be remembered when they are written.
        bad: Fault and field of each event that is none.
        counts: Events by outcome: kept, duplicate, conflict, private, bad.
    """

    lines: bytes = b""
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    bad: list[tuple[Fault, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Parsed(NamedTuple):
    """The events of a body, as `event_decoder` makes them, and fault and field of each value that is none."""

    events: list[Any]
    bad: list[tuple[Fault, str]]


def parse(body: bytes) -> Parsed | Fault:
    """Return what a body holds: one event, or an array of events."""
    try:
        return Parsed(decode_events(body), [])
    except ValueError:
        pass  # What is wrong is found out below; most bodies never come there.
    try:
        value = decode_values(body)
    except ValueError:
        return Fault.NOT_JSON
    if type(value) is dict:
        return checked([value])
    if type(value) is not list or not value:
        return Fault.NOT_AN_EVENT
    return checked(value) if len(value) <= MAX_EVENTS else Fault.TOO_MANY


def checked(values: Sequence[Any]) -> Parsed:
    """Tell events from what is none."""
    faults = [fault(value) for value in values]
    events = [as_event(value) for value, wrong in zip(values, faults, strict=True) if not wrong]
    return Parsed(events, [wrong for wrong in faults if wrong])


def take(parsed: Parsed, sender: Sender, recent: RecentIds, *, patterns: Sequence[str] = ()) -> Intake:
    """Replace what is personal in events, and leave out those that came before.

    Args:
        recent: What came before; it is not changed.
        patterns: Shapes of order numbers.
    """
    intake = Intake(bad=list(parsed.bad))
    head = record_head(received=sender.received, source=SOURCE, visit=sender.visit, bot=sender.bot)
    events = parsed.events
    if sender.private:
        events = _private(events)
        if len(events) < len(parsed.events):
            intake.counts["private"] = len(parsed.events) - len(events)
    _redact(events, patterns)
    encoded = encode_events(events)
    ids = [event.event_id for event in events]
    if recent.are_new(ids) and max(map(len, encoded), default=0) <= MAX_EVENT_BYTES:  # as nearly always
        intake.kept = list(zip(ids, encoded, strict=True))
    else:
        _keep_new(intake, ids, encoded, recent)
    intake.lines = pack_events(head, [data for _, data in intake.kept])
    for outcome, number in (("kept", len(intake.kept)), ("bad", len(intake.bad))):
        if number:
            intake.counts[outcome] = number
    return intake


def _keep_new(intake: Intake, ids: Sequence[str], encoded: Sequence[bytes], recent: RecentIds) -> None:
    own: set[str] = set()
    for event_id, data in zip(ids, encoded, strict=True):
        if len(data) > MAX_EVENT_BYTES:
            intake.bad.append((Fault.TOO_LARGE, ""))
            continue
        known, differs = recent.is_known(event_id, data)
        if known or event_id in own:
            intake.counts["conflict" if differs else "duplicate"] += 1
            continue
        own.add(event_id)
        intake.kept.append((event_id, data))


def _private(events: Sequence[Any]) -> list[Any]:
    """Leave of each event what joins it to no other; what says nothing then is left out."""
    values = ({name: value for name, value in as_values(event).items() if name in PRIVATE_FIELDS} for event in events)
    return checked(list(values)).events


def _redact(events: Sequence[Any], patterns: Sequence[str]) -> None:
    queries = [event for event in events if event.user_query is not UNSET]
    comments = [event for event in events if event.message is not UNSET]
    if need_nothing([event.user_query for event in queries] + [event.message for event in comments]):
        return
    for event in queries:
        event.user_query = redact(event.user_query, patterns=patterns)[0]
    for event in comments:
        event.message = redact(event.message, patterns=patterns)[0]
