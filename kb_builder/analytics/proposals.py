"""Gaps and clicks in, proposals for editors out: synonyms, pins, questions, stubs and feedback from clicks.

Nothing here touches a file. The rules for synonyms are strict, because a wrong one spoils every search with the word.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb_builder.analytics.gaps import Cause, Gap, is_misspelling
from kb_builder.analytics.privacy import MIN_TEXT_DAYS, MIN_TEXT_VISITS, MIN_VISITS, rounded
from kb_builder.analytics.statements import Row
from kb_builder.analytics.statistics import simplified_dbn, wilson
from kb_builder.articles.languages import primary_language
from kb_builder.index.analyzer import analyze, stemmer

MIN_DAYS = 3
MIN_CONFIDENCE = 0.10
MIN_LIFT = 3.0
MIN_LIKELIHOOD_RATIO = 10.83
MOST_POPULAR = 6
MOST_NEXT = 3
_OPPOSITES = (
    {"cancel", "renew"},
    {"refund", "charge"},
    {"buy", "return"},
    {"buy", "sell"},
    {"open", "close"},
    {"login", "logout"},
    {"subscribe", "unsubscribe"},
    {"in", "out"},
    {"on", "off"},
    {"up", "down"},
    {"with", "without"},
)


@dataclass(frozen=True, slots=True)
class Synonym:
    """Whoever types ``typed`` should also find ``found``."""

    typed: str
    found: str
    gap: Gap
    evidence: str


@dataclass(frozen=True, slots=True)
class Question:
    """A text with which customers look for a page: a line of its ``questions:``, or a pin when it is short."""

    text: str
    page: str
    gap: Gap
    evidence: str

    @property
    def is_pin(self) -> bool:
        """Say whether it is too short for a question."""
        return len(self.text.split()) < 2


@dataclass(frozen=True, slots=True)
class Stub:
    """An article that customers look for and that is not there."""

    title: str
    questions: tuple[str, ...]
    gap: Gap
    evidence: str


@dataclass(frozen=True, slots=True)
class Note:
    """What only a person can decide."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Clicks:
    """What the clicks say about a page: its rank by visits that clicked it, and a factor on its score."""

    page: str
    popular: int
    boost: float


Proposal = Synonym | Question | Stub | Note


def propose(
    gaps: Iterable[Gap], *, rewrites: Sequence[Row], outcomes: Sequence[Row], language: str, is_main: bool = True
) -> tuple[Proposal, ...]:
    """Propose what would close each gap.

    Args:
        gaps: As `find_gaps` gives them.
        rewrites: Rows of the metric ``reformulations``; ``outcomes`` of ``query_outcomes``.
        language: Only gaps of this language are taken; of the main one also those whose language is not told.
    """
    support = _Support(rewrites, outcomes)
    found: list[Proposal] = []
    for gap in gaps:
        if gap.may_show and _is_of(gap.locale, language, is_main):
            found.append(_proposal(gap, support, language))
    return tuple(found)


def _is_of(locale: str, language: str, is_main: bool) -> bool:
    return primary_language(locale) == language or (is_main and not locale)


def _proposal(gap: Gap, support: _Support, language: str) -> Proposal:
    visits = f"{rounded(gap.visits)} visits on {gap.days} days searched this or nearly this"
    if gap.cause is Cause.VOCABULARY and gap.rewrite:
        evidence = f"{visits}; {rounded(gap.rewrite.visits)} found it with “{gap.rewrite.text}”"
        pair = differing_words(gap.name, gap.rewrite.text, language)
        if pair and support.holds(gap.name, gap.rewrite.text, gap.locale, language):
            return Synonym(*pair, gap, evidence)
        if gap.page:
            return Question(gap.name, gap.page, gap, evidence)
    if gap.cause is Cause.RANKING:
        evidence = f"{visits}; most clicked {gap.page}, on average at place {gap.position:.0f}"
        return Question(gap.name, gap.page, gap, evidence)
    contacts = f"{visits}; {rounded(gap.successes)} found an answer, {rounded(gap.contacts)} contacted you afterwards"
    if gap.cause is Cause.CONTENT:
        title = gap.name[:1].upper() + gap.name[1:]
        return Stub(title, gap.texts[:5], gap, contacts)
    advice = {
        Cause.SPELLING: f'“{gap.name}” looks misspelled; see whether search corrects it: kb search "{gap.name}"',
        Cause.AUDIENCE: f"“{gap.name}” has an answer for another audience or language; give this one its own",
        Cause.OUT_OF_SCOPE: f"“{gap.name}”: say plainly whether you offer it, or leave it",
    }
    return Note(advice.get(gap.cause, f"“{gap.name}”: look at it"), contacts)


