"""The exports of other help centers in, `Export` out. Edge: reads the files of an export.

Shapes are those that each product documents for its public API, as its usual export tools save them: JSON files, one or
many, in any order. A folder is read whole, with the pictures that lie in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kb_builder.importers import folders, products
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.issues import KbError

_FORUM = re.compile(r"https://[^\s\"'<>?#]{1,200}")
_UNNAMED_FORUM = "that customers answered, not you: name the forum with --forum https://… to mark its answers"

SOURCES: dict[str, Callable[[Path], Export]] = {
    "zendesk": products.zendesk,
    "intercom": products.intercom,
    "freshdesk": products.freshdesk,
    "helpscout": products.helpscout,
    "document360": products.document360,
    "discourse": products.discourse,
    "github-discussions": products.github_discussions,
    "html": folders.pages,
    "crawl": folders.crawl,
    "docx": folders.documents,
}


def read_export(kind: str, source: Path, *, forum: str = "") -> Export:
    """Read an export.

    Args:
        kind: A key of `SOURCES`.
        source: A file or a folder.
        forum: Address of the forum that it is of, if it is of one: its articles are threads there.

    Raises:
        KbError: There is nothing to read, it is not an export of this kind, or a forum cannot be at this address.
    """
    if forum and not _FORUM.fullmatch(forum):
        raise KbError(f"'{forum}' is no address of a forum", hint="It begins with https://", exit_code=2)
    if not source.exists():
        raise KbError(f"{source}: no such file or folder", hint="Name the export.", exit_code=2)
    export = SOURCES[kind](source)
    if not export.articles:
        raise KbError(f"{source}: no articles of {kind} in it", hint="See docs/how-to/move-here.md for what to export.")
    if forum:
        return replace(export, articles=tuple(_thread(article, forum) for article in export.articles))
    if kind == "discourse":
        return replace(export, lost=(*export.lost, _UNNAMED_FORUM))
    return export


def _thread(article: SourceArticle, forum: str) -> SourceArticle:
    address = f"{forum.rstrip('/')}{article.addresses[0]}" if article.addresses else forum
    return replace(article, thread=article.thread or address)
