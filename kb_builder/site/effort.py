"""Estimate what a text costs Python-Markdown, before it is given to it."""

from __future__ import annotations

import re
from itertools import accumulate

from kb_builder.articles.source import mask_code

# Python-Markdown reads on from every opening bracket to its end, or to the end of the block. So many characters read
# in vain take about a second.
_MOST_CHARACTERS = 5_000_000

_BRACKET = re.compile(r"\\.|\]\(|<(?=[A-Za-z!?/])|[\[\]()>]", re.DOTALL)
_CLOSES = {"[": "]", "](": ")", "<": ">"}


def unfinished_brackets(source: str) -> int:
    """Return the line of the first block whose brackets cost too much; 0 when all of them are within reason.

    Ordinary text is far below the limit: a bracket that closes costs no more than its content.
    """
    if (2 * source.count("[") + source.count("<")) * len(source) <= _MOST_CHARACTERS:
        return 0  # not even if none of them closed
    blocks = re.split(r"(?<=\n)(?=[ \t]*\n|[ \t]*\|)", mask_code(source))
    lines = accumulate((block.count("\n") for block in blocks), initial=1)
    spent = 0
    for block, line in zip(blocks, lines, strict=False):
        spent += _characters_read(block)
        if spent > _MOST_CHARACTERS:
            return line + (len(block) - len(block.lstrip("\n")))
    return 0


def _characters_read(block: str) -> int:
    """Sum, over all opening brackets, the distance to the bracket that closes it or to the end of the block."""
    open_at: dict[str, list[int]] = {opening: [] for opening in _CLOSES}
    read = 0
    for match in _BRACKET.finditer(block):
        mark = match.group()
        if mark == "](":
            read += _closed(open_at["["], match.start())
        for opening, closing in _CLOSES.items():
            if mark == opening:
                open_at[opening].append(match.start())
            elif mark == closing:
                read += _closed(open_at[opening], match.start())
    return read + sum(len(block) - start for starts in open_at.values() for start in starts)


def _closed(starts: list[int], end: int) -> int:
    return end - starts.pop() if starts else 0
