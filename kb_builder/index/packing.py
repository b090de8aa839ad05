"""Postings, and sorted texts, as a short string and back; search/FORMAT.md describes the strings.

The twins are `unpack` in search/client/dictionary.js and `unpackSorted` in search/client/files.js. gzip makes a quarter
less of packed postings than of pairs in JSON, and of packed texts than of texts with spaces between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from os.path import commonprefix
from typing import Any

import numpy as np
import numpy.typing as npt

_BITS = 5
_BASE = 1 << _BITS
_LAST, _MORE = 48, 93  # neither range has a quotation mark or a backslash, which JSON would escape
_NEXT_WEIGHT = "."
_FIRST_CAPITAL, _MOST_SHARED = ord("A"), 25
Numbers = npt.NDArray[np.integer[Any]]
_SORTED = re.compile("[A-Z][^A-Z]*")


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


def pack_all(firsts: Numbers, counts: Numbers, articles: Numbers, weights: Numbers, *, highest: Numbers) -> list[str]:
    """Do the same for many at once.

    Args:
        firsts: One a text.
        counts: How many postings each text has; it is empty when it has none.
        articles: Of each posting, ascending in each text.
        weights: Of each posting, 1 to 255.
        highest: One a text.
    """
    if not len(articles):
        return [""] * len(counts)
    rows = np.repeat(np.arange(len(counts)), counts)
    order = np.argsort(rows * 256 - weights, kind="stable")
    articles, weights = articles[order].astype(np.int64), weights[order].astype(np.int64)
    is_first = np.diff(rows, prepend=-1) > 0
    before = np.concatenate([[0], weights[:-1]])
    gaps = articles - np.where(is_first | (before != weights), 0, np.concatenate([[0], articles[:-1]]))
    marks = np.where(is_first, highest[rows], before) - weights
    sizes, head_sizes = _sizes(gaps), np.where(is_first, _sizes(firsts)[rows], 0)
    ends = np.cumsum(head_sizes + marks + sizes)
    written = np.full(ends[-1], ord(_NEXT_WEIGHT), np.uint8)
    _write_numbers(written, ends - sizes, gaps, sizes)
    _write_numbers(written, ends - sizes - marks - head_sizes, firsts[rows], head_sizes)
    text = written.tobytes().decode("ascii")
    bounds = np.concatenate([[0], np.concatenate([[0], ends])[np.cumsum(counts)]]).tolist()
    return [text[start:end] for start, end in pairwise(bounds)]


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


def pack_sorted(texts: Iterable[str]) -> str:
    """Write for each text how many code points it shares with the one before (``A`` is none), then its others.

    Args:
        texts: Ascending, without capitals from A to Z.
    """
    before, packed = "", []
    for text in texts:
        shared = min(len(commonprefix((before, text))), _MOST_SHARED)  # noqa: RUF071 - letter by letter is meant
        packed.append(chr(_FIRST_CAPITAL + shared) + text[shared:])
        before = text
    return "".join(packed)


def unpack_sorted(packed: str) -> list[str]:
    """Read what `pack_sorted` wrote.

    Raises:
        ValueError: The text is not that.
    """
    if packed and not _SORTED.match(packed):
        raise ValueError(f"packed texts that begin without a capital: {packed[:20]!r}")
    text, texts = "", []
    for part in _SORTED.findall(packed):
        text = text[: ord(part[0]) - _FIRST_CAPITAL] + part[1:]
        texts.append(text)
    return texts


def _sizes(values: Numbers) -> Numbers:
    """Say how many digits each number has."""
    return 1 + np.searchsorted(_BASE ** np.arange(1, 7), values, side="right")


def _write_numbers(written: npt.NDArray[np.uint8], starts: Numbers, values: Numbers, sizes: Numbers) -> None:
    for place in range(int(sizes.max())):
        has = sizes > place
        digits = (values[has] >> _BITS * place) & (_BASE - 1)
        written[starts[has] + place] = np.where(sizes[has] == place + 1, _LAST, _MORE) + digits


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
