"""Python-Markdown's search for markup, only where a text has what the markup needs.

Most kinds of markup cannot be in most texts: a sentence without a bracket holds no link. Python-Markdown looks for all
of them in every block and every line, which takes longer than what it does with those that it finds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# By name: a text with such markup holds one of these. What is not here is always looked for.
_NEEDED_INLINE: dict[str, tuple[str, ...]] = {
    "backtick": ("`",),
    "kb_hard_break": ("\\\n",),
    "escape": ("\\",),
    "kb_marker": ("[!",),
    "footnote": ("[^",),
    "reference": ("[",),
    "link": ("[",),
    "image_link": ("![",),
    "image_reference": ("![",),
    "short_reference": ("[",),
    "short_image_ref": ("![",),
    "autolink": ("<",),
    "automail": ("<",),
    "linebreak": ("  \n",),
    "html": ("<",),
    "magic-link": ("://", "ww", "wW", "Ww", "WW"),
    "magic-mail": ("@",),
    "entity": ("&",),
    "em_strong": ("*", "_"),
    "delimiter": ("~",),
}
_NEEDED_IN_BLOCKS: dict[str, tuple[str, ...]] = {
    "table": ("|",),
    "hashheader": ("#",),
    "setextheader": ("\n=", "\n-"),
    "hr": ("-", "_", "*"),
    "olist": (". ",),
    "ulist": ("* ", "+ ", "- "),
    "deflist": (": ",),
    "quote": (">",),
    "footnote": ("[^",),
    "abbr": ("*[",),
    "reference": ("]:",),
}
_ALWAYS = ("",)


class NeededMarkupExtension(Extension):
    """Puts this search in the place of Python-Markdown's own; it comes after all extensions that bring markup."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register it."""
        md.treeprocessors.register(_Inline(md), "inline", 20)
        # An extension cannot bring a parser of its own, so one method of the parser that is there gives way.
        md.parser.parseBlocks = _Blocks(md.parser).parse  # type: ignore[method-assign]


class _Blocks:
    def __init__(self, parser: BlockParser) -> None:
        self._tried = _with_needs(parser.blockprocessors, _NEEDED_IN_BLOCKS)

    def parse(self, parent: etree.Element, blocks: list[str]) -> None:
        """Do what `BlockParser.parseBlocks` does: let the first processor that can have the first block."""
        while blocks:
            block = blocks[0]
            for processor, needed in self._tried:
                for one in needed:
                    if one in block:
                        break
                else:
                    continue
                if processor.test(parent, block):
                    if processor.run(parent, blocks) is not False:
                        break
                    block = blocks[0]


class _Inline(InlineProcessor):
    _tried: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    _markup = re.compile("")

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        self._tried = _with_needs(self.inlinePatterns, _NEEDED_INLINE)
        self._markup = _any_of(frozenset(one for _, needed in self._tried for one in needed))
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        """Put placeholders for what patterns match, from one of them on: the step of the base class of that name."""
        if isinstance(data, AtomicString) or not self._markup.search(data):
            return data
        for number in range(patternIndex, len(self._tried)):
            pattern, needed = self._tried[number]
            for one in needed:
                if one in data:
                    break
            else:
                continue
            start, is_found = 0, True
            while is_found:  # a private method, whose name mypy does not find
                data, is_found, start = self._InlineProcessor__applyPattern(pattern, data, number, start)  # type: ignore[attr-defined]
        return data


def _with_needs(registry: Any, needed: Mapping[str, tuple[str, ...]]) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """Return what is registered, in order, with what it needs. The names of a registry are not public."""
    names = {id(item): name for name, item in registry._data.items()}
    return tuple((item, needed.get(names[id(item)], _ALWAYS)) for item in registry)


@cache
def _any_of(needed: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(needed))))
