"""Put a freshly built site in the place of the old one, whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb_builder.issues import KbError

BUSY_EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h: try again later


@contextmanager
def build_lock(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Let one build at a time work in a help center.

    The operating system drops the lock when its holder dies, so that a killed build leaves nothing to clean up.

    Raises:
        KbError: Another build still runs after ``wait_seconds`` (exit code 75), or ``.kb/`` cannot be written.
    """
    folder = root / ".kb"
    lock = FileLock(folder / "build.lock", timeout=wait_seconds)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise KbError(
            f"{root}: another build is running here", hint="Wait for it, then run this again.", exit_code=BUSY_EXIT_CODE
        ) from None
    except OSError as error:
        raise KbError(f"{folder}: cannot be written: {error.strerror}", hint="Make the folder writable.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def swap_in(site_dir: Path, *, spare: Path | None = None) -> Iterator[Path]:
    """Give a folder to build into; when the block ends well, it takes the place of ``site_dir``.

    When the block raises, ``site_dir`` is untouched and the new folder is removed. What a killed build left behind is
    removed, or put back, first.

    Args:
        site_dir: The site.
        spare: Where the site that makes room is kept, until the next build gets it as the folder to build into: most
            of it will be the same again. Without one, or on another disk, that folder is empty.

    Raises:
        KbError: ``site_dir`` holds something that is not a site, or the disk refuses.
    """
    new, old = (site_dir.with_name(f".{site_dir.name}.kb-{state}") for state in ("new", "old"))
    _require_site(site_dir)
    try:
        if old.exists() and not site_dir.exists():
            old.rename(site_dir)
        for leftover in (new, old):
            if leftover.exists():
                shutil.rmtree(leftover)
        if not (spare and _moved(spare, new)):
            new.mkdir(parents=True)
    except OSError as error:
        raise KbError(
            f"{site_dir.parent}: cannot be written: {error.strerror}", hint="Make the folder writable."
        ) from None
    try:
        yield new
        if not (site_dir.exists() and _exchange(new, site_dir)):
            if site_dir.exists():
                site_dir.rename(old)
            new.rename(site_dir)
        if spare:
            _moved(new, spare) or _moved(old, spare)
    except OSError as error:
        raise KbError(
            f"{site_dir}: the site could not be written: {error.strerror or error}", hint="The old site is untouched."
        ) from error
    finally:
        if old.exists() and not site_dir.exists():
            old.rename(site_dir)
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _moved(folder: Path, target: Path) -> bool:
    """Give a folder another place, if that is possible; say whether it was."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    try:
        if target.is_dir():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)
    except OSError:
        return False
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; say whether the system could, in which case there is no between.

    Source: renameat2(2) of Linux, renamex_np(2) of macOS.
    """
    if os.name != "posix":
        return False
    libc = ctypes.CDLL(None)
    names = (os.fsencode(one.absolute()), os.fsencode(other.absolute()))
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        return bool(libc.renameat2(here, names[0], here, names[1], exchange) == 0)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        swap = 2  # RENAME_SWAP
        return bool(libc.renamex_np(*names, swap) == 0)
    return False


def _require_site(folder: Path) -> None:
    """Refuse to replace a folder that no build made: its files would be lost."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise KbError(f"{folder}: is not a folder", hint="Name another site folder: kb build --site-dir FOLDER")
    with os.scandir(folder) as entries:
        empty = next(entries, None) is None
    if not empty and not (folder / "search" / "manifest.json").is_file():
        raise KbError(
            f"{folder}: holds files that no build made; they would be lost",
            hint="Empty it yourself, or name another: kb build --site-dir FOLDER",
        )
