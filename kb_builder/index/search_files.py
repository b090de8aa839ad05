"""What each published search file says, as checked values; twin of search/client/dictionary.js."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kb_builder.index.confidence import NO_CLAIM, Coefficients
from kb_builder.index.facets import FACETS, Facet, unpack_facets
from kb_builder.index.model import Section
from kb_builder.index.packing import unpack, unpack_sorted
from kb_builder.index.semantic_list import SAME, SemanticList
from kb_builder.issues import KbError

BUILD_AGAIN = "Build the site again: kb build"

Postings = tuple[tuple[int, int], ...]  # article and impact, ascending by article
TermKey = tuple[str, int]  # ("shared", number), or the name of the block and the term's position in it


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says: of all articles, and how the other files are named and cut.

    Attributes:
        meaning_share: What meaning counts against words, in percent.
        boosts: Extra for an article, by its number.
        words_first: The first word of each block of the dictionary but the hot one, ascending.
        spelling_first: The same for the files of the vocabulary.
        hot_words: Words of the block that comes with every search, ascending.
    """

    language: str
    article_count: int
    meaning_share: int
    boosts: dict[int, int]
    confidence: Coefficients
    words_hash: str
    words_first: list[str]
    hot_words: list[str]
    spelling_hash: str
    spelling_first: list[str]
    cards_hash: str
    facets_hash: str


@dataclass(frozen=True, slots=True)
class CardEntry:
    """What a hit shows before its text is there."""

    url: str
    title: str
    summary: str
    kind: str
    category: str
    category_url: str
    text: str
    questions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SynonymEntry:
    """What counts for a word or phrase besides itself: its text, ``(article, impact)`` pairs, and the words to mark."""

    text: str
    idf: int
    postings: Postings
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeadEntry:
    """What a word, or a phrase that it begins, leads to.

    Attributes:
        rest: The forms of each word of the phrase behind the first; none when the word leads alone.
        article: The one that comes first when the phrase is the query; None when it is not pinned.
    """

    rest: tuple[tuple[str, ...], ...]
    synonyms: tuple[SynonymEntry, ...]
    article: int | None

    def follows(self, words: Sequence[str]) -> bool:
        """Say whether words begin with the rest of the phrase."""
        return len(words) >= len(self.rest) and all(
            word in forms for word, forms in zip(words, self.rest, strict=False)
        )


@dataclass(frozen=True)
class WordsBlock:
    """A piece of the dictionary. A word that is of no term has -1 for one; it has a meaning."""

    name: str
    words: list[str]
    terms: list[int]
    idf: list[int]
    packed_postings: list[str]
    shared: dict[int, int]
    packed_meanings: list[str]
    leads: Mapping[int, tuple[LeadEntry, ...]]

    def find(self, word: str) -> int | None:
        """Return the position of a word's term, or nothing."""
        at = self._position(word)
        return self.terms[at] if at is not None and self.terms[at] >= 0 else None

    def meaning(self, word: str) -> SemanticList | None:
        """Return the semantic postings of a word, or nothing."""
        at = self._position(word)
        return SemanticList.unpack(self.packed_meanings[at]) if at is not None and self.packed_meanings[at] else None

    def beginning_with(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield words that begin with a prefix and the positions of their terms."""
        at = bisect_left(self.words, prefix)
        while at < len(self.words) and self.words[at].startswith(prefix):
            if self.terms[at] >= 0:
                yield self.words[at], self.terms[at]
            at += 1

    def key(self, term: int) -> TermKey:
        """Return what tells a term from all others, in whatever block it is met."""
        return ("shared", self.shared[term]) if term in self.shared else (self.name, term)

    def forms(self, term: int) -> tuple[str, ...]:
        """Return the words of a term in this block."""
        return self._forms[term]

    def postings(self, term: int) -> Postings:
        """Return ``(article, impact)`` pairs, ascending."""
        return _unpack(self.packed_postings[term])

    @cached_property
    def _forms(self) -> list[tuple[str, ...]]:
        forms: list[list[str]] = [[] for _ in self.idf]
        for word, term in zip(self.words, self.terms, strict=True):
            if term >= 0:
                forms[term].append(word)
        return [tuple(words) for words in forms]

    def _position(self, word: str) -> int | None:
        at = bisect_left(self.words, word)
        return at if at < len(self.words) and self.words[at] == word else None


class Damage:
    """Turns any sign that a file is not what it should be into a message that names it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (ValueError, KeyError, TypeError, IndexError, RecursionError)):
            raise KbError(f"search/{self._name} is damaged: {error}", hint=BUILD_AGAIN) from error


