"""Turn documents into stemmed terms per field, and remember the surface forms each term was seen in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from kb_builder.index.analyzer import analyze, stemmer, word_counts
from kb_builder.index.model import Document
from kb_builder.issues import KbError

FIELDS = ("title", "questions", "headings", "body", "tags")


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """The words of a document as they stand in it, folded.

    Attributes:
        heads: Those of its title and of each question, in order.
        whole: How often each is in all of its text; tags and category are no text.
    """

    heads: tuple[list[str], ...]
    whole: Counter[str]


@dataclass(frozen=True, slots=True)
class AnalyzedDocuments:
    """Documents as terms.

    Attributes:
        documents: In the order of their URLs; a document's place is its number everywhere else.
        fields: For each document how often each term is in each of `FIELDS`.
        words: For each document its words.
        labels: For each document the words of its tags and category.
        forms: For each term the surface forms it was seen in.
    """

    documents: tuple[Document, ...]
    fields: tuple[dict[str, dict[str, int]], ...]
    words: tuple[DocumentWords, ...]
    labels: tuple[Counter[str], ...]
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
    fields, every_words, labels = [], [], []
    for document in ordered:
        counts = {
            name: word_counts("\n".join(texts), language)  # no word goes beyond the end of a line
            for name, texts in field_texts(document)
            if name != "questions"
        }
        heads = _heads(document, language)
        counts["questions"] = Counter(chain(*heads[1:]))
        terms_of_field: dict[str, dict[str, int]] = {}
        for name in FIELDS:
            terms = terms_of_field[name] = dict[str, int]()
            for word, count in counts[name].items():
                term = stems.get(word)
                if term is None:
                    term = stems[word] = stem(word)
                terms[term] = terms.get(term, 0) + count
        fields.append(terms_of_field)
        labels.append(counts.pop("tags"))
        every_words.append(DocumentWords(heads, _sum([counts.pop("body"), *counts.values()])))
    return AnalyzedDocuments(ordered, tuple(fields), tuple(every_words), tuple(labels), forms_of(stems, stem))


def document_words(document: Document, language: str) -> DocumentWords:
    """Give the words of one document."""
    heads = _heads(document, language)
    texts = (texts for name, texts in field_texts(document) if name in ("headings", "body"))
    return DocumentWords(heads, Counter(chain(*heads, _words(chain(*texts), language))))


def forms_of(words: Iterable[str], stem: Callable[[str], str]) -> dict[str, frozenset[str]]:
    """Group words by their stems."""
    forms: dict[str, set[str]] = {}
    for word in words:
        forms.setdefault(stem(word), set()).add(word)
    return {term: frozenset(words) for term, words in forms.items()}


def _heads(document: Document, language: str) -> tuple[list[str], ...]:
    return tuple(analyze(text, language) for text in (document.title, *document.questions))


def _words(texts: Iterable[str], language: str) -> list[str]:
    """Analyse texts at once: no word goes beyond the end of a line."""
    return analyze("\n".join(texts), language)


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    """Add up counts; quick if the first are the most."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


def field_texts(document: Document) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each of `FIELDS` and its texts: the words of one text follow each other."""
    yield "title", (document.title,)
    yield "questions", document.questions
    yield "headings", (section.heading for section in document.sections)
    yield "body", (document.summary, *(section.text for section in document.sections))
    yield "tags", (*document.tags, document.category)
