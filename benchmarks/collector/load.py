"""Offer events to `kb collect` at a fixed rate, whatever it answers, and print what came of it.

    python benchmarks/collector/load.py

The load is open-loop: a request is due at its time and its latency counts from then, so that a slow answer cannot slow
the load down. The collector runs on one core and this program on another. Three runs of each part:

- single: 5,000 requests a second with one event each;
- batch: 5,000 requests a second with ten events each;
- overload: three times the first rate (``--times``), then the first rate again, to see how much is answered meanwhile,
  and when all is answered in time again;
- flood: the same with ten events a request, which is more than one core can take.

Every answered event is looked for on disk afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httptools
import uvicorn
import uvloop

from kb_builder.analytics.collect.server import IDLE_SECONDS
from kb_builder.analytics.segments import segment_files, unpack

ORIGIN = "https://help.example"
PARTS = ("single", "batch", "overload", "flood")
LIMIT_MS = 50.0
MAX_CONNECTIONS = 12_000  # more than the collector answers at once; the system allows 20,000 files, as a rule
LATE_SECONDS = 0.1  # a request that this driver cannot send by then is not offered: it has one core, too
SETTINGS = (
    f"site_name: Load\nsite_url: {ORIGIN}/\nplugins:\n  - kb:\n      analytics:\n        collect:\n"
    "          {events_per_second: 1000000000, burst: 1000000000, min_free_megabytes: 0}\n"
)


@dataclass
class Load:
    """What came of a load.

    Attributes:
        latencies: Of answers, in seconds, by the second in which a request was due.
        answered: How many requests were answered with success in each second.
        not_sent: Requests for which the driver had no connection left.
        not_offered: Requests that the driver was too slow for.
    """

    latencies: dict[int, list[float]] = field(default_factory=dict)
    answered: Counter[int] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    not_sent: int = 0
    not_offered: int = 0

    def note(self, due: float, latency: float, status: int) -> None:
        self.statuses[status] += 1
        if status == 204:
            self.latencies.setdefault(int(due), []).append(latency)
            self.answered[int(due + latency)] += 1

    def all(self) -> list[float]:
        return sorted(latency for second in self.latencies.values() for latency in second)


class _Connection(asyncio.Protocol):
    """One kept-alive connection with one request on the way at most."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._due: float | None = None
        self._last_used = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._last_used = time.monotonic()

    def send(self, due: float, request: bytes) -> None:
        assert self.transport is not None
        self._due = due
        self._last_used = time.monotonic()
        self.transport.write(request)

    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def is_stale(self) -> bool:
        """Say whether it has been idle for so long that the collector may close it any time."""
        return time.monotonic() - self._last_used > IDLE_SECONDS - 2

    def data_received(self, data: bytes) -> None:
        if self._due is not None and data.endswith(b"\r\n\r\n"):  # No answer has a body.
            due, self._due = self._due, None
            if b"\r\nconnection: close\r\n" in data and self.transport:
                self.transport.close()
            self._driver.answered(self, due, int(data[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self._driver.lost(self._due)
        self._due = None


class Driver:
    """Sends requests when they are due, each over a connection that is free, or else a new one.

    No request waits for a connection that another one uses: a browser has its own, and a proxy opens one more.
    """

    def __init__(self, port: int, events: int) -> None:
        self.load = Load()
        self._port = port
        self._template = _template(events)
        self._events = events
        self._free: list[_Connection] = []
        self._connections = 0
        self._started = 0.0
        self._number = 0
        self._open = 0  # due and not answered

    async def run(self, plan: list[tuple[float, float]]) -> None:
        """Offer load: (seconds, requests a second) one after the other; then wait for the last answers."""
        loop = asyncio.get_running_loop()
        self._started = loop.time()
        begin = 0.0
        for seconds, rate in plan:
            for number in range(int(seconds * rate)):
                due = begin + number / rate
                while (ahead := self._started + due - loop.time()) > 0:
                    await asyncio.sleep(max(ahead, 0.001))
                if ahead > -LATE_SECONDS:
                    self._offer(due)
                else:
                    self.load.not_offered += 1
                if number % 50 == 0:
                    await asyncio.sleep(0)
            begin += seconds
        give_up = loop.time() + 20
        while self._open and loop.time() < give_up:
            await asyncio.sleep(0.05)
        self.load.statuses[0] += self._open  # never answered

    def answered(self, connection: _Connection, due: float, status: int) -> None:
        self._open -= 1
        self.load.note(due, asyncio.get_running_loop().time() - self._started - due, status)
        self._free.append(connection)

    def lost(self, due: float | None) -> None:
        self._connections -= 1
        if due is not None:
            self._open -= 1
            self.load.statuses[0] += 1

    def _offer(self, due: float) -> None:
        self._open += 1
        self._number += 1
        request = self._template % tuple(self._number * self._events + place for place in range(self._events))
        while self._free and not self._free[-1].is_open():
            self._free.pop()
        if self._free and not self._free[-1].is_stale():  # If it is, the others are too; the collector closes them.
            return self._free.pop().send(due, request)
        if self._connections < MAX_CONNECTIONS:
            self._connections += 1
            asyncio.create_task(self._connect(due, request)).add_done_callback(lambda task: task.exception())
        else:
            self._open -= 1
            self.load.not_sent += 1
        return None

    async def _connect(self, due: float, request: bytes) -> None:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(self), "127.0.0.1", self._port
            )
        except OSError:
            self.lost(due)
        else:
            connection.send(due, request)


def _template(events: int) -> bytes:
    """Return a request with a place for the number of each event, always of the same length."""
    event = {
        "event_id": f"{os.urandom(6).hex()}-@",
        "timestamp": "2026-11-22T10:00:00.000Z",
        "age_ms": 1200,
        "action_name": "query",
        "session_id": "session-0001",
        "application": "search-box",
        "locale": "en",
        "query_id": "query-0001",
        "user_query": "how do i cancel my order",
        "query_response_hit_ids": [f"faq/orders/article-{place}/" for place in range(5)],
        "query_attributes": {"result_count": 12, "committed_by": "pause"},
    }
    body = json.dumps([event] * events, separators=(",", ":")).encode().replace(b"@", b"%010d")
    length = len(body) + events * (10 - len("%010d"))
    head = (
        f"POST /events HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nUser-Agent: Mozilla/5.0 Firefox/132.0\r\n"
        f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + body


class Collector:
    """`kb collect` on the first core."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "analytics"
        (root / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
        command = [sys.executable, "-m", "kb_builder", "collect", "--port", "0", "--status-port", "0"]
        self._process = subprocess.Popen(  # noqa: S603  (the collector beside us)
            command, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(self._process.pid, cores[:1])
        os.sched_setaffinity(0, cores[1:] or cores)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline().split(",")[0].rpartition(":")[2])

    def memory_megabytes(self, name: str = "VmRSS") -> float:
        """Return what it holds now, or with ``VmHWM`` the most it ever held."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition(f"{name}:")[2].split()[0]) / 1000

    def processor_seconds(self) -> float:
        """Return how long it has kept a core busy so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> int:
        """End it; return how many events are on disk."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        kept = 0
        for path in segment_files(self.folder / "raw"):
            with path.open("rb") as file:
                kept += sum(record is not None for record in unpack(file))
        return kept


def run(part: str, seconds: float, rate: float, times: float, folder: Path) -> dict[str, float | str]:
    """Run one part once; return a row of the table."""
    events = 10 if part in ("batch", "flood") else 1
    is_too_much = part in ("overload", "flood")
    plan = [(seconds, times * rate), (15.0, rate)] if is_too_much else [(seconds, rate)]
    collector = Collector(folder)
    driver = Driver(collector.port, events)
    before = collector.memory_megabytes()
    idle_seconds = collector.processor_seconds()
    started = time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(driver.run(plan))
    elapsed = time.monotonic() - started
    peak = collector.memory_megabytes("VmHWM")
    busy_seconds = collector.processor_seconds() - idle_seconds
    load = driver.load
    answered = load.statuses[204] * events
    kept = collector.stop()
    latencies = load.all() or [0.0]
    offered = sum(length * per_second for length, per_second in plan) - load.not_offered
    row: dict[str, float | str] = {
        "part": part,
        "offered events/s": round(offered * events / sum(length for length, _ in plan)),
        "answered events/s": round(answered / elapsed),
        "p50 ms": round(1000 * statistics.median(latencies), 1),
        "p99 ms": round(1000 * latencies[int(len(latencies) * 0.99)], 1),
        "max ms": round(1000 * latencies[-1], 1),
        "core µs a request": round(1e6 * busy_seconds / max(1, load.statuses.total() - load.statuses[0])),
        "503": load.statuses[503],
        "429": load.statuses[429],
        "no answer": load.statuses[0],
        "not sent": load.not_sent,
        "not offered": load.not_offered,
        "answered, not on disk": max(0, answered - kept),
        "MB before": round(before),
        "MB most": round(peak),
    }
    if is_too_much:
        row["offered meanwhile"] = round(times * rate * events)
        meanwhile = sum(load.answered[second] for second in range(int(seconds)))
        row["answered meanwhile"] = round(meanwhile * events / int(seconds))
        row["s to recover"] = _recovery(load, seconds, rate)
    return row


def _recovery(load: Load, seconds: float, rate: float) -> float | str:
    """Return after how many seconds of the usual rate 99 of 100 requests were answered within the limit again."""
    for second in range(int(seconds), int(seconds) + 15):
        due = sorted(load.latencies.get(second, []))
        if len(due) >= rate * 0.99 and due[int(len(due) * 0.99)] * 1000 <= LIMIT_MS:
            return second - int(seconds)
    return "never"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=5000, help="Requests a second.")
    parser.add_argument("--times", type=float, default=3, help="The rate in overload and flood, in usual rates.")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--folder", type=Path, help="On the disk to be tested; a temporary folder by default.")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, uvicorn {uvicorn.__version__}, httptools {httptools.__version__}, "
        f"uvloop {uvloop.__version__}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for part in options.parts or PARTS:
        for number in range(options.runs):
            with tempfile.TemporaryDirectory(prefix="kb-load-", dir=options.folder) as folder:
                row = run(part, options.seconds, options.rate, options.times, Path(folder))
            if number == 0:
                print("\n| " + " | ".join(row) + " |\n|" + " --- |" * len(row))
            print("| " + " | ".join(str(value) for value in row.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