def differing_words(text: str, other: str, language: str) -> tuple[str, str] | None:
    """Leave out the words that two texts share; None when one only adds words, or they are opposites."""
    stem = stemmer(language)
    words, others = analyze(text, language), analyze(other, language)
    shared = {stem(word) for word in words} & {stem(word) for word in others}
    left = [word for word in words if stem(word) not in shared]
    right = [word for word in others if stem(word) not in shared]
    if not left or not right or any({one, two} in _OPPOSITES for one in left for two in right):
        return None
    return " ".join(left), " ".join(right)


class _Support:
    """How strongly the log supports that two texts mean the same."""

    def __init__(self, rewrites: Sequence[Row], outcomes: Sequence[Row]) -> None:
        self._pairs = {(row["first_text"], row["second_text"], row["locale"]): row for row in rewrites}
        self._visits: dict[tuple[str, str], int] = defaultdict(int)
        for row in outcomes:
            self._visits[row["text"], row["locale"]] += row["visits"]
        self._all = sum(self._visits.values())

    def holds(self, text: str, other: str, locale: str, language: str) -> bool:
        """Say whether the pair has enough visits, days, confidence, lift and likelihood, and is no misspelling."""
        row = self._pairs.get((text, other, locale))
        if row is None or is_misspelling(text, other):
            return False
        together, failed = row["numerator"], row["denominator"]
        one, two = self._visits[text, locale], self._visits[other, locale]
        lift = together * self._all / (one * two)
        return bool(
            together >= 5
            and row["days"] >= MIN_DAYS
            and wilson(together, failed).low >= MIN_CONFIDENCE
            and lift > MIN_LIFT
            and likelihood_ratio(together, one, two, self._all) > MIN_LIKELIHOOD_RATIO
        )


def likelihood_ratio(together: int, one: int, two: int, total: int) -> float:
    """Return twice the log-likelihood ratio of two texts going together, against chance.

    Source: Dunning, "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 19(1).
    """
    counts = ((together, max(one - together, 0)), (max(two - together, 0), max(total - one - two + together, 0)))
    rows, columns = [sum(row) for row in counts], [sum(column) for column in zip(*counts, strict=True)]
    everything = sum(rows)
    return 2 * sum(
        count * math.log(count * everything / (rows[i] * columns[j]))
        for i, row in enumerate(counts)
        for j, count in enumerate(row)
        if count
    )


def feedback_of_clicks(examined: Iterable[Row], *, largest_boost: float) -> tuple[Clicks, ...]:
    """Turn clicks into popular questions and small boosts, by the simplified dynamic Bayesian network click model.

    Args:
        examined: Rows of the metric ``examined_results``.
        largest_boost: What the most relevant page gets; pages with few visits get none.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in examined:
        for place, name in enumerate(("numerator", "denominator", "last", "visits")):
            counts[row["page"]][place] += int(row[name])
    kept = {page: own for page, own in counts.items() if own[3] >= MIN_VISITS and own[0] >= 5}
    by_visits = sorted(kept, key=lambda page: (-kept[page][0], page))
    values = {page: simplified_dbn(clicked=own[0], examined=own[1], last=own[2]).value for page, own in kept.items()}
    low, high = (min(values.values()), max(values.values())) if values else (0.0, 0.0)
    return tuple(
        Clicks(
            page,
            place if place <= MOST_POPULAR else 0,
            round(1 + (largest_boost - 1) * (values[page] - low) / (high - low), 2) if high > low else 1.0,
        )
        for place, page in enumerate(by_visits, start=1)
    )


def pages_read_next(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Return for each page those that its readers go on to, best first, if enough do and more than other readers do.

    Args:
        rows: Those of the metric ``read_next``.
    """
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for row in rows:
        went_on, read = int(row["numerator"]), int(row["denominator"])
        is_enough = read >= MIN_VISITS and went_on >= MIN_TEXT_VISITS and row["days"] >= MIN_TEXT_DAYS
        least = wilson(went_on, read).low
        if is_enough and least > row["arrivals"] / row["readings"]:
            found[row["page"]].append((-least, row["next_page"]))
    return {page: tuple(other for _, other in sorted(pages)[:MOST_NEXT]) for page, pages in found.items()}


def expected_pages(
    clicked: Iterable[Row], shown: Mapping[tuple[str, str], bool], language: str, *, is_main: bool = True
) -> dict[str, str]:
    """Return for each text that may be shown the page that most of its visits clicked: a replay must still find it."""
    best: dict[str, Row] = {}
    for row in clicked:
        if not (shown.get((row["text"], row["locale"])) and _is_of(row["locale"], language, is_main)):
            continue
        before = best.get(row["text"])
        if before is None or (row["numerator"], before["page"]) > (before["numerator"], row["page"]):
            best[row["text"]] = row
    return {text: row["page"] for text, row in best.items() if row["page"]}
