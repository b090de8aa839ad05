"""Cut the HTML of an article into the sections that search quotes and links to."""

from __future__ import annotations

from html.parser import HTMLParser

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


def split_sections(html: str) -> tuple[Section, ...]:
    """Cut sanitised HTML at its second to fourth level headings.

    Permalinks and everything hidden from assistive technology are left out; so are scripts and styles. Code and the
    alternative text of images stay. White space is folded; blocks, table cells and list items are parted by one space.

    Args:
        html: Body of an article. Unclosed or misnested elements are taken as they come.

    Returns:
        Sections in reading order. Those with neither heading nor text are left out. A heading without an ``id`` gets
        no anchor.
    """
    cutter = _Cutter()
    cutter.feed(html)
    cutter.close()
    return cutter.finish()


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
            self._write(" ")
        if tag == "img" and values.get("alt"):
            self._write(f" {values['alt']} ")

    def handle_endtag(self, tag: str) -> None:
        if self._silenced_by:
            if tag == self._silenced_by[0]:
                self._silenced_by.pop()
        elif tag == self._open_heading:
            self._open_heading = ""
        elif tag not in _INLINE:
            self._write(" ")

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
        heading, text = (" ".join("".join(parts).split()) for parts in (self._heading, self._text))
        if heading or text:
            self._sections.append(Section(self._anchor, heading, text))
        self._anchor, self._heading, self._text, self._open_heading = "", [], [], ""
