"""Markdown files in, what each says out: its page and notes on its text. What was read before is not read again.

A file is known by its stamp (size, time and number on the disk) or, where that says too little, by its bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kb_builder.articles.checks.notes import take_notes
from kb_builder.articles.codes import issue
from kb_builder.articles.listing import FoundFile
from kb_builder.articles.model import Notes
from kb_builder.articles.parse import ParsedPage, parse_page
from kb_builder.articles.text import decode_text
from kb_builder.cache import Cache, digest
from kb_builder.issues import Issue
from kb_builder.workers import LONG, Work, finished

_MANY = 500  # files that processes are worth it for
_SETTLED_NS = 2_000_000_000  # a file written again so soon may have the same stamp: clocks of disks are coarse


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a file says; without notes, when it could not be read. ``issues`` are all that is wrong with it."""

    page: ParsedPage
    notes: Notes | None = None
    issues: tuple[Issue, ...] = ()


def read_pages(
    content_dir: Path,
    files: Iterable[FoundFile],
    *,
    max_bytes: int,
    link_root: str,
    languages: Collection[str],
    known: Cache,
    meanwhile: Callable[[], Iterable[None]] = tuple,
) -> dict[str, ReadPage]:
    """Read Markdown files, large numbers of them in several processes. Edge: disk, clock.

    Args:
        max_bytes: A larger file is an error and is not read.
        known: What was read before; what is read now joins it.
        meanwhile: Done step by step by this process while others read, where there are so many unknown files.

    Returns:
        What each file says, by its content path, in the order of ``files``.
    """
    settings = digest(str(max_bytes), link_root, *languages)
    read: dict[str, ReadPage | None] = {}
    unknown: list[FoundFile] = []
    now = time.time_ns()
    for file in files:
        read[file.path] = found = _known(content_dir, file, settings, known)
        if found is None:
            unknown.append(file)
    one = partial(read_page, content_dir, max_bytes=max_bytes, link_root=link_root, languages=languages)

    def write(number: int) -> bytes:
        return _adapter().dump_json(one(unknown[number]))

    def written() -> Iterator[tuple[int, bytes]]:
        if len(unknown) < _MANY:
            yield from ((number, write(number)) for number in range(len(unknown)))
            return
        write(0)  # what is made when the first file is read and written, the processes share
        with closing(Work(write, len(unknown), limits=LONG)) as work:
            for number, value in work.results(meanwhile()):
                yield number, finished(value)

    for number, value in written():
        file, page = unknown[number], _adapter().validate_json(value)
        read[file.path] = page
        if page.notes:
            stamp = file.stamp if now - file.changed_ns > _SETTLED_NS else ""
            known.put(f"source {file.path}", settings, _packed(stamp, page.notes.checksum, value))
    return {path: page for path, page in read.items() if page}


def _known(content_dir: Path, file: FoundFile, settings: str, known: Cache) -> ReadPage | None:
    """Return what a file says, if it was read before and is the same."""
    kept = known.get(f"source {file.path}", settings)
    if kept is None:
        return None
    head, _, value = kept.partition(b"\n")
    stamp, _, checksum = head.decode().partition(";")
    if not stamp or stamp != file.stamp:
        try:
            if _checksum((content_dir / file.path).read_bytes()) != checksum:
                return None
        except OSError:
            return None
    try:
        page = _adapter().validate_json(value)
    except ValidationError:
        return None
    if stamp == file.stamp or time.time_ns() - file.changed_ns <= _SETTLED_NS:
        known.keep(f"source {file.path}")
    else:
        known.put(f"source {file.path}", settings, _packed(file.stamp, checksum, value))
    return page


def read_page(
    content_dir: Path, file: FoundFile, *, max_bytes: int, link_root: str, languages: Collection[str]
) -> ReadPage:
    """Read one Markdown file, whatever was read before; arguments as for `read_pages`. Edge: disk."""
    text, issues, checksum = read_text(content_dir, file, max_bytes)
    if text is None:
        return ReadPage(ParsedPage(), issues=issues)
    page = parse_page(text, file.path, link_root=link_root, languages=languages)
    body = page.article.body if page.article else page.index.body if page.index else ""
    notes = replace(take_notes(body, page.article, checksum=checksum), rest=_rest_key(page))
    return ReadPage(replace(page, issues=()), notes, page.issues)


def _rest_key(page: ParsedPage) -> str:
    """Return the key of all that an article's file says but its title, summary, questions and text."""
    if page.article is None:
        return ""
    article = replace(page.article, title="", summary="", questions=(), body="", body_line=0)
    return digest(repr(replace(page, article=article, issues=())))


def read_text(content_dir: Path, file: FoundFile, max_bytes: int) -> tuple[str | None, tuple[Issue, ...], str]:
    """Return the text of a content file, what is wrong with it, and the checksum of its bytes. Edge: disk."""
    if file.size_bytes > max_bytes:
        return None, (issue("KB104", file.path, 0, f"has {file.size_bytes} bytes; the limit is {max_bytes}"),), ""
    try:
        data = (content_dir / file.path).read_bytes()
    except OSError as error:
        return None, (issue("KB202", file.path, 0, f"cannot be read: {error.strerror}"),), ""
    text, issues = decode_text(data, file.path)
    return text, issues, "" if text is None else _checksum(data)


def _packed(stamp: str, checksum: str, value: bytes) -> bytes:
    return f"{stamp};{checksum}\n".encode() + value


def _checksum(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


@cache
def _adapter() -> TypeAdapter[ReadPage]:
    return TypeAdapter(ReadPage)
