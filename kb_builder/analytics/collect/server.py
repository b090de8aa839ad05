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
from typing import TYPE_CHECKING, Any

import uvicorn
from filelock import FileLock, Timeout
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from kb_builder.analytics.collect.app import EVENTS_PATH, Collector, events_app, status_app
from kb_builder.analytics.collect.commits import GroupCommit
from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.limits import AddressLimits
from kb_builder.analytics.collect.recent_ids import days_of_window, recent_ids
from kb_builder.analytics.collect.segment_log import SegmentLog, cut_torn_tails
from kb_builder.analytics.collect.shedding import REFUSAL, is_one_request
from kb_builder.analytics.collect.visit_keys import VisitKeys
from kb_builder.issues import KbError

BUSY_EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h: try again later
IDLE_SECONDS = 5
DRAIN_SECONDS = 5
MAX_CONNECTIONS = 8000
BACKLOG = 8192  # The system lowers it to what it allows.
DOORS = 32  # handles of the listening socket: libuv takes in one connection a handle and turn of the loop
MAX_HEADER_BYTES = 65_536
_EVENTS_REQUEST = f"POST {EVENTS_PATH} HTTP/1.1\r\n".encode()
GARBAGE_OBJECTS = (
    20_000  # Nearly nothing refers to itself here; with Python's 700 a tenth of the time goes into looking.
)

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol


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
        lag = asyncio.create_task(collector.watch_lag())
        watching = asyncio.create_task(status.serve([status_listening]))
        say(f"collecting on {_address(listening)}, status on {_address(status_listening)}")
        await events.serve([listening, *(sockets.enter_context(listening.dup()) for _ in range(DOORS - 1))])
        await collector.commits.close()
        lag.cancel()
        status.should_exit = True
        await watching


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `_serve`, which has two servers to stop."""
        yield


class _Impatient(_Protocol):
    """Closes a connection that has not sent a whole request head in time, or sends one without end.

    With too much to do, it refuses requests as they come, before anything else is done for them.
    """

    collector: Collector
    _head_bytes = 0
    _refused = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows the type
        super().connection_made(transport)
        self._waiting = self.loop.call_later(IDLE_SECONDS, self._close_if_idle, (None, 0))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting:
            self._waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if (
            self.collector.shedding.is_late
            and self._is_between_requests()
            and is_one_request(data, _EVENTS_REQUEST)
            and self.collector.refuses_unread()
        ):
            self._refused += 1
            self._unset_keepalive_if_required()  # `_close_if_idle` sees to it.
            self.transport.write(REFUSAL)
            return
        before = self.cycle
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self.cycle is before else 0
        if self._head_bytes > MAX_HEADER_BYTES and self._is_idle():
            self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _is_between_requests(self) -> bool:
        return not self._head_bytes and (
            self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)
        )

    def _close_if_idle(self, last: tuple[Any, int]) -> None:
        """Close when the same request, or none, was the last one a while ago too."""
        if self._is_idle() and (self.cycle, self._refused) == last:
            self.transport.close()
        else:
            self._waiting = self.loop.call_later(IDLE_SECONDS, self._close_if_idle, (self.cycle, self._refused))


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

    class OfCollector(_Impatient):
        pass

    OfCollector.collector = collector
    trusted = list(options.trusted_proxies)
    return uvicorn.Config(
        events_app(collector),
        **{**_COMMON, "proxy_headers": bool(trusted)},
        http=OfCollector,
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
