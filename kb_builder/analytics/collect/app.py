"""The collector's two web applications: one that takes events and tells nothing, one that says how it is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as StatusRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kb_builder.analytics.collect.receive import Answer, Collector, Refused, Request, overloaded, receive, refusal
from kb_builder.analytics.events import MAX_BODY_BYTES, Fault

EVENTS_PATH = "/events"
VOTES_PATH = "/votes"
BODY_SECONDS = 5.0
MAX_AT_ONCE = 1000  # requests being answered; more are told to come back


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
        collector.at_once += 1
        try:
            answer = await self._answer(scope, receive)
        except Refused as refused:
            answer = refusal(collector, refused)
        finally:
            collector.at_once -= 1
        await send({"type": "http.response.start", "status": answer.status, "headers": headers_of(answer)})
        await send({"type": "http.response.body"})

    async def _answer(self, scope: Scope, receive_part: Receive) -> Answer:
        if self._collector.at_once > MAX_AT_ONCE:
            raise overloaded()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        body = await _read(headers, receive_part)
        address = scope["client"][0] if scope["client"] else ""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answer(given: Answer) -> None:
            if not answered.done():  # Who has gone, has cancelled.
                answered.set_result(given)

        receive(self._collector, Request(headers, body, address, self._takes_votes), answer)
        return await answered


def headers_of(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the header fields of an answer, none of which has a body."""
    headers = [(b"content-length", b"0")] if answer.status != 204 else []
    if answer.location:
        headers.append((b"location", answer.location.encode()))
    if answer.retry_seconds:
        headers.append((b"retry-after", b"%d" % answer.retry_seconds))
    if answer.status in (408, 413):
        headers.append((b"connection", b"close"))  # The rest of the body is not waited for.
    return headers


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


def events_app(collector: Collector) -> Starlette:
    """Return what browsers talk to: an address for scripts, one for forms, and one method."""
    return Starlette(
        routes=[
            Route(EVENTS_PATH, EventsEndpoint(collector), methods=["POST"]),
            Route(VOTES_PATH, EventsEndpoint(collector, takes_votes=True), methods=["POST"]),
        ]
    )


def status_app(collector: Collector) -> Starlette:
    """Return what monitors talk to: ``/healthz`` and ``/metrics``, on a port of its own."""

    async def healthz(request: StatusRequest) -> Response:
        if collector.log.broken:
            return PlainTextResponse(f"not accepting: {collector.log.broken}\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(request: StatusRequest) -> Response:
        return PlainTextResponse(collector.counters.as_text(_gauges(collector)), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


def _gauges(collector: Collector) -> dict[str, Any]:
    return {
        "commits_total": collector.commits.commits,
        "commit_seconds_total": collector.commits.busy_seconds,
        "torn_tails_total": collector.log.torn_tails,
        "reopened_total": collector.log.reopened,
        "waited_seconds": collector.inbox.waited_seconds,
        "waiting_bytes": collector.inbox.waiting_bytes + collector.commits.waiting_bytes,
        "remembered_ids": len(collector.recent),
        "active_addresses": collector.limits.active(now=time.monotonic()),
        "free_bytes": collector.free_bytes(),
        "accepting": int(not collector.log.broken),
    }
