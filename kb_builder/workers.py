"""Do one task for many items in forked processes, each item within limits of time and memory.

A worker inherits what its parent has in memory, so tasks need nothing sent to them but the number of an item. Workers
take these from one queue, so that none waits for the parent, which may be busy. One that dies takes a single item with
it: that item is named, a new worker goes on with the rest.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from io import FileIO
from itertools import chain
from math import ceil
from mmap import mmap
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

from kb_builder.issues import KbError

if sys.platform == "linux":
    import resource
    from fcntl import F_SETPIPE_SZ, fcntl

T = TypeVar("T")

_MOST_IN_A_BATCH = 8
_BATCH = struct.Struct("=QQ")  # the numbers of its first item and of the one behind its last
_AT = struct.Struct("=QQQ")  # a batch, and the item of it that a worker is at
_PIPE_BYTES = 1_000_000  # what workers tell while their parent is at something else
_NOTHING = (0, 0)  # a batch that says that there are no more
_Batch = tuple[int, int]
_Answer = tuple[int, bool, Any]  # an item, whether the task failed, and what it made or raised


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may take. Memory is what it may add to that of its parent, on Linux only."""

    cpu_seconds: float = 5.0
    megabytes: int = 1000


LONG = Limits(cpu_seconds=3600, megabytes=16_000)  # for work that is not of a stranger's making


@dataclass(frozen=True, slots=True)
class Stopped:
    """An item that was not finished, and why, in the words of a message."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Raised:
    """What the task raised for an item."""

    error: Exception


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, the pipe for what it says, and the memory shared with it in which it notes where it is."""

    process: BaseProcess
    pipe: Connection
    at: mmap


