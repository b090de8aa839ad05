"""Requests that come whole and alone are read without the parser, and answered like all others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from event_makers import make_event

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from running_collector import read_records
from uvicorn.server import ServerState

from kb_builder.analytics.collect import protocol
from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.inbox import Handler, Inbox
from kb_builder.analytics.collect.plain_requests import plain_request
from kb_builder.analytics.collect.server import CollectOptions, events_config, open_collector

START = b"POST /events HTTP/1.1\r\n"
HEADERS = {"Origin": "https://help.example", "Content-Type": "text/plain", "User-Agent": "Firefox"}
Read = Callable[[], Awaitable[str]]


def test_a_plain_request_is_read():
    data = START + b"Host: x\r\nX-Empty:\r\nUser-Agent:\tFire fox \r\ncontent-length:2 \r\n\r\n[]"

    assert plain_request(data, START) == (
        {b"host": b"x", b"x-empty": b"", b"user-agent": b"Fire fox", b"content-length": b"2"},
        b"[]",
    )


@pytest.mark.parametrize(
    "data",
    [
        START + b"Content-Length: 3\r\n\r\n[]",  # more is to come
        START + b"Content-Length: 2\r\n\r\n[]" + START,
        START + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]",
        START + b"Content-Length: 2\r\ncontent-length: 3\r\n\r\n[]",
        START + b"Content-Length: 2, 2\r\n\r\n[]",
        START + b"Content-Length: 0x2\r\n\r\n[]",
        START + b"Content-Length: +2\r\n\r\n[]",
        START + b"Content-Length : 2\r\n\r\n[]",
        START + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n[]",
        START + b"Content-Length: 2\r\nX: a\n b\r\n\r\n[]",
        START + b"Content-Length: 2\r\nX: a\r\n b\r\n\r\n[]",
        START + b"Content-Length: 2\r\nX: a\rY: b\r\n\r\n[]",
        START + b"Content-Length: 2\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n[]",
        START + b"Content-Length: 2\r\nX: a\0b\r\n\r\n[]",
        START + b"Content-Length: 2\r\nno field\r\n\r\n[]",
        START + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n[]",
        START + b"Content-Length: 2\r\nConnection: close\r\n\r\n[]",
        START + b"Content-Length: 2\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n[]",
        START + b"Host: x\r\n\r\n",
        START + b"Content-Length: 2\r\n",
        START + b"\r\n",
        b"POST /votes HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]",
        b"POST /events HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]",
        b"GET /events HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
)
def test_what_is_open_to_interpretation_is_left_to_the_parser(data):
    assert plain_request(data, START) is None


class Late(Inbox):
    """Says of everything that it has waited for too long."""

    def put(self, handle: Handler, data: bytes) -> None:
        super().put(lambda data, is_late: handle(data, True), data)


@pytest.fixture
def collector(tmp_path):
    return open_collector(CollectOptions(tmp_path, frozenset({"https://help.example"})), Disk())


@asynccontextmanager
async def connected(collector, tmp_path, *, trusted_proxies=()):
    """Serve a collector here; give a connection to it, what reads the status of an answer, and the server's state."""
    config = events_config(collector, CollectOptions(tmp_path, frozenset(), trusted_proxies=trusted_proxies))
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: config.http_protocol_class(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())

    async def answer() -> str:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        return head[9:12].decode()

    try:
        yield writer, answer, state
    finally:
        writer.close()
        server.close()
        await collector.commits.close()


