"""A request's body in, checked lines of the raw log out. Pure: no disk, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json, to_json

from kb_builder.analytics.collect.recent_ids import RecentIds
from kb_builder.analytics.events import MAX_EVENT_BYTES, MAX_EVENTS, Fault, fault
from kb_builder.analytics.redact import redact
from kb_builder.analytics.segments import pack, record_head

SOURCE = "collect"
# What is kept of a reader who asked for privacy: nothing that joins two events, and nothing they typed.
PRIVATE_FIELDS = frozenset(
    {"event_id", "timestamp", "age_ms", "action_name", "application", "page", "locale", "audience", "arm"}
    | {"index_hash", "build", "dwell_seconds", "helpful", "reason", "channel", "looked_first"}
)


@dataclass(frozen=True, slots=True)
class Sender:
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

    lines: list[bytes] = field(default_factory=list)
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    bad: list[tuple[Fault, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def parse(body: bytes) -> list[Any] | Fault:
    """Return the values of a body: one event, or an array of events."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return Fault.NOT_JSON
    if type(value) is dict:
        return [value]
    if type(value) is not list or not value:
        return Fault.NOT_AN_EVENT
    return value if len(value) <= MAX_EVENTS else Fault.TOO_MANY


def take(events: Sequence[Any], sender: Sender, recent: RecentIds, *, patterns: Sequence[str] = ()) -> Intake:
    """Check events one by one, replace what is personal, and leave out those that came before.

    Args:
        events: Any parsed JSON values.
        recent: What came before; it is not changed.
        patterns: Shapes of order numbers.
    """
    intake = Intake()
    head = record_head(received=sender.received, source=SOURCE, visit=sender.visit, bot=sender.bot)
    own: set[str] = set()
    for sent in events:
        event, wrong = sent, fault(sent)
        if wrong is None and sender.private:
            event = {name: value for name, value in sent.items() if name in PRIVATE_FIELDS}
            if fault(event):  # It says nothing without what joins it to others.
                intake.counts["private"] += 1
                continue
        data = b"" if wrong else to_json(_redacted(event, patterns))
        if len(data) > MAX_EVENT_BYTES:
            wrong = (Fault.TOO_LARGE, "")
        if wrong:
            intake.bad.append(wrong)
            intake.counts["bad"] += 1
            continue
        event_id = event["event_id"]
        known, differs = recent.is_known(event_id, data)
        if known or event_id in own:
            intake.counts["conflict" if differs else "duplicate"] += 1
            continue
        own.add(event_id)
        intake.counts["kept"] += 1
        intake.kept.append((event_id, data))
        intake.lines.append(pack(b"%b%b}" % (head, data)))
    return intake


def _redacted(event: dict[str, Any], patterns: Sequence[str]) -> dict[str, Any]:
    for name in ("user_query", "message"):
        if name in event:
            event[name] = redact(event[name], patterns=patterns)[0]
    return event
