"""Small makers for the tests of the index."""

from __future__ import annotations

from collections.abc import Iterable

from kb_builder.files import OutputFile
from kb_builder.index.compile import compile_search
from kb_builder.index.model import Document, Section
from kb_builder.index.reader import SearchIndex
from kb_builder.index.words_blocks import BlockSizes
from tests.shared.topics import no_vectors


def make_document(url: str = "a/", title: str = "Title", text: str = "", **fields) -> Document:
    sections = fields.pop("sections", (Section("", "", text),) if text else ())
    return Document(url=url, title=title, summary=fields.pop("summary", ""), sections=sections, **fields)


def make_index(*documents: Document, language: str = "en", sizes: BlockSizes | None = None) -> SearchIndex:
    return open_files(compile_words(documents, language=language, sizes=sizes))


def compile_words(documents: Iterable[Document], **options) -> tuple[OutputFile, ...]:
    """Compile without semantic postings: nothing but the words counts."""
    return compile_search(documents, load_vectors=no_vectors, **options)


def open_files(files: tuple[OutputFile, ...]) -> SearchIndex:
    data = {file.path: file.data for file in files}
    return SearchIndex(lambda name: data[f"search/{name}"])