def read_manifest(data: dict[str, Any]) -> Manifest:
    """Return what a manifest says."""
    manifest = Manifest(
        language=_text(data["language"]),
        article_count=_number(data["articles"]),
        meaning_share=_number(data["meaning"]),
        boosts={_number(article): _number(boost) for article, boost in _list(data["boosts"])},
        confidence=_coefficients(data.get("confidence", NO_CLAIM)),
        words_hash=_text(data["words"]["hash"]),
        words_first=unpack_sorted(_text(data["words"]["first"])),
        hot_words=_text(data["hot_words"]).split(),
        spelling_hash=_text(data["spelling"]["hash"]),
        spelling_first=_text(data["spelling"]["first"]).split(),
        cards_hash=_text(data["cards"]["hash"]),
        facets_hash=_text(data.get("facets", "")),
    )
    _claim(all(words == sorted(words) for words in (manifest.words_first, manifest.hot_words, manifest.spelling_first)))
    _claim(manifest.meaning_share < 100)
    return manifest


def read_words(name: str, data: dict[str, Any], article_count: int) -> WordsBlock:
    """Return a piece of the dictionary; ``name`` is that of its file."""
    words, terms, idf = _texts(data["words"]), _numbers(data["terms"], least=-1), _numbers(data["idf"], least=1)
    postings = _texts(data["postings"])
    shared, meanings = _numbers(data["shared"]), _written_out(_texts(data["meanings"]))
    _claim(len(words) == len(meanings) and all(article < article_count for article in _articles(meanings)))
    _claim(len(words) == len(terms) and len(idf) == len(postings) and all(term < len(idf) for term in terms))
    _claim(len(shared) % 2 == 0)
    _claim(all(article < article_count for packed in postings for article, _ in _unpack(packed)))
    numbered = dict(zip(shared[::2], shared[1::2], strict=True))
    return WordsBlock(name, words, terms, idf, postings, numbered, meanings, _leads(data, len(idf), article_count))


def read_vocabulary(data: dict[str, Any]) -> list[list[str]]:
    """Return the groups of words that a file of the vocabulary holds."""
    return [words.split() for words in _texts(data["words"])]


def read_sections(data: dict[str, Any]) -> tuple[Section, ...]:
    """Return the sections of a file of text."""
    return tuple(Section(*_texts(section)) for section in _list(data["sections"]))


def read_card(data: dict[str, Any]) -> CardEntry:
    """Return what a card says."""
    return CardEntry(
        url=_text(data["url"]),
        title=_text(data["title"]),
        summary=_text(data.get("summary", "")),
        kind=_text(data.get("kind", "")),
        category=_text(data.get("category", "")),
        category_url=_text(data.get("topic", data["url"].rstrip("/").rpartition("/")[0] + "/")),
        questions=tuple(_numbers(data.get("questions", []))),
        text=_text(data.get("text", "")),
    )


def read_facets(data: dict[str, Any], article_count: int) -> tuple[Facet, ...]:
    """Return what results can be narrowed down by."""
    packed = _list(data["facets"])
    for facet in packed:
        values, titles = _texts(facet["values"]), _texts(facet["titles"])
        runs = [_numbers(run) for run in _list(facet["runs"])]
        _claim(facet["name"] in FACETS and len(titles) in (0, len(values)))
        _claim(sum(count for count, *_ in runs) == article_count)
        _claim(all(place < len(values) for _, *places in runs for place in places))
    return unpack_facets(packed)


def _unpack(packed: str) -> Postings:
    return unpack(packed)[1] if packed else ()


def _leads(data: dict[str, Any], term_count: int, article_count: int) -> dict[int, tuple[LeadEntry, ...]]:
    """Return what each term leads to, alone and as the first word of phrases."""
    synonyms = []
    for text, idf, packed, forms in _list(data.get("synonyms", [])):
        postings = _unpack(_text(packed))
        _claim(all(article < article_count for article, _ in postings))
        synonyms.append(SynonymEntry(_text(text), _number(idf, least=1), postings, tuple(_texts(forms))))
    leads: dict[int, tuple[LeadEntry, ...]] = {}
    for term, rest, places, *pinned in _list(data.get("leads", [])):
        _claim(_number(term) < term_count and all(article < article_count for article in _numbers(pinned)))
        words = tuple(tuple(_texts(forms)) for forms in _list(rest))
        of_phrase = tuple(synonyms[place] for place in _numbers(places))
        leads[term] = (*leads.get(term, ()), LeadEntry(words, of_phrase, pinned[0] if pinned else None))
    return leads


def _written_out(meanings: list[str]) -> list[str]:
    """Put packed lists in the places that refer to the word before."""
    written: list[str] = []
    for text in meanings:
        written.append(written[-1] if text == SAME and written else text)
    return written


def _articles(meanings: list[str]) -> Iterator[int]:
    for text in set(filter(None, meanings)):
        yield from (article for article, _ in SemanticList.unpack(text).postings)


def _coefficients(value: Any) -> Coefficients:
    return Coefficients(*(_number(number, least=-(10**6)) for number in _list([*value])))


def _claim(holds: bool) -> None:
    if not holds:
        raise ValueError("its parts do not fit together")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, found {type(value).__name__}")
    return value


def _number(value: Any, *, least: int = 0) -> int:
    if type(value) is not int or value < least:
        raise ValueError(f"expected a whole number from {least} on, found {value!r}")
    return value


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in _list(value)]


def _numbers(value: Any, *, least: int = 0) -> list[int]:
    return [_number(item, least=least) for item in _list(value)]
