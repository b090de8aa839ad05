"""What the index room made of the same texts before: sections of pages, cards, all search files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from operator import attrgetter

from kb_builder.cache import Cache, digest
from kb_builder.files import NamedFile, OutputFile, SiteFile
from kb_builder.index.article_files import ArticleFiles, Card, WriteArticles, article_files
from kb_builder.index.model import Document, StoredSections
from kb_builder.index.sections import split_sections

_properties = attrgetter(*(field.name for field in fields(Document) if field.name != "sections"))


def written_sections(html: str) -> bytes:
    """Cut the HTML of a page into sections, and write them."""
    return StoredSections.write(split_sections(html))


def remembered_sections(
    pages: Mapping[str, tuple[str, bytes, Callable[[], str]]], cache: Cache
) -> dict[str, StoredSections]:
    """Return the sections of each page's HTML, cut only if they are not known.

    Args:
        pages: A key of the HTML, what `written_sections` made of it, or nothing yet, and what gives it, by content
            path: a page's old sections make room for its new ones.
        cache: What earlier builds cut; it stays open while sections are read.
    """

    def load(path: str) -> bytes:
        key, _, html = pages[path]
        kept = cache.get(f"sections {path}", key)
        return kept if kept is not None else written_sections(html())

    made: dict[str, bytes] = {}
    for path, (key, written, html) in pages.items():
        if not cache.has(f"sections {path}", key):
            made[path] = written or written_sections(html())
            cache.put(f"sections {path}", key, made[path])
    for path in pages.keys() - made.keys():
        cache.keep(f"sections {path}")
    return {
        path: StoredSections(key, partial(made.__getitem__ if path in made else load, path))
        for path, (key, _, _) in pages.items()
    }


def checksum(document: Document) -> str:
    """Return a digest of all of a document, whether or not its sections are read."""
    sections = document.sections
    text = sections.key if isinstance(sections, StoredSections) else repr(sections)
    return digest(repr(_properties(document)), text)


def remembered_articles(name: str, cache: Cache, *, checksum: Callable[[Document], str] = checksum) -> WriteArticles:
    """Return what writes the files of documents like `article_files`, and keeps the cards.

    Args:
        name: What the documents are of.
        checksum: Tells documents apart.
    """
    cache.keep(name)  # for builds in which no text has changed, too

    def write(documents: Sequence[Document], *, language: str) -> ArticleFiles:
        head, _, rows = (cache.get(name, language) or b"").partition(b"\n")
        columns = [part.decode().split(" ") for part in head.split(b";")]
        cards = rows.split(b"\n")
        known: dict[str, Card] = {}
        if len(columns) == 2 and len(columns[0]) == len(columns[1]) == len(cards):
            known = dict(zip(columns[0], map(Card, cards, columns[1]), strict=True))
        checksums = [checksum(document) for document in documents]
        files = article_files(documents, language=language, known=[known.get(own) for own in checksums])
        head = f"{' '.join(checksums)};{' '.join(card.text for card in files.cards)}".encode()
        cache.put(name, language, b"\n".join([head, *(card.data for card in files.cards)]))
        return files

    return write


def remembered_files(
    name: str, key: str, make: Callable[[], Sequence[SiteFile]], cache: Cache, *, load: Callable[[str], bytes]
) -> tuple[SiteFile, ...]:
    """Return the files that ``make`` makes, unless they are known to be the same.

    Args:
        name: What they are the files of.
        key: Digest of all that they are made of.
        load: Gives the bytes of a file that is named by its content, by its path.
    """
    kept = cache.get(name, key)
    if kept is not None:
        cache.keep(name)
        return tuple(_unpacked(kept, load))
    files = tuple(make())
    head = _json([[file.path, -1 if isinstance(file, NamedFile) else len(file.data)] for file in files])
    data = (file.data for file in files if not isinstance(file, NamedFile))
    cache.put(name, key, b"".join([len(head).to_bytes(8, "big"), head, *data]))
    return files


def _unpacked(packed: bytes, load: Callable[[str], bytes]) -> Iterator[SiteFile]:
    start = 8 + int.from_bytes(packed[:8], "big")
    for path, length in json.loads(packed[8:start]):
        if length < 0:
            yield NamedFile(path, partial(load, path))
        else:
            yield OutputFile(path, packed[start : start + length])
            start += length


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
