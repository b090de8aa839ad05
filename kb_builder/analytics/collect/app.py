"""The collector's two web applications: one that takes events and tells nothing, one that says how it is."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kb_builder.analytics.bots import bot_name
from kb_builder.analytics.collect.bad_events import append_bad, bad_lines
from kb_builder.analytics.collect.commits import GroupCommit, Overloaded
from kb_builder.analytics.collect.counters import Counters
from kb_builder.analytics.collect.intake import Sender, checked, parse, take
from kb_builder.analytics.collect.limits import AddressLimits
from kb_builder.analytics.collect.recent_ids import RecentIds
from kb_builder.analytics.collect.segment_log import Broken, NotWritten, SegmentLog
from kb_builder.analytics.collect.shedding import MAX_LAG_SECONDS, Shedding
from kb_builder.analytics.collect.visit_keys import VisitKeys
from kb_builder.analytics.collect.votes import FORM_TYPE, parse_vote, thanks_address
from kb_builder.analytics.events import MAX_BODY_BYTES, Fault
from kb_builder.analytics.visits import visit_of

EVENTS_PATH = "/events"
VOTES_PATH = "/votes"
BODY_SECONDS = 5.0
MAX_AT_ONCE = 1000  # requests being answered; more are told to come back
LOOK_SECONDS = 0.02
_TYPES = ("text/plain", "application/json")


@dataclass(slots=True)
class Collector:
    """Everything the applications work with.

    Attributes:
        origins: Sites whose pages may send, such as ``https://help.example``.
        patterns: Shapes of order numbers.
        bad_folder: Where the side files of bad events go.
        now: The server's clock, in UTC.
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
    shedding: Shedding = field(default_factory=Shedding)
    at_once: int = 0

    def refuses_unread(self) -> bool:
        """Say whether the next request is to be refused as it comes, and count it then."""
        is_refused = self.at_once >= MAX_AT_ONCE or self.shedding.refuses()
        if is_refused:
            self.counters.requests["503"] += 1
            self.counters.bad["overload"] += 1
        return is_refused

    async def watch_lag(self) -> None:
        """Measure for ever how late the loop is, so that requests are shed before they pile up where none is seen."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self.shedding.note(loop.time() - due)


class Refused(Exception):
    """A request that is answered with a status and nothing else."""

    def __init__(self, status: int, reason: str = "", *, retry_seconds: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_seconds = retry_seconds


class EventsEndpoint:
    """Takes the events of a request; answers 204 when they are on disk.

    Where it ``takes_votes``, a request is the form of a page without script, and the answer leads on to a page.
    """

    def __init__(self, collector: Collector, *, takes_votes: bool = False) -> None:
        self._collector = collector
        self._takes_votes = takes_votes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        collector = self._collector
        retry_seconds, status, location = 0, 204, ""
        collector.at_once += 1
        try:
            if collector.at_once > MAX_AT_ONCE or collector.shedding.lag_seconds > MAX_LAG_SECONDS:
                raise Refused(503, "overload", retry_seconds=1)
            location = await _collect(collector, scope, receive, is_vote=self._takes_votes)
            status = 303 if location else 204
        except Refused as refused:
            status, retry_seconds = refused.status, refused.retry_seconds
            if refused.reason:
                collector.counters.bad[refused.reason] += 1
        finally:
            collector.at_once -= 1
        collector.counters.requests[str(status)] += 1
        headers = [(b"content-length", b"0")] if status != 204 else []
        if location:
            headers.append((b"location", location.encode()))
        if retry_seconds:
            headers.append((b"retry-after", b"%d" % retry_seconds))
        if status in (408, 413):
            headers.append((b"connection", b"close"))  # The rest of the body is not waited for.
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})


async def _collect(collector: Collector, scope: Scope, receive: Receive, *, is_vote: bool) -> str:
    """Read, check, write; raise `Refused` for whatever is not on disk in the end. Return where a vote leads on to."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    if origin not in collector.origins:
        raise Refused(403, "foreign_origin")
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    if content_type not in ((FORM_TYPE,) if is_vote else _TYPES):
        raise Refused(415, "content_type")
    body = await _read(headers, receive)
    moment = collector.now()
    received = f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
    location = ""
    if is_vote:
        vote, wanted = parse_vote(body, event_id=secrets.token_urlsafe(16), timestamp=received)
        location = "" if wanted is None else thanks_address(wanted, origin)
        parsed = vote if isinstance(vote, Fault) else checked([vote])
    else:
        parsed = parse(body)
    if isinstance(parsed, Fault):
        _note_bad(collector, received, [(parsed, "")], "")
        raise Refused(400)
    sender = _sender(collector, scope, headers, received)
    address = scope["client"][0] if scope["client"] else ""
    if not collector.limits.take(address, len(parsed.events) + len(parsed.bad), now=time.monotonic()):
        raise Refused(429, "rate", retry_seconds=10)
    intake = take(parsed, sender, collector.recent, patterns=collector.patterns)
    if intake.lines:
        await _commit(collector, b"".join(intake.lines))
        collector.recent.add(moment.date(), intake.kept)
    if sender.bot:
        intake.counts["bot"] = intake.counts.pop("kept", 0)
        collector.counters.bots[sender.bot] += intake.counts["bot"]
    collector.counters.events.update(intake.counts)
    if intake.bad:
        _note_bad(collector, received, intake.bad, sender.bot)
        if not intake.counts.total() - intake.counts["bad"]:
            raise Refused(400)
    return location


