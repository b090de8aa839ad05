"""The next site in the making: what the published one has and what is new, in a folder that takes its place later.

A file that stays the same is a second name of the published one (a hard link), so it costs next to nothing; so nothing
here is ever written into a file that exists. The folder may hold an older site to begin with: what it has in common
with the published one is already in its place, and what belongs to neither is removed.
"""

# ruff: noqa: PTH102, PTH103, PTH104, PTH108, PTH112, PTH120, PTH123 - paths as objects would take most of the time spent here

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from kb_builder.cache import digest
from kb_builder.files import NamedFile, OutputFile, SiteFile

_HASHED = re.compile(r"(.*-)[0-9a-f]{10}")  # the name of a folder that changes with what is in it
_SOME = 50  # files by which is told whether a folder has anything of the published site


class Stage:
    """A folder that becomes a site of what is kept, written and taken; `sweep` removes all else.

    Attributes:
        folder: Where the files are.
        made: Checksum and stamp of each file of the new site by its path; `Stage` takes it as that of the published
            one when the next site is made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        published: Path | None = None,
        made: Mapping[str, str] | None = None,
        there: Mapping[str, str] | None = None,
    ) -> None:
        """Begin with what ``folder`` holds; it need not exist.

        Args:
            folder: Where the new site is made.
            published: The site as it is now.
            made: What that was when it was made. A file that somebody has changed since is not used.
            there: What `stamps_in` says of the folder, if it was asked.
        """
        self.folder = folder
        self.made: dict[str, str] = {}
        self._root = str(folder)
        self._published = str(published)
        self._before = made or {}
        there = stamps_in(folder) if there is None else there
        self._there = {path: stamp for path, stamp in there.items() if stamp}
        self._old_folders = {path[:-1] for path, stamp in there.items() if not stamp}
        self._by_stamp = {stamp: path for path, stamp in self._there.items()}
        self._folders: set[str] = set()
        self._taken_over: set[str] = set()
        self._twins: dict[str, str] = {}

    @property
    def before(self) -> Mapping[str, str]:
        """What the published site was when it was made, by path."""
        return self._before

    def keep(self, path: str) -> bool:
        """Make a file of the published site one of the new site; say whether it is there as it was made."""
        made = self._before.get(path)
        if made is None:
            return False
        checksum, _, stamp = made.partition(" ")
        if self._there.get(path) != stamp:
            self._take_over_folder(path.rpartition("/")[0])
        if self._there.get(path) != stamp:
            if not self._is_published(path, checksum, stamp):
                return False
            made = f"{checksum} {self._link(path, path)}"
        self.made[path] = made
        return True

    def write(self, files: Iterable[SiteFile]) -> int:
        """Make files of the new site; return how many bytes they have."""
        written = 0
        for file in files:
            if isinstance(file, NamedFile) and self.keep(file.path):
                written += int(self.made[file.path].split(" ", 2)[1])
                continue
            data = file.data
            written += len(data)
            self._take_over_folder(file.path.rpartition("/")[0])
            checksum = digest(data)
            if self._before.get(file.path, "").startswith(checksum) and self.keep(file.path):
                continue
            stamp = self._from_twin(checksum, file.path)
            if stamp:
                self.made[file.path] = f"{checksum} {stamp}"
                continue
            self.made[file.path] = self.new(file.path, data, checksum)
        return written

    def written(self, files: Iterable[OutputFile]) -> dict[str, str]:
        """Make files of the new site in a forked process; return what its parent has to add to ``made``."""
        files = tuple(files)
        self.write(files)
        return {file.path: self.made[file.path] for file in files}

    def new(self, path: str, data: bytes, checksum: str) -> str:
        """Write a file that the published site has not, or not so; return what a forked process's parent has to add."""
        target = f"{self._root}/{path}"
        self._make_place(path, target)
        try:
            stamp = _write(target, data)
        except FileExistsError:
            os.unlink(target)
            stamp = _write(target, data)
        self._there.pop(path, None)
        return f"{checksum} {stamp}"

    def take_over(self, paths: Iterable[str]) -> int:
        """Make files of the published site some of the new site as they are; return how many bytes they have."""
        taken = 0
        for path in paths:
            if not self.keep(path):
                self.write([OutputFile(path, Path(self._published, path).read_bytes())])
            taken += int(self.made[path].split(" ")[1])
        return taken

    def take_all(self) -> None:
        """Count every file in the folder as one of the new site."""
        for path, stamp in _stamps(self._root):
            if stamp:
                self.made[path] = f"{digest((self.folder / path).read_bytes())} {stamp}"

    def sweep(self) -> None:
        """Remove what belongs to an older site."""
        for path in self._there.keys() - self.made.keys():
            target = f"{self._root}/{path}"
            with suppress(OSError):
                os.unlink(target)
            with suppress(OSError):  # as soon as one is not empty
                os.removedirs(os.path.dirname(target))

    def _is_published(self, path: str, checksum: str, stamp: str) -> bool:
        """Say whether the published site has a file as it was made: of the same stamp, else of the same bytes."""
        target = f"{self._published}/{path}"
        try:
            if _stamp(target) == stamp:
                return True
            with open(target, "rb") as file:
                return digest(file.read()) == checksum
        except OSError:
            return False

    def _from_twin(self, checksum: str, path: str) -> str:
        """Give a published file of these bytes a name in the new site; return its stamp there; empty without one."""
        if not self._twins:
            self._twins = {made.partition(" ")[0]: path for path, made in self._before.items()}
        twin = self._twins.get(checksum, "")
        if not twin:
            return ""
        stamp = self._before[twin].partition(" ")[2]
        if self._there.get(path) == stamp or self._rename(stamp, path):
            return stamp
        return self._link(twin, path) if self._is_published(twin, checksum, stamp) else ""

    def _take_over_folder(self, folder: str) -> None:
        """Begin a folder whose name holds a hash, unless it is there, with what the older one of that name has.

        Most of its files are the same, so to rename the folder is many times as quick as to rename them.
        """
        named = _HASHED.fullmatch(folder) if folder not in self._taken_over else None
        self._taken_over.add(folder)
        if named is None or folder in self._old_folders:
            return
        alike = (old for old in self._old_folders if old.startswith(named[1]) and _HASHED.fullmatch(old))
        old = next((old for old in alike if len(old) == len(folder)), "")
        below = f"{old}/"
        files = [path for path in self._there if path.startswith(below)]
        if not old or any(path in self.made for path in files):
            return
        with suppress(OSError):
            os.rename(f"{self._root}/{old}", f"{self._root}/{folder}")
            self._old_folders = {
                folder + path[len(old) :] if f"{path}/".startswith(f"{old}/") else path for path in self._old_folders
            }
            for path in files:
                stamp, moved = self._there.pop(path), folder + path[len(old) :]
                self._there[moved], self._by_stamp[stamp] = stamp, moved

    def _rename(self, stamp: str, path: str) -> bool:
        """Give the file of a stamp, if the folder has it under an old name, a new one: the cheapest way."""
        here = self._by_stamp.get(stamp, "")
        if not here or here in self.made or here in self._before or self._there.get(here) != stamp:
            return False
        target = f"{self._root}/{path}"
        self._make_place(path, target)
        os.rename(f"{self._root}/{here}", target)
        self._there.pop(path, None)
        del self._there[here], self._by_stamp[stamp]
        return True

    def _link(self, published: str, path: str) -> str:
        """Give a published file a name in the new site; return its stamp there."""
        source, target = f"{self._published}/{published}", f"{self._root}/{path}"
        stamp = self._before[published].partition(" ")[2]
        if self._rename(stamp, path):
            return stamp
        self._make_place(path, target)
        with suppress(FileNotFoundError):
            os.unlink(target)
        self._there.pop(path, None)
        try:
            os.link(source, target)
        except OSError:  # no hard links here, or too many of one file
            shutil.copyfile(source, target)
        return _stamp(target)

    def _make_place(self, path: str, target: str) -> None:
        """Let a file have its folder, and no folder in its own place."""
        folder = target.rpartition("/")[0]
        if folder not in self._folders:
            self._make_folder(folder)
        if path in self._old_folders and os.path.isdir(target):
            shutil.rmtree(target)

    def _make_folder(self, folder: str) -> None:
        try:
            os.makedirs(folder, exist_ok=True)
        except (FileExistsError, NotADirectoryError):  # an older site has a file of that name
            above = folder
            while not os.path.lexists(above):
                above = os.path.dirname(above)
            os.unlink(above)
            os.makedirs(folder, exist_ok=True)
        self._folders.add(folder)


