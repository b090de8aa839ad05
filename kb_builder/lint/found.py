"""What a check found, kept for the next check of the same files on the same day. Edge: disk."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kb_builder.cache import digest, maker
from kb_builder.config import Config
from kb_builder.index.judgments import Outcome
from kb_builder.index.rank_changes import Move
from kb_builder.issues import Issue


@dataclass(frozen=True, slots=True)
class SearchCheck:
    """What a check found about search.

    Attributes:
        outcomes: Where each judged article was found, in the order of the file.
        moves: What changed since the last check in this folder.
        remembered: Whether the ranks could be kept for the next check.
    """

    outcomes: tuple[Outcome, ...]
    moves: tuple[Move, ...]
    remembered: bool


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found, with the levels of the tables, and in how many articles; see `check.CheckResult`."""

    articles: int
    drafts: int
    issues: tuple[Issue, ...]
    recorded: int = 0
    search: SearchCheck | None = None


_FOUND = TypeAdapter(Found)


def found_before(config: Config, *, today: dt.date, with_search: bool, look: Callable[[], Found]) -> Found:
    """Return what ``look`` finds, or what it found the last time if no file has changed since.

    Files are taken for the same by size, times and number, as git does. What depends on more than the files of the help
    center is looked for each time: git's history of translations, an encoder's weights, a trusted settings file.
    """
    if config.trusted or config.settings.content.languages or config.settings.search.encoder:
        return look()
    file = config.root / ".kb" / ("check.json" if with_search else "check-no-search.json")
    key = digest(maker(), today.isoformat(), *_inputs(config))
    known = _read(file, key)
    if known is not None:
        return known
    found = look()
    _write(file, key, found)
    return found


def _inputs(config: Config) -> Iterator[str]:
    """Yield what tells whether a file that a check reads is another one now."""
    checks = config.settings.checks
    lists = (config.root / name for name in (checks.published, checks.terms, checks.baseline))
    for path in (config.path, *lists, config.content_dir, config.search_dir):
        yield from _stamps(path)


def _stamps(path: Path | os.DirEntry[str]) -> Iterator[str]:
    try:
        status = path.stat(follow_symlinks=False)
    except OSError:
        yield f"{os.fspath(path)} -"
        return
    stamp = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    is_folder = path.is_dir()
    yield f"{os.fspath(path)} {'' if is_folder else stamp}"
    if is_folder:
        with suppress(OSError), os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                yield from _stamps(entry)


def _read(file: Path, key: str) -> Found | None:
    """Read what `_write` wrote for this key; nothing when it was something else."""
    try:
        checksum, _, rest = file.read_bytes().partition(b"\n")
        written_for, _, data = rest.partition(b"\n")
        if checksum.decode() != digest(rest) or written_for.decode() != key:
            return None
        found = _FOUND.validate_json(data)
    except (OSError, UnicodeDecodeError, ValidationError):
        return None
    return replace(found, search=replace(found.search, moves=())) if found.search else found


def _write(file: Path, key: str, found: Found) -> None:
    rest = key.encode() + b"\n" + _FOUND.dump_json(found)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):  # nothing is lost but time
        file.parent.mkdir(exist_ok=True)
        new.write_bytes(digest(rest).encode() + b"\n" + rest)
        new.replace(file)
