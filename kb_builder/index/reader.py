"""Find the published search file that is needed, and read it once; twin of search/client/files.js."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb_builder.index.blocks import FORMAT
from kb_builder.index.facets import Facet
from kb_builder.index.model import Section
from kb_builder.index.search_files import (
    BUILD_AGAIN,
    CardEntry,
    Damage,
    LeadEntry,
    WordsBlock,
    read_card,
    read_facets,
    read_manifest,
    read_sections,
    read_vocabulary,
    read_words,
)
from kb_builder.index.semantic_list import SemanticList
from kb_builder.index.vocabulary import vocabulary_key
from kb_builder.issues import KbError

MAX_FILE_BYTES = 4_000_000


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
        data = self._load("manifest.json")
        if data.get("format") != FORMAT:
            raise KbError(
                f"search/manifest.json has format {data.get('format')!r}; this version reads format {FORMAT}",
                hint="Build the site again with this version.",
            )
        with Damage("manifest.json"):
            self._manifest = read_manifest(data)
        self.language = self._manifest.language
        self.article_count = self._manifest.article_count
        self.meaning_share = self._manifest.meaning_share
        self.boosts = self._manifest.boosts
        self.confidence = self._manifest.confidence

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
        first = self._manifest.words_first
        return len(first) if self._is_hot(word) else bisect_right(first, word) - 1

    def is_beginning(self, word: str, *, of: str) -> bool:
        """Say whether a term has a word that another begins with, by the hot words and two blocks at most.

        A beginning stands before its word: in the block that falls into, or seldom in more than the one before.
        """
        number = self.block_number(of)
        blocks = (self._block(at) for at in (number, number - 1) if at >= 0)
        return self._is_hot(word) or any(block.find(word) is not None for block in blocks)

    def blocks_beginning_with(self, prefix: str) -> Iterator[WordsBlock]:
        """Yield the block a prefix falls into, the next two if they begin with it, the hot one if it has such words."""
        first, hot = self._manifest.words_first, self._manifest.hot_words
        at = max(0, bisect_right(first, prefix) - 1)
        for number in range(at, min(at + 3, len(first))):
            if number == at or first[number].startswith(prefix):
                yield self._block(number)
        at = bisect_left(hot, prefix)
        if at < len(hot) and hot[at].startswith(prefix):
            yield self._block(len(first))

    def vocabulary(self, letter: str, length: int) -> list[list[str]]:
        """Return the groups of the vocabulary file with the words that begin with a letter and are about as long."""
        number = bisect_right(self._manifest.spelling_first, vocabulary_key(letter, length)) - 1
        if number < 0:
            return []
        name = f"spelling-{self._manifest.spelling_hash}/{number}.json"
        self._used.add(name)
        if name not in self._vocabulary:
            data = self._load(name)
            with Damage(name):
                self._vocabulary[name] = read_vocabulary(data)
        return self._vocabulary[name]

    def card(self, article: int) -> CardEntry:
        """Return the card of an article by its number."""
        name = f"card-{self._manifest.cards_hash}/{article}.json"
        self._used.add(name)
        if article not in self._cards:
            data = self._load(name)
            with Damage(name):
                self._cards[article] = read_card(data)
        return self._cards[article]

    def sections(self, text: str) -> tuple[Section, ...]:
        """Return the sections of a text file by its hash; none for an empty one."""
        if not text:
            return ()
        name = f"text-{text}.json"
        self._used.add(name)
        if text not in self._texts:
            data = self._load(name)
            with Damage(name):
                self._texts[text] = read_sections(data)
        return self._texts[text]

    def facets(self) -> tuple[Facet, ...]:
        """Return what results can be narrowed down by."""
        if not self._manifest.facets_hash:
            return ()
        if self._facets is None:
            name = f"facets-{self._manifest.facets_hash}.json"
            data = self._load(name)
            with Damage(name):
                self._facets = read_facets(data, self.article_count)
        return self._facets

    def _is_hot(self, word: str) -> bool:
        hot = self._manifest.hot_words
        at = bisect_left(hot, word)
        return at < len(hot) and hot[at] == word

    def _block(self, number: int) -> WordsBlock:
        name = f"words-{self._manifest.words_hash}/{number}.json"
        self._used.add(name)
        if name not in self._words:
            data = self._load(name)
            with Damage(name):
                self._words[name] = read_words(name, data, self.article_count)
        return self._words[name]

    def _load(self, name: str) -> dict[str, Any]:
        data = self._read(name)
        if len(data) > MAX_FILE_BYTES:
            raise KbError(f"search/{name} has {len(data)} bytes, more than {MAX_FILE_BYTES}", hint=BUILD_AGAIN)
        with Damage(name):
            value = json.loads(data)
            if not isinstance(value, dict):
                raise TypeError(f"expected an object, found {type(value).__name__}")
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
            raise KbError(f"cannot read {path}: {error.strerror or error}", hint=BUILD_AGAIN) from error

    return SearchIndex(read)
