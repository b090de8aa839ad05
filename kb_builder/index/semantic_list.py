"""The semantic postings of a word, as a short string and back; twin of `unpack` in search/client/dictionary.js."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_WEIGHT = 7  # 15 levels rank no better
MAX_PEAK = 255
SAME = "="  # in the place of a packed list: that of the word before

_BASE = 32
_LAST, _MORE = 48, 93  # neither range has a quotation mark or a backslash, which JSON would escape
_NEXT_WEIGHT = "."


@dataclass(frozen=True, slots=True)
class SemanticList:
    """The articles a word leads to.

    Attributes:
        peak: What its strongest posting is worth among those of all words: 1 to `MAX_PEAK`.
        postings: ``(article, weight)`` pairs ascending by article; 1 to `MAX_WEIGHT`, the strongest being the latter.
    """

    peak: int
    postings: tuple[tuple[int, int], ...]

    def pack(self) -> str:
        """Write the peak, then the articles of each weight from the heaviest on, as the rules in search/FORMAT.md."""
        articles: dict[int, list[int]] = {}
        for article, weight in self.postings:
            articles.setdefault(weight, []).append(article)
        levels = []
        for weight in range(MAX_WEIGHT, min(articles, default=MAX_WEIGHT) - 1, -1):
            before, numbers = 0, []
            for article in articles.get(weight, ()):
                numbers.append(_number(article - before))
                before = article
            levels.append("".join(numbers))
        return _number(self.peak) + _NEXT_WEIGHT.join(levels)

    @classmethod
    def unpack(cls, text: str) -> SemanticList:
        """Read what `pack` wrote.

        Raises:
            ValueError: The text is not one.
        """
        numbers = _numbers(text)
        peak = next(numbers, None)
        if not peak:
            raise ValueError(f"semantic postings without a peak: {text!r}")
        weight, article = MAX_WEIGHT, 0
        postings: dict[int, int] = {}
        for number in numbers:
            if number is None:
                weight, article = weight - 1, 0
                continue
            article += number
            postings[article] = weight
        if weight < 1:
            raise ValueError(f"semantic postings with too many weights: {text!r}")
        return cls(peak, tuple(sorted(postings.items())))


def _number(value: int) -> str:
    digits = ""
    while value >= _BASE:
        digits += chr(_MORE + value % _BASE)
        value //= _BASE
    return digits + chr(_LAST + value)


def _numbers(text: str) -> Iterator[int | None]:
    """Yield the numbers of a packed list, and nothing in the place of each mark of the next weight."""
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
            raise ValueError(f"unexpected {character!r} in semantic postings")
    if place > 1:
        raise ValueError("semantic postings end within a number")
