"""Choose the section of an article that answers a query best, and the words to quote from it.

The twin is search/client/excerpts.js; both run tests/shared/excerpts.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb_builder.index.analyzer import Token, analyze, tokens_with_spans
from kb_builder.index.model import Section

WINDOW_TOKENS = 36
LEAD_TOKENS = 10
ANSWER_TOKENS = 60
_NEAR_TOKENS = 48  # of the beginning, to which an answer goes back for a window that begins within them
_LISTED = " · "  # stands between items and cells, see `split_sections`
_LIST_ITEMS = 4
_SENTENCE_END = re.compile("[.!?。！？]")
_STATEMENT_END = re.compile(r"[.!]+[\"'”’)\]]*(?=\s)|[。！]+[”’」』）]*")


@dataclass(frozen=True, slots=True)
class MarkedTerm:
    """A term to mark: its weight and the words that are forms of it."""

    weight: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an excerpt."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The quoted words, and the section they are from; no anchor when no section stands out."""

    anchor: str
    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens of a section's text from ``start`` on."""

    score: int
    start: int


def choose_excerpt(
    sections: Sequence[Section], terms: Sequence[MarkedTerm], *, language: str, title: str = ""
) -> Excerpt:
    """Quote the best window of the best section.

    Args:
        sections: Of one article, in reading order.
        terms: What to look for, in the order of the query.
        title: The article's, if an answer is wanted: more words, in whole sentences, and from the beginning of the
            section where that is near; where only a list or table matches, the beginning of the article. It heads the
            beginning, too: what asks for no more than the title says is answered there. What comes later must say a
            third more to be the answer.
    """
    term_of_form = _heaviest(terms)
    beginning = next((section for section in sections if section.text), None)
    best: tuple[Section, list[Token], _Window] | None = None
    for section in sections:
        tokens = tokens_with_spans(section.text, language)
        heading = f"{title} {section.heading}" if section is beginning else section.heading
        in_heading = {term_of_form[word] for word in analyze(heading, language) if word in term_of_form}
        for window in _windows(tokens, term_of_form, in_heading, terms):
            if best is None or window.score * 3 > best[2].score * (4 if title else 3):
                best = section, tokens, window
    if best is None:
        return Excerpt("", "", ())
    section, tokens, window = best
    cut = _answer_bounds if title else _bounds
    if window.score > 0:
        parts = _parts(section.text, tokens, cut(section.text, tokens, window.start), term_of_form)
        if title and "".join(part.text for part in parts).count(_LISTED) >= _LIST_ITEMS - 1:
            return choose_excerpt(sections, (), language=language, title=title)
        return Excerpt(section.anchor, section.heading, parts)
    section = beginning or section
    tokens = tokens_with_spans(section.text, language)
    return Excerpt("", "", _parts(section.text, tokens, cut(section.text, tokens, 0), term_of_form))


def _heaviest(terms: Sequence[MarkedTerm]) -> dict[str, int]:
    """Map each form to the place of its term: the heavier of two, then the earlier.

    Terms of less than a third of the greatest weight are left out: in "where is my parcel" only the last word is worth
    a mark.
    """
    places: dict[str, int] = {}
    greatest = max((term.weight for term in terms), default=0)
    for place, term in enumerate(terms):
        if term.weight * 3 < greatest:
            continue
        for form in term.forms:
            if form not in places or term.weight > terms[places[form]].weight:
                places[form] = place
    return places


def _windows(
    tokens: Sequence[Token], term_of_form: dict[str, int], in_heading: set[int], terms: Sequence[MarkedTerm]
) -> Iterator[_Window]:
    """Yield one window a marked token, which it begins with; without any the beginning, scored by the heading alone."""
    heading_score = sum(terms[place].weight for place in in_heading)
    marked = [(at, term_of_form[token.word]) for at, token in enumerate(tokens) if token.word in term_of_form]
    if not marked:
        yield _Window(heading_score, 0)
    for number, (start, _) in enumerate(marked):
        inside, score = set(in_heading), heading_score
        for at, place in marked[number:]:
            if at >= start + WINDOW_TOKENS:
                break
            if place not in inside:
                inside.add(place)
                score += terms[place].weight
        yield _Window(score, start)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The tokens from ``first`` to before ``end``, and the last character that is quoted, exclusively."""

    first: int
    end: int
    stop: int


def _bounds(text: str, tokens: Sequence[Token], start: int) -> _Bounds:
    """Begin some tokens before a window and end with it."""
    end = min(start + WINDOW_TOKENS, len(tokens))
    return _Bounds(_lead(text, tokens, start), end, tokens[end - 1].end if end < len(tokens) else len(text))


def _answer_bounds(text: str, tokens: Sequence[Token], start: int) -> _Bounds:
    """Begin with the text if the window is near; end with the last statement there is room for, before a list."""
    first = _lead(text, tokens, start, most=ANSWER_TOKENS - WINDOW_TOKENS) if start > _NEAR_TOKENS else 0
    begin = tokens[first].start if first else 0
    last = min(first + ANSWER_TOKENS, len(tokens))
    ends = [(last, len(text))] if last == len(tokens) else []
    for end in range(min(last, len(tokens) - 1), start, -1):
        if found := _STATEMENT_END.search(text, tokens[end - 1].end, tokens[end].start):
            ends.append((end, found.end()))
    whole = ends[0] if ends else (last, tokens[last - 1].end)
    return _Bounds(first, *next((end for end in ends if _LISTED not in text[begin : end[1]]), whole))


def _parts(text: str, tokens: Sequence[Token], bounds: _Bounds, term_of_form: dict[str, int]) -> tuple[Part, ...]:
    """Cut the excerpt out of the text and mark the forms in it."""
    if not tokens:
        return (Part(text, False),) if text else ()
    at = tokens[bounds.first].start if bounds.first else 0
    parts: list[Part] = []
    for start, finish in _marks(tokens[bounds.first : bounds.end], term_of_form):
        if start > at:
            parts.append(Part(text[at:start], False))
        parts.append(Part(text[start:finish], True))
        at = finish
    if bounds.stop > at:
        parts.append(Part(text[at : bounds.stop], False))
    return tuple(parts)


def _lead(text: str, tokens: Sequence[Token], start: int, *, most: int = LEAD_TOKENS) -> int:
    """Return the token the excerpt begins at: up to ``most`` early, but behind the first sentence end there."""
    first = max(0, start - most)
    for at in range(max(1, first), start + 1):
        if _SENTENCE_END.search(text[tokens[at - 1].end : tokens[at].start]):
            return at
    return first


def _marks(tokens: Sequence[Token], term_of_form: dict[str, int]) -> list[tuple[int, int]]:
    marks: list[tuple[int, int]] = []
    for token in sorted(tokens, key=lambda token: token.start):
        if token.word not in term_of_form:
            continue
        if marks and token.start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(marks[-1][1], token.end))
        else:
            marks.append((token.start, token.end))
    return marks
