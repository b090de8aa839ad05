"""Run the collector: one lock, two ports, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import logging
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from filelock import FileLock, Timeout

from kb_builder.analytics.collect.app import events_app, status_app
from kb_builder.analytics.collect.commits import GroupCommit
from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.limits import AddressLimits
from kb_builder.analytics.collect.protocol import IDLE_SECONDS, MAX_CONNECTIONS, protocol_of
from kb_builder.analytics.collect.receive import Collector
from kb_builder.analytics.collect.recent_ids import days_of_window, recent_ids
from kb_builder.analytics.collect.segment_log import SegmentLog, cut_torn_tails
from kb_builder.analytics.collect.visit_keys import VisitKeys
from kb_builder.issues import KbError

BUSY_EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h: try again later
DRAIN_SECONDS = 5
BACKLOG = 8192  # The system lowers it to what it allows.
DOORS = 32  # handles of the listening socket: libuv takes in one connection a handle and turn of the loop
GARBAGE_OBJECTS = 100_000  # Nearly nothing refers to itself here; with Python's 700 looking takes a tenth of the time.


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """How a collector runs.

    Attributes:
        folder: The analytics folder; ``raw/`` below it holds the segments.
        per_second: Events that one address may send in the long run.
        burst: Events that it may send at once.
        min_free_bytes: With less room on the disk, nothing is taken.
        trusted_proxies: Addresses whose ``X-Forwarded-For`` is believed.
    """

    folder: Path
    origins: frozenset[str]
    patterns: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8090
    status_host: str = "127.0.0.1"
    status_port: int = 8091
    per_second: float = 10
    burst: int = 200
    min_free_bytes: int = 0
    trusted_proxies: tuple[str, ...] = ()


def collect(options: CollectOptions, *, say: Callable[[str], None], disk: Disk | None = None) -> None:
    """Take events until SIGTERM or SIGINT; then answer what has come, and return.

    Args:
        say: Told the two addresses when events are taken.
        disk: Stands in for the real one in tests.

    Raises:
        KbError: Another collector works in the folder (exit code 75), it cannot be written, or a port is taken.
    """
    _raise_file_limit()
    with _only_one(options.folder):
        try:
            collector = open_collector(options, disk or Disk())
        except OSError as error:
            raise KbError(
                f"{options.folder}: cannot be used: {error.strerror}", hint="Make the folder writable."
            ) from None
        config = events_config(collector, options)
        gc.freeze()  # What is loaded stays, and need not be looked through for garbage time and again.
        gc.set_threshold(GARBAGE_OBJECTS, 10, 10)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(collector, config, options, say))


def open_collector(options: CollectOptions, disk: Disk) -> Collector:
    """Make the folders, mend what a kill has left, and read back which events are known.

    Raises:
        OSError: The disk refuses.
    """
    raw = options.folder / "raw"
    if disk.make_folder(raw):
        disk.sync_folder(options.folder)
    started = _now()
    log = SegmentLog(
        raw,
        f"collect-{started:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
        disk=disk,
        min_free_bytes=options.min_free_bytes,
    )
    log.torn_tails = cut_torn_tails(raw, [day.isoformat() for day in days_of_window(started.date())], disk=disk)
    return Collector(
        origins=options.origins,
        patterns=options.patterns,
        log=log,
        commits=GroupCommit(log, today=lambda: _now().date().isoformat()),
        recent=recent_ids(raw, started.date()),
        limits=AddressLimits(per_second=options.per_second, burst=options.burst),
        keys=VisitKeys(options.folder / "visit.key"),
        bad_folder=options.folder / "bad",
        now=_now,
        free_bytes=lambda: disk.free_bytes(raw),
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder; the operating system lets go when this process dies."""
    lock = FileLock(folder / "collect.lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise KbError(
            f"{folder}: another collector works in this folder",
            hint="Give each one a folder of its own, or stop the other.",
            exit_code=BUSY_EXIT_CODE,
        ) from None
    except OSError as error:
        raise KbError(f"{folder}: cannot be written: {error.strerror}", hint="Make the folder writable.") from None
    try:
        yield
    finally:
        lock.release()


async def _serve(
    collector: Collector, config: uvicorn.Config, options: CollectOptions, say: Callable[[str], None]
) -> None:
    """Run both servers until a signal, then finish what has begun."""
    status_config = uvicorn.Config(status_app(collector), **_COMMON)
    with contextlib.ExitStack() as sockets:
        listening = sockets.enter_context(_listen(options.host, options.port))
        status_listening = sockets.enter_context(_listen(options.status_host, options.status_port))
        events, status = _Server(config), _Server(status_config)

        def stop() -> None:
            events.should_exit = True

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        watching = asyncio.create_task(status.serve([status_listening]))
        say(f"collecting on {_address(listening)}, status on {_address(status_listening)}")
        await events.serve([listening, *(sockets.enter_context(listening.dup()) for _ in range(DOORS - 1))])
        await collector.commits.close()
        status.should_exit = True
        await watching


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `_serve`, which has two servers to stop."""
        yield


_COMMON: dict[str, Any] = {
    "lifespan": "off",
    "log_config": None,
    "log_level": logging.CRITICAL,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "ws": "none",
}


def events_config(collector: Collector, options: CollectOptions) -> uvicorn.Config:
    """Return how the server runs that takes events."""
    trusted = list(options.trusted_proxies)
    return uvicorn.Config(
        events_app(collector),
        **{**_COMMON, "proxy_headers": bool(trusted)},
        http=protocol_of(collector, trusted),
        forwarded_allow_ips=trusted,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise KbError(f"{host}:{port}: cannot listen there: {error.strerror}", hint="Choose another port.") from None
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _raise_file_limit() -> None:
    """Allow as many open files as the system lets us: each connection is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
