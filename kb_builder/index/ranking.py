"""Rank articles for a query from the published files, and explain each score.

The twin is search/client/ranking.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import quote

from kb_builder.index.analyzer import analyze_query, different_words, is_spaceless
from kb_builder.index.blocks import HITS, question_hash
from kb_builder.index.excerpts import Excerpt, MarkedTerm, choose_excerpt
from kb_builder.index.model import Section
from kb_builder.index.reader import CardEntry, SearchIndex, TermKey, WordsBlock
from kb_builder.index.semantic_list import SemanticList

COMPLETIONS = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A term the query leads to.

    Attributes:
        word: As the customer typed it, folded.
        matched: The word of the dictionary: the same, or one that it begins.
        is_completion: It counts for six tenths, and only the best completion counts.
    """

    word: str
    matched: str
    idf: int
    is_completion: bool
    forms: tuple[str, ...]
    postings: Mapping[int, int]

    @property
    def weight(self) -> int:
        """What a passage with this term is worth."""
        return _lessened(self.idf) if self.is_completion else self.idf

    def score(self, impact: int) -> int:
        """What an article with this impact gets."""
        return _lessened(self.idf * impact) if self.is_completion else self.idf * impact


@dataclass(frozen=True, slots=True)
class Contribution:
    """A row of the explanation of a score: what one word of the query gave.

    Attributes:
        idf: For a meaning, the peak of the word's semantic postings.
        impact: For a meaning, the weight of the article in them.
        is_meaning: The article is about what the word means, whether or not it has the word.
    """

    word: str
    matched: str
    idf: int
    impact: int
    score: int
    is_completion: bool
    is_meaning: bool = False


Contributions = dict[int, dict[tuple[str, bool], Contribution]]  # of each article, by word and whether it is a meaning


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found. ``score`` is the sum of ``explain``; an exact title or question goes first all the same."""

    url: str
    anchor: str
    title: str
    summary: str
    kind: str
    category: str
    score: int
    excerpt: Excerpt
    explain: tuple[Contribution, ...]
    is_exact_title: bool
    is_exact_question: bool

    @property
    def link(self) -> str:
        """The article's URL with the anchor of its best section."""
        return f"{self.url}#{quote(self.anchor)}" if self.anchor else self.url


@dataclass(frozen=True, slots=True)
class Results:
    """What a query found.

    Attributes:
        words: The query's words, each once.
        unknown_words: Those that are not in the dictionary, neither as they are nor as a beginning.
        hits: Best first.
    """

    words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    hits: tuple[Hit, ...]


def search(
    index: SearchIndex, query: str, *, finished: bool = True, limit: int = HITS, excerpts: int = HITS
) -> Results:
    """Find the articles that fit a query best.

    Args:
        query: As typed; cut at 256 code points and 32 different words.
        finished: Whether the last word is complete. When it is not, words that begin with it count too.
        limit: Most hits to return; exact titles are looked for among these.
        excerpts: How many hits get an excerpt and the anchor of their best section; the text of the others is not read.

    Raises:
        KbError: A file of the index is missing or damaged.
    """
    analyzed = analyze_query(query, index.language)
    words = different_words(analyzed)
    matches, unknown = _match_words(index, analyzed, words, finished=finished)
    contributions = _contributions(matches)
    _add_meanings(contributions, _find_meanings(index, words), share=index.meaning_share, boosts=index.boosts)
    ranked = sorted(contributions, key=lambda article: (-_total(contributions[article]), article))[:limit]
    found = [_hit(index.card(article), contributions[article], analyzed, index.language) for article in ranked]
    found.sort(key=lambda pair: (not pair[0].is_exact_title, not pair[0].is_exact_question))
    terms = [MarkedTerm(match.weight, match.forms) for match in matches]
    hits = [
        _with_excerpt(hit, index.sections(card.text), terms, index.language) if place < excerpts else hit
        for place, (hit, card) in enumerate(found)
    ]
    return Results(tuple(words), tuple(unknown), tuple(hits))


def _match_words(
    index: SearchIndex, analyzed: Sequence[str], words: Sequence[str], *, finished: bool
) -> tuple[list[Match], list[str]]:
    """Look up every word; give what they match, in their order, and the words that are unknown."""
    may_complete = bool(words) and analyzed[-1] == words[-1] and analyzed.count(words[-1]) == 1
    matches: list[Match] = []
    unknown: list[str] = []
    known: set[TermKey] = set()
    for word in words:
        completing = _Completing.NEVER
        if may_complete and word == words[-1]:
            completing = _Completing.IF_UNKNOWN if finished else _Completing.ALWAYS
        is_known, of_word = _match(index, word, known, completing=completing)
        matches += of_word
        if not is_known:
            unknown.append(word)
    return matches, unknown


