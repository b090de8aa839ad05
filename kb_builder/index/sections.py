"""Cut the HTML of an article into the sections that search quotes and links to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import chain

from kb_builder.index.model import Section

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
    found = _MARKUP.split(html)
    texts, tags = found[::5], [*map(_read_tag, found[2::5], found[3::5], found[4::5])]
    pieces = [""] * (2 * len(tags) + 1)
    pieces[::2] = [unescape(text) if "&" in text else text for text in texts]
    pieces[1::2] = [tag.writes for tag in tags]
    cutter, at = _Cutter(), 0
    for place in (place for place, tag in enumerate(tags) if tag.is_special):
        if place >= at:  # not inside of what is silenced
            cutter.write("".join(pieces[2 * at : 2 * place + 1]))
            at = cutter.take_tags(tags, place)
    cutter.write("".join(pieces[2 * at :]))
    return cutter.finish()


@dataclass(frozen=True, slots=True)
class _Tag:
    """What a tag does; most are met again and again.

    Attributes:
        writes: What stands for it in the text.
        is_special: Whether it does anything else.
        opens: Whether an element begins; it may end in the same tag.
        silences: Whether what is inside is not for reading.
        anchor: Of a heading.
    """

    name: str = ""
    writes: str = ""
    is_special: bool = False
    opens: bool = False
    closes: bool = False
    silences: bool = False
    anchor: str = ""


@lru_cache(maxsize=2**12)
def _read_tag(slash: str | None, name: str | None, attributes: str | None) -> _Tag:
    """Take what `_MARKUP` found; a comment has no name."""
    if not name or attributes is None:
        return _Tag()
    name, opens, closes = name.lower(), not slash, bool(slash) or attributes.endswith("/")
    silences = name in _SILENT or bool(_MAY_BE_SILENT.search(attributes) and _is_silent(_values(attributes)))
    if name in _HEADINGS or (opens and silences):
        return _Tag(name, "", True, opens, closes, silences, _values(attributes).get("id", ""))
    ends = "" if name in _INLINE else _BREAK
    writes = ends * closes
    if opens:
        alternative = _values(attributes).get("alt") if name == "img" else ""
        writes = (" " if name in _VOID else ends) + (f" {alternative} " if alternative else "") + writes
    return _Tag(name, writes, False, opens, closes)


class _Cutter:
    """Collects text into the heading or the section that is open."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._anchor = ""
        self._heading: list[str] = []
        self._text: list[str] = []
        self._open_heading = ""
        self._silenced_by: list[str] = []  # the silent element and those of the same name inside it

    def write(self, text: str) -> None:
        if not self._silenced_by:
            (self._heading if self._open_heading else self._text).append(text)

    def take_tags(self, tags: Sequence[_Tag], at: int) -> int:
        """Take the tag at a place, and all those inside if it silences them; return the place behind."""
        while True:
            if tags[at].opens:
                self._open(tags[at])
            if tags[at].closes:
                self._close(tags[at])
            at += 1
            if not self._silenced_by or at == len(tags):
                return at

    def finish(self) -> tuple[Section, ...]:
        self._close_section()
        return tuple(self._sections)

    def _open(self, tag: _Tag) -> None:
        if self._silenced_by or tag.silences:
            if tag.name not in _VOID and tag.name == (self._silenced_by or [tag.name])[0]:
                self._silenced_by.append(tag.name)
        else:
            self._close_section()
            self._anchor, self._open_heading = tag.anchor, tag.name

    def _close(self, tag: _Tag) -> None:
        if self._silenced_by:
            if tag.name == self._silenced_by[0]:
                self._silenced_by.pop()
        elif tag.name == self._open_heading:
            self._open_heading = ""
        elif tag.name not in _INLINE:
            self.write(_BREAK)

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
