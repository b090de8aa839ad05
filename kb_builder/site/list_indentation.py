"""Markdown indented as CommonMark has it in, the same text indented as Python-Markdown wants it out.

CommonMark indents what belongs to a list item to the column where the item's text begins, two or three spaces as a
rule; Python-Markdown wants four spaces a level. It also wants a blank line where a list follows a paragraph, and where
a line leaves a list that it would otherwise draw in. Text that keeps to Python-Markdown's rules comes out as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markdown.preprocessors import Preprocessor

_LEVEL = 4  # columns: Python-Markdown's step from level to level, and CommonMark's from text to indented code
_MOST_QUOTES = 16  # quotes in quotes; what is deeper stays as it is

_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_MARKER = re.compile(r"(?:[-+*]|(?P<number>[0-9]{1,9})[.)])(?P<gap>[ \t]+|$)")

# CommonMark 0.31, section 4.6: how a block of HTML begins, and what ends it; None is a blank line.
_HTML_BLOCKS: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (
        re.compile(
            r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog"
            r"|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe"
            r"|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table"
            r"|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|/?>|$)",
            re.IGNORECASE,
        ),
        None,
    ),
)


def to_four_spaces(text: str) -> str:
    """Rewrite the indentation of lists from CommonMark's rules to Python-Markdown's.

    Lines are moved as a whole, so code keeps its own indentation. A marker such as ``1)``, which Python-Markdown does
    not know, becomes ``1.``. Blank lines are added only where Python-Markdown cannot see a block without one.

    Args:
        text: Markdown without front matter, lines ending with a line feed, tabs expanded.

    Returns:
        The text, most lines of which are as they were. Given it again it comes back unchanged, as long as no marker
        takes more than four columns with the spaces after it.

    Source: CommonMark 0.31, sections 4 and 5, without its rule that an empty item ends at a blank line. An item's
    content may also begin at Python-Markdown's column when that is further left.
    """
    return "\n".join(line for lines in _rewrite(text.split("\n"), quotes=_MOST_QUOTES) for line in lines)


class ListIndentation(Preprocessor):
    """Lets Python-Markdown read lists written for CommonMark."""

    def run(self, lines: list[str]) -> list[str]:
        """Rewrite all lines of a page."""
        return to_four_spaces("\n".join(lines)).split("\n")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    column: int  # where it begins, counted from 0
    rest: str  # from there on; empty for a blank line


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item that is open. Its content begins at one column of the source and at another of the result."""

    content: int
    moved_content: int
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph that is open: its next lines move with its first, unless they hang on it lazily."""

    shift: int = 0
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without a blank line between them, which Python-Markdown takes for what the first of them is."""

    depth: int
    is_list: bool


def _rewrite(lines: Iterable[str], *, quotes: int) -> list[list[str]]:
    """Return, for each line, the lines that take its place."""
    rewriter = _Rewriter(lines, quotes=quotes)
    at = 0
    while at < len(rewriter.lines):
        at = rewriter.read(at)
    return rewriter.rewritten


