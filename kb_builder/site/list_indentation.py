"""Markdown indented as CommonMark has it in, the same text indented as Python-Markdown wants it out.

CommonMark indents what belongs to a list item to the column where the item's text begins, two or three spaces as a
rule; Python-Markdown wants four spaces a level. It also wants a blank line where a list follows a paragraph, and where
a line leaves a list that it would otherwise draw in. Text that keeps to Python-Markdown's rules comes out as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

_LEVEL = 4  # columns: Python-Markdown's step from level to level, and CommonMark's from text to indented code
_MOST_QUOTES = 16  # quotes in quotes; what is deeper stays as it is

_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
# Python-Markdown's own blocks, whose content stands four columns in: admonitions; footnotes and definitions.
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?) ?[\w\"-]")
_NOTE = re.compile(r"\[\^[^\]]+\]:|: {1,3}\S")
_MARKER = re.compile(r"(?P<sign>[-+*]|(?P<number>[0-9]{1,9})[.)])(?P<gap>[ \t]+|$)")
_SIGNS = frozenset("=-!?[:`~><#*_+0123456789")  # a line that begins with none of these is text

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
        The text, most lines of which are as they were. Well-formed lists come back unchanged when they are given again;
        what is ambiguous between the two ways of indenting may move once more.

    Source: CommonMark 0.31, sections 4 and 5, without its rule that an empty item ends at a blank line. An item's
    content may also begin at Python-Markdown's column when that is further left.
    """
    return "\n".join(chain.from_iterable(_rewrite(text.split("\n"), quotes=_MOST_QUOTES)))


class ListIndentationExtension(Extension):
    """Lets Python-Markdown read lists written for CommonMark."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the step; its number places it among Python-Markdown's own."""
        md.preprocessors.register(_ToFourSpaces(md), "kb_list_indentation", 27)  # tabs are gone (30), fences not (25)


