"""Cut the HTML of an article into the sections that search quotes and links to."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import chain

from kb_builder.index.model import Section
from kb_builder.workers import in_parts

_HEADINGS = frozenset({"h2", "h3", "h4"})
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "math", "head", "title"})
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"),
        *(
            "mark",
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "time",
            "u",
            "var",
            "wbr",
        ),
    )
)
_PERMALINK = "headerlink"
# Stands between two blocks until the section is closed; no document holds it, for control characters are refused.
_BREAK = "\x1f"
_SENTENCE_ENDS = tuple(".!?:;,…。！？")


def split_sections(html: str) -> tuple[Section, ...]:
    """Cut sanitised HTML at its second to fourth level headings.

    Permalinks and everything hidden from assistive technology are left out; so are scripts and styles. Code and the
    alternative text of images stay. White space is folded. Blocks, table cells and list items are parted by one space,
    and by a middle dot too where the text before does not end like a sentence, so that a quoted table can be read.

    Args:
        html: Body of an article. Unclosed or misnested elements are taken as they come.

    Returns:
        Sections in reading order. Those with neither heading nor text are left out. A heading without an ``id`` gets
        no anchor.
    """
    cutter = _Cutter()
    cutter.feed(html.replace("<![", "&lt;!["))  # sanitised HTML has none, and Python 3.11 raises on a broken one
    cutter.close()
    return cutter.finish()


def split_pages(pages: Sequence[str]) -> list[tuple[Section, ...]]:
    """Do the same for many pages, in several processes where there are many cores."""
    parts = in_parts(lambda start, end: [*map(split_sections, pages[start:end])], len(pages), fewest=500)
    return [*chain.from_iterable(parts)]


class _Cutter(HTMLParser):
    """Collects text into the heading or the section that is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._sections: list[Section] = []
        self._anchor = ""
        self._heading: list[str] = []
        self._text: list[str] = []
        self._open_heading = ""
        self._silenced_by: list[str] = []  # the silent element and those of the same name inside it

    def updatepos(self, i: int, j: int) -> int:
        """Count no lines, which nobody asks for."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silenced_by:
            if tag == self._silenced_by[0] and tag not in _VOID:
                self._silenced_by.append(tag)
            return
        values = dict(attrs)
        if self._is_silent(tag, values):
            if tag not in _VOID:
                self._silenced_by.append(tag)
            return
        if tag in _HEADINGS:
            self._close_section()
            self._anchor, self._open_heading = values.get("id") or "", tag
        elif tag not in _INLINE:
            self._write(" " if tag in _VOID else _BREAK)
        if tag == "img" and values.get("alt"):
            self._write(f" {values['alt']} ")

    def handle_endtag(self, tag: str) -> None:
        if self._silenced_by:
            if tag == self._silenced_by[0]:
                self._silenced_by.pop()
        elif tag == self._open_heading:
            self._open_heading = ""
        elif tag not in _INLINE:
            self._write(_BREAK)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._silenced_by:
            self._write(data)

    def finish(self) -> tuple[Section, ...]:
        self._close_section()
        return tuple(self._sections)

    def _is_silent(self, tag: str, values: dict[str, str | None]) -> bool:
        return (
            tag in _SILENT
            or "hidden" in values
            or (values.get("aria-hidden") or "").lower() == "true"
            or _PERMALINK in (values.get("class") or "").split()
        )

    def _write(self, text: str) -> None:
        (self._heading if self._open_heading else self._text).append(text)

    def _close_section(self) -> None:
        heading, text = (_fold("".join(parts)) for parts in (self._heading, self._text))
        if heading or text:
            self._sections.append(Section(self._anchor, heading, text))
        self._anchor, self._heading, self._text, self._open_heading = "", [], [], ""


def _fold(text: str) -> str:
    """Fold white space, and part the blocks."""
    blocks = [folded for block in text.split(_BREAK) if (folded := " ".join(block.split()))]
    separators = (" " if block.endswith(_SENTENCE_ENDS) else " · " for block in blocks)
    return "".join(chain.from_iterable(zip(blocks, separators, strict=True))).rstrip(" ·")
