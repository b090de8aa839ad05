"""Rank articles for a query from the published files, and explain each score.

The twin is search/client/ranking.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import quote

from kb_builder.index.analyzer import analyze_query, different_words, is_spaceless
from kb_builder.index.blocks import HITS, question_hash
from kb_builder.index.excerpts import Excerpt, MarkedTerm, choose_excerpt
from kb_builder.index.explain import fields_holding
from kb_builder.index.model import Section
from kb_builder.index.reader import CardEntry, PhraseEntry, SearchIndex, SynonymEntry, TermKey, WordsBlock
from kb_builder.index.semantic_list import SemanticList
from kb_builder.index.synonyms import lessened

COMPLETIONS = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A term the query leads to.

    Of the matches of one word only the best counts for an article.

    Attributes:
        word: As the customer typed it, folded; of a phrase that has synonyms, all its words.
        matched: The word of the dictionary: the same, or one that it begins; or a synonym as its editor wrote it.
        is_synonym: It counts for eight tenths.
        is_completion: It counts for six tenths.
    """

    word: str
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
        value = lessened(value) if self.is_synonym else value
        return value * 6 // 10 if self.is_completion else value


@dataclass(frozen=True, slots=True)
class Contribution:
    """A row of the explanation of a score: what one word of the query gave.

    Attributes:
        idf: For a meaning, the peak of the word's semantic postings.
        impact: For a meaning, the weight of the article in them.
        is_meaning: The article is about what the word means, whether or not it has the word.
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
    fields: tuple[str, ...] = ()


Contributions = dict[int, dict[tuple[str, bool], Contribution]]  # of each article, by word and whether it is a meaning


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
    score: int
    excerpt: Excerpt
    explain: tuple[Contribution, ...]
    is_pinned: bool
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
    index: SearchIndex,
    query: str,
    *,
    finished: bool = True,
    limit: int = HITS,
    excerpts: int = HITS,
    with_fields: bool = False,
) -> Results:
    """Find the articles that fit a query best.

    Args:
        query: As typed; cut at 256 code points and 32 different words.
        finished: Whether the last word is complete. When it is not, words that begin with it count too.
        limit: Most hits to return; exact titles are looked for among these.
        excerpts: How many hits get an excerpt and the anchor of their best section; the text of the others is not read.
        with_fields: Whether to look up in the text of each hit which fields hold what matched.

    Raises:
        KbError: A file of the index is missing or damaged.
    """
    analyzed = analyze_query(query, index.language)
    words = different_words(analyzed)
    matches, unknown = _match_words(index, analyzed, words, finished=finished)
    contributions = _contributions(matches)
    _add_meanings(contributions, _find_meanings(index, words), share=index.meaning_share, boosts=index.boosts)
    ranked = sorted(contributions, key=lambda article: (-_total(contributions[article]), article))
    pinned = _pinned_article(index, analyzed)
    if pinned is not None:
        ranked = [pinned, *(article for article in ranked if article != pinned)]
    found = [
        _hit(index.card(article), contributions.get(article, {}), analyzed, index.language, is_pinned=article == pinned)
        for article in ranked[:limit]
    ]
    found.sort(key=lambda pair: (not pair[0].is_pinned, not pair[0].is_exact_title, not pair[0].is_exact_question))
    terms = [MarkedTerm(match.weight, match.forms) for match in matches]
    hits = [
        _with_excerpt(hit, index.sections(card.text), terms, index.language) if place < excerpts else hit
        for place, (hit, card) in enumerate(found)
    ]
    if with_fields:
        hits = [_with_fields(hit, card, index) for hit, (_, card) in zip(hits, found, strict=True)]
    return Results(tuple(words), tuple(unknown), tuple(hits))


def _match_words(
    index: SearchIndex, analyzed: Sequence[str], words: Sequence[str], *, finished: bool
) -> tuple[list[Match], list[str]]:
    """Look up every word and phrase; give what they match, in their order, and the words that are unknown."""
    may_complete = bool(words) and analyzed[-1] == words[-1] and analyzed.count(words[-1]) == 1
    matches: list[Match] = []
    unknown: list[str] = []
    known: set[TermKey | str] = set()
    for word in words:
        completing = _Completing.NEVER
        if may_complete and word == words[-1]:
            completing = _Completing.IF_UNKNOWN if finished else _Completing.ALWAYS
        is_known, of_word = _match(index, word, known, completing=completing)
        matches += of_word
        if not is_known:
            unknown.append(word)
    for words_of_phrase, phrase in _phrases(index, analyzed, words):
        matches += _match_synonyms(" ".join(words_of_phrase), phrase.synonyms, known)
    return matches, unknown


def _phrases(
    index: SearchIndex, analyzed: Sequence[str], words: Sequence[str]
) -> Iterator[tuple[Sequence[str], PhraseEntry]]:
    """Yield the phrases that stand in a query and begin with one of ``words``, and how they were typed."""
    for at, word in enumerate(analyzed):
        block = index.find_block(word) if word in words else None
        term = block.find(word) if block else None
        if block and term is not None:
            for phrase in block.phrases.get(term, ()):
                if phrase.follows(analyzed[at + 1 :]):
                    yield analyzed[at : at + 1 + len(phrase.rest)], phrase


def _pinned_article(index: SearchIndex, analyzed: Sequence[str]) -> int | None:
    """Return the article that an editor pinned to a query."""
    for typed, phrase in _phrases(index, analyzed, analyzed[:1]):
        if len(typed) == len(analyzed) and phrase.article is not None:
            return phrase.article
    return None


class _Completing(Enum):
    """When the words that begin with a word count for it."""

    NEVER = "never"
    IF_UNKNOWN = "if unknown"
    ALWAYS = "always"


def _match(
    index: SearchIndex, word: str, known: set[TermKey | str], *, completing: _Completing
) -> tuple[bool, list[Match]]:
    """Say whether a word is in the index; give its term, added to ``known``, and completions, save those known."""
    block = index.find_block(word)
    term = block.find(word) if block else None
    matches = []
    if block and term is not None and block.key(term) not in known:
        known.add(block.key(term))
        matches.append(_make_match(word, word, block, term))
        matches += _match_synonyms(word, block.synonyms.get(term, ()), known)
    is_known = term is not None or (block is not None and block.meaning(word) is not None)
    if completing is _Completing.ALWAYS or (completing is _Completing.IF_UNKNOWN and not is_known):
        completions = _complete(index, word, known)
        is_known = is_known or bool(completions)
        for matched, its_block, its_term in completions:
            of_term = [_make_match(word, matched, its_block, its_term)]
            of_term += _match_synonyms(word, its_block.synonyms.get(its_term, ()), set())
            matches += [replace(match, is_completion=True) for match in of_term]
    return is_known, matches


def _match_synonyms(word: str, synonyms: Sequence[SynonymEntry], known: set[TermKey | str]) -> Iterator[Match]:
    """Yield synonyms, save those known; each is then known: it counts once in a query."""
    for synonym in synonyms:
        if synonym.text not in known:
            known.add(synonym.text)
            yield Match(word, synonym.text, synonym.idf, synonym.forms, dict(synonym.postings), is_synonym=True)


def _complete(index: SearchIndex, prefix: str, known: set[TermKey | str]) -> list[tuple[str, WordsBlock, int]]:
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


def _make_match(word: str, matched: str, block: WordsBlock, term: int) -> Match:
    return Match(word, matched, block.idf[term], block.forms(term), dict(block.postings(term)))


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
                of_article[key] = Contribution(
                    match.word, match.matched, match.idf, impact, score, match.is_synonym, match.is_completion
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
            contributions.setdefault(article, {})[word, True] = row


def _total(contributions: Mapping[tuple[str, bool], Contribution]) -> int:
    return sum(contribution.score for contribution in contributions.values())


def _hit(
    card: CardEntry,
    contributions: Mapping[tuple[str, bool], Contribution],
    analyzed: list[str],
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
        score=_total(contributions),
        excerpt=Excerpt("", "", ()),
        explain=tuple(contributions.values()),
        is_pinned=is_pinned,
        is_exact_title=analyze_query(card.title, language) == analyzed,
        is_exact_question=question_hash(analyzed) in card.questions,
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


def _with_excerpt(hit: Hit, sections: Sequence[Section], terms: Sequence[MarkedTerm], language: str) -> Hit:
    excerpt = choose_excerpt(sections, terms, language=language)
    return replace(hit, anchor=excerpt.anchor, excerpt=excerpt)
