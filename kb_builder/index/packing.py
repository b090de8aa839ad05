"""Postings as a short string and back: articles grouped by weight; twin of `unpack` in search/client/dictionary.js.

search/FORMAT.md describes the string. gzip makes a quarter less of it than of pairs in JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_BASE = 32
_LAST, _MORE = 48, 93  # neither range has a quotation mark or a backslash, which JSON would escape
_NEXT_WEIGHT = "."


def pack(first: int, postings: Iterable[tuple[int, int]], *, highest: int) -> str:
    """Write a number, then the articles of each weight from the highest on.

    Args:
        first: Above 0.
        postings: ``(article, weight)`` pairs ascending by article; weights from 1 to ``highest``.
    """
    articles: dict[int, list[int]] = {}
    for article, weight in postings:
        articles.setdefault(weight, []).append(article)
    levels = []
    for weight in range(highest, min(articles, default=highest) - 1, -1):
        before, numbers = 0, []
        for article in articles.get(weight, ()):
            numbers.append(_SHORT[gap] if (gap := article - before) < len(_SHORT) else _number(gap))
            before = article
        levels.append("".join(numbers))
    return _number(first) + _NEXT_WEIGHT.join(levels)


def unpack(text: str, *, highest: int | None = None) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Read what `pack` wrote.

    Args:
        highest: The number that begins the text, by default.

    Raises:
        ValueError: The text is not one.
    """
    numbers = _numbers(text)
    first = next(numbers, None)
    if not first:
        raise ValueError(f"packed postings without a number to begin with: {text!r}")
    weight, article = highest or first, 0
    postings: dict[int, int] = {}
    for number in numbers:
        if number is None:
            weight, article = weight - 1, 0
            continue
        article += number
        postings[article] = weight
    if weight < 1:
        raise ValueError(f"packed postings with too many weights: {text!r}")
    return first, tuple(sorted(postings.items()))


def _number(value: int) -> str:
    digits = ""
    while value >= _BASE:
        digits += chr(_MORE + value % _BASE)
        value //= _BASE
    return digits + chr(_LAST + value)


_SHORT = [_number(value) for value in range(_BASE * _BASE)]


def _numbers(text: str) -> Iterator[int | None]:
    """Yield the numbers of packed postings, and nothing in the place of each mark of the next weight."""
    value, place = 0, 1
    for character in text:
        code = ord(character)
        if character == _NEXT_WEIGHT and place == 1:
            yield None
        elif _LAST <= code < _LAST + _BASE:
            yield value + (code - _LAST) * place
            value, place = 0, 1
        elif _MORE <= code < _MORE + _BASE and place < 2**30:
            value, place = value + (code - _MORE) * place, place * _BASE
        else:
            raise ValueError(f"unexpected {character!r} in packed postings")
    if place > 1:
        raise ValueError("packed postings end within a number")
