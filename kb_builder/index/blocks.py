"""Cut dictionary, cards and texts into the small files a browser fetches; search/FORMAT.md describes them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb_builder.files import OutputFile
from kb_builder.index.analyzer import analyze_query
from kb_builder.index.impacts import ImpactTerm
from kb_builder.index.model import Document

FORMAT = 1
FOLDER = "search"
HITS = 10
MAX_TEXT = 1_000_000  # code points of an article that can be quoted; the rest is searched all the same


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """How the files are cut. Sizes are of plain JSON; gzip makes about two fifths of it.

    Attributes:
        words_bytes: Where a words block ends.
        cards: Articles a card block.
        hot_bytes: What the hot block may hold; its longest postings lose their weakest until it does.
        postings: What any other term may have; the weakest are left out.
    """

    words_bytes: int
    cards: int
    hot_bytes: int
    postings: int

    @classmethod
    def for_articles(cls, count: int) -> BlockSizes:
        """Choose sizes for a number of articles.

        A block costs ten bytes in the manifest whether it is wanted or not, and all of itself when one word of it is:
        the sum is least where a block grows with the square root of the whole. With 1,000 articles of 400 words a
        sentence then fetches, gzipped: manifest 7 kB, hot block 6, eight words 8, cards 5, five texts 7.
        """
        root = math.sqrt(count)
        return cls(
            words_bytes=round(min(max(80 * root, 2000), 8000)),
            cards=max(3, round(root / 10)),
            hot_bytes=18_000,
            postings=max(200, count // 10),
        )


@dataclass(frozen=True, slots=True)
class DictionaryTerm:
    """A term with its impacts and every surface form that leads to it; a hot one is in the block of common words."""

    impacts: ImpactTerm
    words: frozenset[str]
    is_hot: bool = False


def search_files(
    documents: Sequence[Document],
    terms: Sequence[DictionaryTerm],
    *,
    language: str,
    sizes: BlockSizes | None = None,
) -> tuple[OutputFile, ...]:
    """Write the dictionary and the documents as files below ``search/``, the manifest last.

    Args:
        documents: In the order of their URLs; postings refer to their places.
        terms: In any order; no word may belong to two.
        sizes: How the files are cut; by default as fits the number of documents.

    Returns:
        The same bytes for the same input, whatever its order.
    """
    sizes = sizes or BlockSizes.for_articles(len(documents))
    hot = _fit([term for term in terms if term.is_hot], sizes.hot_bytes)
    cold = [_strongest(term, sizes.postings) for term in terms if not term.is_hot]
    blocks = _cut(cold, sizes.words_bytes)
    all_blocks = [*blocks, *([_word_terms(hot)] if hot else [])]
    shared = _shared_numbers(all_blocks)
    words_files = [_file("words", _words_block(block, shared)) for block in all_blocks]
    texts = [_text_file(document) for document in documents]
    cards = [_card(document, text, language) for document, text in zip(documents, texts, strict=True)]
    card_files = [
        _file("cards", {"cards": cards[start : start + sizes.cards]}) for start in range(0, len(cards), sizes.cards)
    ]
    manifest = {
        "format": FORMAT,
        "language": language,
        "articles": len(documents),
        "limit": HITS,
        "words": {
            "first": [block[0][0] for block in blocks],
            "names": [_hash(file) for file in words_files[: len(blocks)]],
        },
        "hot": _hash(words_files[-1]) if hot else "",
        "hot_words": [word for word, _ in all_blocks[-1]] if hot else [],
        "cards": {"size": sizes.cards, "names": [_hash(file) for file in card_files]},
    }
    files = {file.path: file for file in (*words_files, *card_files, *texts) if file}
    return (*(files[path] for path in sorted(files)), OutputFile(f"{FOLDER}/manifest.json", _json(manifest)))


def question_hash(words: Sequence[str]) -> int:
    """Hash analysed words for the comparison with a query: 32-bit FNV-1a over UTF-8, joined by spaces.

    Source: Fowler, Noll, Vo and Eastlake, "The FNV Non-Cryptographic Hash Algorithm", RFC 9923.
    """
    value = 0x811C9DC5
    for byte in " ".join(words).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


_WordTerms = list[tuple[str, DictionaryTerm]]


def _fit(terms: Sequence[DictionaryTerm], most_bytes: int) -> list[DictionaryTerm]:
    """Leave out weak postings of the terms that have most of them until all fit."""
    count = max((len(term.impacts.postings) for term in terms), default=0)
    while True:
        kept = [_strongest(term, count) for term in terms]
        excess = sum(_plain_bytes(term) for term in kept) - most_bytes
        if excess <= 0 or count == 0:
            return kept
        count = count * 4 // 5


def _strongest(term: DictionaryTerm, count: int) -> DictionaryTerm:
    """Keep at most ``count`` postings; those of equal impact stay or go together."""
    postings = term.impacts.postings
    if len(postings) <= count:
        return term
    first_left_out = sorted((impact for _, impact in postings), reverse=True)[count]
    kept = tuple(posting for posting in postings if posting[1] > first_left_out)
    return replace(term, impacts=replace(term.impacts, postings=kept))


def _plain_bytes(term: DictionaryTerm) -> int:
    """Return about how long a term's idf and postings are as JSON."""
    return 8 + sum(len(str(number)) + 1 for number in _gaps(term.impacts.postings))


