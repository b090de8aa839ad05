"""Cut the HTML of an article into the sections that search quotes and links to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
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
# A comment or declaration; an element whose text is no HTML, with it; a tag: its slash, name and attributes.
_MARKUP = re.compile(
    r"<(?:!--(?:.*?-->|.*)|(?:[!?]|/(?![a-z]))[^>]*+>?"
    r"|(script|style)(?=[\s/>])(?:.*?</\1[^>]*+>|.*)"
    r"|(/?)([a-z][^\s/<>]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([^\s/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+)))?")
_MAY_BE_SILENT = re.compile(f"hidden|{_PERMALINK}", re.IGNORECASE)


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
    end = 0
    for markup in _MARKUP.finditer(html):
        if markup.start() > end:
            cutter.take_text(html[end : markup.start()])
        end = markup.end()
        _, slash, name, attributes = markup.groups()
        if not name:
            continue
        tag = name.lower()
        if not slash:
            cutter.open(tag, attributes)
        if slash or attributes.endswith("/"):
            cutter.close(tag)
    cutter.take_text(html[end:])
    return cutter.finish()


def split_pages(pages: Sequence[str]) -> list[tuple[Section, ...]]:
    """Do the same for many pages, in several processes where there are many cores."""
    parts = in_parts(lambda start, end: [*map(split_sections, pages[start:end])], len(pages), fewest=500)
    return [*chain.from_iterable(parts)]


class _Cutter:
    """Collects text into the heading or the section that is open."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._anchor = ""
        self._heading: list[str] = []
        self._text: list[str] = []
        self._open_heading = ""
        self._silenced_by: list[str] = []  # the silent element and those of the same name inside it

    def open(self, tag: str, attributes: str) -> None:
        if self._silenced_by:
            if tag == self._silenced_by[0] and tag not in _VOID:
                self._silenced_by.append(tag)
            return
        if tag in _SILENT or (_MAY_BE_SILENT.search(attributes) and _is_silent(_values(attributes))):
            if tag not in _VOID:
                self._silenced_by.append(tag)
            return
        if tag in _HEADINGS:
            self._close_section()
            self._anchor, self._open_heading = _values(attributes).get("id", ""), tag
        elif tag not in _INLINE:
            self._write(" " if tag in _VOID else _BREAK)
        if tag == "img" and (alternative := _values(attributes).get("alt")):
            self._write(f" {alternative} ")

    def close(self, tag: str) -> None:
        if self._silenced_by:
            if tag == self._silenced_by[0]:
                self._silenced_by.pop()
        elif tag == self._open_heading:
            self._open_heading = ""
        elif tag not in _INLINE:
            self._write(_BREAK)

    def take_text(self, html: str) -> None:
        if not self._silenced_by:
            self._write(unescape(html) if "&" in html else html)

    def finish(self) -> tuple[Section, ...]:
        self._close_section()
        return tuple(self._sections)

    def _write(self, text: str) -> None:
        (self._heading if self._open_heading else self._text).append(text)

    def _close_section(self) -> None:
        heading, text = (_fold("".join(parts)) for parts in (self._heading, self._text))
        if heading or text:
            self._sections.append(Section(self._anchor, heading, text))
        self._anchor, self._heading, self._text, self._open_heading = "", [], [], ""


def _values(attributes: str) -> dict[str, str]:
    """Read the attributes of a tag; one without a value has an empty one."""
    found = (match.groups("") for match in _ATTRIBUTE.finditer(attributes))
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in found}


def _is_silent(values: Mapping[str, str]) -> bool:
    return (
        "hidden" in values
        or values.get("aria-hidden", "").lower() == "true"
        or _PERMALINK in values.get("class", "").split()
    )


def _fold(text: str) -> str:
    """Fold white space, and part the blocks."""
    blocks = [folded for block in text.split(_BREAK) if (folded := " ".join(block.split()))]
    separators = (" " if block.endswith(_SENTENCE_ENDS) else " · " for block in blocks)
    return "".join(chain.from_iterable(zip(blocks, separators, strict=True))).rstrip(" ·")
