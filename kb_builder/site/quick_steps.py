"""Python-Markdown's steps over a whole page, where the page holds what they look for, and the slowest done quickly.

Each step gives what Python-Markdown's gives; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.preprocessors import NormalizeWhitespace, Preprocessor
from markdown.serializers import RE_AMP, to_html_string
from markdown.treeprocessors import PrettifyTreeprocessor

# By name: where none of these stands in the text, the step changes nothing.
_NEEDED_IN_TEXT: dict[str, tuple[str, ...]] = {
    "attr_list": ("{",),
    "kb_stray_attributes": ("{",),
    "kb_alerts": (">",),  # it looks at every quote
    "kb_markers_in_code": ("[!",),
    "kb_markers_in_raw_html": ("[!",),
    "task-list": ("[ ]", "[x]", "[X]"),
    "unescape": ("\\",),
    "kb_placeholders": ("<",),
    "html_block": ("<", "&", ":::"),  # the title of a box is escaped
}
_NEEDED_IN_HTML: dict[str, tuple[str, ...]] = {"kb_once_strong": ("<strong><strong>",)}
_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "isindex",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


class QuickStepsExtension(Extension):
    """Puts these steps in the place of Python-Markdown's own; it comes after all extensions that bring steps."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register them."""
        written = _Written(md)
        md.preprocessors.register(_WhiteSpace(md), "normalize_whitespace", 30)
        md.preprocessors.register(written, "kb_written", 29)  # after white space (30), before what moves text (27)
        md.treeprocessors.register(_Prettify(md), "prettify", 10)
        fences = md.preprocessors["fenced_code_block"]
        fences.run = _between_fences(fences.run)  # type: ignore[assignment, method-assign]  # an instance changes
        registries: tuple[Any, ...] = (md.preprocessors, md.treeprocessors, md.postprocessors)
        for registry in registries:
            for name, step in registry._data.items():  # the names of a registry are not public
                if needed := _NEEDED_IN_TEXT.get(name):
                    step.run = _if_written(needed, step.run, written)
                elif needed := _NEEDED_IN_HTML.get(name):
                    step.run = _if_in_html(needed, step.run)


class _WhiteSpace(NormalizeWhitespace):
    def run(self, lines: list[str]) -> list[str]:
        """Do what the base class does; most texts have none of the characters that it looks for."""
        text = "\n".join(lines)
        if any(character in text for character in "\r\t\x02\x03"):
            return super().run(lines)
        first, *others = text.split("\n")
        return [first, *(line if line.strip(" ") else "" for line in others), "", ""]


class _Written(Preprocessor):
    """Keeps the text as it was written, its white space apart, for the steps that come later."""

    text = ""

    def run(self, lines: list[str]) -> list[str]:
        self.text = "\n".join(lines)
        return lines


def _if_written(needed: tuple[str, ...], run: Callable[[Any], Any], written: _Written) -> Callable[[Any], Any]:
    """Return a step that gives back what it is given where the text has nothing for it."""

    def run_if_written(given: Any) -> Any:
        for one in needed:
            if one in written.text:
                return run(given)
        return given

    return run_if_written


def _if_in_html(needed: tuple[str, ...], run: Callable[[str], str]) -> Callable[[str], str]:
    def run_if_there(html: str) -> str:
        return run(html) if any(one in html for one in needed) else html

    return run_if_there


def _between_fences(run: Callable[[list[str]], list[str]]) -> Callable[[list[str]], list[str]]:
    """Return the search for fenced code, which tries every line, from the first fence to the last."""

    def run_between(lines: list[str]) -> list[str]:
        fenced = [number for number, line in enumerate(lines) if "```" in line or "~~~" in line]
        if not fenced:
            return lines
        first, behind = fenced[0], fenced[-1] + 1
        return [*lines[:first], *run(lines[first:behind]), *lines[behind:]]

    return run_between


class _Prettify(PrettifyTreeprocessor):
    def _prettifyETree(self, elem: etree.Element) -> None:
        """Break lines around blocks: the step of the base class of that name."""
        blocks = self._blocks
        if elem.tag in blocks and elem.tag not in ("code", "pre"):
            if len(elem) and elem[0].tag in blocks and not (elem.text or "").strip():
                elem.text = "\n"
            for child in elem:
                if child.tag in blocks:
                    self._prettifyETree(child)
        if not (elem.tail or "").strip():
            elem.tail = "\n"

    def run(self, root: etree.Element) -> None:
        self._blocks = frozenset(self.md.block_level_elements)
        super().run(root)


def to_html(root: etree.Element) -> str:
    """Write a tree as HTML, as Python-Markdown does."""
    written: list[str] = []
    try:
        _write(root, written.append)
    except (_Unusual, AttributeError, RecursionError):  # comments and very deep trees, too
        return to_html_string(root)
    return "".join(written)


class _Unusual(Exception):
    """An attribute without a value."""


def _write(element: etree.Element, write: Callable[[str], None]) -> None:
    tag, text, tail = element.tag, element.text, element.tail
    lower = tag.lower()
    if attributes := element.attrib:
        write(f"<{tag}")
        for name, value in sorted(attributes.items()):
            if value is None or value == name:
                raise _Unusual
            written = _escaped(value).replace('"', "&quot;")
            write(f' {name}="{written}"')
        write(">")
    else:
        write(f"<{tag}>")
    if text:
        write(text if lower in ("script", "style") else _escaped(text))
    for child in element:
        _write(child, write)
    if lower not in _VOID:
        write(f"</{tag}>")
    if tail:
        write(_escaped(tail))


def _escaped(text: str) -> str:
    if "&" in text:
        text = RE_AMP.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text