def can_fork() -> bool:
    """Say whether this system copies processes safely; elsewhere one process does all, without limits."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def usable_cores(control_groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return how many cores this process may use: those it is bound to, and no more than its container's share."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for names in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):  # version 2, and 1
        with suppress(OSError, ValueError):  # there is none, or it is "max"
            quota, period = map(int, " ".join((control_groups / name).read_text() for name in names).split())
            if quota > 0:
                return max(1, min(cores, ceil(quota / period)))
    return cores


def run_all(
    task: Callable[[int], T], count: int, *, workers: int = 0, limits: Limits | None = None
) -> Iterator[tuple[int, T | Stopped]]:
    """Yield each item's number, from 0 up to ``count``, with what ``task`` made of it; in any order.

    Args:
        task: What it returns, and what it raises, must be possible to pickle.
        workers: Processes; as many as there are cores when 0.
        limits: What an item may take; processor time, so that a busy machine stops nobody.

    Raises:
        Exception: What ``task`` raised.
    """
    with closing(Work(task, count, workers=workers, limits=limits)) as work:
        yield from work.results()


class _Begun(threading.local):
    """The works that this thread has begun: when it waits for one, it takes in what the others have made, too."""

    def __init__(self) -> None:
        self.works: list[Work[Any]] = []


_begun = _Begun()


class Work(Generic[T]):
    """What `run_all` does, begun at once: this process may do something else before it takes the results."""

    def __init__(
        self,
        task: Callable[[int], T],
        count: int,
        *,
        workers: int = 0,
        limits: Limits | None = None,
        gives_way: bool = False,
    ) -> None:
        """Begin; see `run_all`. Where processes cannot be forked, all is done when the results are taken.

        Args:
            gives_way: Its workers take what cores other processes leave: nobody waits for it yet.
        """
        self._gives_way = gives_way
        self._task, self._limits = task, limits or Limits()
        self._missing = set(range(count))
        self._running: dict[Connection, _Worker] = {}
        self._made: deque[tuple[int, T | Stopped | _Raised]] = deque()
        if can_fork():
            workers = min(workers or usable_cores(), count)
            size = max(1, min(_MOST_IN_A_BATCH, count // (workers * 4 or 1)))
            self._queue = _Queue((first, min(first + size, count)) for first in range(0, count, size))
            for _ in range(workers):
                self._start()
            _begun.works.append(self)

    def results(self, meanwhile: Iterable[object] = ()) -> Iterator[tuple[int, T | Stopped]]:
        """Yield what `run_all` yields.

        Args:
            meanwhile: Steps that this process takes first. What is made after each is yielded: workers wait while
                nobody takes what they made.

        Raises:
            Exception: What the task raised.
        """
        for _ in meanwhile:
            yield from self._ready()
        if not can_fork():
            while self._missing:
                yield (item := min(self._missing)), self._task(item)
                self._missing.remove(item)
        while self._made or self._running:
            if not self._made:
                _take_in_some()
            yield from self._ready()

    def _ready(self) -> Iterator[tuple[int, T | Stopped]]:
        while self._running and _take_in_some(seconds=0):
            pass
        while self._made:
            item, value = self._made.popleft()
            if isinstance(value, _Raised):
                raise value.error
            yield item, value

    def close(self) -> None:
        """End the workers that are not done."""
        if not can_fork():
            return
        if self in _begun.works:
            _begun.works.remove(self)
        for worker in self._running.values():
            worker.process.kill()
            worker.process.join()
        self._running.clear()
        self._queue.close()

    def pipes(self) -> list[Connection]:
        """Return where workers that are not done will say something."""
        return list(self._running)

    def take_in(self, pipe: Connection) -> None:
        """Take in what a worker says; one that says nothing any more has died."""
        self._queue.fill()
        try:
            answers: list[_Answer] = pipe.recv()
        except (EOFError, OSError):
            self._bury(self._running.pop(pipe))
            return
        for item, failed, value in answers:
            self._missing.discard(item)
            self._made.append((item, _Raised(value) if failed else value))
        if not answers:
            del self._running[pipe]
            if self._missing and not self._running:  # what one took that died before it had noted that
                self._start([(item, item + 1) for item in sorted(self._missing)])

    def _bury(self, worker: _Worker) -> None:
        """Name the item that a dead worker was at; another does the rest of its batch, and goes on."""
        worker.process.join()
        start, end, item = _AT.unpack(worker.at)
        if item in self._missing and start < end:
            self._missing.discard(item)
            self._made.append((item, Stopped(_cause_of_death(worker.process.exitcode, self._limits))))
        self._start([(other, other + 1) for other in range(start, end) if other in self._missing])

    def _start(self, batches: Iterable[_Batch] = ()) -> None:
        self._queue.add(_NOTHING)  # after all there is to do: each worker takes one
        worker = _start(self._task, batches, self._queue, self._limits, gives_way=self._gives_way)
        self._running[worker.pipe] = worker


class _Queue:
    """Batches that many processes take, each once: whoever reads from a pipe gets what nobody else does."""

    def __init__(self, batches: Iterable[_Batch]) -> None:
        self._waiting = deque(batches)
        read, write = os.pipe()
        os.set_blocking(write, False)
        self._read, self._write = FileIO(read), FileIO(write, "wb")

    def add(self, batch: _Batch) -> None:
        """Put a batch behind all others."""
        self._waiting.append(batch)
        self.fill()

    def fill(self) -> None:
        """Put into the pipe what it has room for."""
        while self._waiting and self._write.write(_BATCH.pack(*self._waiting[0])):
            self._waiting.popleft()

    def take(self) -> _Batch:
        """Return the next batch, once there is one; nothing when the parent is gone."""
        self._write.close()
        first, behind = _BATCH.unpack(self._read.read(_BATCH.size) or bytes(_BATCH.size))
        return first, behind

    def close(self) -> None:
        """Give the pipe back."""
        self._read.close()
        self._write.close()


def _take_in_some(*, seconds: float | None = None) -> bool:
    """Wait until a worker of any work of this thread says something, and take that in; say whether one did in time."""
    owners = {pipe: work for work in _begun.works for pipe in work.pipes()}
    ready = wait(list(owners), seconds)
    for pipe in ready:
        assert isinstance(pipe, Connection)
        owners[pipe].take_in(pipe)
    return bool(ready)


def in_parts(
    task: Callable[[int, int], T],
    count: int,
    *,
    fewest: int,
    workers: int = 0,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[T]:
    """Do a task for a number of items in as many parts as there are cores, each in a process of its own.

    Args:
        task: Takes where a part starts and where it ends; what it returns must be possible to pickle.
        fewest: Items that a process is worth it for; below twice as many there is one part, done right here.
        workers: How many parts, whatever the number of items.
        meanwhile: Done by this process while others are at work, if there are any.

    Returns:
        What the task made of each part, in order.

    Raises:
        KbError: A process came to an end before its task did.
        Exception: What ``task`` raised.
    """
    parts = workers or max(1, min(usable_cores() if can_fork() else 1, count // fewest))
    bounds = [count * part // parts for part in range(parts + 1)]
    if parts == 1:
        return [task(0, count)]
    with closing(Work(lambda part: task(bounds[part], bounds[part + 1]), parts, workers=parts, limits=LONG)) as work:
        meanwhile()
        found = dict(work.results())
    return [finished(found[part]) for part in range(parts)]


def in_background(task: Callable[[], T], *, is_worth_it: bool = True) -> Callable[[], T]:
    """Begin a task in a forked process, and return what waits for its result.

    Args:
        task: What it returns, and what it raises, must be possible to pickle.
        is_worth_it: If not, or where processes cannot be forked, the task is done when it is asked for.

    Raises (when it is waited for):
        KbError: The process came to an end before the task did.
        Exception: What ``task`` raised.
    """
    if not is_worth_it or not can_fork() or usable_cores() == 1:
        return task
    work = Work(lambda item: task(), 1, limits=LONG)

    def wait_for() -> T:
        with closing(work):
            ((_, value),) = work.results()
            return finished(value)

    return wait_for


def finished(value: T | Stopped) -> T:
    """Return what a task made.

    Raises:
        KbError: It was stopped.
    """
    if isinstance(value, Stopped):
        raise KbError(f"a process of this command was stopped: {value.reason}", hint="Run the command again.")
    return value


_one_at_a_time = threading.Lock()  # a worker that another thread starts would keep this one's end of the pipe open


def _start(
    task: Callable[[int], Any], batches: Iterable[_Batch], queue: _Queue, limits: Limits, *, gives_way: bool
) -> _Worker:
    with _one_at_a_time:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        if sys.platform == "linux":
            with suppress(OSError):  # a user may have so many
                fcntl(ours.fileno(), F_SETPIPE_SZ, _PIPE_BYTES)
        at = mmap(-1, _AT.size)
        given = (task, batches, queue, at, ours, theirs, limits, gives_way)
        process = multiprocessing.get_context("fork").Process(target=_work, args=given, daemon=True)
        process.start()
        theirs.close()
    return _Worker(process, ours, at)


def _work(
    task: Callable[[int], Any],
    batches: Iterable[_Batch],
    queue: _Queue,
    at: mmap,
    parents: Connection,
    pipe: Connection,
    limits: Limits,
    gives_way: bool,
) -> None:
    """Do what is asked for until nothing is, or the parent is gone. Runs in the worker."""
    if gives_way:
        os.nice(10)
    _begun.works.clear()
    parents.close()  # or its end would stay open here when the parent is killed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    gc.freeze()  # what the parent made is not looked through for garbage again
    gc.set_threshold(200_000, 20, 20)  # trees of pages are circles
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # the kernel ends the process, whatever it is at
    _limit_memory(limits.megabytes)
    parent = os.getppid()
    for start, end in chain(batches, iter(queue.take, _NOTHING)):
        answers = []
        for item in range(start, end):
            if os.getppid() != parent:
                return
            _AT.pack_into(at, 0, start, end, item)
            signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
            answers.append((item, *_attempt(task, item)))
            signal.setitimer(signal.ITIMER_PROF, 0)
        if not _is_sent(answers, pipe):
            return
        _AT.pack_into(at, 0, 0, 0, 0)
    _is_sent([], pipe)


def _attempt(task: Callable[[int], T], item: int) -> tuple[bool, T | Exception]:
    """Return whether the task failed, and what it made or raised."""
    try:
        return False, task(item)
    except Exception as error:  # raised again in the parent
        return True, error


def _is_sent(answers: list[_Answer], pipe: Connection) -> bool:
    """Tell the parent what was made, nothing at the end; say whether it is there."""
    try:
        pipe.send(answers)
    except OSError:
        return False
    return True


def _limit_memory(megabytes: int) -> None:
    if sys.platform != "linux":
        return
    sizes = Path("/proc/self/statm")
    now = int(sizes.read_text().split()[0]) * resource.getpagesize()
    most = now + megabytes * 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _cause_of_death(exit_code: int | None, limits: Limits) -> str:
    if exit_code == -signal.SIGPROF:
        return f"it was not done after {limits.cpu_seconds:g} seconds"
    number = -(exit_code or 0)
    name = signal.Signals(number).name if number in signal.valid_signals() else f"exit status {exit_code}"
    return f"its process ended with {name}, perhaps for lack of memory"
