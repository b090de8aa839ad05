"""Cards and texts of documents as the small files a browser fetches; search/FORMAT.md describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from kb_builder.files import NamedFile, OutputFile, SiteFile
from kb_builder.index.analyzer import analyze_query
from kb_builder.index.json_files import FOLDER, as_json, content_hash, named_data, named_file, numbered_data
from kb_builder.index.model import Document, StoredSections

MAX_TEXT = 1_000_000  # code points of an article that can be quoted; the rest is searched all the same


@dataclass(frozen=True, slots=True)
class Card:
    """The JSON of a card, and the hash in the name of its article's text; empty without a text."""

    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class ArticleFiles:
    """The files of all cards and texts, the hash in the names of the cards, and these in the order of documents."""

    files: tuple[SiteFile, ...]
    cards_hash: str
    cards: tuple[Card, ...]


class WriteArticles(Protocol):
    """Writes as `article_files` does."""

    def __call__(self, documents: Sequence[Document], *, language: str) -> ArticleFiles:
        """Write a card for each document, in their order, and the texts of those that have one."""


def article_files(documents: Sequence[Document], *, language: str, known: Sequence[Card | None] = ()) -> ArticleFiles:
    """Write a card for each document, in their order, and the texts of those that have one.

    Args:
        documents: In the order of their numbers.
        language: ISO 639-1.
        known: The cards of some of them, in their order; the texts of these are loaded when they are asked for.
    """
    cards = [*known] or [None] * len(documents)
    texts: list[SiteFile] = []
    for number, (document, card) in enumerate(zip(documents, cards, strict=True)):
        if card:
            if card.text:
                texts.append(NamedFile(f"{FOLDER}/text-{card.text}.json", partial(_text, document)))
            continue
        text = _text_file(document)
        cards[number] = Card(as_json(_card(document, text, language)), content_hash(text) if text else "")
        texts += [text] if text else []
    made = tuple(card for card in cards if card)
    files, cards_hash = numbered_data("card", [card.data for card in made])
    return ArticleFiles((*files, *texts), cards_hash, made)


def _text(document: Document) -> bytes:
    file = _text_file(document)
    return file.data if file else b""


def question_hash(words: Sequence[str]) -> int:
    """Hash analysed words for the comparison with a query: 32-bit FNV-1a over UTF-8, joined by spaces.

    Source: Fowler, Noll, Vo and Eastlake, "The FNV Non-Cryptographic Hash Algorithm", RFC 9923.
    """
    value = 0x811C9DC5
    for byte in " ".join(words).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def _text_file(document: Document) -> OutputFile | None:
    stored = document.sections.written if isinstance(document.sections, StoredSections) else b""
    if stored and len(stored) <= MAX_TEXT:
        return named_data("text", b'{"sections":%b}' % stored) if len(stored) > len("[]") else None
    sections = []
    left = MAX_TEXT
    for section in document.sections:
        sections.append([section.anchor, section.heading, section.text[:left]])
        left -= len(section.text)
        if left <= 0:
            break
    return named_file("text", {"sections": sections}) if sections else None


def _card(document: Document, text: OutputFile | None, language: str) -> dict[str, Any]:
    """Give what a hit shows before its text is there; keys without a value are left out."""
    card = {
        "url": document.url,
        "title": document.title,
        "summary": document.summary,
        "kind": document.kind,
        "category": document.category,
        "topic": "" if document.category_url == _above(document.url) else document.category_url,
        "questions": [question_hash(analyze_query(question, language)) for question in document.questions],
        "text": content_hash(text) if text else "",
    }
    return {key: value for key, value in card.items() if value or key in ("url", "title")}


def _above(url: str) -> str:
    """Return the URL of the folder that a page is in."""
    return url.rstrip("/").rpartition("/")[0] + "/"
