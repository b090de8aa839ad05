"""The exports of other help centers in, `Export` out. Edge: reads the files of an export.

Shapes are those that each product documents for its public API, as its usual export tools save them: JSON files, one or
many, in any order. A folder is read whole, with the pictures that lie in it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb_builder.importers import folders, products
from kb_builder.importers.model import Export
from kb_builder.issues import KbError

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


def read_export(kind: str, source: Path) -> Export:
    """Read an export.

    Args:
        kind: A key of `SOURCES`.
        source: A file or a folder.

    Raises:
        KbError: There is nothing to read, or it is not an export of this kind.
    """
    if not source.exists():
        raise KbError(f"{source}: no such file or folder", hint="Name the export.", exit_code=2)
    export = SOURCES[kind](source)
    if not export.articles:
        raise KbError(f"{source}: no articles of {kind} in it", hint="See docs/how-to/move-here.md for what to export.")
    return export