def _word_terms(terms: Sequence[DictionaryTerm]) -> _WordTerms:
    return sorted(((word, term) for term in terms for word in term.words), key=lambda pair: pair[0])


def _cut(terms: Sequence[DictionaryTerm], words_bytes: int) -> list[_WordTerms]:
    """Cut the dictionary where a block has grown to ``words_bytes``; a term's postings count once a block."""
    blocks: list[_WordTerms] = []
    size, inside = words_bytes, set[str]()
    for word, term in _word_terms(terms):
        if size >= words_bytes:
            blocks.append([])
            size, inside = 0, set()
        blocks[-1].append((word, term))
        size += len(word.encode()) + 6
        if term.impacts.term not in inside:
            inside.add(term.impacts.term)
            size += _plain_bytes(term)
    return blocks


def _shared_numbers(blocks: Sequence[_WordTerms]) -> dict[str, int]:
    """Number the terms that are in more than one block."""
    seen: set[str] = set()
    repeated: set[str] = set()
    for block in blocks:
        terms = {term.impacts.term for _, term in block}
        repeated |= terms & seen
        seen |= terms
    return {term: number for number, term in enumerate(sorted(repeated))}


def _words_block(block: _WordTerms, shared: Mapping[str, int]) -> dict[str, Any]:
    terms = list({term.impacts.term: term.impacts for _, term in block}.values())
    positions = {term.term: position for position, term in enumerate(terms)}
    return {
        "words": [word for word, _ in block],
        "terms": [positions[term.impacts.term] for _, term in block],
        "idf": [term.idf for term in terms],
        "postings": [list(_gaps(term.postings)) for term in terms],
        "shared": [number for term, at in positions.items() if term in shared for number in (at, shared[term])],
    }


def _gaps(postings: Sequence[tuple[int, int]]) -> Iterator[int]:
    previous = 0
    for document, impact in postings:
        yield document - previous
        yield impact
        previous = document


def _text_file(document: Document) -> OutputFile | None:
    sections = []
    left = MAX_TEXT
    for section in document.sections:
        sections.append([section.anchor, section.heading, section.text[:left]])
        left -= len(section.text)
        if left <= 0:
            break
    return _file("text", {"sections": sections}) if sections else None


def _card(document: Document, text: OutputFile | None, language: str) -> dict[str, Any]:
    return {
        "url": document.url,
        "title": document.title,
        "summary": document.summary,
        "kind": document.kind,
        "category": document.category,
        "questions": [question_hash(analyze_query(question, language)) for question in document.questions],
        "text": _hash(text) if text else "",
    }


def _file(kind: str, value: Any) -> OutputFile:
    data = _json(value)
    return OutputFile(f"{FOLDER}/{kind}-{hashlib.sha256(data).hexdigest()[:10]}.json", data)


def _hash(file: OutputFile) -> str:
    return file.path.rpartition("-")[2].removesuffix(".json")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # a lone surrogate has no UTF-8; it becomes a question mark
