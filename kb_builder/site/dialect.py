"""Read what Markdown written for other tools holds: alerts, markers, attributes, and placeholders in angle brackets.

A Python-Markdown extension. Text that looks like a mistake stays readable: nothing is dropped but stray attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from kb_builder.site.allowed import REMOVED_WHOLE
from kb_builder.site.containers import KINDS, rewrite_boxes
from kb_builder.site.html_names import HTML_ELEMENTS

# A noncharacter stands for "<" until the page is written: every step between leaves it alone.
_SHOWN_BRACKET = "\ufdd0"


# Python-Markdown's own pattern runs to the last brace of the line and takes the text between two with it.
_INLINE_ATTRIBUTES = re.compile(r"^\{:?[ ]*([^}\n ][^}\n]*)\}")


class DialectExtension(Extension):
    """Everything of this module, in the order the steps need."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the steps; the numbers place them among Python-Markdown's own."""
        md.registerExtension(self)
        md.treeprocessors["attr_list"].INLINE_RE = _INLINE_ATTRIBUTES  # type: ignore[attr-defined]
        md.preprocessors.register(_Boxes(md), "kb_boxes", 24)  # after fences (25)
        md.preprocessors.register(_Placeholders(md), "kb_placeholders", 22)  # before raw HTML (20)
        md.inlinePatterns.register(_Marker(_MARKER, md), "kb_marker", 178)  # after code and escapes, before links
        md.inlinePatterns.register(_HardBreak(r"\\\n", md), "kb_hard_break", 185)  # before escapes (180)
        md.treeprocessors.register(_Alerts(md), "kb_alerts", 30)  # before inline text (20)
        md.treeprocessors.register(_StrayAttributes(md), "kb_stray_attributes", 7.5)  # after attr_list (8)
        md.treeprocessors.register(_MarkersInCode(md), "kb_markers_in_code", 7)
        md.treeprocessors.register(_HeadingLevels(md), "kb_heading_levels", 6)  # before the table of contents (5)
        md.postprocessors.register(_OnceStrong(md), "kb_once_strong", 35)
        md.postprocessors.register(_MarkersInRawHtml(md), "kb_markers_in_raw_html", 31)  # before raw HTML is back (30)
        md.postprocessors.register(_ShowBrackets(md), "kb_show_brackets", 1)  # after raw HTML is back (30)


class _Boxes(Preprocessor):
    """Read the boxes of other generators."""

    def run(self, lines: list[str]) -> list[str]:
        return rewrite_boxes(lines)


_TAG = re.compile(r"<(?=/?(?P<name>[A-Za-z][^\s<>/]*))")
_CLOSING_TAG = re.compile(r"</(?P<name>[A-Za-z]+)")


_SWALLOWING = REMOVED_WHOLE - {"embed"}  # without a closing tag of their own


class _Placeholders(Preprocessor):
    """Let ``<cluster ID>`` be read by people: a tag that no browser knows is text.

    So is one that would take the rest of the page with it: a ``<script>`` mentioned in passing and never closed.
    """

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        closed_at = {match["name"].lower(): match.start() for match in _CLOSING_TAG.finditer(text)}

        def show(match: re.Match[str]) -> str:
            name = match["name"].lower()
            if ":" in name or "@" in name:
                return "<"  # an address: <https://…>, <help@…>
            if name not in HTML_ELEMENTS or (name in _SWALLOWING and closed_at.get(name, -1) < match.start()):
                return _SHOWN_BRACKET
            return "<"

        return _TAG.sub(show, text).split("\n")


class _ShowBrackets(Postprocessor):
    def run(self, text: str) -> str:
        return text.replace(_SHOWN_BRACKET, "&lt;")


_TWICE_STRONG = re.compile(r"<strong><strong>([^<]*)</strong></strong>")


class _OnceStrong(Postprocessor):
    """Many write names of buttons as ``**[!UICONTROL Save]**``."""

    def run(self, text: str) -> str:
        return _TWICE_STRONG.sub(r"<strong>\1</strong>", text)


# [!DNL Admin], [!UICONTROL Save], [!BADGE New]{type=Positive}, [!VIDEO](https://…)
_MARKER = r"\[!(?:(?P<kind>[A-Z]{2,20})[ \t\n]+(?P<text>[^\[\]]*)\](?:\{[^{}\n]*\})?|VIDEO\]\((?P<video>[^()\s]+)\))"


