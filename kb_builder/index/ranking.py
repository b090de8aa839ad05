"""Rank articles for a query from the published files, and explain each score.

The twin is search/client/ranking.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from kb_builder.index.analyzer import analyze_query, different_words, is_spaceless
from kb_builder.index.blocks import HITS, question_hash
from kb_builder.index.excerpts import Excerpt, MarkedTerm, choose_excerpt
from kb_builder.index.reader import SearchIndex, TermKey, WordsBlock

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


@dataclass(frozen=True, slots=True)
class Contribution:
    """A row of the explanation of a score: what one word of the query gave."""

    word: str
    matched: str
    idf: int
    impact: int
    score: int
    is_completion: bool


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
        unknown_words: Those that no article has, neither as they are nor as a beginning.
        hits: Best first.
    """

    words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    hits: tuple[Hit, ...]


def search(index: SearchIndex, query: str, *, finished: bool = True, limit: int = HITS) -> Results:
    """Find the articles that fit a query best.

    Args:
        query: As typed; cut at 256 code points and 32 different words.
        finished: Whether the last word is complete. When it is not, words that begin with it count too.
        limit: Most hits to return; exact titles are looked for among these.

    Raises:
        KbError: A file of the index is missing or damaged.
    """
    analyzed = analyze_query(query, index.language)
    words = different_words(analyzed)
    may_complete = bool(words) and analyzed[-1] == words[-1] and analyzed.count(words[-1]) == 1
    matches: list[Match] = []
    unknown: list[str] = []
    known: set[TermKey] = set()
    for word in words:
        wants_completions = _Completing.NEVER
        if may_complete and word == words[-1]:
            wants_completions = _Completing.IF_UNKNOWN if finished else _Completing.ALWAYS
        is_known, found = _match(index, word, known, completing=wants_completions)
        matches += found
        if not is_known:
            unknown.append(word)
    contributions = _contributions(matches)
    ranked = sorted(contributions, key=lambda article: (-_total(contributions[article]), article))[:limit]
    hits = [_hit(index, article, analyzed, contributions[article], matches) for article in ranked]
    hits.sort(key=lambda hit: (not hit.is_exact_title, not hit.is_exact_question))
    return Results(tuple(words), tuple(unknown), tuple(hits))


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
    is_known = term is not None
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


def _contributions(matches: Sequence[Match]) -> dict[int, dict[str, Contribution]]:
    """For each article, for each word of the query, give the match that is worth most to it."""
    contributions: dict[int, dict[str, Contribution]] = {}
    for match in matches:
        for article, impact in match.postings.items():
            score = match.idf * impact
            if match.is_completion:
                score = score * 6 // 10
            of_article = contributions.setdefault(article, {})
            if match.word not in of_article or score > of_article[match.word].score:
                of_article[match.word] = Contribution(
                    match.word, match.matched, match.idf, impact, score, match.is_completion
                )
    return contributions


def _total(contributions: Mapping[str, Contribution]) -> int:
    return sum(contribution.score for contribution in contributions.values())


def _hit(
    index: SearchIndex,
    article: int,
    analyzed: list[str],
    contributions: Mapping[str, Contribution],
    matches: Sequence[Match],
) -> Hit:
    card = index.card(article)
    terms = [MarkedTerm(match.idf * 6 // 10 if match.is_completion else match.idf, match.forms) for match in matches]
    excerpt = choose_excerpt(index.sections(card.text), terms, language=index.language)
    return Hit(
        url=card.url,
        anchor=excerpt.anchor,
        title=card.title,
        summary=card.summary,
        kind=card.kind,
        category=card.category,
        score=_total(contributions),
        excerpt=excerpt,
        explain=tuple(contributions.values()),
        is_exact_title=analyze_query(card.title, index.language) == analyzed,
        is_exact_question=question_hash(analyzed) in card.questions,
    )
