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
from kb_builder.analytics.collect.segment_log import Broken, SegmentLog
from kb_builder.analytics.collect.server import CollectOptions, open_collector
from kb_builder.analytics.collect.shedding import MAX_LAG_SECONDS, SOME_LAG_SECONDS, Shedding
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
