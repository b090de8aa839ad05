"""Comments in, themes out: words and pairs of words that several visits wrote, put together where the same visits did.

Nothing is guessed that cannot be looked up: a theme is named by its commonest words, its votes are its writers', and
its sentiment is counted by the lists of `sentiment`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb_builder.analytics.privacy import MIN_TEXT_DAYS, MIN_TEXT_VISITS, rounded
from kb_builder.analytics.sentiment import is_judged_word, sentiment
from kb_builder.analytics.statements import Row
from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.function_words import function_words

MOST_THEMES = 20
MOST_WORDS = 5
TOGETHER = 0.5
"""Share of the visits with either of two terms that wrote both, from which they are one theme."""
CLEAR = 1 / 3
"""Praise less complaint, out of what was judged, from which a theme is called one or the other."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What several comments are about. All counts are visits, rounded down to fives.

    Attributes:
        words: Terms that enough visits wrote, commonest first; the first is its name.
        no_votes: Visits whose vote was no.
        praise: Visits whose comment praises; ``complaint`` complains, by the lists of `sentiment`.
        judged: Visits whose comment had words of the lists.
    """

    words: tuple[str, ...]
    visits: int
    no_votes: int
    praise: int
    complaint: int
    judged: int

    @property
    def sentiment(self) -> str:
        """Say what the comments come to, or that too few could be judged."""
        if self.judged < MIN_TEXT_VISITS:
            return "not judged"
        balance = (self.praise - self.complaint) / self.judged
        return "mostly praise" if balance >= CLEAR else "mostly complaint" if balance <= -CLEAR else "mixed"


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes of a period, most visits first, and how much of the comments stands behind them.

    Attributes:
        comments: Visits that wrote one; ``judged`` of these had words of the lists. Rounded down to fives.
    """

    found: tuple[Theme, ...]
    comments: int
    judged: int


@dataclass(slots=True)
class _Term:
    """A word or a pair of words, and who wrote it."""

    visits: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def name(self) -> str:
        """Return the form that most visits wrote."""
        return min(self.forms, key=lambda form: (-len(self.forms[form]), form))

    @property
    def may_show(self) -> bool:
        """Say whether enough visits wrote it, in that form, on enough days."""
        return len(self.forms[self.name]) >= MIN_TEXT_VISITS and len(self.days) >= MIN_TEXT_DAYS


def find_themes(rows: Iterable[Row]) -> Themes:
    """Find the themes of comments.

    Args:
        rows: Of the metric ``feedback_comments``.
    """
    terms: dict[tuple[str, ...], _Term] = defaultdict(_Term)
    values: dict[str, int] = {}  # by visit: all its comments together
    against: set[str] = set()
    visits: set[str] = set()
    for row in rows:
        language = row["locale"].partition("-")[0].lower() or "en"
        visit, words = str(row["visit_id"]), analyze(row["message"], language)
        visits.add(visit)
        if row["numerator"]:
            against.add(visit)
        value = sentiment(words, language)
        if value is not None:
            values[visit] = values.get(visit, 0) + value
        for stems, form in _terms(words, language):
            term = terms[stems]
            term.visits.add(visit)
            term.days.add(row["day"])
            term.forms[form].add(visit)
    groups = _together([term for term in terms.values() if term.may_show])
    found = []
    for group in groups[:MOST_THEMES]:
        own = set().union(*(term.visits for term in group))
        judged = [values[visit] for visit in own if visit in values]
        found.append(
            Theme(
                tuple(dict.fromkeys(term.name for term in group))[:MOST_WORDS],
                rounded(len(own)),
                rounded(len(own & against)),
                rounded(sum(value > 0 for value in judged)),
                rounded(sum(value < 0 for value in judged)),
                rounded(len(judged)),
            )
        )
    return Themes(tuple(found), rounded(len(visits)), rounded(len(values)))


def _terms(words: Sequence[str], language: str) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield the words that say what a comment is about, and pairs of them that stand side by side."""
    stem, skip = stemmer(language), function_words(language)
    before = ""
    for word in words:
        if word in skip or len(word) < 3 or word.isdigit() or is_judged_word(word, language):
            before = ""
            continue
        yield (stem(word),), word
        if before:
            yield (stem(before), stem(word)), f"{before} {word}"
        before = word


def _together(terms: Sequence[_Term]) -> list[list[_Term]]:
    """Put a term to the first theme whose leading term mostly the same visits wrote."""
    groups: list[list[_Term]] = []
    for term in sorted(terms, key=lambda term: (-len(term.visits), term.name)):
        for group in groups:
            if len(term.visits & group[0].visits) >= TOGETHER * len(term.visits | group[0].visits):
                group.append(term)
                break
        else:
            groups.append([term])
    return groups