def stamps_in(folder: Path) -> dict[str, str]:
    """Return the stamp of every file below a folder by its path, and of folders ``""`` by theirs with a ``/`` behind.

    Nothing where there is no folder. Edge: disk.
    """
    return dict(_stamps(str(folder))) if folder.is_dir() else {}


def begin_stage(folder: Path, published: Path) -> dict[str, str]:
    """Fill a folder that has nothing of the published site with its files, as second names; return `stamps_in` it.

    After a build from nothing that is the whole site; it takes a process of its own as long as reading the content.

    Args:
        folder: Where the next site will be made.
        published: The site as it is now.
    """
    there, root = stamps_in(folder), str(folder)
    if not published.is_dir():
        return there
    if any(stamp and there.get(path) == stamp for path, stamp in islice(_stamps(str(published)), _SOME)):
        return there
    for path, stamp in _stamps(str(published)):
        if there.get(path) == stamp:
            continue
        try:
            if not stamp:
                with suppress(FileExistsError):
                    os.mkdir(f"{root}/{path}")
            else:
                if there.pop(path, ""):
                    os.unlink(f"{root}/{path}")
                os.link(f"{published}/{path}", f"{root}/{path}")
        except OSError:  # no hard links here, or a file where a folder is: whoever makes the site sees to it
            break
        there[path] = stamp
    return there


def _stamps(root: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the stamp of every file below a folder, and of every folder."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{root}/{inside}") as entries:
            for entry in entries:
                path = f"{inside}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                    yield f"{path}/", ""
                else:
                    about = entry.stat(follow_symlinks=False)
                    yield path, f"{about.st_size} {about.st_mtime_ns} {about.st_ino}"


def _write(path: str, data: bytes) -> str:
    """Write a new file; return its stamp. A file object would take a third longer."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(target, left) :]
        return _stamp_of(os.fstat(target))
    finally:
        os.close(target)


def _stamp(path: str) -> str:
    return _stamp_of(os.lstat(path))


def _stamp_of(about: os.stat_result) -> str:
    return f"{about.st_size} {about.st_mtime_ns} {about.st_ino}"
