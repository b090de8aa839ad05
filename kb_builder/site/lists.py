"""Lists as CommonMark and GitHub read them, rewritten as Python-Markdown wants them.

Python-Markdown starts a list only after an empty line and nests by four columns. Elsewhere a list may follow a line of
text at once, and what belongs to an item begins where the item's own text does, be that two, three or four columns in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKER = re.compile(r"(?P<mark>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap> +|$)(?P<text>.*)")
_RULE = re.compile(r"(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")
# Blocks of our own dialect whose content is indented by four columns: admonitions, footnotes, definitions.
_INDENTING = re.compile(r"(?:!!!|\?\?\?\+?) |\[\^[^\]\s]+\]:|: {1,3}\S")
_OTHER_BLOCK = re.compile(r"#{1,6} |>|\||\x02[^\x03]*\x03$")  # heading, quote, table row, code that is set aside
_CODE = re.compile(r"\x02[^\x03]*\x03$")
_RAW_HTML = re.compile(
    r"</?(?P<name>address|article|aside|blockquote|details|div|dl|figure|form|ol|p|pre|script|section|style|table|ul)\b",
    re.IGNORECASE,
)
_QUOTE = re.compile(r" *>")
_TAB = 4


def align_lists(lines: Sequence[str]) -> list[str]:
    """Return the lines with items and what belongs to them indented by four columns a level.

    Args:
        lines: Markdown without tabs, with fenced code already set aside by a placeholder a block.
    """
    return _Aligner().run(lines)


@dataclass(slots=True)
class _Item:
    """An open list item or block whose content is indented; ``content`` is the column where that begins."""

    content: int
    is_list: bool


class _Aligner:
    """Walks through the lines with a stack of the items that are open."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[_Item] = []
        self._after_blank = True
        self._text_depth = -1  # depth of the paragraph that the line before belongs to; -1: it is none
        self._is_item_text = False  # that paragraph began on the line of an item's marker
        self._block_depth = 0  # depth of the first line after the last empty one
        self._never_closed: set[str] = set()  # names of tags that nothing below closes

    def run(self, lines: Sequence[str]) -> list[str]:
        position = 0
        while position < len(lines):
            line = lines[position]
            quoted = self._quote_end(lines, position)
            if quoted > position:
                self._quote(lines[position:quoted])
                position = quoted
            elif not self._open and (match := _RAW_HTML.match(line)):
                position = self._raw_html(lines, position, match["name"])
            else:
                self._line(line)
                position += 1
        return self._out

    def _line(self, line: str) -> None:
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if not text:
            self._blank()
            return
        marker = None if _RULE.match(text) else _MARKER.match(text)
        if marker and self._starts_item(marker, indent):
            self._item(marker, indent)
        elif not self._is_lazy(text, indent):
            self._block(text, indent)
        else:
            self._out.append(" " * _TAB * len(self._open) + text)

    def _blank(self) -> None:
        self._out.append("")
        self._after_blank, self._text_depth = True, -1

    def _leaves(self, depth: int) -> bool:
        """Say whether a line at ``depth`` leaves the block that it follows, which began deeper."""
        return not self._after_blank and depth < self._block_depth

    def _begin_line(self, depth: int) -> None:
        """Note how deep a block of lines begins: Python-Markdown takes what follows for at least as deep."""
        if self._after_blank:
            self._block_depth = depth
        self._after_blank = False

    def _starts_item(self, marker: re.Match[str], indent: int) -> bool:
        beyond = indent - self._base(indent)
        if beyond >= _TAB:
            return bool(self._open) and not self._after_blank and beyond < 2 * _TAB and self._open[-1].is_list
        in_text = self._text_depth == self._depth(indent)
        return not in_text or (bool(marker["text"]) and marker["number"] in (None, "1"))

    def _item(self, marker: re.Match[str], indent: int) -> None:
        self._close_to(indent)
        depth = len(self._open)
        if (self._text_depth == depth and not self._is_item_text) or self._leaves(depth):
            self._blank()
        self._begin_line(depth)
        gap = len(marker["gap"])
        width = len(marker["mark"]) + (gap if 1 <= gap <= _TAB else 1)
        self._open.append(_Item(indent + width, is_list=True))
        mark = f"{marker['number']}." if marker["number"] else marker["mark"]
        self._out.append(f"{' ' * _TAB * depth}{mark} {marker['text']}")
        self._text_depth = depth + 1 if marker["text"] and not _OTHER_BLOCK.match(marker["text"]) else -1
        self._is_item_text = True

    def _block(self, text: str, indent: int) -> None:
        self._close_to(indent)
        depth = len(self._open)
        base = self._open[-1].content if self._open else 0
        if (_CODE.fullmatch(text) and self._text_depth >= 0) or self._leaves(depth):
            self._blank()
        self._begin_line(depth)
        if not self._open:
            self._out.append(" " * indent + text)
        elif indent - base >= _TAB:
            self._out.append(" " * (_TAB * depth + max(_TAB, min(indent - base, indent - _TAB * depth))) + text)
        else:
            self._out.append(" " * _TAB * depth + text)
        self._is_item_text = self._is_item_text and self._text_depth == depth
        self._text_depth = -1 if _OTHER_BLOCK.match(text) else depth
        if _CODE.fullmatch(text):
            self._blank()
        if indent - base < _TAB and _INDENTING.match(text):
            self._open.append(_Item(indent + _TAB, is_list=False))

    def _is_lazy(self, text: str, indent: int) -> bool:
        """Say whether a line goes on with the paragraph above although it is not indented as its item asks."""
        return (
            self._text_depth > 0
            and self._open[-1].is_list
            and indent < self._open[-1].content
            and not _OTHER_BLOCK.match(text)
            and not _RULE.match(text)
            and not _INDENTING.match(text)
        )

    def _base(self, indent: int) -> int:
        return max((item.content for item in self._open if item.content <= indent), default=0)

    def _depth(self, indent: int) -> int:
        return sum(item.content <= indent for item in self._open)

    def _close_to(self, indent: int) -> None:
        while self._open and self._open[-1].content > indent:
            self._open.pop()

    def _quote(self, lines: Sequence[str]) -> None:
        """Align the lists inside a quote, and keep the quote where it is."""
        indent = len(lines[0]) - len(lines[0].lstrip(" "))
        self._close_to(indent)
        depth = len(self._open)
        if self._text_depth >= 0 or self._leaves(depth):
            self._blank()
        self._begin_line(depth)
        inside = align_lists([re.sub(r"^ *> ?", "", line) for line in lines])
        self._out += [f"{' ' * _TAB * depth}>{f' {line}' if line.strip() else ''}" for line in inside]
        if not inside[-1].strip():
            self._blank()  # a line below an empty line of the quote does not go on with it
        self._text_depth = -1

    def _quote_end(self, lines: Sequence[str], start: int) -> int:
        """Return the line after the quote that begins at ``start``; ``start`` itself when none does."""
        end = start
        while end < len(lines) and (match := _QUOTE.match(lines[end])):
            indent = match.end() - 1
            if end == start and indent - self._base(indent) >= _TAB:
                return start  # indented code
            end += 1
        return end

    def _raw_html(self, lines: Sequence[str], start: int, name: str) -> int:
        """Copy raw HTML as it is, up to its closing tag or else the next empty line."""
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE)
        ahead = range(start, start if name.lower() in self._never_closed else len(lines))
        end = next((number for number in ahead if closing.search(lines[number])), None)
        if end is None:
            self._never_closed.add(name.lower())
            end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines) - 1)
        self._out += lines[start : end + 1]
        self._after_blank, self._text_depth, self._block_depth = False, -1, 0
        return end + 1
