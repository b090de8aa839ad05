"""A content folder in, the files that may be read out. Edge: looks at the disk, opens no file."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from kb_builder.articles.codes import issue
from kb_builder.articles.file_names import is_hidden, is_plain, name_issues, printable
from kb_builder.issues import Issue, KbError

_SYSTEM_FILES = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A plain file: its content path, its size, and a stamp that differs once it was written again.

    ``changed_ns`` is when that was, in nanoseconds since 1970.
    """

    path: str
    size_bytes: int
    changed_ns: int = 0
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a content folder in the order of their paths, and what stood in the way."""

    files: tuple[FoundFile, ...]
    issues: tuple[Issue, ...]


def list_files(folder: Path) -> Listing:
    """List the plain files below ``folder``.

    Symbolic links are never followed: each is an error. So are devices, pipes and names that cannot become an address.
    Files and folders whose name begins with ``.`` or ``_`` are passed over (``_drafts`` is not), and what systems
    leave behind (``Thumbs.db``).

    Raises:
        KbError: ``folder`` is not a folder or cannot be listed.
    """
    files: list[FoundFile] = []
    issues: list[Issue] = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not inside:
                raise KbError(
                    f"{folder}: {error.strerror}", hint="Name a folder of Markdown files in docs_dir."
                ) from None
            issues.append(issue("KB202", printable(inside), 0, f"cannot be listed: {error.strerror}"))
            continue
        for entry in found:
            path = f"{inside}/{entry.name}" if inside else entry.name
            if is_hidden(entry.name) or entry.name.lower() in _SYSTEM_FILES:
                continue
            if wrong := _entry_issues(entry, path):
                issues.extend(wrong)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                about = entry.stat(follow_symlinks=False)
                stamp = f"{about.st_size} {about.st_mtime_ns} {about.st_ino}"
                files.append(FoundFile(path, about.st_size, about.st_mtime_ns, stamp))
    return Listing(tuple(sorted(files, key=lambda file: file.path)), tuple(issues))


def _entry_issues(entry: os.DirEntry[str], path: str) -> tuple[Issue, ...]:
    if entry.is_symlink():
        return (issue("KB201", printable(path), 0, "is a symbolic link"),)
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return (issue("KB202", printable(path), 0, f"cannot be read: {error.strerror}"),)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return (issue("KB202", printable(path), 0, "is neither a file nor a folder"),)
    return () if is_plain(entry.name) else name_issues(path)
