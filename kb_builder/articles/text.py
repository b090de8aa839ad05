"""Bytes of a content file in, clean text out: UTF-8, no byte-order mark, ``\\n`` line ends, no control characters."""

from __future__ import annotations

import codecs
import re

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue

# NUL ends strings in half of all software; STX and ETX delimit Python-Markdown's own placeholders.
_REFUSED = re.compile(r"[\x00\x02\x03]")
_NAMES = {"\x00": "NUL", "\x02": "STX", "\x03": "ETX"}
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_text(data: bytes, path: str) -> tuple[str | None, tuple[Issue, ...]]:
    """Decode a content file.

    Args:
        data: The whole file.
        path: Content path, for messages.

    Returns:
        The text and no issue, or None and the reason. Files that differ only in byte-order mark, line ends (LF, CRLF,
        CR) or white space at their end give the same text, which is empty or ends in one line feed.
    """
    if data.startswith(_UTF16_MARKS):
        return None, (issue("KB101", path, 0, "is UTF-16, not UTF-8 (byte-order mark at byte 0)"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start]
        return None, (issue("KB101", path, line, f"is not UTF-8: byte 0x{found:02X} at byte offset {error.start}"),)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if match := _REFUSED.search(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        message = f"control character {_NAMES[match.group()]} (U+{ord(match.group()):04X}) in column {column}"
        return None, (issue("KB102", path, line, message),)
    text = text.rstrip()
    return (f"{text}\n" if text else ""), ()
