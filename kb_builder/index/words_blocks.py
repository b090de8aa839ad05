"""Cut the dictionary into blocks of words; what an edit leaves as it was is taken from the blocks of before."""

from __future__ import annotations

import operator
import zlib
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kb_builder.index.dictionary import Dictionary, Forms
from kb_builder.index.json_files import as_json
from kb_builder.index.packing import pack
from kb_builder.index.semantic_list import SAME
from kb_builder.index.synonyms import NO_LEADS, Synonym, TermLeads


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """How the files are cut. Sizes are of plain JSON; gzip makes about two fifths of it.

    Attributes:
        words_bytes: Where a words block ends.
        hot_bytes: What the hot block may hold; its longest postings lose their weakest until it does.
        postings: What any other term may have; the weakest are left out.
    """

    words_bytes: int
    hot_bytes: int
    postings: int

    @classmethod
    def for_articles(cls, count: int) -> BlockSizes:
        """Choose sizes for a number of articles.

        A words block costs 2.5 bytes in the manifest (gzip) whether it is wanted or not, and all of itself when one
        word of it is. A first query pays for both, a later one for the latter only, so that blocks are smaller than the
        first would have them. Postings were chosen on the bank's 77 articles among 9,923 of other topics: all, 1,000,
        500 and 250 of a term give Success@1 .463, .463, .461, .463 and Success@3 .666, .665, .663, .660.
        """
        return cls(
            words_bytes=round(max(90 * count**0.25, 900)),
            hot_bytes=9_000,
            postings=max(200, round(2.5 * count**0.5)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class WordsBlocks:
    """The dictionary in blocks, with what tells which of them an edit changes.

    Attributes:
        forms: Its terms and their words.
        packed: The packed postings of each term.
        words: All words but the hot ones, ascending.
        terms: The place of the term of each of these, or -1: it has a meaning only.
        meanings: The packed semantic postings of each, or an empty text.
        ends: Where each block ends among these words.
        shared: The terms that are in more than one block, ascending.
        blocks: The JSON of each block, that of the hot words last, if there are any.
    """

    forms: Forms
    packed: list[str]
    words: list[str]
    terms: list[int]
    meanings: list[str]
    ends: list[int]
    shared: list[str]
    blocks: list[bytes]

    @property
    def has_hot(self) -> bool:
        """Say whether there is a block of hot words."""
        return len(self.blocks) > len(self.ends)

    @property
    def firsts(self) -> Iterator[str]:
        """Yield for each block the shortest beginning of its first word that is above the last word before it."""
        last = ""
        for start, end in zip([0, *self.ends], self.ends, strict=False):
            first = self.words[start]
            yield next(first[:length] for length in range(1, len(first) + 1) if first[:length] > last)
            last = self.words[end - 1]


def pack_terms(
    dictionary: Dictionary, sizes: BlockSizes, *, known: WordsBlocks | None = None, touched: Collection[str] = ()
) -> list[str]:
    """Return the packed postings of every term of a dictionary; see `cut_words`."""
    touched = {*touched, *dictionary.leads}
    names = dictionary.forms.terms
    old = dict(zip(known.forms.terms, known.packed, strict=True)) if known else {}
    packed = [None if term in touched else old.get(term) for term in names]
    hot = [at for at, term in enumerate(names) if term in dictionary.hot]
    terms = [names[at] for at in hot]
    if any(packed[at] is None for at in hot) or terms != [term for term in old if term in dictionary.hot]:
        made = dictionary.pack_hot(terms, sizes.hot_bytes, lambda term, text: term_size(dictionary, term, text))
        for at, text in zip(hot, made, strict=True):
            packed[at] = text
    missing = [at for at, text in enumerate(packed) if text is None]
    for at, text in zip(missing, dictionary.pack([names[at] for at in missing], sizes.postings), strict=True):
        packed[at] = text
    return [text or "" for text in packed]


def cut_words(
    dictionary: Dictionary,
    packed: list[str],
    meanings: Mapping[str, str],
    sizes: BlockSizes,
    *,
    known: WordsBlocks | None = None,
    touched: Collection[str] = (),
) -> WordsBlocks:
    """Cut a dictionary into blocks.

    Args:
        dictionary: The dictionary.
        packed: What `pack_terms` makes of it and the same other arguments.
        meanings: Packed semantic postings by word; a word that is of no term gets into the dictionary too.
        sizes: How it is cut.
        known: The blocks of a dictionary of as many articles: what is the same is taken from these, and the result is
            what it would be without.
        touched: Terms whose postings are not those of ``known``. Those that lead somewhere count as touched, too.
    """
    anew = {*touched, *dictionary.leads}
    forms = dictionary.forms
    hot = [at for at, term in enumerate(forms.terms) if term in dictionary.hot]
    hot_terms = {word: at for at in hot for word in forms.words[at].split(" ")}
    entries = _entries(forms, hot_terms, meanings, known)
    writer = _Writer(dictionary, packed)
    before = _Before(known, entries, forms, anew) if known else None
    ends, taken = _cut(entries, writer, sizes.words_bytes, before)
    is_same = known is not None and entries.are_known and ends == known.ends
    shared = known.shared if known and is_same else _shared(entries, forms, ends)
    numbers = _numbered(shared)
    moved = _moved_terms(numbers, _numbered(known.shared) if known else {})
    blocks = []
    for start, end, old in zip([0, *ends], ends, taken, strict=False):
        part = _Entries(entries.words[start:end], entries.terms[start:end], entries.meanings[start:end])
        if known and old >= 0 and not (moved and moved.intersection(forms.terms[at] for at in part.terms if at >= 0)):
            blocks.append(known.blocks[old])
        else:
            blocks.append(as_json(writer.block(part, numbers)))
    if hot:
        words = sorted(hot_terms)
        part = _Entries(words, [hot_terms[word] for word in words], [meanings.get(word, "") for word in words])
        blocks.append(as_json(writer.block(part, {})))
    return WordsBlocks(forms, packed, entries.words, entries.terms, entries.meanings, ends, shared, blocks)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Words, ascending, with the place of the term and the packed meaning of each.

    Attributes:
        are_known: The words, and the places of their terms, are those of before.
    """

    words: list[str]
    terms: list[int]
    meanings: list[str]
    are_known: bool = False


class _Writer:
    """Writes entries as a block, and says about how long they are as JSON."""

    def __init__(self, dictionary: Dictionary, packed: Sequence[str]) -> None:
        self._dictionary, self._packed = dictionary, packed

    def size(self, at: int) -> int:
        """Return about how long a term is, with its postings and leads."""
        return term_size(self._dictionary, self._dictionary.forms.terms[at], self._packed[at])

    def block(self, entries: _Entries, shared: Mapping[str, int]) -> dict[str, Any]:
        """Return a block as search/FORMAT.md describes it."""
        dictionary, names = self._dictionary, self._dictionary.forms.terms
        positions = {
            place: position for position, place in enumerate(dict.fromkeys(p for p in entries.terms if p >= 0))
        }
        terms = [names[place] for place in positions]
        return {
            "words": entries.words,
            "terms": [positions.get(place, -1) for place in entries.terms],
            "idf": [dictionary.idf(term) for term in terms],
            "postings": [self._packed[place] for place in positions],
            "shared": [number for at, term in enumerate(terms) if term in shared for number in (at, shared[term])],
            "meanings": [
                SAME if meaning and meaning == before else meaning
                for before, meaning in zip(["", *entries.meanings], entries.meanings, strict=False)
            ],
            **_leads_block([(at, dictionary.leads.get(term, NO_LEADS)) for at, term in enumerate(terms)]),
        }


class _Before:
    """Knows the blocks of before that are the same now, by the place of their first word."""

    def __init__(self, known: WordsBlocks, entries: _Entries, forms: Forms, touched: Collection[str]) -> None:
        if entries.are_known:
            here = np.arange(len(known.words))
            same_meaning = [*map(operator.eq, known.meanings, entries.meanings)]
        else:
            old_places = {word: place for place, word in enumerate(known.words)}
            here = np.fromiter((old_places.get(word, -1) for word in entries.words), np.int64, len(entries.words))
            same_meaning = [
                place >= 0 and known.meanings[place] == meaning
                for place, meaning in zip(here.tolist(), entries.meanings, strict=True)
            ]
        old_rows = {term: row for row, term in enumerate(known.forms.terms)}
        rows = [
            -2 if term in touched else old_rows.get(term, -2) for term in forms.terms
        ]  # of the same, if it is known
        same_term = np.array([*rows, -1])[np.array(entries.terms, np.int64)] == np.array([*known.terms, -3])[here]
        self._is_same = np.array(same_meaning, np.bool_) & same_term
        self._changed = np.flatnonzero(~self._is_same).tolist()
        self._old = here
        self._starts = dict(zip([0, *known.ends], enumerate(known.ends), strict=False))
        self._old_count = len(known.words)

    def block_at(self, start: int) -> tuple[int, int] | None:
        """Return the number and the length of the block of before that a block from ``start`` on would be."""
        if not self._is_same[start]:
            return None
        old_start = int(self._old[start])
        if old_start not in self._starts:
            return None
        number, old_end = self._starts[old_start]
        length = old_end - old_start
        is_last = old_end == self._old_count
        end = start + length + (not is_last)  # where it ends depends on the next word
        if end > len(self._is_same) or (is_last and start + length != len(self._is_same)):
            return None
        next_changed = bisect_left(self._changed, start)
        if next_changed < len(self._changed) and self._changed[next_changed] < end:
            return None
        return (number, length) if self._old[end - 1] - old_start == end - 1 - start else None


def _entries(
    forms: Forms, hot_terms: Mapping[str, int], meanings: Mapping[str, str], known: WordsBlocks | None
) -> _Entries:
    if known and forms == known.forms:
        found = [meanings.get(word, "") for word in known.words]
        others = len(meanings) - sum(word in meanings for word in hot_terms)
        has_one = all(map(operator.or_, map(bool, found), (term >= 0 for term in known.terms)))
        if has_one and sum(map(bool, found)) == others:
            return _Entries(known.words, known.terms, found, are_known=True)
    terms = {word: at for at, words in enumerate(forms.words) for word in words.split(" ")}
    for word in hot_terms:
        del terms[word]
    wanted = terms.keys() | (meanings.keys() - hot_terms.keys())
    in_order = [word for word in known.words if word in wanted] if known else []
    words = sorted([*in_order, *sorted(wanted.difference(in_order))])  # two runs, which are soon merged
    return _Entries(words, [terms.get(word, -1) for word in words], [meanings.get(word, "") for word in words])


def _cut(entries: _Entries, writer: _Writer, words_bytes: int, before: _Before | None) -> tuple[list[int], list[int]]:
    """Cut the dictionary where a block has grown to ``words_bytes``; a term's postings count once a block.

    Neighbours of one term stay together: readers mark all words of a term that its block has.

    Returns:
        Where each block ends, and which of the blocks of before it is, or -1.
    """
    ends, taken = list[int](), list[int]()
    at, count = 0, len(entries.words)
    while at < count:
        if before and (same := before.block_at(at)):
            number, length = same
            at += length
            taken.append(number)
        else:
            at = _end_of_block(entries, at, writer, words_bytes)
            taken.append(-1)
        ends.append(at)
    return ends, taken


def _end_of_block(entries: _Entries, at: int, writer: _Writer, words_bytes: int) -> int:
    size, inside, meaning = 0, set[int](), ""
    count = len(entries.words)
    while at < count:
        term = entries.terms[at]
        if size >= words_bytes and term not in inside:
            break
        size += len(entries.words[at].encode()) + 6
        if entries.meanings[at] != meaning:
            meaning = entries.meanings[at]
            size += 2 * len(meaning)  # gzip makes half as little of these
        if term >= 0 and term not in inside:
            inside.add(term)
            size += writer.size(term)
        at += 1
    return at


def _shared(entries: _Entries, forms: Forms, ends: Sequence[int]) -> list[str]:
    """Return the terms that are in more than one block."""
    terms = np.array(entries.terms, np.int64)
    bounds = np.array([0, *ends], np.int64)
    blocks = np.repeat(np.arange(len(ends)), bounds[1:] - bounds[:-1])
    # sorted by hand: numpy.unique loads a part of numpy that nothing else needs
    pairs = np.sort((terms * len(ends) + blocks)[terms >= 0])
    places = pairs[np.diff(pairs, prepend=-1) > 0] // (len(ends) or 1)
    recurs = places[1:] == places[:-1]
    return [forms.terms[place] for place in dict.fromkeys(places[1:][recurs].tolist())]


def _numbered(terms: Sequence[str]) -> dict[str, int]:
    """Number terms; by their hashes, so that one more or less seldom moves the numbers of others."""
    size = 1 << (2 * len(terms)).bit_length()
    numbers: dict[str, int] = {}
    taken = set[int]()
    for term in terms:
        number = zlib.crc32(term.encode("utf-8", "surrogatepass")) % size
        while number in taken:
            number = (number + 1) % size
        taken.add(number)
        numbers[term] = number
    return numbers


def _moved_terms(numbers: Mapping[str, int], before: Mapping[str, int]) -> set[str]:
    return {term for term, _ in numbers.items() ^ before.items()}


def term_size(dictionary: Dictionary, term: str, packed: str) -> int:
    """Return about how long a term is as JSON, with its postings and leads."""
    leads = dictionary.leads.get(term)
    return 8 + (len(as_json(_leads_block([(0, leads)]))) if leads else 0) + len(packed)


def _leads_block(led: Sequence[tuple[int, TermLeads]]) -> dict[str, Any]:
    """Give what terms, by their positions, lead to: keys of a words block; those without a value are left out."""
    synonyms: dict[Synonym, int] = {}

    def places(of_word: Sequence[Synonym]) -> list[int]:
        return [synonyms.setdefault(synonym, len(synonyms)) for synonym in of_word]

    also = [[at, [], places(leads.synonyms)] for at, leads in led if leads.synonyms]
    phrases = [[at, phrase.rest, places(phrase.synonyms)] for at, leads in led for phrase in leads.phrases]
    pins = [[at, pin.rest, [], pin.document] for at, leads in led for pin in leads.pins]
    packed = [[s.text, s.idf, _packed(s.postings), s.forms] for s in synonyms]
    block = {"synonyms": packed, "leads": [*also, *phrases, *pins]}
    return {key: value for key, value in block.items() if value}


def _packed(postings: Sequence[tuple[int, int]]) -> str:
    """Write postings, the highest impact first; nothing when there are none."""
    highest = max((impact for _, impact in postings), default=0)
    return pack(highest, postings, highest=highest) if highest else ""
