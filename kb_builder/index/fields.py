"""Turn documents into words and stemmed terms per field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kb_builder.index.analyzer import stemmer, word_counts
from kb_builder.index.model import Document
from kb_builder.index.postings import FieldPostings, Ints, summed
from kb_builder.issues import KbError

FIELDS = ("title", "questions", "headings", "body", "tags")
_LABELS = "tags"  # says what a document is about, and is none of its text


@dataclass(frozen=True, slots=True, eq=False)
class DocumentWords:
    """The words of documents as they stand in them, folded.

    Attributes:
        fields: Of each of `FIELDS`.
        heads: Of each title and each question by itself, in the place of documents.
        head_counts: How many of these each document has.
    """

    fields: dict[str, FieldPostings]
    heads: FieldPostings
    head_counts: Ints

    @property
    def of_text(self) -> FieldPostings:
        """How often each word is in all of the text; tags and category are no text."""
        return summed([(words.terms, words) for name, words in self.fields.items() if name != _LABELS])

    @property
    def everywhere(self) -> FieldPostings:
        """Which document has which word in any field, each once."""
        found = summed([(words.terms, words) for words in self.fields.values()])
        return replace(found, frequencies=np.ones_like(found.frequencies))


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedDocuments:
    """Documents as terms.

    Attributes:
        documents: In the order of their URLs; a document's place is its number everywhere else.
        fields: How often each of them has each term, in each of `FIELDS`.
        words: The words that these are the stems of.
    """

    documents: tuple[Document, ...]
    fields: dict[str, FieldPostings]
    words: DocumentWords


def in_order(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Sort documents by their URLs: a document's place is its number everywhere else.

    Raises:
        KbError: Two documents have the same URL.
    """
    ordered = tuple(sorted(documents, key=lambda document: document.url))
    for before, after in pairwise(ordered):
        if before.url == after.url:
            raise KbError(f"two documents have the URL {after.url!r}", hint="Give one of them another URL.")
    return ordered


def analyze_documents(documents: Iterable[Document], *, language: str) -> AnalyzedDocuments:
    """Analyse and stem every field of every document.

    The summary counts as body, the category as a tag.

    Raises:
        KbError: Two documents have the same URL.
    """
    ordered, stem = in_order(documents), stemmer(language)
    words = document_words(ordered, language)
    fields = {name: summed([([*map(stem, found.terms)], found)]) for name, found in words.fields.items()}
    return AnalyzedDocuments(ordered, fields, words)


def document_words(documents: Sequence[Document], language: str) -> DocumentWords:
    """Count the words of documents, in the order that these are given in."""
    counts: dict[str, list[Counter[str]]] = {name: [] for name in FIELDS}
    heads, head_counts = list[Counter[str]](), []
    for document in documents:
        for name, texts in field_texts(document):
            counts[name].append(word_counts("\n".join(texts), language))  # no word goes beyond the end of a line
        heads += [counts["title"][-1], *(word_counts(question, language) for question in document.questions)]
        head_counts.append(1 + len(document.questions))
    fields = {name: FieldPostings.of_counts(found) for name, found in counts.items()}
    return DocumentWords(fields, FieldPostings.of_counts(heads), np.array(head_counts, np.int32))


def forms_of(words: Iterable[str], stem: Callable[[str], str]) -> dict[str, frozenset[str]]:
    """Group words by their stems."""
    forms: dict[str, set[str]] = {}
    for word in words:
        forms.setdefault(stem(word), set()).add(word)
    return {term: frozenset(words) for term, words in forms.items()}


def field_texts(document: Document) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each of `FIELDS` and its texts: the words of one text follow each other."""
    yield "title", (document.title,)
    yield "questions", document.questions
    yield "headings", (section.heading for section in document.sections)
    yield "body", (document.summary, *(section.text for section in document.sections))
    yield "tags", (*document.tags, document.category)
