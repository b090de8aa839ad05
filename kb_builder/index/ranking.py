"""Rank articles for a query from the published files, and explain each score.

The twin is search/client/ranking.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from kb_builder.index.analyzer import analyze_query, different_words
from kb_builder.index.article_files import question_hash
from kb_builder.index.blocks import HITS
from kb_builder.index.confidence import Grounds, Level, confidence, find_grounds, find_level, rare_idf
from kb_builder.index.excerpts import Excerpt, MarkedTerm, choose_excerpt
from kb_builder.index.explain import fields_holding
from kb_builder.index.facets import Filters, count_values, keep_matching
from kb_builder.index.matching import Match, Matches, match_words
from kb_builder.index.model import Section
from kb_builder.index.reader import SearchIndex
from kb_builder.index.search_files import CardEntry
from kb_builder.index.semantic_list import SemanticList


@dataclass(frozen=True, slots=True)
class Contribution:
    """A row of the explanation of a score: what one word of the query gave.

    Attributes:
        idf: For a meaning, the peak of the word's semantic postings.
        impact: For a meaning, the weight of the article in them.
        is_meaning: The article is about what the word means, whether or not it has the word.
        edits: How many typing errors were corrected.
        fields: Where the article holds what matched; only when this is asked for, and never for a meaning.
    """

    word: str
    matched: str
    idf: int
    impact: int
    score: int
    is_synonym: bool = False
    is_completion: bool = False
    is_meaning: bool = False
    edits: int = 0
    fields: tuple[str, ...] = ()


Contributions = dict[int, dict[int | str, Contribution]]  # of each article, by slot, and by word those of meanings


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found.

    ``score`` is the sum of ``explain``; a pinned one goes first all the same, then an exact title, then a question.
    """

    url: str
    anchor: str
    title: str
    summary: str
    kind: str
    category: str
    category_url: str
    score: int
    excerpt: Excerpt
    explain: tuple[Contribution, ...]
    is_pinned: bool
    is_exact_title: bool
    is_exact_question: bool

    @property
    def is_certain(self) -> bool:
        """Say whether someone wrote down that this is what the query asks for."""
        return self.is_pinned or self.is_exact_title or self.is_exact_question

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
        corrections: Pairs of an unknown word as typed and what it was taken for; two words where a space was missing.
        hits: Best first. The excerpt of the first is longer when the confidence in it is high: it is the answer.
        confidence: The probability, in percent, that the first hit answers; 0 without hits.
        level: What a page does with it.
        grounds: What the confidence rests on; None without hits.
        total: How many articles any word leads to, and the filters let pass.
        counts: With filters, how many there are of each value of each facet: see `count_values`.
    """

    words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]
    hits: tuple[Hit, ...]
    confidence: int
    level: Level
    grounds: Grounds | None
    total: int
    counts: dict[str, dict[str, int]]

    @property
    def nearest_category(self) -> Topic | None:
        """The category whose hits have the largest sum of scores, the earlier among equals."""
        sums: dict[str, int] = {}
        urls: dict[str, str] = {}
        for hit in self.hits:
            if hit.category:
                sums[hit.category] = sums.get(hit.category, 0) + hit.score
                urls.setdefault(hit.category, hit.category_url)
        if not sums:
            return None
        title = max(sums, key=lambda category: sums[category])
        return Topic(title, urls[title])


@dataclass(frozen=True, slots=True)
class Topic:
    """A category that hits are in; the URL is that of its page."""

    title: str
    url: str


def search(
    index: SearchIndex,
    query: str,
    *,
    finished: bool = True,
    limit: int = HITS,
    excerpts: int = HITS,
    with_fields: bool = False,
    filters: Filters | None = None,
) -> Results:
    """Find the articles that fit a query best.

    Args:
        query: As typed; cut at 256 code points and 32 different words.
        finished: Whether the last word is complete. When it is not, words that begin with it count too.
        limit: Most hits to return; exact titles are looked for among these.
        excerpts: How many hits get an excerpt and the anchor of their best section; the text of the others is not read.
        filters: Which articles are ranked at all; see `kb_builder.index.facets`.
        with_fields: Whether to look up in the text of each hit which fields hold what matched.

    Raises:
        KbError: A file of the index is missing or damaged.
    """
    analyzed = analyze_query(query, index.language)
    words = different_words(analyzed)
    matches = match_words(index, analyzed, words, finished=finished)
    meant, pinned = matches.meant, matches.pinned
    contributions = _contributions(matches.found)
    lexical = {article: _total(of_article) for article, of_article in contributions.items()}
    _add_meanings(contributions, matches.meanings, share=index.meaning_share, boosts=index.boosts)
    scores = {article: _total(of_article) for article, of_article in contributions.items()}
    ranked = sorted(scores, key=lambda article: (-scores[article], article))
    if pinned is not None:
        ranked = [pinned, *(article for article in ranked if article != pinned)]
    matching = ranked
    if filters:
        ranked = keep_matching(matching, index.facets(), filters)
    found = [
        _hit(index.card(article), contributions.get(article, {}), meant, index.language, is_pinned=article == pinned)
        for article in ranked[:limit]
    ]
    found.sort(key=lambda pair: (not pair[0].is_pinned, not pair[0].is_exact_title, not pair[0].is_exact_question))
    grounds = None
    if found:
        first, second = ranked[0], next(iter(ranked[1:]), None)
        grounds = find_grounds(
            score=scores.get(first, 0),
            next_score=scores.get(second, 0) if second is not None else 0,
            lexical_score=lexical.get(first, 0),
            weight=_weight(matches, rare=rare_idf(index.article_count)),
            absent=matches.absent,
            words=len(words),
            is_certain=found[0][0].is_certain,
        )
    percent = confidence(grounds, index.confidence) if grounds else 0
    first_kind = found[0][0].kind if found else ""
    level = find_level(percent, can_doubt=finished or len(words) > 1, kind=first_kind)
    answer_at = 0 if level == "sure" else None
    terms = [MarkedTerm(match.weight, match.forms) for match in matches.found]
    hits = [
        _with_excerpt(hit, index.sections(card.text), terms, index.language, as_answer=place == answer_at)
        if place < excerpts
        else hit
        for place, (hit, card) in enumerate(found)
    ]
    if with_fields:
        hits = [_with_fields(hit, card, index) for hit, (_, card) in zip(hits, found, strict=True)]
    return Results(
        words=tuple(words),
        unknown_words=tuple(matches.unknown),
        corrections=tuple(matches.corrections.items()),
        hits=tuple(hits),
        confidence=percent,
        level=level,
        grounds=grounds,
        total=len(ranked),
        counts=count_values(matching, index.facets(), filters) if filters else {},
    )


def _weight(matches: Matches, *, rare: int) -> int:
    """Add up what a query's parts weigh: each slot as its first match, a word that no article has as a rare one."""
    first: dict[int, int] = {}
    for match in matches.found:
        first.setdefault(match.place.slot, match.weight)
    return sum(first.values()) + matches.absent * rare


