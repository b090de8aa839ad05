"""Read the published search files as checked values; twin of search/client/files.js and dictionary.js."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb_builder.index.blocks import FORMAT
from kb_builder.index.confidence import NO_CLAIM, Coefficients
from kb_builder.index.facets import FACETS, Facet, unpack_facets
from kb_builder.index.model import Section
from kb_builder.index.packing import unpack, unpack_sorted
from kb_builder.index.semantic_list import SAME, SemanticList
from kb_builder.index.vocabulary import vocabulary_key
from kb_builder.issues import KbError

MAX_FILE_BYTES = 4_000_000

Postings = tuple[tuple[int, int], ...]  # article and impact, ascending by article
TermKey = tuple[str, int]  # ("shared", number), or the name of the block and the term's position in it


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of the dictionary: the block it is in, the position of its term there, its meaning; it has one or both."""

    block: WordsBlock
    term: int | None
    meaning: SemanticList | None

    @property
    def leads(self) -> Sequence[LeadEntry]:
        """What the word and the phrases that it begins lead to."""
        return () if self.term is None else self.block.leads.get(self.term, ())


class SearchIndex:
    """The published files, each read once, when it is first needed.

    Args:
        read: Returns the bytes of a file by its name (``manifest.json``).

    Raises:
        KbError: The manifest is missing, damaged or of another format.
    """

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._words: dict[str, WordsBlock] = {}
        self._cards: dict[int, CardEntry] = {}
        self._vocabulary: dict[str, list[list[str]]] = {}
        self._texts: dict[str, tuple[Section, ...]] = {}
        self._facets: tuple[Facet, ...] | None = None
        self._used: set[str] = set()
        manifest = self._load("manifest.json")
        if manifest.get("format") != FORMAT:
            raise KbError(
                f"search/manifest.json has format {manifest.get('format')!r}; this version reads format {FORMAT}",
                hint="Build the site again with this version.",
            )
        with _Damage("manifest.json"):
            self.language = _text(manifest["language"])
            self.article_count = _number(manifest["articles"])
            self.meaning_share = _number(manifest["meaning"])
            self.boosts = {_number(article): _number(boost) for article, boost in _list(manifest["boosts"])}
            self._facets_hash = _text(manifest.get("facets", ""))
            self.confidence = _coefficients(manifest.get("confidence", NO_CLAIM))
            self._words_hash = _text(manifest["words"]["hash"])
            self._first = unpack_sorted(_text(manifest["words"]["first"]))
            self._hot_words = _text(manifest["hot_words"]).split()
            self._spelling_hash = _text(manifest["spelling"]["hash"])
            self._spelling_first = _text(manifest["spelling"]["first"]).split()
            self._cards_hash = _text(manifest["cards"]["hash"])
            _claim(self._first == sorted(self._first) and self._hot_words == sorted(self._hot_words))
            _claim(self._spelling_first == sorted(self._spelling_first))
            _claim(self.meaning_share < 100)

    @property
    def used(self) -> frozenset[str]:
        """Names of the files that were needed since `forget_used`, whether or not they had to be read."""
        return frozenset(self._used)

    def forget_used(self) -> None:
        """Begin to note anew which files are needed."""
        self._used.clear()

    def find(self, word: str) -> Entry | None:
        """Look a word up in the dictionary."""
        number = self.block_number(word)
        if number < 0:
            return None
        block = self._block(number)
        entry = Entry(block, block.find(word), block.meaning(word))
        return entry if entry.term is not None or entry.meaning else None

    def block_number(self, word: str) -> int:
        """Return the number of the block in which a word is, if it is anywhere; -1 when it is in none."""
        return len(self._first) if self._is_hot(word) else bisect_right(self._first, word) - 1

    def is_beginning(self, word: str, *, of: str) -> bool:
        """Say whether a term has a word that another begins with, by the hot words and two blocks at most.

        A beginning stands before its word: in the block that falls into, or seldom in more than the one before.
        """
        number = self.block_number(of)
        blocks = (self._block(at) for at in (number, number - 1) if at >= 0)
        return self._is_hot(word) or any(block.find(word) is not None for block in blocks)

    def blocks_beginning_with(self, prefix: str) -> Iterator[WordsBlock]:
        """Yield the block a prefix falls into, the next two if they begin with it, the hot one if it has such words."""
        at = max(0, bisect_right(self._first, prefix) - 1)
        for number in range(at, min(at + 3, len(self._first))):
            if number == at or self._first[number].startswith(prefix):
                yield self._block(number)
        at = bisect_left(self._hot_words, prefix)
        if at < len(self._hot_words) and self._hot_words[at].startswith(prefix):
            yield self._block(len(self._first))

    def vocabulary(self, letter: str, length: int) -> list[list[str]]:
        """Return the groups of the vocabulary file with the words that begin with a letter and are about as long."""
        number = bisect_right(self._spelling_first, vocabulary_key(letter, length)) - 1
        if number < 0:
            return []
        name = f"spelling-{self._spelling_hash}-{number}.json"
        self._used.add(name)
        if name not in self._vocabulary:
            data = self._load(name)
            with _Damage(name):
                self._vocabulary[name] = [words.split() for words in _texts(data["words"])]
        return self._vocabulary[name]

    def card(self, article: int) -> CardEntry:
        """Return the card of an article by its number."""
        name = f"card-{self._cards_hash}-{article}.json"
        self._used.add(name)
        if article not in self._cards:
            data = self._load(name)
            with _Damage(name):
                self._cards[article] = _card(data)
        return self._cards[article]

    def sections(self, text: str) -> tuple[Section, ...]:
        """Return the sections of a text file by its hash; none for an empty one."""
        if not text:
            return ()
        name = f"text-{text}.json"
        self._used.add(name)
        if text not in self._texts:
            data = self._load(name)
            with _Damage(name):
                self._texts[text] = tuple(Section(*_texts(section)) for section in _list(data["sections"]))
        return self._texts[text]

    def facets(self) -> tuple[Facet, ...]:
        """Return what results can be narrowed down by."""
        if not self._facets_hash:
            return ()
        if self._facets is None:
            name = f"facets-{self._facets_hash}.json"
            data = self._load(name)
            with _Damage(name):
                self._facets = _facets(data, self.article_count)
        return self._facets

    def _is_hot(self, word: str) -> bool:
        at = bisect_left(self._hot_words, word)
        return at < len(self._hot_words) and self._hot_words[at] == word

    def _block(self, number: int) -> WordsBlock:
        name = f"words-{self._words_hash}-{number}.json"
        self._used.add(name)
        if name not in self._words:
            data = self._load(name)
            with _Damage(name):
                self._words[name] = _words_block(name, data, self.article_count)
        return self._words[name]

    def _load(self, name: str) -> dict[str, Any]:
        data = self._read(name)
        if len(data) > MAX_FILE_BYTES:
            raise KbError(f"search/{name} has {len(data)} bytes, more than {MAX_FILE_BYTES}", hint=_BUILD_AGAIN)
        with _Damage(name):
            value = json.loads(data)
            _claim(isinstance(value, dict))
            return value


