"""Kill a collector under load, again and again, and count the answered events that are gone. There must be none.

    python benchmarks/collector/kills.py --kills 1000

Each round forks a collector, sends it events over several connections and ends it with SIGKILL: at a random moment, or
in the middle of a write, before a sync, or between sync and answer. Prints one line of JSON; exit status 1 when an
answered event was lost or a whole line was damaged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.server import CollectOptions, collect
from kb_builder.analytics.segments import segment_files, unpack

ORIGIN = "https://help.example"
ROUNDS_A_FOLDER = 20  # so that most rounds start where another one was killed
MOMENTS = ("any", "write", "sync", "answer")


class KillingDisk(Disk):
    """Ends its own process at a chosen call of a chosen kind."""

    def __init__(self, moment: str, call: int) -> None:
        self._moment = moment
        self._left = call

    def write(self, file: int, data: memoryview) -> int:
        if self._is_now("write"):
            super().write(file, data[: len(data) // 2 + 50])  # Inside a line, also where all have one length.
            os.kill(os.getpid(), signal.SIGKILL)
        return super().write(file, data)

    def sync(self, file: int) -> None:
        if self._is_now("sync"):
            os.kill(os.getpid(), signal.SIGKILL)
        super().sync(file)
        if self._is_now("answer"):
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_now(self, moment: str) -> bool:
        self._left -= self._moment == moment
        return self._moment == moment and self._left <= 0


def run(kills: int, *, seed: int, folder: Path) -> dict[str, int]:
    """Kill so many collectors; return what was sent, answered, lost, torn and damaged."""
    draw = random.Random(seed)  # noqa: S311  (a simulation)
    answered: set[str] = set()
    tries = torn = 0
    for number in range(kills):
        home = folder / f"{number // ROUNDS_A_FOLDER:04}"
        tries += _round(home, MOMENTS[number % len(MOMENTS)], draw, answered, prefix=f"round{number:06}")
        torn += sum(map(_is_torn, segment_files(home / "raw")))  # each start cuts what the kill before it has left
    kept: dict[str, int] = {}
    damaged = 0
    for home in sorted(folder.iterdir()):
        for path in segment_files(home / "raw"):
            with path.open("rb") as file:
                records = list(unpack(file))
            damaged += sum(record is None for record in records[:-1])
            for record in records:
                if record is not None:
                    event_id = json.loads(record)["event"]["event_id"]
                    kept[event_id] = kept.get(event_id, 0) + 1
    return {
        "kills": kills,
        "requests": tries,
        "answered_events": len(answered),
        "lost": len(answered - kept.keys()),
        "kept_twice": sum(count > 1 for count in kept.values()),
        "torn_tails": torn,
        "damaged_lines": damaged,
    }


def _is_torn(segment: Path) -> bool:
    with segment.open("rb") as file:
        return (list(unpack(file)) or [b""])[-1] is None


def _round(home: Path, moment: str, draw: random.Random, answered: set[str], *, prefix: str) -> int:
    """Run one collector to its end; add the ids it answered for, and return how many requests were sent."""
    ready, told = os.pipe()
    disk = KillingDisk(moment, draw.randrange(1, 30))
    child = os.fork()
    if child == 0:
        os.close(ready)
        options = CollectOptions(home, frozenset({ORIGIN}), port=0, status_port=0, per_second=1e9, burst=10**9)
        try:
            collect(options, say=lambda line: os.write(told, f"{line}\n".encode()) and None, disk=disk)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(ready) as lines:
        address = lines.readline().split(",")[0]
    if not address:  # It was killed while it cut what the one before it had left.
        os.waitpid(child, 0)
        return 0
    port = int(address.rpartition(":")[2])
    patience = draw.uniform(0.01, 0.08) if moment == "any" else 20.0
    return asyncio.run(_load(port, child, patience, answered, prefix, draw.randrange(1, 8)))


async def _load(port: int, child: int, patience: float, answered: set[str], prefix: str, batch: int) -> int:
    """Send until the collector is dead; it is killed when patience ends, if it has not died by itself."""
    tries = 0

    async def send(connection: int) -> None:
        nonlocal tries
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in range(10**9):
                ids = [f"{prefix}-{connection}-{number}-{place}" for place in range(batch)]
                tries += 1
                writer.write(request(ids))
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"HTTP/1.1 204"):
                    answered.update(ids)
            writer.close()

    senders = [asyncio.create_task(send(connection)) for connection in range(6)]
    await asyncio.wait(senders, timeout=patience)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    await asyncio.wait(senders, timeout=5)
    return tries


def request(ids: list[str]) -> bytes:
    """Return a whole request with one event for each id."""
    events = [
        {
            "event_id": event_id,
            "timestamp": "2026-11-22T10:00:00.000Z",
            "age_ms": 1200,
            "action_name": "query",
            "session_id": "session-0001",
            "application": "search-box",
            "locale": "en",
            "query_id": f"q-{event_id}",
            "user_query": "how do i cancel my order",
            "query_response_hit_ids": [f"faq/orders/article-{place}/" for place in range(5)],
            "query_attributes": {"result_count": 12, "committed_by": "pause"},
        }
        for event_id in ids
    ]
    body = json.dumps(events, separators=(",", ":")).encode()
    head = (
        f"POST /events HTTP/1.1\r\nHost: collect.example\r\nOrigin: {ORIGIN}\r\nUser-Agent: Firefox/132.0\r\n"
        f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main(arguments: list[str] | None = None) -> int:
    """Print the outcome as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="On the disk to be tested; a temporary folder by default.")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-kills-", dir=options.folder) as folder:
        outcome = run(options.kills, seed=options.seed, folder=Path(folder))
    print(json.dumps(outcome))
    return int(bool(outcome["lost"] or outcome["damaged_lines"]))


if __name__ == "__main__":
    sys.exit(main())