class _ToFourSpaces(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return to_four_spaces("\n".join(lines)).split("\n")


class _Line(NamedTuple):
    text: str
    column: int  # where it begins, counted from 0
    rest: str  # from there on; empty for a blank line


_EMPTY = _Line("", 0, "")


class _Item(NamedTuple):
    """A list item that is open, or one of Python-Markdown's own blocks.

    Its content begins at one column of the source and at another of the result.
    """

    content: int
    moved_content: int
    is_ordered: bool | None  # None: this is no list item


class _Paragraph(NamedTuple):
    """A paragraph that is open: its next lines move with its first, unless they hang on it lazily."""

    shift: int
    is_quoted: bool = False


class _Block(NamedTuple):
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
        self.lines = [_parse(line) if line else _EMPTY for line in lines]
        self.rewritten: list[list[str]] = []
        self._quotes = quotes
        self._items: list[_Item] = []
        self._paragraph: _Paragraph | None = None
        self._block: _Block | None = None
        self._is_after_quote = False
        self._waiting: list[str] = []

    def read(self, at: int) -> int:
        """Rewrite the block that begins at a line, or the line; return the number of the line after it."""
        line = self.lines[at]
        if not line.rest:
            self._paragraph = self._block = None
            self._is_after_quote = False
            self._write(line, line.column)
            return at + 1
        depth = self._depth(line.column) if self._items else 0
        if line.column >= _LEVEL and self._is_far(line, depth):
            return self._read_text(at, depth) if self._paragraph else self._read_code(at, depth)
        if line.rest[0] not in _SIGNS:
            return self._read_text(at, depth)
        if self._is_next_line(depth) and _UNDERLINE.match(line.rest):
            return self._read_underline(at, depth)
        if _ADMONITION.match(line.rest) or (_NOTE.match(line.rest) and not self._is_lazy(depth)):
            return self._read_own_block(at, depth)
        return self._read_block(at, depth)

    def _read_block(self, at: int, depth: int) -> int:
        line = self.lines[at]
        if fence := _FENCE.match(line.rest):
            return self._read_fence(at, depth, fence[1] or fence[2])
        if line.rest.startswith(">"):
            return self._read_quote(at, depth)
        for begin, end in _HTML_BLOCKS if line.rest.startswith("<") else ():
            if begin.match(line.rest):
                return self._read_html(at, depth, end)
        if _HEADING.match(line.rest) or 0 in _rules(line.rest):
            return self._read_heading(at, depth)
        if (marker := _MARKER.match(line.rest)) and self._may_begin_item(marker, depth):
            return self._read_items(at, depth, marker)
        return self._read_text(at, depth)

    # Where a line belongs

    def _depth(self, column: int) -> int:
        for depth in range(len(self._items)):
            if column < self._left(depth + 1):
                return depth
        return len(self._items)

    def _left(self, depth: int) -> int:
        """Return the first column of what belongs to the item at this depth."""
        return min(self._content(depth), depth * _LEVEL)

    def _content(self, depth: int) -> int:
        return self._items[depth - 1].content if depth else 0

    def _is_far(self, line: _Line, depth: int) -> bool:
        """Whether a line stands so far right that nothing but text or code can be there."""
        return line.column - self._content(depth) >= _LEVEL

    def _is_next_line(self, depth: int) -> bool:
        """Whether a line at this depth follows a paragraph that is as deep."""
        return self._paragraph is not None and not self._paragraph.is_quoted and depth == len(self._items)

    def _is_lazy(self, depth: int) -> bool:
        """Whether a line of text at this depth goes on with a paragraph that is deeper."""
        return self._paragraph is not None and not self._is_next_line(depth)

    def _may_begin_item(self, marker: re.Match[str], depth: int) -> bool:
        """Whether a marker begins an item: after a line of text only a bullet or the number 1 does, and with text."""
        if not self._is_next_line(depth):
            return True
        has_text = marker.end() < len(marker.string)
        return has_text and (marker["number"] is None or int(marker["number"]) == 1)

    def _place(self, column: int, depth: int) -> int:
        """Return where a block begins: where it is, if Python-Markdown sees it at this depth there."""
        if depth == 0:
            return column
        left = depth * _LEVEL
        return column if left <= column < min(left, self._items[depth - 1].moved_content) + _LEVEL else left

    # Writing

    def _write(self, line: _Line, column: int, rest: str | None = None) -> None:
        is_same = not line.rest or (column == line.column and rest is None)
        text = line.text if is_same else " " * column + (line.rest if rest is None else rest)
        if self._waiting:
            self.rewritten.append([*self._waiting, text])
            self._waiting = []
        else:
            self.rewritten.append([text])

    def _begin_block(self, depth: int, *, needs_blank: bool, is_list: bool = False) -> None:
        """Leave the items that end here, after a blank line where Python-Markdown would not notice without one."""
        is_next_item = is_list and self._block is not None and self._block.is_list
        if self._block and (needs_blank or (self._is_after_quote and not is_next_item)):
            if self.rewritten[-1][-1]:
                self._waiting.append("")
            self._block = None
        if self._block is None:
            self._block = _Block(depth, is_list)
        del self._items[depth:]
        self._paragraph = None
        self._is_after_quote = False

    def _leaves_item(self, depth: int) -> bool:
        return depth < len(self._items)

    # One kind of block each

    def _read_text(self, at: int, depth: int) -> int:
        line = self.lines[at]
        if self._paragraph:
            shift = self._paragraph.shift if depth == len(self._items) else 0
            self._write(line, _move(line.column, shift, depth))
            return at + 1
        column = self._place(line.column, depth)
        self._begin_block(depth, needs_blank=self._leaves_item(depth))
        self._paragraph = _Paragraph(shift=column - line.column)
        self._write(line, column)
        return at + 1

    def _read_underline(self, at: int, depth: int) -> int:
        self._read_text(at, depth)
        self._paragraph = self._block = None
        return at + 1

    def _read_heading(self, at: int, depth: int) -> int:
        """Read a heading or a rule. Python-Markdown finds these within other lines, but only at the margin."""
        line, block = self.lines[at], self._block
        needs_blank = block is not None and (depth < block.depth or (block.is_list and depth > 0))
        self._begin_block(depth, needs_blank=needs_blank)
        self._write(line, depth * _LEVEL if depth else line.column)
        self._block = _Block(depth, is_list=True) if depth else None  # as after a marker, what follows may be a list
        return at + 1

    def _read_own_block(self, at: int, depth: int) -> int:
        line = self.lines[at]
        column = depth * _LEVEL if depth else line.column
        self._begin_block(depth, needs_blank=self._leaves_item(depth))
        self._write(line, column)
        content = (depth + 1) * _LEVEL
        self._items.append(_Item(content + line.column - column, content, is_ordered=None))
        self._paragraph = _Paragraph(shift=column - line.column) if _NOTE.match(line.rest) else None
        self._block = None  # Python-Markdown reads its content apart
        return at + 1

    def _read_code(self, at: int, depth: int) -> int:
        least = self._content(depth) + _LEVEL
        wanted = (depth + 1) * _LEVEL
        end = at
        while end < len(self.lines) and (not self.lines[end].rest or self.lines[end].column >= least):
            end += 1
        while not self.lines[end - 1].rest:
            end -= 1
        is_there = depth == 0 or min(line.column for line in self.lines[at:end] if line.rest) >= wanted
        self._begin_block(depth, needs_blank=True)
        for line in self.lines[at:end]:
            self._write(line, line.column if is_there else line.column + wanted - least)
        return end

    def _read_fence(self, at: int, depth: int, fence: str) -> int:
        first = self.lines[at]
        column = self._place(first.column, depth)
        closing = re.compile(rf"{fence}{fence[0]}*[ \t]*$")
        self._begin_block(depth, needs_blank=self._leaves_item(depth))
        self._write(first, column)
        for number in range(at + 1, len(self.lines)):
            line = self.lines[number]
            if line.rest and line.column < self._left(depth):
                return number
            is_last = not self._is_far(line, depth) and bool(closing.match(line.rest))
            inner = 0 if is_last else max(0, line.column - first.column)
            self._write(line, column + inner if depth else line.column)
            if is_last:
                return number + 1
        return len(self.lines)

    def _read_html(self, at: int, depth: int, last: re.Pattern[str] | None) -> int:
        shift = self._place(self.lines[at].column, depth) - self.lines[at].column
        self._begin_block(depth, needs_blank=depth > 0 and self._leaves_item(depth))
        end = at
        while end < len(self.lines):
            line = self.lines[end]
            if (line.column < self._left(depth)) if line.rest else (last is None):
                break
            self._write(line, _move(line.column, shift, depth))
            end += 1
            if last and last.search(line.rest):
                break
        if depth == 0:
            self._block = None  # Python-Markdown takes it out, and sets what follows apart
        return end

    def _read_quote(self, at: int, depth: int) -> int:
        end = at
        while end < len(self.lines) and self._is_quote(self.lines[end], depth):
            end += 1
        first = self.lines[at].column
        column = self._place(first, depth)
        needs_blank = self._leaves_item(depth)
        if self._block and self._block.is_list and not needs_blank:
            # Python-Markdown reads it with the lines of the item, where it may stand up to three columns in.
            text, end_of_text = self._items[-1].moved_content, depth * _LEVEL
            needs_blank = text >= end_of_text
            if not needs_blank:
                column = first if text <= first < end_of_text else text
        self._is_after_quote = False
        self._begin_block(depth, needs_blank=needs_blank)
        quoted = [re.sub("^> ?", "", line.rest) for line in self.lines[at:end]]
        rewritten = _rewrite(quoted, quotes=self._quotes - 1) if self._quotes else [[text] for text in quoted]
        for line, before, after in zip(self.lines[at:end], quoted, rewritten, strict=True):
            sign = line.rest[: len(line.rest) - len(before)]
            *added, rest = [f"> {text}" if text.startswith(" ") else f"{sign}{text}" for text in after]
            indent = column if depth else line.column
            self._waiting += [" " * indent + text for text in added]
            self._write(line, indent, rest if rest != line.rest else None)
        self._paragraph = _Paragraph(max(0, column - first), is_quoted=True) if quoted[-1].strip() else None
        self._is_after_quote = True
        return end

    def _is_quote(self, line: _Line, depth: int) -> bool:
        return line.rest.startswith(">") and line.column >= self._left(depth) and not self._is_far(line, depth)

    def _read_items(self, at: int, depth: int, marker: re.Match[str]) -> int:
        """Read the markers of a line, several when the first thing in an item is an item, and what follows them."""
        line, block = self.lines[at], self._block
        column = self._place(line.column, depth)
        changes_kind = self._leaves_item(depth) and self._items[depth].is_ordered != bool(marker["number"])
        needs_blank = block is not None and (not block.is_list or depth < block.depth or changes_kind)
        self._begin_block(depth, needs_blank=needs_blank, is_list=True)
        markers, is_code = self._open_items(line, column, marker)
        rest = line.rest[len(markers) :]
        if not is_code and (fence := _FENCE.match(rest)):
            # Python-Markdown knows fences only at the beginning of a line.
            self._waiting += [" " * column + markers.rstrip() + " ", ""]
            self._block = None
            content = self._items[-1].content
            self.lines[at] = _Line(" " * content + rest, content, rest)
            return self._read_fence(at, len(self._items), fence[1] or fence[2])
        self._write(line, column, markers + rest if markers + rest != line.rest else None)
        if rest and not is_code and not _HEADING.match(rest) and 0 not in _rules(rest):
            self._paragraph = _Paragraph(shift=column - line.column, is_quoted=rest.startswith(">"))
        return at + 1

    def _open_items(self, line: _Line, column: int, first: re.Match[str]) -> tuple[str, bool]:
        """Open the items of a line; return its markers as Python-Markdown knows them, and whether code follows."""
        rules = _rules(line.rest)
        marker: re.Match[str] | None = first
        markers: list[str] = []
        position = 0
        is_code = False
        while marker and not is_code:
            sign, gap = marker["sign"], marker["gap"]
            is_code = len(gap) > _LEVEL
            width = len(sign) + (1 if is_code or marker.end() == len(line.rest) else len(gap))
            markers.append(sign.replace(")", ".") + gap)
            position += width
            self._items.append(_Item(line.column + position, column + position, bool(marker["number"])))
            marker = None if position in rules else _MARKER.match(line.rest, position)
        return "".join(markers), is_code


def _parse(line: str) -> _Line:
    if not line.startswith((" ", "\t")):
        return _Line(line, 0, line)
    rest = line.lstrip(" \t")
    return _Line(line, len(line[: len(line) - len(rest)].expandtabs(_LEVEL)), rest)


def _move(column: int, shift: int, depth: int) -> int:
    """Move a line with the one it belongs to, but not out of the item it is in."""
    return max(column + shift, min(column, depth * _LEVEL))


def _rules(rest: str) -> range:
    """Return the positions from which the rest of a line, if anything but space is there, is a thematic break."""
    text = rest.rstrip(" \t")
    if not text.endswith(("*", "-", "_")):
        return range(0)
    third = len(text)
    for _ in range(3):
        third = text.rfind(text[-1], 0, third) if third > 0 else -1
    return range(len(text.rstrip(f" \t{text[-1]}")), third + 1)