async def _read(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """Return the body; give up on one that is too long or takes too long."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        raise Refused(413, Fault.TOO_LARGE)
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "gone")
                body += message.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise Refused(413, Fault.TOO_LARGE)
                if not message.get("more_body", False):
                    return body
    except TimeoutError:
        raise Refused(408, "slow") from None


def _sender(collector: Collector, scope: Scope, headers: dict[bytes, bytes], received: str) -> Sender:
    agent = headers.get(b"user-agent", b"").decode("latin-1")
    if headers.get(b"sec-gpc") == b"1" or headers.get(b"dnt") == b"1":
        return Sender(received, "", bot_name(agent), private=True)
    try:
        key = collector.keys.of(received[:10])
    except OSError:
        raise Refused(503, "disk", retry_seconds=60) from None
    address = scope["client"][0] if scope["client"] else ""
    return Sender(received, visit_of(key, address, agent), bot_name(agent))


async def _commit(collector: Collector, lines: bytes) -> None:
    try:
        await collector.commits.add(lines)
    except Overloaded:
        raise Refused(503, "overload", retry_seconds=1) from None
    except (NotWritten, Broken):
        raise Refused(503, "disk", retry_seconds=60) from None


def _note_bad(collector: Collector, received: str, bad: Sequence[tuple[Fault, str]], bot: str) -> None:
    collector.counters.bad.update(reason.value for reason, _ in bad)
    with contextlib.suppress(OSError):  # They are counted all the same.
        append_bad(collector.bad_folder, received[:10], bad_lines(received, bad, bot=bot))


def events_app(collector: Collector) -> ASGIApp:
    """Return what browsers talk to: an address for scripts, one for forms, and one method.

    Events go straight to their endpoint, because the way through the framework takes as long as their checks. It
    answers everything else.
    """
    endpoint = EventsEndpoint(collector)
    votes = EventsEndpoint(collector, takes_votes=True)
    others = Starlette(
        routes=[Route(EVENTS_PATH, endpoint, methods=["POST"]), Route(VOTES_PATH, votes, methods=["POST"])]
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_event = scope["type"] == "http" and scope["path"] == EVENTS_PATH and scope["method"] == "POST"
        await (endpoint if is_event else others)(scope, receive, send)

    return app


def status_app(collector: Collector) -> Starlette:
    """Return what monitors talk to: ``/healthz`` and ``/metrics``, on a port of its own."""

    async def healthz(request: Request) -> Response:
        if collector.log.broken:
            return PlainTextResponse(f"not accepting: {collector.log.broken}\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(collector.counters.as_text(_gauges(collector)), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


def _gauges(collector: Collector) -> dict[str, Any]:
    return {
        "commits_total": collector.commits.commits,
        "commit_seconds_total": collector.commits.busy_seconds,
        "torn_tails_total": collector.log.torn_tails,
        "reopened_total": collector.log.reopened,
        "lag_seconds": collector.shedding.lag_seconds,
        "waiting_bytes": collector.commits.waiting_bytes,
        "remembered_ids": len(collector.recent),
        "active_addresses": collector.limits.active(now=time.monotonic()),
        "free_bytes": collector.free_bytes(),
        "accepting": int(not collector.log.broken),
    }