class _Completing(Enum):
    """When the words that begin with a word count for it."""

    NEVER = "never"
    IF_UNKNOWN = "if unknown"
    ALWAYS = "always"


def _match(index: SearchIndex, word: str, known: set[TermKey], *, completing: _Completing) -> tuple[bool, list[Match]]:
    """Say whether a word is in the index; give its term, added to ``known``, and completions, save those known."""
    block = index.find_block(word)
    term = block.find(word) if block else None
    matches = []
    if block and term is not None and block.key(term) not in known:
        known.add(block.key(term))
        matches.append(_make_match(word, word, block, term, is_completion=False))
    is_known = term is not None or (block is not None and block.meaning(word) is not None)
    if completing is _Completing.ALWAYS or (completing is _Completing.IF_UNKNOWN and not is_known):
        completions = _complete(index, word, known)
        is_known = is_known or bool(completions)
        matches += [_make_match(word, *completion, is_completion=True) for completion in completions]
    return is_known, matches


def _complete(index: SearchIndex, prefix: str, known: set[TermKey]) -> list[tuple[str, WordsBlock, int]]:
    """Return the commonest terms that have a word beginning with ``prefix``, each by the first such word."""
    if len(prefix) < 2 and not is_spaceless(prefix):
        return []
    found: dict[TermKey, tuple[str, WordsBlock, int]] = {}
    for block in index.blocks_beginning_with(prefix):
        for word, term in block.beginning_with(prefix):
            key = block.key(term)
            if word != prefix and key not in known and (key not in found or word < found[key][0]):
                found[key] = (word, block, term)
    return sorted(found.values(), key=lambda item: (item[1].idf[item[2]], item[0]))[:COMPLETIONS]


def _make_match(word: str, matched: str, block: WordsBlock, term: int, *, is_completion: bool) -> Match:
    return Match(word, matched, block.idf[term], is_completion, block.forms(term), dict(block.postings(term)))


def _find_meanings(index: SearchIndex, words: Sequence[str]) -> dict[str, SemanticList]:
    """Return the semantic postings of those words that have any, each as it is written."""
    blocks = ((word, index.find_block(word)) for word in words)
    found = ((word, block.meaning(word)) for word, block in blocks if block)
    return {word: meaning for word, meaning in found if meaning}


def _contributions(matches: Sequence[Match]) -> Contributions:
    """For each article, for each word of the query, give the match that is worth most to it."""
    contributions: Contributions = {}
    for match in matches:
        for article, impact in match.postings.items():
            score = match.score(impact)
            of_article = contributions.setdefault(article, {})
            key = (match.word, False)
            if key not in of_article or score > of_article[key].score:
                of_article[key] = Contribution(match.word, match.matched, match.idf, impact, score, match.is_completion)
    return contributions


def _add_meanings(
    contributions: Contributions, meanings: Mapping[str, SemanticList], *, share: int, boosts: Mapping[int, int]
) -> None:
    """Add what the meanings of words give, so that their best sum is to the best score so far as the shares are.

    An article's boost, in thousandths, comes last: the impacts behind the best score hold it already.
    """
    sums: dict[int, int] = {}
    for meaning in meanings.values():
        for article, weight in meaning.postings:
            sums[article] = sums.get(article, 0) + meaning.peak * weight
    best = max((_total(of_article) for of_article in contributions.values()), default=0)
    factor, divisor = (best * share, max(sums.values(), default=1) * (100 - share)) if best else (1, 1)
    for word, meaning in meanings.items():
        for article, weight in meaning.postings:
            score = meaning.peak * weight * factor // divisor * boosts.get(article, 1000) // 1000
            row = Contribution(word, word, meaning.peak, weight, score, is_completion=False, is_meaning=True)
            contributions.setdefault(article, {})[word, True] = row


def _lessened(value: int) -> int:
    return value * 6 // 10


def _total(contributions: Mapping[tuple[str, bool], Contribution]) -> int:
    return sum(contribution.score for contribution in contributions.values())


def _hit(
    card: CardEntry, contributions: Mapping[tuple[str, bool], Contribution], analyzed: list[str], language: str
) -> tuple[Hit, CardEntry]:
    hit = Hit(
        url=card.url,
        anchor="",
        title=card.title,
        summary=card.summary,
        kind=card.kind,
        category=card.category,
        score=_total(contributions),
        excerpt=Excerpt("", "", ()),
        explain=tuple(contributions.values()),
        is_exact_title=analyze_query(card.title, language) == analyzed,
        is_exact_question=question_hash(analyzed) in card.questions,
    )
    return hit, card


def _with_excerpt(hit: Hit, sections: Sequence[Section], terms: Sequence[MarkedTerm], language: str) -> Hit:
    excerpt = choose_excerpt(sections, terms, language=language)
    return replace(hit, anchor=excerpt.anchor, excerpt=excerpt)
