"""What the log said it wrote is on the disk, whatever the disk does."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from kb_builder.analytics.collect.disk import Disk
from kb_builder.analytics.collect.segment_log import Broken, NotWritten, SegmentLog, cut_torn_tails
from kb_builder.analytics.segments import pack, segment_files, unpack

DAY = "2026-03-01"
LINES = [pack(b'{"number":%d,"text":"%b"}' % (number, b"x" * 50)) for number in range(6)]


class FailingDisk(Disk):
    """Fails once, at the call of that number."""

    def __init__(self, method: str, call: int, number: int) -> None:
        self.calls = 0
        self._method, self._call, self._number = method, call, number

    def _fails(self, method: str) -> bool:
        self.calls += method == self._method
        return method == self._method and self.calls == self._call

    def _check(self, method: str) -> None:
        if self._fails(method):
            raise OSError(self._number, os.strerror(self._number))

    def make_folder(self, folder: Path) -> bool:
        self._check("make_folder")
        return super().make_folder(folder)

    def open(self, path: Path) -> int:
        self._check("open")
        return super().open(path)

    def cut(self, file: int, size: int) -> None:
        self._check("cut")
        super().cut(file, size)

    def sync(self, file: int) -> None:
        self._check("sync")
        super().sync(file)

    def sync_folder(self, folder: Path) -> None:
        self._check("sync_folder")
        super().sync_folder(folder)

    def write(self, file: int, data: memoryview) -> int:
        if self._fails("short_write"):
            return super().write(file, data[: len(data) // 3])
        if self._fails("half_write"):  # Some bytes arrive, and then the disk refuses.
            super().write(file, data[: len(data) // 3])
            raise OSError(self._number, os.strerror(self._number))
        self._check("write")
        return super().write(file, data)


def whole_lines(raw: Path) -> list[bytes | None]:
    records: list[bytes | None] = []
    for path in segment_files(raw):
        with path.open("rb") as file:
            records += [record and pack(record) for record in unpack(file)]
    return records


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


METHODS = ("make_folder", "open", "write", "half_write", "short_write", "sync", "sync_folder")


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", [1, 2, 4])
@pytest.mark.parametrize("method", METHODS)
def test_every_call_failing_once_gives_no_false_success_and_a_restart_reads_all(raw, method, call, number):
    log = SegmentLog(raw, "collect-a", disk=FailingDisk(method, call, number))
    written = []
    for line in LINES:
        try:
            log.append(DAY, line)
        except (NotWritten, Broken):
            continue
        written.append(line)
    log.close()

    assert cut_torn_tails(raw, [DAY], disk=Disk()) == 0
    found = whole_lines(raw)
    assert None not in found
    assert [line for line in found if line in written] == written
    if method == "sync" and call <= len(LINES):
        assert log.broken
        assert len(written) == call - 1
    else:
        assert found == written
        assert len(written) >= len(LINES) - 1


def test_after_a_failed_sync_nothing_is_taken_any_more(raw):
    log = SegmentLog(raw, "collect-a", disk=FailingDisk("sync", 2, errno.EIO))
    log.append(DAY, LINES[0])

    for line in LINES[1:3]:
        with pytest.raises(Broken, match="did not confirm"):
            log.append(DAY, line)


def test_when_a_failed_write_cannot_be_taken_back_its_half_line_is_cut_before_the_next(raw):
    class Failing(FailingDisk):
        def cut(self, file: int, size: int) -> None:
            if self.calls == self._call and not log.torn_tails and log._file is not None and not self.cut_failed:
                self.cut_failed = True
                raise OSError(errno.EIO, "no")
            super().cut(file, size)

        cut_failed = False

    log = SegmentLog(raw, "collect-a", disk=Failing("half_write", 2, errno.ENOSPC))
    log.append(DAY, LINES[0])
    with pytest.raises(NotWritten):
        log.append(DAY, LINES[1])

    log.append(DAY, LINES[2])

    assert whole_lines(raw) == [LINES[0], LINES[2]]
    assert log.torn_tails == 1


class ForgetfulDisk(Disk):
    """Keeps count of what a loss of power would leave: synced bytes of files, and names in synced folders."""

    def __init__(self) -> None:
        self._paths: dict[int, Path] = {}
        self._bytes: dict[Path, int] = {}
        self._names: set[Path] = set()

    def open(self, path: Path) -> int:
        file = super().open(path)
        self._paths[file] = path
        return file

    def sync(self, file: int) -> None:
        super().sync(file)
        self._bytes[self._paths[file]] = self.size(file)

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self._names |= set(folder.iterdir())

    def lose_power(self, raw: Path) -> None:
        for day in list(raw.iterdir()):
            if day not in self._names:
                shutil.rmtree(day)
                continue
            for path in list(day.iterdir()):
                if path in self._names:
                    os.truncate(path, self._bytes.get(path, 0))
                else:
                    path.unlink()


def test_what_was_written_survives_a_loss_of_power(raw):
    disk = ForgetfulDisk()
    log = SegmentLog(raw, "collect-a", disk=disk)
    log.append(DAY, LINES[0])
    log.append(DAY, LINES[1])
    log.append("2026-03-02", LINES[2])

    disk.lose_power(raw)

    assert whole_lines(raw) == LINES[:3]


@pytest.mark.parametrize("torn", [LINES[1][:-1], LINES[1][:5], LINES[1][:-9] + b"\n", b"\0" * 40 + b"\n"])
def test_a_torn_tail_is_cut_and_counted(raw, torn):
    log = SegmentLog(raw, "collect-a", disk=Disk())
    log.append(DAY, LINES[0])
    log.close()
    (path,) = segment_files(raw)
    with path.open("ab") as file:
        file.write(torn)

    again = SegmentLog(raw, "collect-a", disk=Disk())
    again.append(DAY, LINES[2])

    assert whole_lines(raw) == [LINES[0], LINES[2]]
    assert again.torn_tails == 1


def test_a_restart_cuts_the_tails_of_earlier_collectors_only(raw):
    SegmentLog(raw, "collect-a", disk=Disk()).append(DAY, LINES[0])
    SegmentLog(raw, "import-b", disk=Disk()).append(DAY, LINES[1])
    for path in segment_files(raw):
        with path.open("ab") as file:
            file.write(b"half")

    assert cut_torn_tails(raw, [DAY, "2026-03-02"], disk=Disk()) == 1

    assert [path.read_bytes() for path in segment_files(raw)] == [LINES[0], LINES[1] + b"half"]


@pytest.mark.parametrize("what", ["moved", "deleted", "truncated", "replaced", "folder deleted"])
def test_a_segment_that_changes_under_the_log_is_opened_again(raw, what):
    log = SegmentLog(raw, "collect-a", disk=Disk())
    log.append(DAY, LINES[0])
    (path,) = segment_files(raw)

    if what == "moved":
        path.rename(path.with_suffix(".seg.1"))
    elif what == "truncated":
        os.truncate(path, len(LINES[0]) - 4)
    elif what == "folder deleted":
        shutil.rmtree(path.parent)
    else:
        path.unlink()
    if what == "replaced":
        path.write_bytes(LINES[5])
    log.append(DAY, LINES[1])
    log.append(DAY, LINES[2])

    assert whole_lines(raw) == [*([LINES[5]] if what == "replaced" else []), LINES[1], LINES[2]]
    assert log.reopened == 1


def test_a_nearly_full_disk_takes_nothing(raw):
    class FullDisk(Disk):
        def free_bytes(self, folder: Path) -> int:
            return 999

    log = SegmentLog(raw, "collect-a", disk=FullDisk(), min_free_bytes=1000)

    with pytest.raises(NotWritten, match="nearly full"):
        log.append(DAY, LINES[0])

    assert not log.broken
    assert segment_files(raw) == ()