class _Rewriter:
    """Goes through the lines once. ``depth`` is always the number of list items a line stands in."""

    def __init__(self, lines: Iterable[str], *, quotes: int) -> None:
        self.lines = [_parse(line) for line in lines]
        self.rewritten: list[list[str]] = []
        self._quotes = quotes
        self._items: list[_Item] = []
        self._paragraph: _Paragraph | None = None
        self._block: _Block | None = None
        self._waiting: list[str] = []

    def read(self, at: int) -> int:
        """Rewrite the block that begins at a line, or the line; return the number of the line after it."""
        line = self.lines[at]
        if not line.rest:
            self._paragraph = self._block = None
            self._write(line, line.column)
            return at + 1
        depth = self._depth(line.column)
        if self._is_far(line, depth):
            return self._read_text(at, depth) if self._paragraph else self._read_code(at, depth)
        if self._is_underline(line, depth):
            return self._read_heading(at, depth, column=line.column + (self._paragraph or _Paragraph()).shift)
        if _FENCE.match(line.rest):
            return self._read_fence(at, depth)
        if line.rest.startswith(">"):
            return self._read_quote(at, depth)
        for begin, end in _HTML_BLOCKS if line.rest.startswith("<") else ():
            if begin.match(line.rest):
                return self._read_html(at, depth, end)
        if _HEADING.match(line.rest) or _Rules(line.rest).begin_at(0):
            return self._read_heading(at, depth, column=self._place(line.column, depth))
        if (marker := _MARKER.match(line.rest)) and self._may_begin_item(marker, depth):
            return self._read_items(at, depth, marker)
        return self._read_text(at, depth)

    # Where a line belongs

    def _depth(self, column: int) -> int:
        for depth in range(len(self._items)):
            if column < self._begin(depth + 1):
                return depth
        return len(self._items)

    def _begin(self, depth: int) -> int:
        """Return the first column of what belongs to the item at this depth."""
        return min(self._items[depth - 1].content, depth * _LEVEL) if depth else 0

    def _is_far(self, line: _Line, depth: int) -> bool:
        """Whether a line stands so far right that nothing but text or code can be there."""
        return line.column - (self._items[depth - 1].content if depth else 0) >= _LEVEL

    def _is_underline(self, line: _Line, depth: int) -> bool:
        paragraph = self._paragraph
        is_below = paragraph is not None and not paragraph.is_quoted and depth == len(self._items)
        return is_below and bool(_UNDERLINE.match(line.rest))

    def _may_begin_item(self, marker: re.Match[str], depth: int) -> bool:
        """Whether a marker begins an item: amid a paragraph only a bullet or the number 1 does, and with text."""
        if self._paragraph is None or self._paragraph.is_quoted or depth < len(self._items):
            return True
        has_text = marker.end() < len(marker.string)
        return has_text and (marker["number"] is None or int(marker["number"]) == 1)

    def _place(self, column: int, depth: int) -> int:
        """Return where a block begins: where it is, if Python-Markdown sees it at this depth there."""
        if depth == 0:
            return column
        begin = depth * _LEVEL
        most = min(begin, self._items[depth - 1].moved_content) + _LEVEL
        return column if begin <= column < most else begin

    # Writing

    def _write(self, line: _Line, column: int, rest: str | None = None) -> None:
        is_same = not line.rest or (column == line.column and rest is None)
        text = line.text if is_same else " " * column + (line.rest if rest is None else rest)
        self.rewritten.append([*self._waiting, text])
        self._waiting = []

    def _begin_block(self, depth: int, *, is_list: bool = False, needs_blank: bool | None = None) -> None:
        """Leave the items that end here, after a blank line where Python-Markdown needs one to notice."""
        if needs_blank is None:
            needs_blank = depth < len(self._items)
        if needs_blank and self._block:
            self._waiting.append("")
            self._block = None
        del self._items[depth:]
        self._paragraph = None
        if self._block is None:
            self._block = _Block(depth, is_list)

    def _end(self, start: int, depth: int) -> int:
        """Return the number of the first line after ``start`` that is left of an item's content."""
        begin = self._begin(depth)
        for number in range(start, len(self.lines)):
            if self.lines[number].rest and self.lines[number].column < begin:
                return number
        return len(self.lines)

    # One kind of block each

    def _read_text(self, at: int, depth: int) -> int:
        line = self.lines[at]
        if self._paragraph:
            is_lazy = self._paragraph.is_quoted or depth < len(self._items)
            self._write(line, line.column if is_lazy else max(0, line.column + self._paragraph.shift))
            return at + 1
        column = self._place(line.column, depth)
        self._begin_block(depth)
        self._paragraph = _Paragraph(shift=column - line.column)
        self._write(line, column)
        return at + 1

    def _read_heading(self, at: int, depth: int, *, column: int) -> int:
        """Read a heading, the underline of one, or a rule. Python-Markdown finds them amid a block at its margin."""
        is_amid_items = self._paragraph is None or depth < len(self._items) or not self._is_underline(self.lines[at], depth)
        in_list = self._block is not None and self._block.is_list and is_amid_items
        self._begin_block(depth, needs_blank=(in_list and depth > 0) or (self._block or _Block(0, False)).depth > depth)
        self._write(self.lines[at], column)
        self._block = None
        return at + 1

    def _read_code(self, at: int, depth: int) -> int:
        self._begin_block(depth)
        least = (self._items[-1].content if depth else 0) + _LEVEL
        end = at
        while end < len(self.lines) and (not self.lines[end].rest or self.lines[end].column >= least):
            end += 1
        wanted = (depth + 1) * _LEVEL
        is_there = depth == 0 or min(line.column for line in self.lines[at:end] if line.rest) >= wanted
        for line in self.lines[at:end]:
            self._write(line, line.column if is_there else line.column + wanted - least)
        self._block = None if not self.lines[end - 1].rest else self._block
        return end

    def _read_fence(self, at: int, depth: int) -> int:
        first = self.lines[at]
        column = self._place(first.column, depth)
        self._begin_block(depth)
        mark = re.match(r"`+|~+", first.rest)
        assert mark is not None
        closing = re.compile(rf"{re.escape(mark.group())}{mark.group()[0]}*[ \t]*$")
        self._write(first, column)
        end = at + 1
        for line in self.lines[end : self._end(end, depth)]:
            is_closing = bool(closing.match(line.rest)) and not self._is_far(line, depth)
            inner = 0 if is_closing else max(0, line.column - first.column)
            self._write(line, column + inner if depth else line.column)
            end += 1
            if is_closing:
                break
        return end
