"""Python-Markdown's search for inline markup, only where a text has what the markup needs.

Most patterns cannot match most texts: a sentence without a bracket holds no link. Python-Markdown tries all of them on
every text, which takes longer than all else about inline markup.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.inlinepatterns import Pattern
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# By the name of a pattern: a text that it matches holds one of these. A pattern that is not here is always tried.
_NEEDED: dict[str, tuple[str, ...]] = {
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
_ALWAYS = ("",)


class InlineTextExtension(Extension):
    """Puts this search in the place of Python-Markdown's own."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register it under the name and at the place of the other."""
        md.treeprocessors.register(_InlineText(md), "inline", 20)


class _InlineText(InlineProcessor):
    _tried: tuple[tuple[Pattern, tuple[str, ...]], ...] = ()
    _markup = re.compile("")

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        patterns: Any = self.inlinePatterns  # a registry, whose names are not public
        names = {id(pattern): name for name, pattern in patterns._data.items()}
        self._tried = tuple((pattern, _NEEDED.get(names[id(pattern)], _ALWAYS)) for pattern in patterns)
        self._markup = _any_of(frozenset(needed for _, some in self._tried for needed in some))
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
            while is_found:
                data, is_found, start = self._InlineProcessor__applyPattern(pattern, data, number, start)  # type: ignore[attr-defined]
        return data


@cache
def _any_of(needed: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(needed))))
