"""What cannot be answered in time is told to come back; nothing of it is kept."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest
from event_makers import make_event

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from starlette.testclient import TestClient
from uvicorn.server import ServerState

from kb_builder.analytics.collect.app import MAX_AT_ONCE, events_app
from kb_builder.analytics.collect.commits import GroupCommit, Overloaded
from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.segment_log import Broken, SegmentLog
from kb_builder.analytics.collect.server import CollectOptions, events_config, open_collector
from kb_builder.analytics.collect.shedding import MAX_LAG_SECONDS, SOME_LAG_SECONDS, Shedding, is_one_request
from kb_builder.analytics.segments import segment_files

HEADERS = {"Origin": "https://help.example", "Content-Type": "text/plain", "User-Agent": "Firefox"}
DAY = "2026-03-01"


@pytest.fixture
def collector(tmp_path):
    return open_collector(CollectOptions(tmp_path, frozenset({"https://help.example"})), Disk())


def late():
    shedding = Shedding()
    for _ in range(3):
        shedding.note(2 * MAX_LAG_SECONDS)
    return shedding


@pytest.mark.parametrize(("name", "value"), [("shedding", late()), ("at_once", MAX_AT_ONCE)])
def test_with_too_much_to_do_requests_are_shed_and_then_taken_again(collector, tmp_path, name, value):
    usual = getattr(collector, name)
    client = TestClient(events_app(collector))
    setattr(collector, name, value)

    answer = client.post("/events", json=[make_event("view")], headers=HEADERS)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert segment_files(tmp_path / "raw") == ()
    setattr(collector, name, usual)
    assert client.post("/events", json=[make_event("view")], headers=HEADERS).status_code == 204


def test_one_long_pause_is_no_overload_and_many_short_ones_are():
    shedding = Shedding()
    shedding.note(1.0)
    assert not shedding.refuses()

    for _ in range(3):
        shedding.note(0.4)
    assert [shedding.refuses() for _ in range(9)] == [True] * 9

    shedding.note(0.0)
    assert [shedding.refuses() for _ in range(9)] == [False] * 9


def test_a_little_too_much_loses_a_little():
    shedding = Shedding()
    for _ in range(3):
        shedding.note(SOME_LAG_SECONDS + (MAX_LAG_SECONDS - SOME_LAG_SECONDS) / 10)

    assert sum(shedding.refuses() for _ in range(1000)) == pytest.approx(100, abs=1)


def test_more_lines_than_fit_in_memory_are_refused(tmp_path):
    async def fill() -> list[BaseException | None]:
        commits = GroupCommit(SegmentLog(tmp_path, "collect-a", disk=Disk()), today=lambda: DAY, max_waiting_bytes=250)
        answers = await asyncio.gather(*(commits.add(b"x" * 99 + b"\n") for _ in range(5)), return_exceptions=True)
        await commits.close()
        assert commits.waiting_bytes == 0
        return answers

    answers = asyncio.run(fill())

    assert [type(answer) for answer in answers] == [type(None), type(None), Overloaded, Overloaded, Overloaded]
    assert segment_files(tmp_path)[0].stat().st_size == 200


def test_lines_that_wait_together_are_synced_together(tmp_path):
    class CountingDisk(Disk):
        syncs = 0

        def sync(self, file: int) -> None:
            CountingDisk.syncs += 1
            super().sync(file)

    async def add() -> int:
        commits = GroupCommit(SegmentLog(tmp_path, "collect-a", disk=CountingDisk()), today=lambda: DAY)
        await asyncio.gather(*(commits.add(b"%09d\n" % number) for number in range(1000)))
        await commits.close()
        return commits.commits

    groups = asyncio.run(add())

    assert groups == CountingDisk.syncs < 50
    lines = segment_files(tmp_path)[0].read_bytes().splitlines()
    assert lines == [b"%09d" % number for number in range(1000)]


def test_when_a_sync_fails_everyone_in_the_group_is_told_and_the_collector_stops_taking(collector, tmp_path):
    class BrokenDisk(Disk):
        def sync(self, file: int) -> None:
            raise OSError(5, "Input/output error")

    log = SegmentLog(tmp_path / "raw", "collect-b", disk=BrokenDisk())
    collector.log, collector.commits = log, GroupCommit(log, today=lambda: dt.date.today().isoformat())
    client = TestClient(events_app(collector))

    answers = [client.post("/events", json=[make_event("view")], headers=HEADERS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert "did not confirm" in log.broken
    with pytest.raises(Broken):
        log.append(DAY, b"x\n")


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]", True),
        (b"POST /events HTTP/1.1\r\ncontent-length:2 \r\nHost: x\r\n\r\n[]", True),
        (b"POST /events HTTP/1.1\r\nContent-Length: 3\r\n\r\n[]", False),  # more is to come
        (b"POST /events HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]POST /events HTTP/1.1\r\n", False),
        (b"POST /events HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n[]", False),
        (b"POST /events HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\n[]", False),
        (b"POST /events HTTP/1.1\r\nContent-Length: 0x2\r\n\r\n[]", False),
        (b"POST /events HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n[]", False),
        (b"POST /events HTTP/1.1\r\nHost: x\r\n\r\n", False),
        (b"POST /events HTTP/1.1\r\nContent-Length: 2\r\n", False),
        (b"POST /votes HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", False),
        (b"POST /events HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]", False),
        (b"GET /events HTTP/1.1\r\nContent-Length: 0\r\n\r\n", False),
        (b"", False),
    ],
)
def test_only_one_plain_request_is_refused_unread(data, is_one):
    assert is_one_request(data, b"POST /events HTTP/1.1\r\n") is is_one


def test_a_connection_is_answered_in_order_when_some_requests_are_refused_unread(collector, tmp_path):
    def request(number):
        body = json.dumps(make_event("view", event_id=f"event-{number:04}")).encode()
        fields = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
        return f"POST /events HTTP/1.1\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def talk() -> list[str]:
        config = events_config(collector, CollectOptions(tmp_path, frozenset()))
        config.load()
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: config.http_protocol_class(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())

        async def answer() -> str:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            return head[9:12].decode()

        said = []
        for number, shedding in enumerate((Shedding(), late(), late(), Shedding())):
            collector.shedding = shedding
            writer.write(request(number))
            said.append(await answer())
        collector.shedding = late()
        writer.write(request(5)[:40])  # a head in two parts is for the parser
        await asyncio.sleep(0.05)
        writer.write(request(5)[40:])
        said.append(await answer())
        collector.shedding = Shedding()
        writer.write(request(6) + request(7))
        said += [await answer(), await answer()]
        writer.close()
        server.close()
        await collector.commits.close()
        return said

    assert asyncio.run(talk()) == ["204", "503", "503", "204", "503", "204", "204"]
    assert collector.counters.requests == {"204": 4, "503": 3}
    assert collector.counters.bad == {"overload": 3}
