"""What every export comes down to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An article of another help center.

    Attributes:
        source_id: What it is known by there; its translations share it.
        html: Its text; Markdown when ``is_markdown``.
        folder: Names of the categories that it is in, outermost first.
        addresses: Paths that it was found at, without the host.
        language: Tag of its language as the export has it (``en-us``); empty for that of the site.
        updated: Day of its last change, YYYY-MM-DD, or empty.
        thread: Full address of the forum thread that it is, or empty.
        place: Folder of the export that relative pictures start from.
    """

    source_id: str
    title: str
    html: str
    folder: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    updated: str = ""
    is_draft: bool = False
    is_markdown: bool = False
    place: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """An export, read.

    Attributes:
        summaries: What categories say of themselves, by their names, outermost first.
        pictures: Files that articles may show, by path in the export.
        lost: What could not be read and why, one line each.
    """

    articles: tuple[SourceArticle, ...]
    summaries: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
