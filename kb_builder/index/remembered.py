"""What the index room made of the same texts before: sections of pages, stems of words, all search files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter

from kb_builder.cache import Cache, digest
from kb_builder.files import OutputFile
from kb_builder.index.analyzer import known_stems
from kb_builder.index.model import Document, StoredSections
from kb_builder.index.sections import split_pages

_properties = attrgetter(*(field.name for field in fields(Document) if field.name != "sections"))


def remembered_sections(pages: Mapping[str, tuple[str, Callable[[], str]]], cache: Cache) -> dict[str, StoredSections]:
    """Return the sections of each page's HTML, cut only if they are not known.

    Args:
        pages: A key of the HTML, and what gives it, by content path: a page's old sections make room for its new ones.
        cache: What earlier builds cut.
    """
    found: dict[str, StoredSections] = {}
    unknown = []
    for path, (key, _) in pages.items():
        kept = cache.get(f"sections {path}", key)
        if kept is None:
            unknown.append(path)
        else:
            cache.keep(f"sections {path}")
            found[path] = StoredSections(kept)
    for path, sections in zip(unknown, split_pages([pages[path][1]() for path in unknown]), strict=True):
        found[path] = StoredSections.of(sections)
        cache.put(f"sections {path}", pages[path][0], found[path].written)
    return found


def checksum(document: Document) -> str:
    """Return a digest of all of a document, whether or not its sections are read."""
    sections = document.sections
    text = sections.written if isinstance(sections, StoredSections) else repr(sections)
    return digest(repr(_properties(document)), text)


@contextmanager
def remembered_stems(language: str, cache: Cache) -> Iterator[None]:
    """Know the stems that earlier builds worked out, and keep those of this one."""
    name = f"stems {language}"
    stems = known_stems(language)
    stems.update(json.loads(cache.get(name, "") or b"{}"))
    before = len(stems)
    yield
    if len(stems) == before:
        cache.keep(name)
    else:
        cache.put(name, "", _json(stems))


def remembered_files(
    name: str, key: str, make: Callable[[], Sequence[OutputFile]], cache: Cache
) -> tuple[OutputFile, ...]:
    """Return the files that ``make`` makes, unless they are known to be the same.

    Args:
        name: What they are the files of.
        key: Digest of all that they are made of.
    """
    kept = cache.get(name, key)
    if kept is not None:
        cache.keep(name)
        return tuple(_unpacked(kept))
    files = tuple(make())
    head = _json([[file.path, len(file.data)] for file in files])
    cache.put(name, key, b"".join([len(head).to_bytes(8, "big"), head, *(file.data for file in files)]))
    return files


def _unpacked(packed: bytes) -> Iterator[OutputFile]:
    start = 8 + int.from_bytes(packed[:8], "big")
    for path, length in json.loads(packed[8:start]):
        yield OutputFile(path, packed[start : start + length])
        start += length


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
