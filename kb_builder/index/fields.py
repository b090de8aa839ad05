"""Turn documents into stemmed terms per field, and remember the surface forms each term was seen in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.model import Document
from kb_builder.issues import KbError

FIELDS = ("title", "questions", "headings", "body", "tags")


@dataclass(frozen=True, slots=True)
class AnalyzedDocuments:
    """Documents as terms.

    Attributes:
        documents: In the order of their URLs; a document's place is its number everywhere else.
        fields: For each document how often each term is in each of `FIELDS`.
        forms: For each term the surface forms it was seen in.
    """

    documents: tuple[Document, ...]
    fields: tuple[dict[str, dict[str, int]], ...]
    forms: dict[str, frozenset[str]]


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
    ordered = in_order(documents)
    stem = stemmer(language)
    stems: dict[str, str] = {}
    fields = []
    for document in ordered:
        terms_of_field: dict[str, dict[str, int]] = {}
        for name, texts in field_texts(document):
            terms: dict[str, int] = {}
            for word, count in Counter(chain.from_iterable(analyze(text, language) for text in texts)).items():
                term = stems.get(word)
                if term is None:
                    term = stems[word] = stem(word)
                terms[term] = terms.get(term, 0) + count
            terms_of_field[name] = terms
        fields.append(terms_of_field)
    forms: dict[str, set[str]] = {}
    for word, term in stems.items():
        forms.setdefault(term, set()).add(word)
    return AnalyzedDocuments(ordered, tuple(fields), {term: frozenset(words) for term, words in forms.items()})


def field_texts(document: Document) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each of `FIELDS` and its texts: the words of one text follow each other."""
    yield "title", (document.title,)
    yield "questions", document.questions
    yield "headings", (section.heading for section in document.sections)
    yield "body", (document.summary, *(section.text for section in document.sections))
    yield "tags", (*document.tags, document.category)
