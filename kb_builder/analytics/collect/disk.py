"""What the collector asks of the operating system; tests put one in its place that fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Disk:
    """Each method is one call of the system, and raises its `OSError`."""

    def make_folder(self, folder: Path) -> bool:
        """Make a folder below one that exists; say whether it is new."""
        try:
            folder.mkdir(mode=0o750)
        except FileExistsError:
            return False
        return True

    def open(self, path: Path) -> int:
        """Open for reading and appending; make the file when there is none."""
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def read(self, file: int, count: int, offset: int) -> bytes:
        """Read at most so many bytes."""
        return os.pread(file, count, offset)

    def write(self, file: int, data: memoryview) -> int:
        """Append; return how many bytes were taken, which may be fewer than given."""
        return os.write(file, data)

    def cut(self, file: int, size: int) -> None:
        """Drop what is behind the first ``size`` bytes."""
        os.ftruncate(file, size)

    def sync(self, file: int) -> None:
        """Return when all that was written would survive a loss of power."""
        os.fsync(file)

    def sync_folder(self, folder: Path) -> None:
        """Do the same for the names in a folder."""
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def close(self, file: int) -> None:
        """Close a file."""
        os.close(file)

    def size(self, file: int) -> int:
        """Return the size of an open file."""
        return os.fstat(file).st_size

    def is_at(self, file: int, path: Path) -> bool:
        """Say whether an open file is still the one of that name."""
        try:
            return os.path.samestat(os.fstat(file), path.stat())
        except FileNotFoundError:
            return False

    def free_bytes(self, folder: Path) -> int:
        """Return how much room is left."""
        return shutil.disk_usage(folder).free
