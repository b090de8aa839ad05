"""Query words in, what they lead to out: terms, synonyms, phrases and pins, also of words begun or misspelled.

The twin is search/client/matching.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb_builder.index.analyzer import is_spaceless
from kb_builder.index.reader import Entry, SearchIndex
from kb_builder.index.search_files import LeadEntry, SynonymEntry, TermKey, WordsBlock
from kb_builder.index.semantic_list import SemanticList
from kb_builder.index.spelling import can_be_misspelled, correct
from kb_builder.index.synonyms import lessened

COMPLETIONS = 10
DOUBTFUL_WORDS = 4
_PREFIX_LETTERS = 2
_COMPLETION_TENTHS = 6
_TENTHS_BY_EDITS = (10, 8, 5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands in a query.

    Attributes:
        slot: Of all matches of a slot an article gets the best; slots add up. Each word has one, each phrase too.
        word: As the customer typed it, folded; of a phrase, or where a space is one too many, all the words.
        edits: How many typing errors were corrected.
        beyond: Slots of other words. Where a match is worth more than they are together, the rest counts.
    """

    slot: int
    word: str
    edits: int = 0
    beyond: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A term the query leads to.

    Attributes:
        matched: The word of the dictionary; or a synonym as its editor wrote it.
        is_synonym: It counts for eight tenths.
        is_completion: It counts for six tenths.
    """

    place: Place
    matched: str
    idf: int
    forms: tuple[str, ...]
    postings: Mapping[int, int]
    is_synonym: bool = False
    is_completion: bool = False

    @property
    def weight(self) -> int:
        """What a passage with this term is worth."""
        return self._lessened(self.idf)

    def score(self, impact: int) -> int:
        """What an article with this impact gets."""
        return self._lessened(self.idf * impact)

    def _lessened(self, value: int) -> int:
        tenths = _COMPLETION_TENTHS if self.is_completion else _TENTHS_BY_EDITS[self.place.edits]
        return (lessened(value) if self.is_synonym else value) * tenths // 10


@dataclass(slots=True)
class Matches:
    """What the words of a query lead to.

    Attributes:
        found: Every match.
        meanings: Semantic postings of the words as they are, and of those they are taken for.
        unknown: Words that are not in the dictionary, neither as they are nor as a beginning.
        absent: How many words no article has, neither as they are nor joined, completed or corrected.
        corrections: Unknown words as typed, and what they are taken for.
        meant: The words of the query, repeats kept, with what they are taken for.
        pinned: The article that an editor pinned to the query.
    """

    meant: list[str]
    found: list[Match] = field(default_factory=list)
    meanings: dict[str, SemanticList] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    absent: int = 0
    corrections: dict[str, str] = field(default_factory=dict)
    pinned: int | None = None


def match_words(index: SearchIndex, analyzed: Sequence[str], words: Sequence[str], *, finished: bool) -> Matches:
    """Look up every word and phrase, and what an unknown or unfinished word may stand for.

    Args:
        analyzed: The words of the query in order, repeats kept.
        words: The different ones.
        finished: Whether the last word is complete.
    """
    reading = _Reading(index, analyzed, words)
    reading.take_words()
    reading.take_joined()
    last = words[-1] if words and analyzed.index(words[-1]) == len(analyzed) - 1 else ""
    for word in reading.doubtful():
        if word != last:
            reading.correct(word)
    if last and (not finished or last in reading.matches.unknown):
        reading.complete(last)
    if last in reading.doubtful():
        reading.correct(last)
    reading.count_absent()
    reading.take_phrases()
    return reading.matches


class _Reading:
    """Gathers matches. A term counts once, for the first word that leads to it, and so does a synonym."""

    def __init__(self, index: SearchIndex, analyzed: Sequence[str], words: Sequence[str]) -> None:
        self.matches = Matches(list(analyzed))
        self._index = index
        self._analyzed = analyzed
        self._slots = {word: slot for slot, word in enumerate(words)}
        self._next_slot = len(words)
        self._counted: set[TermKey | str] = set()
        self._joined: set[str] = set()

    def take_words(self) -> None:
        """Look the words up as they are."""
        for word, slot in self._slots.items():
            if entry := self._index.find(word):
                self._take(Place(slot, word), word, entry)
                self._mean(word, entry)
            else:
                self.matches.unknown.append(word)

    def take_joined(self) -> None:
        """Try neighbours without the space between them: those of a doubtful word; others where it costs no file."""
        blocks = {self._index.block_number(word) for word in self._slots}
        doubtful = self.matches.unknown[:DOUBTFUL_WORDS]
        for left, right in pairwise(self._analyzed):
            joined = left + right
            if joined in self._slots or left not in self._slots or right not in self._slots or is_spaceless(joined):
                continue
            is_doubtful = left in doubtful or right in doubtful
            if not is_doubtful and self._index.block_number(joined) not in blocks:
                continue
            entry = self._index.find(joined)
            if entry and entry.term is not None:
                beyond = (self._slots[left], self._slots[right])
                place = Place(self._new_slot(), f"{left} {right}", edits=1, beyond=beyond)
                self._take(place, joined, entry)
                self._joined |= {left, right}
                if is_doubtful:
                    self._mean(joined, entry)
                    self.matches.corrections[place.word] = joined

    def doubtful(self) -> list[str]:
        """Return those of the first unknown words that may be misspelled and are neither joined nor completed yet.

        The whole of a hyphenated word stands behind its parts, and is none.
        """
        return [
            word
            for word in self.matches.unknown[:DOUBTFUL_WORDS]
            if can_be_misspelled(word) and word not in self._joined and not self._is_whole(word)
        ]

    def correct(self, word: str) -> None:
        """Take a doubtful word for the nearest ones of the site."""
        correction = correct(self._index, word)
        if not correction:
            return
        self.matches.corrections[word] = correction.used
        for alternatives in correction.alternatives:
            place = Place(self._new_slot(), word, correction.edits)
            for candidate in alternatives:
                if entry := self._index.find(candidate):
                    self._take(place, candidate, entry)
                    if candidate == alternatives[0]:
                        self._mean(candidate, entry)

    def complete(self, prefix: str) -> None:
        """Take the last word for the commonest terms it begins, each by the first such word of theirs."""
        if len(prefix) < _PREFIX_LETTERS and not is_spaceless(prefix):
            return
        found: dict[TermKey, tuple[str, WordsBlock, int]] = {}
        for block in self._index.blocks_beginning_with(prefix):
            for word, term in block.beginning_with(prefix):
                key = block.key(term)
                if word != prefix and key not in self._counted and (key not in found or word < found[key][0]):
                    found[key] = (word, block, term)
        commonest = sorted(found.values(), key=lambda item: (item[1].idf[item[2]], item[0]))[:COMPLETIONS]
        place = Place(self._slots[prefix], prefix)
        for word, block, term in commonest:
            self._add(place, word, block, term, is_completion=True)
            for synonym in _own_synonyms(block.leads.get(term, ())):
                self._add_synonym(place, synonym, is_completion=True)
        if commonest and prefix in self.matches.unknown:
            self.matches.unknown.remove(prefix)

    def count_absent(self) -> None:
        """Count the words that lead to no article; the whole of a hyphenated word is none."""
        matched = {match.place.slot for match in self.matches.found}
        self.matches.absent = sum(
            not ((entry := self._index.find(word)) and entry.term is not None)
            and slot not in matched
            and word not in self._joined
            and word not in self.matches.corrections
            and not self._is_whole(word)
            for word, slot in self._slots.items()
        )

    def take_phrases(self) -> None:
        """Look for phrases in what the query means, and for an article pinned to it."""
        corrections = self.matches.corrections
        meant = [part for word in self._analyzed for part in corrections.get(word, word).split()]
        self.matches.meant = meant
        for at, word in enumerate(meant):
            for lead in self._leads_of(word):
                if lead.follows(meant[at + 1 :]):
                    typed = meant[at : at + 1 + len(lead.rest)]
                    self._take_synonyms(Place(self._new_slot(), " ".join(typed)), lead.synonyms)
                    if len(typed) == len(meant) and lead.article is not None and self.matches.pinned is None:
                        self.matches.pinned = lead.article

    def _leads_of(self, word: str) -> Sequence[LeadEntry]:
        used = {part for correction in self.matches.corrections.values() for part in correction.split()}
        entry = self._index.find(word) if word in self._slots or word in used else None
        return entry.leads if entry else ()

    def _take(self, place: Place, word: str, entry: Entry) -> None:
        """Add the term of an entry and its synonyms, if it has a term that does not count already."""
        block, term = entry.block, entry.term
        if term is not None and block.key(term) not in self._counted:
            self._counted.add(block.key(term))
            self._add(place, word, block, term)
            self._take_synonyms(place, _own_synonyms(entry.leads))

    def _take_synonyms(self, place: Place, synonyms: Iterable[SynonymEntry]) -> None:
        for synonym in synonyms:
            if synonym.text not in self._counted:
                self._counted.add(synonym.text)
                self._add_synonym(place, synonym)

    def _add(self, place: Place, word: str, block: WordsBlock, term: int, *, is_completion: bool = False) -> None:
        postings = dict(block.postings(term))
        match = Match(place, word, block.idf[term], block.forms(term), postings, is_completion=is_completion)
        self.matches.found.append(match)

    def _add_synonym(self, place: Place, synonym: SynonymEntry, *, is_completion: bool = False) -> None:
        postings = dict(synonym.postings)
        match = Match(place, synonym.text, synonym.idf, synonym.forms, postings, True, is_completion)
        self.matches.found.append(match)

    def _mean(self, word: str, entry: Entry) -> None:
        if entry.meaning:
            self.matches.meanings[word] = entry.meaning

    def _is_whole(self, word: str) -> bool:
        return "".join(self._analyzed[: self._analyzed.index(word)]).endswith(word)

    def _new_slot(self) -> int:
        self._next_slot += 1
        return self._next_slot - 1


def _own_synonyms(leads: Iterable[LeadEntry]) -> Iterator[SynonymEntry]:
    """Yield the synonyms of a word itself, not of phrases that it begins."""
    return (synonym for lead in leads if not lead.rest for synonym in lead.synonyms)
