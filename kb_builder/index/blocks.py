"""Cut dictionary, cards and texts into the small files a browser fetches; search/FORMAT.md describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kb_builder.files import OutputFile
from kb_builder.index.article_files import ArticleFiles
from kb_builder.index.confidence import NO_CLAIM, Coefficients
from kb_builder.index.facets import find_facets, pack_facets
from kb_builder.index.impacts import ImpactTerm
from kb_builder.index.json_files import FOLDER, as_json, content_hash, named_file, numbered_files
from kb_builder.index.model import Document
from kb_builder.index.packing import pack, pack_all, pack_sorted
from kb_builder.index.postings import NO_NUMBERS
from kb_builder.index.semantic_list import SAME
from kb_builder.index.synonyms import NO_LEADS, Synonym, TermLeads
from kb_builder.index.vocabulary import cut_vocabulary

FORMAT = 4
HITS = 10


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


@dataclass(frozen=True, slots=True)
class DictionaryTerm:
    """A term of the dictionary.

    Attributes:
        words: Every surface form that leads to it.
        seen: Those that are in an article.
        is_hot: It is in the block of common words.
        leads: Its synonyms, and the phrases and pins it begins.
    """

    impacts: ImpactTerm
    words: frozenset[str]
    seen: frozenset[str]
    is_hot: bool = False
    leads: TermLeads = NO_LEADS


def search_files(
    documents: Sequence[Document],
    terms: Sequence[DictionaryTerm],
    *,
    articles: ArticleFiles,
    language: str,
    meanings: Mapping[str, str] | None = None,
    meaning_share: int = 0,
    confidence: Coefficients = NO_CLAIM,
    sizes: BlockSizes | None = None,
) -> tuple[OutputFile, ...]:
    """Write the dictionary and the documents as files below ``search/``, the manifest last.

    Args:
        documents: In the order of their URLs; postings refer to their places.
        terms: In any order; no word may belong to two.
        articles: The files of the documents.
        meanings: Packed semantic postings by word; a word that is of no term gets into the dictionary too.
        meaning_share: Percent of a score that they may make, from 0 to 99.
        confidence: How a ranking's features make the probability that its first hit answers.
        sizes: How the files are cut; by default as fits the number of documents.

    Returns:
        The same bytes for the same input, whatever its order.
    """
    sizes = sizes or BlockSizes.for_articles(len(documents))
    packed = meanings or {}
    hot = _fit([term for term in terms if term.is_hot], sizes.hot_bytes)
    cold = _write([_strongest(term, sizes.postings) for term in terms if not term.is_hot])
    hot_entries = _entries(hot, packed)
    hot_words = {entry.word for entry in hot_entries}
    others = {word: text for word, text in packed.items() if word not in hot_words}
    blocks = _cut([*_entries(cold, packed), *_meanings_only(cold, others)], sizes.words_bytes)
    words_files, words_hash = numbered_files("words", _words_blocks(blocks, hot_entries))
    vocabulary = cut_vocabulary(_article_counts(terms))
    vocabulary_blocks = [{"words": list(map(" ".join, file.groups))} for file in vocabulary]
    spelling_files, spelling_hash = numbered_files("spelling", vocabulary_blocks)
    facets = pack_facets(find_facets(documents))
    facets_file = named_file("facets", {"facets": facets}) if facets else None
    manifest = {
        "format": FORMAT,
        "language": language,
        "articles": len(documents),
        "limit": HITS,
        "meaning": meaning_share,
        "confidence": confidence,
        "boosts": [[number, round(1000 * d.boost)] for number, d in enumerate(documents) if d.boost != 1],
        "words": {"hash": words_hash, "first": pack_sorted(_separators(blocks))},
        "hot_words": " ".join(entry.word for entry in hot_entries),
        "spelling": {"hash": spelling_hash, "first": " ".join(file.first for file in vocabulary)},
        "cards": {"hash": articles.cards_hash},
        "facets": content_hash(facets_file) if facets_file else "",
    }
    files = {file.path: file for file in (*words_files, *spelling_files, *articles.files, facets_file) if file}
    return (*(files[path] for path in sorted(files)), OutputFile(f"{FOLDER}/manifest.json", as_json(manifest)))


@dataclass(frozen=True, slots=True)
class _Written:
    """A term with its packed postings, and about how long both are as JSON, with its leads."""

    name: str
    term: DictionaryTerm
    postings: str
    size: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A word of the dictionary: its term, if it is of one, and its packed semantic postings, if it has any."""

    word: str
    term: _Written | None
    meaning: str


def _article_counts(terms: Sequence[DictionaryTerm]) -> dict[str, int]:
    """Return for each word how many articles have its term, 0 when none has it in this form.

    Words of meaning only are left out: with them as candidates fewer typing errors were undone on the judged sets.
    """
    return {word: term.impacts.document_frequency if word in term.seen else 0 for term in terms for word in term.words}