def _contributions(matches: Sequence[Match]) -> Contributions:
    """For each article, for each slot, give the match that is worth most to it."""
    contributions: Contributions = {}
    for match in sorted(matches, key=lambda match: match.place.slot):
        slot, beyond = match.place.slot, match.place.beyond
        for article, impact in match.postings.items():
            of_article = contributions.get(article, {})
            score = match.score(impact) - sum(of_article[other].score for other in beyond if other in of_article)
            if score > (of_article[slot].score if slot in of_article else 0):
                contributions.setdefault(article, {})[slot] = Contribution(
                    word=match.place.word,
                    matched=match.matched,
                    idf=match.idf,
                    impact=impact,
                    score=score,
                    is_synonym=match.is_synonym,
                    is_completion=match.is_completion,
                    edits=match.place.edits,
                )
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
            row = Contribution(word, word, meaning.peak, weight, score, is_meaning=True)
            contributions.setdefault(article, {})[word] = row


def _total(contributions: Mapping[int | str, Contribution]) -> int:
    return sum(contribution.score for contribution in contributions.values())


def _hit(
    card: CardEntry,
    contributions: Mapping[int | str, Contribution],
    meant: list[str],
    language: str,
    *,
    is_pinned: bool,
) -> tuple[Hit, CardEntry]:
    hit = Hit(
        url=card.url,
        anchor="",
        title=card.title,
        summary=card.summary,
        kind=card.kind,
        category=card.category,
        category_url=card.category_url,
        score=_total(contributions),
        excerpt=Excerpt("", "", ()),
        explain=tuple(contributions.values()),
        is_pinned=is_pinned,
        is_exact_title=analyze_query(card.title, language) == meant,
        is_exact_question=question_hash(meant) in card.questions,
    )
    return hit, card


def _with_fields(hit: Hit, card: CardEntry, index: SearchIndex) -> Hit:
    sections = index.sections(card.text)
    rows = (
        row
        if row.is_meaning
        else replace(row, fields=fields_holding(row.matched, card, sections, language=index.language))
        for row in hit.explain
    )
    return replace(hit, explain=tuple(rows))


def _with_excerpt(
    hit: Hit, sections: Sequence[Section], terms: Sequence[MarkedTerm], language: str, *, as_answer: bool
) -> Hit:
    """Quote the best passage. What answers the question of the whole article is its beginning."""
    looked_for = () if as_answer and hit.is_certain else terms
    excerpt = choose_excerpt(sections, looked_for, language=language, title=hit.title if as_answer else "")
    return replace(hit, anchor=excerpt.anchor, excerpt=excerpt)