def request(number, **headers):
    body = json.dumps(make_event("view", event_id=f"event-{number:04}")).encode()
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {**HEADERS, **headers}.items())
    return START + f"{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_connection_is_answered_in_order_whichever_way_its_requests_go(collector, tmp_path):
    async def talk() -> list[str]:
        async with connected(collector, tmp_path) as (writer, answer, _):
            said = []
            for number, inbox in enumerate((Inbox(), Late(), Late(), Inbox())):
                collector.inbox = inbox
                writer.write(request(number))
                said.append(await answer())
            writer.write(request(4)[:40])  # a head in two parts is for the parser
            await asyncio.sleep(0.05)
            writer.write(request(4)[40:])
            said.append(await answer())
            writer.write(request(5) + request(6, Origin="https://evil.example"))  # two at once, too
            said += [await answer(), await answer()]
            writer.write(request(7))
            await asyncio.sleep(0.001)  # the next one comes while this one waits for the disk
            writer.write(request(8, Origin="https://evil.example"))
            await asyncio.sleep(0.001)
            writer.write(request(9))
            return [*said, await answer(), await answer(), await answer()]

    assert asyncio.run(talk()) == ["204", "503", "503", "204", "204", "204", "403", "204", "403", "204"]
    assert collector.counters.requests == {"204": 6, "503": 2, "403": 2}
    assert collector.counters.bad == {"overload": 2, "foreign_origin": 2}
    kept = [record["event"]["event_id"] for record in read_records(tmp_path)]
    assert kept == [f"event-{number:04}" for number in (0, 3, 4, 5, 7, 9)]


def test_events_of_who_has_gone_are_kept(collector, tmp_path):
    async def talk() -> None:
        async with connected(collector, tmp_path) as (writer, _, state):
            writer.write(request(1))
            await asyncio.sleep(0.001)
            writer.transport.abort()
            while not collector.counters.requests or state.connections:
                await asyncio.sleep(0.01)

    asyncio.run(talk())

    assert len(read_records(tmp_path)) == 1


def test_a_server_that_ends_answers_what_it_has_taken(collector, tmp_path):
    async def talk() -> str:
        async with connected(collector, tmp_path) as (writer, answer, state):
            writer.write(request(1))
            while not collector.commits.waiting_bytes:
                await asyncio.sleep(0)
            for connection in list(state.connections):
                connection.shutdown()
            said = await answer()
            while state.connections:
                await asyncio.sleep(0.01)
            return said

    assert asyncio.run(talk()) == "204"


@pytest.mark.parametrize(("most", "status", "left"), [(1, "204", 1), (0, "503", 0)])
def test_one_connection_too_many_is_told_so_and_closed(collector, tmp_path, monkeypatch, most, status, left):
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", most)

    async def talk() -> tuple[str, int]:
        async with connected(collector, tmp_path) as (writer, answer, state):
            writer.write(request(1))
            said = await answer()
            await asyncio.sleep(0.02)
            return said, len(state.connections)

    assert asyncio.run(talk()) == (status, left)
    assert len(read_records(tmp_path)) == left


def test_a_connection_whose_request_waits_is_not_closed_as_idle(collector, tmp_path):
    async def talk() -> str:
        async with connected(collector, tmp_path) as (writer, answer, state):
            writer.write(request(1)[:-2])  # uvicorn answers this one, and sets its timer
            await asyncio.sleep(0.02)
            writer.write(request(1)[-2:])
            assert await answer() == "204"
            (connection,) = state.connections
            assert connection.timeout_keep_alive_task is not None
            writer.write(request(2))
            while not collector.commits.waiting_bytes:
                await asyncio.sleep(0)
            assert connection.timeout_keep_alive_task is None
            return await answer()

    assert asyncio.run(talk()) == "204"


@pytest.mark.parametrize(("proxies", "visits"), [((), 1), (("127.0.0.1",), 2), (("10.0.0.0/8",), 1)])
def test_the_address_behind_a_proxy_counts_if_the_proxy_is_trusted(collector, tmp_path, proxies, visits):
    async def talk() -> None:
        async with connected(collector, tmp_path, trusted_proxies=proxies) as (writer, answer, _):
            for number, address in enumerate(("192.0.2.1", "198.51.100.9, 192.0.2.2")):
                writer.write(request(2 * number, X_Forwarded_For=address))
                assert await answer() == "204"
                data = request(2 * number + 1, X_Forwarded_For=address)
                writer.write(data[:-2])  # so that uvicorn reads it
                await asyncio.sleep(0.02)
                writer.write(data[-2:])
                assert await answer() == "204"

    asyncio.run(talk())

    assert len(read_records(tmp_path)) == 4
    assert len({record["visit"] for record in read_records(tmp_path)}) == visits
