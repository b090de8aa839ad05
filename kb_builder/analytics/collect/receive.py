"""One request in, its answer out: at once, or when its events are on disk."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kb_builder.analytics.bots import bot_name
from kb_builder.analytics.collect.bad_events import append_bad, bad_lines
from kb_builder.analytics.collect.commits import GroupCommit, Overloaded
from kb_builder.analytics.collect.counters import Counters
from kb_builder.analytics.collect.inbox import Inbox
from kb_builder.analytics.collect.intake import Intake, Parsed, Sender, checked, parse, take
from kb_builder.analytics.collect.limits import AddressLimits
from kb_builder.analytics.collect.recent_ids import RecentIds
from kb_builder.analytics.collect.segment_log import SegmentLog
from kb_builder.analytics.collect.visit_keys import VisitKeys
from kb_builder.analytics.collect.votes import FORM_TYPE, parse_vote, thanks_address
from kb_builder.analytics.events import Fault
from kb_builder.analytics.visits import visit_of

_TYPES = ("text/plain", "application/json")


@dataclass(slots=True)
class Collector:
    """Everything that a request meets.

    Attributes:
        origins: Sites whose pages may send, such as ``https://help.example``.
        patterns: Shapes of order numbers.
        bad_folder: Where the side files of bad events go.
        now: The server's clock, in UTC.
        at_once: Requests that are being answered by the application.
    """

    origins: frozenset[str]
    patterns: tuple[str, ...]
    log: SegmentLog
    commits: GroupCommit
    recent: RecentIds
    limits: AddressLimits
    keys: VisitKeys
    bad_folder: Path
    now: Callable[[], dt.datetime]
    free_bytes: Callable[[], int]
    counters: Counters = field(default_factory=Counters)
    inbox: Inbox = field(default_factory=Inbox)
    at_once: int = 0


class Request(NamedTuple):
    """A whole request for events, or with a vote as a form posts it; names of its header fields are in lower case."""

    headers: Mapping[bytes, bytes]
    body: bytes
    address: str
    is_vote: bool = False


class Answer(NamedTuple):
    """A status, after how long to come back, and where a vote leads on to."""

    status: int = 204
    retry_seconds: int = 0
    location: str = ""


class Refused(Exception):
    """A request that is answered with a status, and counted under a reason, if it has one."""

    def __init__(self, status: int, reason: str = "", *, retry_seconds: int = 0) -> None:
        super().__init__(reason)
        self.answer = Answer(status, retry_seconds)
        self.reason = reason


def overloaded() -> Refused:
    """Return what is said to who cannot be answered in time."""
    return Refused(503, "overload", retry_seconds=1)


def _disk_failed() -> Refused:
    return Refused(503, "disk", retry_seconds=60)


class _Taken(NamedTuple):
    """What is left of a request when its lines are made."""

    intake: Intake
    sender: Sender
    day: dt.date
    location: str


def receive(collector: Collector, request: Request, answer: Callable[[Answer], object]) -> None:
    """Check a request and have its events written; answer it, now or when they are on disk. Call this in a loop."""
    try:
        taken = _take(collector, request)
        if taken.intake.lines:
            written = partial(_written, collector, taken, answer)
            collector.commits.add(taken.intake.lines, written)
        else:
            _written(collector, taken, answer, None)
    except Refused as refused:
        answer(refusal(collector, refused))
    except Overloaded:
        answer(refusal(collector, overloaded()))


def refusal(collector: Collector, refused: Refused) -> Answer:
    """Count a refusal and return the answer."""
    if refused.reason:
        collector.counters.bad[refused.reason] += 1
    collector.counters.requests[str(refused.answer.status)] += 1
    return refused.answer


def _take(collector: Collector, request: Request) -> _Taken:
    headers = request.headers
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    if origin not in collector.origins:
        raise Refused(403, "foreign_origin")
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    if content_type not in ((FORM_TYPE,) if request.is_vote else _TYPES):
        raise Refused(415, "content_type")
    moment = collector.now()
    received = f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    parsed, location = _vote(request.body, received, origin) if request.is_vote else (parse(request.body), "")
    if isinstance(parsed, Fault):
        _note_bad(collector, received, [(parsed, "")], "")
        raise Refused(400)
    sender = _sender(collector, request, received)
    if not collector.limits.take(request.address, len(parsed.events) + len(parsed.bad), now=time.monotonic()):
        raise Refused(429, "rate", retry_seconds=10)
    intake = take(parsed, sender, collector.recent, patterns=collector.patterns)
    return _Taken(intake, sender, moment.date(), location)


def _vote(body: bytes, received: str, origin: str) -> tuple[Parsed | Fault, str]:
    vote, wanted = parse_vote(body, event_id=secrets.token_urlsafe(16), timestamp=received)
    location = "" if wanted is None else thanks_address(wanted, origin)
    return vote if isinstance(vote, Fault) else checked([vote]), location


def _sender(collector: Collector, request: Request, received: str) -> Sender:
    headers = request.headers
    agent = headers.get(b"user-agent", b"").decode("latin-1")
    if headers.get(b"sec-gpc") == b"1" or headers.get(b"dnt") == b"1":
        return Sender(received, "", bot_name(agent), private=True)
    try:
        key = collector.keys.of(received[:10])
    except OSError:
        raise _disk_failed() from None
    return Sender(received, visit_of(key, request.address, agent), bot_name(agent))


def _written(collector: Collector, taken: _Taken, answer: Callable[[Answer], object], error: Exception | None) -> None:
    """Answer a request whose lines, if it had any, are on disk, or are not because of an error."""
    if error is not None:
        answer(refusal(collector, _disk_failed()))
        return
    intake, sender, day, location = taken
    collector.recent.add(day, intake.kept)
    if sender.bot:
        intake.counts["bot"] = intake.counts.pop("kept", 0)
        collector.counters.bots[sender.bot] += intake.counts["bot"]
    for outcome, count in intake.counts.items():
        collector.counters.events[outcome] += count
    if intake.bad:
        _note_bad(collector, sender.received, intake.bad, sender.bot)
        if not intake.counts.total() - intake.counts["bad"]:
            answer(refusal(collector, Refused(400)))
            return
    status = 303 if location else 204
    collector.counters.requests[str(status)] += 1
    answer(Answer(status, location=location))


def _note_bad(collector: Collector, received: str, bad: Sequence[tuple[Fault, str]], bot: str) -> None:
    collector.counters.bad.update(reason.value for reason, _ in bad)
    with contextlib.suppress(OSError):  # They are counted all the same.
        append_bad(collector.bad_folder, received[:10], bad_lines(received, bad, bot=bot))
