"""The raw event log: day folders of segment files, one checked record a line. It is the truth; the store is derived.

``raw/2026-03-01/<name>.seg`` holds what was received on that day (UTC). A line is the CRC-32 of the record in eight
lower-case hex digits, a space, the record as one line of JSON in UTF-8, and a new line::

    1c291ca3 {"received":"2026-03-01T10:00:00.123Z","source":"collect","event":{…}}

``received`` is the server's clock, ``source`` the command or import it came by. ``visit`` tells the visits of one day
apart without naming anybody; it is left out under Global Privacy Control. ``bot`` (left out for people) is a short name
of the program that sent it or of what gave it away. Whoever writes a segment gives it a name nobody else uses and only
appends. A line that fails its checksum is damage and counted; a kill can leave one, at the end.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

SUFFIX = ".seg"
_quote = json.encoder.encode_basestring
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


def segment_path(folder: Path, day: str, name: str) -> Path:
    """Return where a segment lies.

    Args:
        folder: The ``raw`` folder.
        day: ``YYYY-MM-DD`` in UTC.
        name: Letters, digits, ``._-``; without suffix.

    Raises:
        ValueError: The name could lead elsewhere.
    """
    if not _NAME.fullmatch(name) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII):
        raise ValueError(f"not a segment: {day}/{name}")
    return folder / day / f"{name}{SUFFIX}"


def segment_files(folder: Path) -> tuple[Path, ...]:
    """Return every segment below the ``raw`` folder, by day and name."""
    return tuple(path for path in sorted(folder.glob(f"????-??-??/*{SUFFIX}")) if _is_day(path.parent.name))


def _is_day(name: str) -> bool:
    try:
        dt.date.fromisoformat(name)
    except ValueError:
        return False
    return True


def record(event: dict[str, Any], *, received: str, source: str, visit: str = "", bot: str = "") -> bytes:
    """Return the JSON of one record, without its checksum."""
    head = record_head(received=received, source=source, visit=visit, bot=bot)
    return head + json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"}"


def record_head(*, received: str, source: str, visit: str = "", bot: str = "") -> bytes:
    """Return a record up to its event, which is to be followed by one brace."""
    head = f'{{"received":{_quote(received)},"source":{_quote(source)}'
    if visit:
        head += f',"visit":{_quote(visit)}'
    if bot:
        head += f',"bot":{_quote(bot)}'
    return f'{head},"event":'.encode("utf-8", "replace")


def pack(data: bytes) -> bytes:
    """Return the line of one record, with checksum and new line."""
    return b"%08x %b\n" % (zlib.crc32(data), data)


def pack_events(head: bytes, events: Iterable[bytes]) -> bytes:
    """Return the lines of records that begin with `record_head` and go on with the JSON of an event each."""
    checksum, crc32 = zlib.crc32(head), zlib.crc32
    parts: list[bytes] = []
    for event in events:
        parts += (b"%08x " % crc32(b"}", crc32(event, checksum)), head, event, b"}\n")
    return b"".join(parts)


def is_whole(line: bytes) -> bool:
    """Say whether a line, with its new line, is as it was written."""
    return line[:9] == b"%08x " % zlib.crc32(line[9:-1]) and line[-1:] == b"\n"


def unpack_all(lines: Sequence[bytes]) -> list[bytes] | None:
    """Return the JSON of several lines, sooner than one by one; None when one of them is damaged."""
    records = [line[9:-1] for line in lines]
    sums = [b"%08x " % checksum for checksum in map(zlib.crc32, records)]
    return records if sums == [line[:9] for line in lines] and {line[-1:] for line in lines} == {b"\n"} else None


def unpack(lines: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield the JSON of each line, or None for a line that is damaged."""
    for line in lines:
        yield line[9:-1] if is_whole(line) else None