class _Marker(InlineProcessor):
    """Markers of one word or phrase: names of buttons are strong, the rest is the text they mark."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str, int, int]:
        if m["video"]:
            link = etree.Element("a", href=m["video"])
            link.text = "Video"
            return link, m.start(0), m.end(0)
        if m["kind"] == "UICONTROL":
            strong = etree.Element("strong")
            strong.text = m["text"]
            return strong, m.start(0), m.end(0)
        return m["text"], m.start(0), m.end(0)


_MARKER_IN_CODE = re.compile(r"\[!(?:DNL|UICONTROL|BADGE) ([^\[\]]*)\]")


class _MarkersInCode(Treeprocessor):
    """Markers slip into code spans too; nobody means them to be read there."""

    def run(self, root: etree.Element) -> None:
        for code in root.iter("code"):
            if code.text:
                code.text = AtomicString(_MARKER_IN_CODE.sub(r"\1", code.text))


class _MarkersInRawHtml(Postprocessor):
    """Markers stand in tables that are written as HTML, which Markdown puts aside; fenced code is put aside too."""

    def run(self, text: str) -> str:
        blocks = self.md.htmlStash.rawHtmlBlocks
        blocks[:] = [
            _MARKER_IN_CODE.sub(r"\1", block) if isinstance(block, str) and "<pre" not in block else block
            for block in blocks
        ]
        return text


class _HardBreak(InlineProcessor):
    """A backslash at the end of a line breaks it, as in CommonMark."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        return etree.Element("br"), m.start(0), m.end(0)


_ALERT = re.compile(r"\s*\[!(?P<kind>[A-Za-z]{2,20})\][+-]?(?!\()[ \t]*\n?")


class _Alerts(Treeprocessor):
    """Turn quotes that begin with ``[!NOTE]`` into admonitions."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            for quote in [child for child in parent if child.tag == "blockquote"]:
                parts = list(_split_alerts(quote))
                if [part.tag for part in parts] != ["blockquote"]:
                    position = list(parent).index(quote)
                    parent[position : position + 1] = parts


def _split_alerts(quote: etree.Element) -> Iterator[etree.Element]:
    """Cut a quote at each alert in it: quotes that follow each other arrive here as one."""
    part = etree.Element("blockquote")
    for child in quote:
        match = _ALERT.match(child.text or "") if child.tag == "p" else None
        if match:
            if len(part):
                yield part
            part = _admonition(match["kind"])
            child.text = (child.text or "")[match.end() :]
            if not child.text and not len(child):
                continue
        part.append(child)
    if len(part):
        yield part


def _admonition(kind: str) -> etree.Element:
    element = etree.Element("div", {"class": f"admonition {KINDS.get(kind.lower(), 'note')}"})
    title = etree.SubElement(element, "p", {"class": "admonition-title"})
    title.text = kind.capitalize()
    return element


_ATTRIBUTE = r"""[\w:-]+=(?:"[^"\n]*"|'[^'\n]*')|[\w:-]+=[\w%.,:/_-]+|[#.][\w:-]+"""
_AFTER_ELEMENT = re.compile(rf"^\{{:?[ ]*(?:{_ATTRIBUTE})(?:[ ]+(?:{_ATTRIBUTE}))*[ ]*\}}")
_STRAY = re.compile(
    r"""[ ]*\{(?:#[\w:-]+|\.[\w-]+|:[^{}\n]*|[\w-]+="[^"\n]*"|hide-from-toc)(?:[ ]+[#.\w][^{}\n]*)?\}"""
)


class _StrayAttributes(Treeprocessor):
    """Drop attributes that belong to nothing; placeholders such as ``{store_id}`` stay."""

    def run(self, root: etree.Element) -> None:
        for element in _outside_code(root):
            if element.text:
                element.text = _STRAY.sub("", element.text)
            for child in element:
                if child.tail:
                    child.tail = _STRAY.sub("", _AFTER_ELEMENT.sub("", child.tail))


def _outside_code(element: etree.Element) -> Iterator[etree.Element]:
    if element.tag not in ("code", "pre"):
        yield element
        for child in element:
            yield from _outside_code(child)


class _HeadingLevels(Treeprocessor):
    """The page's title is its only first-level heading; when the text has others, all its headings go one down."""

    def run(self, root: etree.Element) -> None:
        if next(root.iter("h1"), None) is None:
            return
        for level in range(5, 0, -1):
            for heading in list(root.iter(f"h{level}")):
                heading.tag = f"h{level + 1}"
