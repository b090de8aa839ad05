"""Files of any known format in, raw segments and a count of every line out. Then the store is brought up to date.

An import can be repeated, split, shuffled or come late: events carry ids, or are given one made of what they say, and
the store counts each id once.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import secrets
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, cast
from zoneinfo import ZoneInfo

from kb_builder.analytics.imports.detect import DOCUMENTS, READERS, detect_format
from kb_builder.analytics.imports.line import HARMLESS, MAX_LINE_BYTES, UTC, Imported, Options, Reader, Whole
from kb_builder.analytics.segments import pack, record, segment_files, segment_path
from kb_builder.analytics.visits import KEY_BYTES
from kb_builder.issues import KbError

Progress = Callable[[str, int], None]
_HEAD_BYTES = 65_536
_BLOCK_BYTES = 64_000  # These two are small, so that memory is used again, not given back and asked for anew.
_FLUSH_BYTES = 2_000_000
_REJECTED_LINES = 10_000
_MAX_DOCUMENT_BYTES = 500_000_000
MOST_BAD_LINES = 0.01
"""A larger share of lines that are wrong is an error of the file."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of every line of a file.

    Attributes:
        lines: Lines, or records of a format that has no lines; each is kept, dropped or says nothing (headers).
        kept: Events taken, before repeated ones are told apart.
        dropped: How many lines or events were dropped, by reason.
        late_days: Days before the newest that was there, of which the file brings another segment: their figures may
            change.
    """

    name: str
    format: str
    lines: int
    kept: int
    dropped: dict[str, int]
    late_days: tuple[str, ...] = ()

    @property
    def is_bad(self) -> bool:
        """Say whether more than one line in a hundred is wrong."""
        wrong = sum(count for reason, count in self.dropped.items() if reason not in HARMLESS)
        return wrong > max(self.lines, self.kept + wrong) * MOST_BAD_LINES


@dataclass(slots=True)
class _Days:
    """Lines for each day's segment, written to a file beside it until all are known."""

    raw: Path
    name: str
    waiting: dict[str, list[bytes]] = field(default_factory=dict)
    bytes_waiting: int = 0
    hashes: dict[str, hashlib._Hash] = field(default_factory=dict)

    def add(self, day: str, lines: bytes) -> None:
        self.waiting.setdefault(day, []).append(lines)
        self.bytes_waiting += len(lines)
        if self.bytes_waiting > _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        for day, lines in self.waiting.items():
            path = self._part(day)
            if day not in self.hashes:
                path.parent.mkdir(parents=True, exist_ok=True)
                self.hashes[day] = hashlib.sha256()
            with path.open("ab") as file:
                for data in lines:
                    self.hashes[day].update(data)
                    file.write(data)
        self.waiting.clear()
        self.bytes_waiting = 0

    def publish(self) -> tuple[str, ...]:
        """Name every segment by its content, so that the same lines are there once; return the days with a new one."""
        self.flush()
        new = []
        for day, digest in sorted(self.hashes.items()):
            with self._part(day).open("rb") as file:
                os.fsync(file.fileno())
            segment = segment_path(self.raw, day, f"import-{digest.hexdigest()[:24]}")
            if not segment.exists():
                new.append(day)
            self._part(day).replace(segment)
        self.hashes.clear()
        return tuple(new)

    def discard(self) -> None:
        for day in self.hashes:
            self._part(day).unlink(missing_ok=True)

    def _part(self, day: str) -> Path:
        return self.raw / day / f".{self.name}.part"


def newest_day(folder: Path) -> str:
    """Return the last day of which the analytics folder has raw events; empty when it has none. Edge: disk."""
    return max((path.parent.name for path in segment_files(folder / "raw")), default="")


def ingest_files(
    paths: Sequence[Path], folder: Path, *, format_name: str | None, options: Options, progress: Progress
) -> tuple[list[FileCount], list[KbError]]:
    """Turn files into raw segments, as `ingest_file` does; return what became of them, and why others were not read."""
    newest = newest_day(folder)
    counts, unread = [], []
    for path in paths:
        try:
            count = ingest_file(
                path, folder, format_name=format_name, options=options, newest=newest, progress=progress
            )
        except KbError as error:
            unread.append(error)
        else:
            counts.append(count)
    return counts, unread