def _fit(terms: Sequence[DictionaryTerm], most_bytes: int) -> list[_Written]:
    """Leave out weak postings of the terms that have most of them until all fit."""
    count = max((len(term.impacts.documents) for term in terms), default=0)
    kept = _write(terms)
    while count and sum(written.size for written in kept) > most_bytes:
        count = count * 4 // 5
        kept = _write([_strongest(written.term, count) for written in kept])
    return kept


def _strongest(term: DictionaryTerm, count: int) -> DictionaryTerm:
    """Keep at most ``count`` postings; those of equal impact stay or go together."""
    documents, impacts = term.impacts.documents, term.impacts.impacts
    place = len(impacts) - count - 1
    if place < 0:
        return term
    kept = impacts > np.partition(impacts, place)[place]
    return replace(term, impacts=replace(term.impacts, documents=documents[kept], impacts=impacts[kept]))


def _write(terms: Sequence[DictionaryTerm]) -> list[_Written]:
    impacts = [term.impacts for term in terms]
    highest = np.array([found.impacts.max(initial=0) for found in impacts], dtype=np.int64)
    packed = pack_all(
        highest,
        np.array([len(found.documents) for found in impacts], dtype=np.int64),
        np.concatenate([NO_NUMBERS, *(found.documents for found in impacts)]),
        np.concatenate([NO_NUMBERS, *(found.impacts for found in impacts)]),
        highest=highest,
    )
    return [_written(term, postings) for term, postings in zip(terms, packed, strict=True)]


def _written(term: DictionaryTerm, postings: str) -> _Written:
    leads = len(as_json(_leads_block([(0, term.leads)]))) if term.leads != NO_LEADS else 0
    return _Written(term.impacts.term, term, postings, 8 + leads + len(postings))


def _entries(terms: Sequence[_Written], packed: Mapping[str, str]) -> list[_Entry]:
    made = [_Entry(word, written, packed.get(word, "")) for written in terms for word in written.term.words]
    return sorted(made, key=lambda entry: entry.word)


def _meanings_only(terms: Sequence[_Written], packed: Mapping[str, str]) -> list[_Entry]:
    known = {word for written in terms for word in written.term.words}
    return [_Entry(word, None, text) for word, text in packed.items() if word not in known]


def _cut(entries: Sequence[_Entry], words_bytes: int) -> list[list[_Entry]]:
    """Cut the dictionary where a block has grown to ``words_bytes``; a term's postings count once a block.

    Neighbours of one term stay together: readers mark all words of a term that its block has.
    """
    blocks: list[list[_Entry]] = []
    size, inside, meaning = words_bytes, set[str](), ""
    for entry in sorted(entries, key=lambda entry: entry.word):
        if size >= words_bytes and not (entry.term and entry.term.name in inside):
            blocks.append([])
            size, inside, meaning = 0, set(), ""
        blocks[-1].append(entry)
        size += len(entry.word.encode()) + 6
        if entry.meaning != meaning:
            meaning = entry.meaning
            size += 2 * len(meaning)  # gzip makes half as little of these
        if entry.term and entry.term.name not in inside:
            inside.add(entry.term.name)
            size += entry.term.size
    return blocks


def _separators(blocks: Sequence[Sequence[_Entry]]) -> Iterator[str]:
    """Yield for each block the shortest beginning of its first word that is above the last word of the block before."""
    last = ""
    for block in blocks:
        first = block[0].word
        yield next(first[:end] for end in range(1, len(first) + 1) if first[:end] > last)
        last = block[-1].word


def _words_blocks(blocks: Sequence[Sequence[_Entry]], hot: Sequence[_Entry]) -> list[dict[str, Any]]:
    """Write the blocks, the hot one last if there is any."""
    all_blocks = [*blocks, hot] if hot else blocks
    shared = _shared_numbers(all_blocks)
    return [_words_block(block, shared) for block in all_blocks]


def _shared_numbers(blocks: Sequence[Sequence[_Entry]]) -> dict[str, int]:
    """Number the terms that are in more than one block."""
    seen: set[str] = set()
    repeated: set[str] = set()
    for block in blocks:
        terms = {entry.term.name for entry in block if entry.term}
        repeated |= terms & seen
        seen |= terms
    return {term: number for number, term in enumerate(sorted(repeated))}


def _words_block(block: Sequence[_Entry], shared: Mapping[str, int]) -> dict[str, Any]:
    terms = {entry.term.name: entry.term for entry in block if entry.term}
    positions = {name: position for position, name in enumerate(terms)}
    return {
        "words": [entry.word for entry in block],
        "terms": [positions[entry.term.name] if entry.term else -1 for entry in block],
        "idf": [written.term.impacts.idf for written in terms.values()],
        "postings": [written.postings for written in terms.values()],
        "shared": [number for term, at in positions.items() if term in shared for number in (at, shared[term])],
        "meanings": [
            SAME if entry.meaning and entry.meaning == before else entry.meaning
            for before, entry in zip(["", *(entry.meaning for entry in block)], block, strict=False)
        ],
        **_leads_block([(at, written.term.leads) for at, written in enumerate(terms.values())]),
    }


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
