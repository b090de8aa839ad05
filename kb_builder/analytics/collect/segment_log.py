"""Lines of records in, a segment on disk out: once `SegmentLog.append` has returned, they survive a loss of power."""

from __future__ import annotations

import contextlib
from pathlib import Path

from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.segments import SUFFIX, is_whole, segment_path

_TAIL_BYTES = 1 << 20  # a line is far shorter


class NotWritten(Exception):
    """These lines are not on disk; the next ones may be."""


class Broken(Exception):
    """The disk did not confirm what was written, so nothing more can be promised until a person has looked."""


class SegmentLog:
    """Appends to one segment a day. Not for several threads at once.

    Attributes:
        broken: Why it takes nothing more; empty while it does.
        torn_tails: Half-written lines that were cut off.
        reopened: How often the file was gone, cut or another one, so that it was opened again.
    """

    def __init__(self, raw: Path, name: str, *, disk: Disk, min_free_bytes: int = 0) -> None:
        self.broken = ""
        self.torn_tails = 0
        self.reopened = 0
        self._raw = raw
        self._name = name
        self._disk = disk
        self._min_free_bytes = min_free_bytes
        self._day = ""
        self._file: int | None = None
        self._size = 0

    def append(self, day: str, lines: bytes) -> None:
        """Write whole lines to the day's segment and sync it.

        Raises:
            NotWritten: The disk is full, or refused; nothing of the lines is left in the file.
            Broken: A sync failed, now or before. Its data may be lost even if a second sync succeeds, so none is tried.
        """
        if self.broken:
            raise Broken(self.broken)
        try:
            if self._disk.free_bytes(self._raw) < self._min_free_bytes:
                raise NotWritten("the disk is nearly full")
            file = self._segment(day)
        except OSError as error:
            self.close()
            raise NotWritten(f"{error.strerror}") from error
        try:
            left = memoryview(lines)
            while left:
                left = left[self._disk.write(file, left) :]
        except OSError as error:
            self._take_back(file)
            raise NotWritten(f"{error.strerror}") from error
        self._sync(file)
        self._size += len(lines)

    def close(self) -> None:
        """Close the segment; the next lines open it again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._disk.close(self._file)
        self._file = None

    def _segment(self, day: str) -> int:
        """Return the open segment of the day, whole up to its end."""
        path = segment_path(self._raw, day, self._name)
        if self._file is not None:
            if day == self._day and self._disk.is_at(self._file, path) and self._disk.size(self._file) == self._size:
                return self._file
            self.reopened += day == self._day
            self.close()
        if self._disk.make_folder(path.parent):
            self._disk.sync_folder(self._raw)
        file = self._file = self._disk.open(path)
        self._disk.sync_folder(path.parent)
        self._day, self._size = day, self._disk.size(file)
        if cut := torn_bytes(file, self._size, self._disk):
            self._size -= cut
            self._disk.cut(file, self._size)
            self.torn_tails += 1
        return file

    def _take_back(self, file: int) -> None:
        """Remove what a failed write left, so that the next line does not continue it."""
        try:
            self._disk.cut(file, self._size)
        except OSError:
            self.close()  # Opening it again cuts the tail, or fails in its turn.

    def _sync(self, file: int) -> None:
        try:
            self._disk.sync(file)
        except OSError as error:
            self.broken = f"the disk did not confirm a write: {error.strerror}"
            raise Broken(self.broken) from error


def torn_bytes(file: int, size: int, disk: Disk) -> int:
    """Return how many bytes at the end of a segment are half a line, as a kill in the middle of a write leaves them."""
    tail = disk.read(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn or not tail:
        return torn
    last = tail[tail.rfind(b"\n", 0, -1) + 1 :]
    return 0 if is_whole(last) else len(last)


def cut_torn_tails(raw: Path, days: list[str], *, disk: Disk) -> int:
    """Cut what an earlier collector in this folder left half-written; return in how many files.

    Raises:
        OSError: A segment cannot be opened or cut.
    """
    torn = 0
    for path in (path for day in days for path in sorted((raw / day).glob(f"collect-*{SUFFIX}"))):
        file = disk.open(path)
        try:
            size = disk.size(file)
            if cut := torn_bytes(file, size, disk):
                disk.cut(file, size - cut)
                disk.sync(file)
                torn += 1
        finally:
            disk.close(file)
    return torn
