"""The protocol of a connection: plain requests go straight to the collector, everything else through uvicorn."""

from __future__ import annotations

import asyncio
import random
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from kb_builder.analytics.collect.app import EVENTS_PATH, events_app, headers_of
from kb_builder.analytics.collect.plain_requests import plain_request
from kb_builder.analytics.collect.receive import Answer, Collector, Request, overloaded, receive, refusal

IDLE_SECONDS = 5
MAX_CONNECTIONS = 8000
MAX_HEADER_BYTES = 65_536  # of a request that is read here, with its body
_START = f"POST {EVENTS_PATH} HTTP/1.1\r\n".encode()

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol


class EventsProtocol(_Protocol):
    """Has plain requests for events wait in the inbox, and answers them without the application and its tasks.

    Closes a connection that has not sent a whole request head in time, or sends one without end.
    """

    collector: Collector
    proxies: Any  # uvicorn's container of those whose ``X-Forwarded-For`` is believed
    _is_taken = False  # what came waits in the inbox or for the disk
    _more = b""  # what came behind that
    _is_last = False
    _taken = 0
    _head_bytes = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows the type
        super().connection_made(transport)
        # At different times, so that thousands who came at once are not all closed in one turn of the loop.
        first_look = IDLE_SECONDS * (1 + random.random())  # noqa: S311  # no secret
        self._waiting = self.loop.call_later(first_look, self._close_if_idle, (None, 0))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting:
            self._waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_taken:
            self._more += data
            self.transport.pause_reading()
        elif data.startswith(_START) and len(data) <= MAX_HEADER_BYTES and self._is_between_requests():
            self._is_taken = True
            self._taken += 1
            self._unset_keepalive_if_required()  # `_close_if_idle` sees to it.
            self.collector.inbox.put(self._handle, data)
        else:
            self._parse(data)

    def shutdown(self) -> None:
        if self._is_taken:
            self._is_last = True
        else:
            super().shutdown()

    def _handle(self, data: bytes, is_late: bool) -> None:
        """Answer a plain request; leave to the parser what is none."""
        request = plain_request(data, _START)
        is_one_too_many = len(self.connections) > MAX_CONNECTIONS
        if request is None or self.flow.write_paused:
            self._is_taken = False
            if not self.transport.is_closing():
                self._parse(data)
                self._go_on()
            if self._is_last:
                super().shutdown()
        elif is_late or is_one_too_many:
            self._is_last |= is_one_too_many
            self._answer(refusal(self.collector, overloaded()))
        else:
            headers, body = request
            try:
                receive(self.collector, Request(headers, body, self._address(headers)), self._answer)
            except Exception:
                self.transport.abort()  # No answer is no promise.
                raise

    def _address(self, headers: dict[bytes, bytes]) -> str:
        """Return the reader's address, as uvicorn's middleware finds it."""
        address = self.client[0] if self.client else ""
        if b"x-forwarded-for" in headers and address in self.proxies:
            return self.proxies.get_trusted_client_address(headers[b"x-forwarded-for"].decode("latin-1"))[0] or address
        return address

    def _answer(self, answer: Answer) -> None:
        self._is_taken = False
        if self.transport.is_closing():
            return
        self.transport.write(_head(answer, self._is_last))
        if self._is_last:
            self.transport.close()
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self._more:
            more, self._more = self._more, b""
            self.transport.resume_reading()
            self.data_received(more)

    def _parse(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self.cycle is before else 0
        if self._head_bytes > MAX_HEADER_BYTES and self._is_idle():
            self.transport.close()

    def _is_idle(self) -> bool:
        return not self._is_taken and (self.cycle is None or self.cycle.response_complete)

    def _is_between_requests(self) -> bool:
        return not self._head_bytes and (
            self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)
        )

    def _close_if_idle(self, last: tuple[Any, int]) -> None:
        """Close when the same request, or none, was the last one a while ago too."""
        if self._is_idle() and (self.cycle, self._taken) == last:
            self.transport.close()
        else:
            self._waiting = self.loop.call_later(IDLE_SECONDS, self._close_if_idle, (self.cycle, self._taken))


def protocol_of(collector: Collector, trusted_proxies: list[str]) -> type[EventsProtocol]:
    """Return the protocol of the connections to a collector."""
    app: Any = events_app(collector)  # Starlette's types are not uvicorn's.
    trusted = ProxyHeadersMiddleware(app, trusted_proxies).trusted_hosts
    return type("OfCollector", (EventsProtocol,), {"collector": collector, "proxies": trusted})


@lru_cache
def _head(answer: Answer, is_last: bool) -> bytes:
    """Return an answer as it is sent, the last one of its connection or not."""
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}".encode()]
    lines += [b"%b: %b" % field for field in headers_of(answer)]
    lines += [b"connection: close"] * is_last
    return b"\r\n".join(lines) + b"\r\n\r\n"
