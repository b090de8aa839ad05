"""Rules on articles that say the same thing twice, and on those that then disagree."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article
from kb_builder.index.function_words import function_words
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput, Reading
from kb_builder.lint.samples import WORD

_APOSTROPHE = re.compile("['’]")
_STEM = 4  # letters that inflected forms of a word share
_SAME_WORD = 75  # percent of likeness from which two words of one stem are one
_FEWEST_WORDS = 2
# Function words without which a question is another one.
_NO = "no not cannot cant dont wont doesnt didnt without nicht kein keine ohne pas sans sin non niet geen "
_WHY = "why when where who wann warum wo wer quand pourquoi ou qui donde cuando quien porque dove quando chi perche"
_TELLING = frozenset((_NO + _WHY).split())
_FIGURE = re.compile(
    r"(?P<money>[£$€]\s?)?(?P<number>\d+(?:[.,]\d+)*)(?:\s?(?P<unit>%|(?:working |business |calendar )?"
    r"(?:minute|hour|day|week|month|year)s?\b|per ?cent\b|kg\b|GBP\b|EUR\b|USD\b))?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b(?: \d{4})?)"
)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?")
_SAME_SENTENCE = 82  # percent of likeness, figures left out
_COMMON = 5  # articles from which a run of words is boilerplate
_FEWEST_SAMPLES = 6
_SAME_TEXT = 85  # percent


@dataclass(frozen=True, slots=True)
class _Question:
    article: Article
    text: str
    line: int
    words: tuple[str, ...]

    @property
    def is_title(self) -> bool:
        return self.line == self.article.lines.get("title", 0)


def same_questions(lint: LintInput) -> Iterator[Issue]:
    """Find articles that answer one question, and say when their figures differ.

    Two questions are the same when their words are, function words and inflection aside; numbers must be equal.
    """
    seen: set[tuple[str, str]] = set()
    for one, other in _pairs(lint):
        pair = (one.article.path, other.article.path)
        if pair in seen:
            continue
        seen.add(pair)
        this, that = (one, other) if lint.told_first(*pair)[0] == one.article.path else (other, one)
        where, elsewhere = lint.at(this.article.path), that.article.path
        clashes = tuple(_clashes(lint.reading(this.article.path), lint.reading(elsewhere)))
        for clash in clashes:
            message = f"'{clash.text}'; '{elsewhere}', line {clash.other_line}, has '{clash.other}'"
            yield issue("KB821", where, clash.line, message)
        if not clashes and one.text.casefold() != other.text.casefold():
            message = f"'{this.text}' is also answered by '{elsewhere}' as '{that.text}'"
            yield issue("KB820", where, this.line, message)
        elif not clashes and not (this.is_title and that.is_title and this.article.kind == that.article.kind):
            yield issue("KB820", where, this.line, f"'{this.text}' is also answered by '{elsewhere}'")


def same_texts(lint: LintInput) -> Iterator[Issue]:
    """Find articles whose text is nearly the same, by samples of their runs of words."""
    holders: defaultdict[int, list[str]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    for reading in lint.articles():
        sizes[reading.article.path] = len(reading.samples)
        for sample in reading.samples:
            holders[sample].append(reading.article.path)
    shared: Counter[tuple[str, str]] = Counter()
    for paths in holders.values():
        if 2 <= len(paths) <= _COMMON:
            shared.update(combinations(paths, 2))
    for (one, other), count in sorted(shared.items()):
        if count < _FEWEST_SAMPLES or count < 0.5 * max(sizes[one], sizes[other]) or _is_family(lint, one, other):
            continue
        percent = fuzz.ratio(*(" ".join(line.text for line in lint.reading(path).prose) for path in (one, other)))
        if percent >= _SAME_TEXT:
            this, that = lint.told_first(one, other)
            line = lint.reading(this).article.body_line
            yield issue("KB822", lint.at(this), line, f"{percent:.0f} % of the text is that of '{that}'")


def _pairs(lint: LintInput) -> Iterator[tuple[_Question, _Question]]:
    groups: defaultdict[tuple[str, ...], list[_Question]] = defaultdict(list)
    small = function_words(lint.language) - _TELLING
    for reading in lint.articles():
        for question in _questions(reading.article, small):
            groups[tuple(sorted(word[:_STEM] if word.isalpha() else word for word in question.words))].append(question)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if one.article is other.article or _is_family(lint, one.article.path, other.article.path):
                continue
            for_others = one.article.audience and other.article.audience
            if for_others and not set(one.article.audience) & set(other.article.audience):
                continue
            if all(fuzz.ratio(a, b) >= _SAME_WORD for a, b in zip(one.words, other.words, strict=True)):
                yield one, other


def _questions(article: Article, small: frozenset[str]) -> Iterator[_Question]:
    lines = [(article.title, article.lines.get("title", 0))]
    lines += [(text, article.lines.get(f"questions.{n}", 0)) for n, text in enumerate(article.questions)]
    for text, line in lines:
        words = tuple(
            sorted({word for word in WORD.findall(_APOSTROPHE.sub("", text.casefold())) if word not in small})
        )
        if len(words) >= _FEWEST_WORDS:
            yield _Question(article, text, line, words)


def _is_family(lint: LintInput, one: str, other: str) -> bool:
    """Say whether two articles are versions of one policy, which are alike by nature."""
    return any(state.path == other for state in lint.versions.get(one, ()))


# ---- figures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clash:
    """Two sentences that differ in a figure only, and their lines."""

    text: str
    line: int
    other: str
    other_line: int


def _clashes(one: Reading, other: Reading) -> Iterator[_Clash]:
    mine, theirs = list(_sentences(one)), list(_sentences(other))
    for text, line, masked, figures in mine:
        for other_text, other_line, other_masked, other_figures in theirs:
            units = figures.keys() & other_figures.keys()
            differ = any(not figures[unit] & other_figures[unit] for unit in units)
            if differ and fuzz.token_sort_ratio(masked, other_masked) >= _SAME_SENTENCE:
                yield _Clash(_short(text), line, _short(other_text), other_line)


def _sentences(reading: Reading) -> Iterator[tuple[str, int, str, dict[str, frozenset[str]]]]:
    """Yield each sentence that holds a figure with a unit: text, line, text without figures, figures by unit."""
    for line in reading.prose:
        for match in _SENTENCE.finditer(line.text) if any(c.isdigit() for c in line.text) else ():
            text = match.group().strip()
            figures: defaultdict[str, set[str]] = defaultdict(set)
            for date in _DATE.finditer(text):
                figures["date"].add(date.group())
            bare = _DATE.sub("#", text)
            for figure in _FIGURE.finditer(bare):
                unit = figure["money"] or figure["unit"]
                if unit:
                    figures[unit.strip().casefold().rstrip("s")].add(figure["number"])
            if figures:
                yield text, line.number, _FIGURE.sub("#", bare), {unit: frozenset(v) for unit, v in figures.items()}


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