def ingest_file(
    path: Path,
    folder: Path,
    *,
    format_name: str | None = None,
    options: Options | None = None,
    newest: str = "",
    progress: Progress = lambda name, done: None,
) -> FileCount:
    """Turn one file into raw segments. Edge: disk.

    Args:
        path: A log or an export; gzip is recognised by its first bytes.
        folder: The analytics folder.
        format_name: A key of `READERS`; found out when not given.
        options: How to read what the file does not say; by default with this folder's visit keys.
        newest: What `newest_day` gave before the import, so that it is told what comes late.
        progress: Told the file's name and how many of its bytes are read, every now and then.

    Raises:
        KbError: The file cannot be read, or its format is not known.
    """
    options = options or default_options(folder)
    name = path.name
    days = _Days(folder / "raw", f"import-{os.getpid()}-{secrets.token_hex(4)}")
    lines = kept = 0
    dropped: Counter[str] = Counter()
    rejected: list[str] = []
    try:
        with path.open("rb") as file:
            stream = _opened(file)
            format_name, reader = _reader(stream, name, format_name)
            read = _chunks if format_name in DOCUMENTS else _lines
            for line in reader(read(stream, lambda: progress(name, file.tell())), options):
                if isinstance(line, Whole):
                    days.add(line.day, line.data)
                    lines += line.lines
                    kept += line.lines
                    continue
                lines += 1
                for item in line.kept:
                    days.add(item.received[:10], _packed(item, format_name))
                kept += len(line.kept)
                if line.dropped:
                    dropped.update(line.dropped)
                    bad = [reason for reason in line.dropped if reason not in HARMLESS]
                    rejected += [f"{line.number}\t{reason}\n" for reason in bad if len(rejected) < _REJECTED_LINES]
        late = tuple(day for day in days.publish() if day < newest)
    except (OSError, EOFError, zlib.error) as error:
        raise KbError(f"{name}: cannot be read: {error}", hint="Check the file; nothing of it was imported.") from None
    finally:
        days.discard()
    _write_rejected(folder, name, rejected)
    return FileCount(name, format_name, lines, kept, dict(sorted(dropped.items())), late)


def _packed(item: Imported, source: str) -> bytes:
    return pack(record(item.event, received=item.received, source=source, visit=item.visit, bot=item.bot))


def default_options(
    folder: Path,
    *,
    time_zone: ZoneInfo = UTC,
    order_patterns: Sequence[str] = (),
    token_field: str = "help_token",  # noqa: S107  # a column, not a secret
) -> Options:
    """Return options with the visit keys of this folder."""
    return Options(_visit_keys(folder), time_zone, tuple(order_patterns), token_field)


def _opened(file: IO[bytes]) -> IO[bytes]:
    magic = file.read(2)
    file.seek(0)
    return cast(IO[bytes], gzip.open(file)) if magic == b"\x1f\x8b" else file


def _reader(stream: IO[bytes], name: str, format_name: str | None) -> tuple[str, Reader]:
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    if not head and not format_name:
        return "empty", lambda _lines, _options: iter(())  # the log of a quiet day
    format_name = format_name or detect_format(head)
    if format_name is None:
        raise KbError(
            f"{name}: this is no format that is known here", hint=f"Name it with --format: {', '.join(READERS)}."
        )
    return format_name, READERS[format_name]


def _lines(stream: IO[bytes], tell: Callable[[], None]) -> Iterator[bytes]:
    """Yield lines; one that is too long is cut, so that memory stays small and the line is counted as wrong."""
    return chain.from_iterable(_several_lines(stream, tell))


def _several_lines(stream: IO[bytes], tell: Callable[[], None]) -> Iterator[Iterable[bytes]]:
    rest = b""
    is_cut = False  # The end of a line that was too long is still to come.
    while block := stream.read(_BLOCK_BYTES):
        tell()
        block = rest + block
        end = block.find(b"\n") + 1
        if (end or len(block)) > MAX_LINE_BYTES:  # No other line can be so long.
            if not is_cut:
                yield [block[:MAX_LINE_BYTES]]
            is_cut = True
        if is_cut:
            block = block[end:] if end else b""
            is_cut = not end
        end = block.rfind(b"\n") + 1
        yield io.BytesIO(block[:end])
        rest = block[end:]
    if rest:
        yield [rest]


def _chunks(stream: IO[bytes], tell: Callable[[], None]) -> Iterator[bytes]:
    """Yield a document that is read as a whole, piece by piece.

    Raises:
        KbError: It is too large to be held in memory.
    """
    size = 0
    while chunk := stream.read(MAX_LINE_BYTES):
        size += len(chunk)
        if size > _MAX_DOCUMENT_BYTES:
            raise KbError(
                f"a JSON document of more than {_MAX_DOCUMENT_BYTES // 1_000_000} MB cannot be read",
                hint="Export it in parts.",
            )
        tell()
        yield chunk


def _visit_keys(folder: Path) -> Callable[[str], bytes]:
    """Give each day a secret made of this folder's own, so that an import can be repeated."""
    keys: dict[str, bytes] = {}

    def key(day: str) -> bytes:
        if day not in keys:
            keys[day] = hashlib.blake2b(day.encode(), key=_secret(folder), digest_size=KEY_BYTES).digest()
        return keys[day]

    return key


def _secret(folder: Path) -> bytes:
    path = folder / "visit-secret"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    except FileExistsError:
        pass  # made by an earlier import: the same key joins the same visits
    return path.read_bytes()


def _write_rejected(folder: Path, name: str, rejected: Sequence[str]) -> None:
    """Leave a list of line numbers and reasons, without the lines: they may be personal."""
    if rejected:
        target = folder / "rejected"
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{name[:200]}.tsv").write_text("line\treason\n" + "".join(rejected), encoding="utf-8")