def open_search(folder: Path) -> SearchIndex:
    """Open the search files in a folder, the one that holds ``manifest.json``.

    Raises:
        KbError: There is no manifest, it is damaged, or its format is unknown. Any later read may find damage too.
    """

    def read(name: str) -> bytes:
        path = folder / name
        try:
            with path.open("rb") as file:
                return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise KbError(f"cannot read {path}: {error.strerror or error}", hint=_BUILD_AGAIN) from error

    return SearchIndex(read)


_BUILD_AGAIN = "Build the site again: kb build"


class _Damage:
    """Turns any sign that a file is not what it should be into a message that names it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (ValueError, KeyError, TypeError, IndexError, RecursionError)):
            raise KbError(f"search/{self._name} is damaged: {error}", hint=_BUILD_AGAIN) from error


def _words_block(name: str, data: dict[str, Any], article_count: int) -> WordsBlock:
    words, terms, idf = _texts(data["words"]), _numbers(data["terms"], least=-1), _numbers(data["idf"], least=1)
    postings = _texts(data["postings"])
    shared, meanings = _numbers(data["shared"]), _written_out(_texts(data["meanings"]))
    _claim(len(words) == len(meanings) and all(article < article_count for article in _articles(meanings)))
    _claim(len(words) == len(terms) and len(idf) == len(postings) and all(term < len(idf) for term in terms))
    _claim(len(shared) % 2 == 0)
    _claim(all(article < article_count for packed in postings for article, _ in _unpack(packed)))
    numbered = dict(zip(shared[::2], shared[1::2], strict=True))
    return WordsBlock(name, words, terms, idf, postings, numbered, meanings, _leads(data, len(idf), article_count))


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


def _card(value: dict[str, Any]) -> CardEntry:
    return CardEntry(
        url=_text(value["url"]),
        title=_text(value["title"]),
        summary=_text(value.get("summary", "")),
        kind=_text(value.get("kind", "")),
        category=_text(value.get("category", "")),
        category_url=_text(value.get("topic", value["url"].rstrip("/").rpartition("/")[0] + "/")),
        questions=tuple(_numbers(value.get("questions", []))),
        text=_text(value.get("text", "")),
    )


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


def _facets(data: dict[str, Any], article_count: int) -> tuple[Facet, ...]:
    packed = _list(data["facets"])
    for facet in packed:
        values, titles = _texts(facet["values"]), _texts(facet["titles"])
        runs = [_numbers(run) for run in _list(facet["runs"])]
        _claim(facet["name"] in FACETS and len(titles) in (0, len(values)))
        _claim(sum(count for count, *_ in runs) == article_count)
        _claim(all(place < len(values) for _, *places in runs for place in places))
    return unpack_facets(packed)


def _coefficients(value: Any) -> Coefficients:
    return Coefficients(*(_number(number, least=-(10**6)) for number in _list([*value])))


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in _list(value)]


def _numbers(value: Any, *, least: int = 0) -> list[int]:
    return [_number(item, least=least) for item in _list(value)]
