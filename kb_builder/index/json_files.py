"""Blocks of JSON as files whose names tell their content apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from kb_builder.files import OutputFile

FOLDER = "search"


def numbered_data(kind: str, blocks: Sequence[bytes]) -> tuple[list[OutputFile], str]:
    """Name blocks by their number, in a folder that is named by one hash of them all.

    An article more moves the numbers of articles in all of them; of what else is edited most stay as they are, and then
    one folder has to be renamed.
    """
    digest = hashlib.sha256(b"\n".join(blocks)).hexdigest()[:10] if blocks else ""
    return [OutputFile(f"{FOLDER}/{kind}-{digest}/{at}.json", block) for at, block in enumerate(blocks)], digest


def named_file(kind: str, value: Any) -> OutputFile:
    """Name a block by the hash of its own content."""
    return named_data(kind, as_json(value))


def named_data(kind: str, data: bytes) -> OutputFile:
    """Name written JSON by its hash."""
    return OutputFile(f"{FOLDER}/{kind}-{hashlib.sha256(data).hexdigest()[:10]}.json", data)


def content_hash(file: OutputFile) -> str:
    """Return the hash in the name of a file that is named by its content."""
    return file.path.rpartition("-")[2].removesuffix(".json")


def as_json(value: Any) -> bytes:
    """Write a value without white space."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # a lone surrogate has no UTF-8; it becomes a question mark
