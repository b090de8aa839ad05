"""What cannot be answered in time is told to come back; nothing of it is kept."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from event_makers import make_event

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from starlette.testclient import TestClient

from kb_builder.analytics.collect.app import MAX_AT_ONCE, events_app
from kb_builder.analytics.collect.commits import GroupCommit, Overloaded
from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.inbox import LATE_SECONDS, STALL_SECONDS, STANDING_SECONDS, TURN_SECONDS, Inbox
from kb_builder.analytics.collect.segment_log import Broken, SegmentLog
from kb_builder.analytics.collect.server import CollectOptions, open_collector
from kb_builder.analytics.segments import segment_files

HEADERS = {"Origin": "https://help.example", "Content-Type": "text/plain", "User-Agent": "Firefox"}
DAY = "2026-03-01"


@pytest.fixture
def collector(tmp_path):
    return open_collector(CollectOptions(tmp_path, frozenset({"https://help.example"})), Disk())


class Clock:
    """Stands still until it is told to go on."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_more_than_can_be_answered_at_once_is_refused_and_then_taken_again(collector, tmp_path):
    client = TestClient(events_app(collector))
    collector.at_once = MAX_AT_ONCE

    answer = client.post("/events", json=[make_event("view")], headers=HEADERS)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert segment_files(tmp_path / "raw") == ()
    collector.at_once = 0
    assert client.post("/events", json=[make_event("view")], headers=HEADERS).status_code == 204


def offer(seconds, arrivals_a_second, *, refusal_seconds=0.0):
    """Offer an inbox requests that take a millisecond each, by a clock of its own.

    Gives when each request came that was not too late, and when it was begun; and how many were too late.
    """
    clock = Clock()
    inbox = Inbox(clock=clock)
    start = clock.seconds
    taken: list[tuple[float, float]] = []
    refused: list[float] = []

    def put() -> None:
        came = clock.seconds - start

        def handle(data: bytes, is_late: bool) -> None:
            if is_late:
                refused.append(came)
                clock.seconds += refusal_seconds
            else:
                taken.append((came, clock.seconds - start))
                clock.seconds += 0.001

        inbox.put(handle, b"x")

    async def run() -> None:
        number = 0
        while clock.seconds < start + seconds:
            while start + number / arrivals_a_second <= clock.seconds:
                put()
                number += 1
            before = clock.seconds
            await asyncio.sleep(0)
            if clock.seconds == before:
                clock.seconds += 0.0005

    asyncio.run(run())
    return taken, len(refused)


@pytest.mark.parametrize(
    ("load", "refusal_seconds", "least_share"),
    [(1.2, 0, 0.9), (2, 0, 0.9), (3, 0, 0.9), (1.2, 0.0003, 0.9), (3, 0.0003, 0.8), (9, 0.0003, 0.8)],
)
def test_with_too_much_to_do_as_much_is_done_as_can_be_and_nothing_waits_long(load, refusal_seconds, least_share):
    """What refusals cost comes off, a fifth of the time at most."""
    taken, refused = offer(10, 1000 * load, refusal_seconds=refusal_seconds)

    assert len(taken) >= least_share * 10_000
    assert refused > 0
    waited = sorted(begun - came for came, begun in taken if came > 2)
    limit = STANDING_SECONDS + 2 * (TURN_SECONDS + LATE_SECONDS)
    assert waited[int(0.99 * len(waited))] <= limit  # the others were late, and nobody in time waited


def test_what_fits_is_all_taken():
    taken, refused = offer(10, 950)

    assert len(taken) >= 9490
    assert refused == 0


def test_a_stall_refuses_nothing():
    clock = Clock()
    inbox = Inbox(clock=clock)
    late: list[bool] = []

    async def run() -> None:
        for _ in range(300):
            inbox.put(lambda data, is_late: late.append(is_late), b"x")
        clock.seconds += 0.9 * STALL_SECONDS  # the machine did something else
        await asyncio.sleep(0)

    asyncio.run(run())

    assert late == [False] * 300


def test_who_is_late_is_refused_while_others_wait_and_taken_when_nobody_does():
    clock = Clock()
    inbox = Inbox(clock=clock)
    late: list[bool] = []

    def handle(data: bytes, is_late: bool) -> None:
        late.append(is_late)
        clock.seconds += 0.0001 if is_late else 0.001

    async def run() -> None:
        for _ in range(400):
            for _ in range(20):
                inbox.put(handle, b"x")
            await asyncio.sleep(0)
        assert late.count(True) > 100
        late.clear()
        waiting = inbox.waiting_bytes
        while inbox.waiting_bytes:
            await asyncio.sleep(0)
        assert late.count(False) > 0.9 * waiting
        late.clear()
        for _ in range(1000):  # and it is as before the flood
            clock.seconds += 0.002
            inbox.put(handle, b"x")
            await asyncio.sleep(0)

    asyncio.run(run())

    assert late == [False] * 1000


def test_an_inbox_that_is_full_refuses_at_once():
    inbox = Inbox()
    late: list[bool] = []

    async def run() -> None:
        for _ in range(20):
            inbox.put(lambda data, is_late: late.append(is_late), bytes(1_000_000))
        assert late == [True] * 4
        while inbox.waiting_bytes:
            await asyncio.sleep(0)

    asyncio.run(run())

    assert late == [True] * 4 + [False] * 16


def test_one_request_that_fails_does_not_stop_the_others():
    inbox = Inbox()
    handled: list[bytes] = []

    def handle(data: bytes, is_late: bool) -> None:
        handled.append(data)
        if data == b"1":
            raise RuntimeError("as it happens")

    async def run() -> list[str]:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(str(context["exception"])))
        for number in range(3):
            inbox.put(handle, b"%d" % number)
        for _ in range(5):
            await asyncio.sleep(0)
        return told

    assert asyncio.run(run()) == ["as it happens"]
    assert handled == [b"0", b"1", b"2"]


def test_more_lines_than_fit_in_memory_are_refused(tmp_path):
    async def fill() -> list[Exception | None]:
        commits = GroupCommit(SegmentLog(tmp_path, "collect-a", disk=Disk()), today=lambda: DAY, max_waiting_bytes=250)
        answers: list[Exception | None] = []
        for _ in range(5):
            try:
                commits.add(b"x" * 99 + b"\n", answers.append)
            except Overloaded as error:
                answers.append(error)
        await commits.close()
        assert commits.waiting_bytes == 0
        return answers

    answers = asyncio.run(fill())

    assert [type(answer) for answer in answers] == [Overloaded, Overloaded, Overloaded, type(None), type(None)]
    assert segment_files(tmp_path)[0].stat().st_size == 200


def test_lines_that_wait_together_are_synced_together(tmp_path):
    class CountingDisk(Disk):
        syncs = 0

        def sync(self, file: int) -> None:
            CountingDisk.syncs += 1
            super().sync(file)

    async def add() -> int:
        commits = GroupCommit(SegmentLog(tmp_path, "collect-a", disk=CountingDisk()), today=lambda: DAY)
        told: list[Exception | None] = []
        for number in range(1000):
            commits.add(b"%09d\n" % number, told.append)
            if number % 100 == 0:
                await asyncio.sleep(0.001)
        await commits.close()
        assert told == [None] * 1000
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
