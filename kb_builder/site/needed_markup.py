"""Python-Markdown's search for markup, only where a text has what the markup needs.

Most kinds of markup cannot be in most texts: a sentence without a bracket holds no link. Python-Markdown looks for all
of them in every block and every line, which takes longer than what it does with those that it finds.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import chain
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.inlinepatterns import LinkInlineProcessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import INLINE_PLACEHOLDER, INLINE_PLACEHOLDER_PREFIX, AtomicString, code_escape

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
    "admonition": ("!!!", "    "),
    "details": ("???", "    "),
    "indent": ("    ",),
    "defindent": ("    ",),
    "code": ("    ",),
    "table": ("|",),
    "hashheader": ("#",),
    "setextheader": ("\n=", "\n-"),
    "hr": ("---", "- -", "-  -", "___", "_ _", "_  _", "***", "* *", "*  *"),
    "olist": (". ",),
    "ulist": ("* ", "+ ", "- "),
    "deflist": (": ",),
    "quote": (">",),
    "footnote": ("[^",),
    "abbr": ("*[",),
    "reference": ("]:",),
}
_ALWAYS = ("",)
# A line by itself that begins as no other block does; tables, definitions and underlined headings have two at least.
_PARAGRAPH = re.compile(r"(?:\*\*|`)?[^\W\d_].*")
_HEADING = re.compile(r"(#{1,6})([^#\\\n]*)")
_ReadAddress = Callable[[str, int], tuple[str, str | None, int, bool]]
_ReadWords = Callable[[str, int], tuple[str, int, bool]]


class NeededMarkupExtension(Extension):
    """Puts this search in the place of Python-Markdown's own; it comes after all extensions that bring markup."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register it."""
        md.treeprocessors.register(_Inline(md), "inline", 20)
        # An extension cannot bring a parser of its own, so one method of the parser that is there gives way.
        md.parser.parseBlocks = _Blocks(md.parser).parse  # type: ignore[method-assign]
        for pattern in md.inlinePatterns:
            if isinstance(pattern, LinkInlineProcessor):  # pictures and references, too: one object of each class
                pattern.getText = partial(_words, pattern.getText)  # type: ignore[method-assign]  # of this object only
                pattern.getLink = partial(_address, pattern.getLink)  # type: ignore[method-assign]  # likewise


class _Blocks:
    def __init__(self, parser: BlockParser) -> None:
        tried = _with_needs(parser.blockprocessors, _NEEDED_IN_BLOCKS)
        self._tried = [(processor, needed[0], needed[1:]) for processor, needed in tried]
        self._take_paragraph = parser.blockprocessors["paragraph"].run

    def parse(self, parent: etree.Element, blocks: list[str]) -> None:
        """Do what `BlockParser.parseBlocks` does: let the first processor that can have the first block."""
        is_paragraph, is_heading = _PARAGRAPH.fullmatch, _HEADING.fullmatch
        while blocks:
            block = blocks[0]
            if is_paragraph(block):
                self._take_paragraph(parent, blocks)
                continue
            if heading := is_heading(block):
                etree.SubElement(parent, f"h{len(heading[1])}").text = heading[2].strip()
                del blocks[0]
                continue
            for processor, needed, others in self._tried:
                if needed not in block:
                    for one in others:
                        if one in block:
                            break
                    else:
                        continue
                if processor.test(parent, block):
                    if processor.run(parent, blocks) is not False:
                        break
                    block = blocks[0]


class _Inline(InlineProcessor):
    """Does what the base class does; texts without markup, which most are, are left as they are."""

    _tried: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    _markup = re.compile("")
    _excluding: frozenset[str] = frozenset()  # elements inside of which not all patterns are looked for

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        self._tried = _with_needs(self.inlinePatterns, _NEEDED_INLINE)
        self._markup = _any_of(frozenset((INLINE_PLACEHOLDER_PREFIX, *chain(*(needed for _, needed in self._tried)))))
        self._excluding = frozenset(tag.lower() for one, _ in self._tried for tag in one.ANCESTOR_EXCLUDES)
        self.stashed_nodes = {}
        has_markup = self._markup.search
        waiting = deque([(tree, [*(ancestors or ()), tree.tag.lower()])])
        while waiting:
            parent, self.ancestors = waiting.popleft()
            if parent is not tree:
                self.ancestors.append(parent.tag.lower())
            put_in: list[tuple[etree.Element, list[tuple[etree.Element, list[str]]]]] = []
            for child in parent:  # what is put behind a child is looked at, too
                if (text := child.text) and not isinstance(text, AtomicString) and has_markup(text):
                    self.ancestors.append(child.tag.lower())
                    child.text = None
                    found = self._plain_markup(text, child)
                    if not found:
                        found = self._resolved(self._with_placeholders(text), child)
                        waiting += found
                    put_in.append((child, found))
                    self.ancestors.pop()
                if (tail := child.tail) and not isinstance(tail, AtomicString) and has_markup(tail):
                    marked = etree.Element("d")
                    child.tail = None
                    found = self._resolved(self._with_placeholders(tail), marked, False)
                    child.tail = marked.tail or None
                    place = list(parent).index(child) + 1
                    for element, _ in reversed(found):
                        parent.insert(place, element)
                if len(child):
                    waiting.append((child, self.ancestors[:]))
            for child, found in put_in:
                for place, (element, _) in enumerate(found):
                    child.insert(place, element)
        return tree

    def _plain_markup(self, text: str, element: etree.Element) -> list[tuple[etree.Element, list[str]]]:
        """Return what a text holds that has no markup but `_PLAIN_MARKUP`, as `_resolved` does; else nothing.

        Words between such pieces, and in them, hold nothing that any pattern looks for. So each pattern finds just the
        pieces of its kind, one after the other, whatever is around them.
        """
        pieces = _PLAIN_MARKUP.split(text)
        words = chain(pieces[::6], pieces[2::6], pieces[5::6])
        if self._markup.search("".join(filter(None, words))) or not self._excluding.isdisjoint(self.ancestors):
            return []
        element.text = pieces[0] or None
        found: list[tuple[etree.Element, list[str]]] = []
        for at in range(1, len(pieces), 6):
            code, label, address, stars, stressed, tail = pieces[at : at + 6]
            if code is not None:
                node = etree.Element("code")
                node.text = AtomicString(code_escape(code.strip()))
            elif label is not None:
                node = etree.Element("a", {"href": address})
                node.text = label
            else:
                node = etree.Element("strong" if len(stars) == 2 else "em")
                node.text = stressed
            node.tail = tail or None
            found.append((node, []))
        return found

    def _resolved(
        self, text: str, element: etree.Element, is_text: bool = True
    ) -> list[tuple[etree.Element, list[str]]]:
        """Return what the placeholders of a text stand for; the text before them is put into the element."""
        # A private method, whose name mypy does not find.
        resolved: list[tuple[etree.Element, list[str]]] = self._InlineProcessor__processPlaceholders(  # type: ignore[attr-defined]
            text, element, is_text
        )
        return resolved

    def _with_placeholders(self, data: str, first: int = 0) -> str:
        """Put placeholders for what patterns match, from one of them on."""
        if isinstance(data, AtomicString) or not self._markup.search(data):
            return data
        for number in range(first, len(self._tried)):
            pattern, needed = self._tried[number]
            for one in needed:
                if one in data:
                    break
            else:
                continue
            excluded = pattern.ANCESTOR_EXCLUDES
            if not (excluded and any(tag.lower() in self.ancestors for tag in excluded)):
                data = self._put_aside(pattern, number, data)
        return data

    def _put_aside(self, pattern: Any, number: int, data: str) -> str:
        """Put placeholders for all that one pattern matches."""
        find, handle = pattern.getCompiledRegExp().finditer, pattern.handleMatch
        start = 0
        while True:
            for match in find(data, start):
                node, begin, end = handle(match, data)
                if begin is not None and end is not None:
                    break
            else:
                return data
            if node is None:
                start = end
                continue
            if not isinstance(node, str) and not isinstance(node.text, AtomicString):
                for child in (node, *node):
                    if child.text:
                        self.ancestors.append(child.tag.lower())
                        child.text = self._with_placeholders(child.text, number + 1)
                        self.ancestors.pop()
                    if child.tail:
                        child.tail = self._with_placeholders(child.tail, number)
            name = f"{len(self.stashed_nodes):04}"
            self.stashed_nodes[name] = node
            placeholder = INLINE_PLACEHOLDER % name
            data, start = f"{data[:begin]}{placeholder}{data[end:]}", begin + len(placeholder)


# Most markup: a code span, a link, stressed words; nothing in another, and nothing right beside it that it might belong
# to. Whatever else stands in such words, no pattern finds (see `_Inline._plain_markup`).
_PLAIN_MARKUP = re.compile(
    r"""`([^`\x02\x03]++)`(?!`)"""
    r"""|(?<!!)\[(?![!^])([^\[\]]++)\]\(([^\s<>()\[\]'"`\\\x02\x03]++)\)"""
    r"""|(\*\*?+)(?![\s*])([^*]++)(?<!\s)\4(?!\*)"""
)
# An address as most are: up to the first parenthesis, without what might be a title or a placeholder.
_PLAIN_ADDRESS = re.compile(r"\(\s*([^\s<()'\"\x02][^()'\"\x02]*)\)")


def _address(slow: _ReadAddress, data: str, index: int) -> tuple[str, str | None, int, bool]:
    """Read the address of a link: at once where it is written plainly, else as Python-Markdown does, by characters."""
    match = _PLAIN_ADDRESS.match(data, index)
    return (match[1].strip(), None, match.end(), True) if match else slow(data, index)


def _words(slow: _ReadWords, data: str, index: int) -> tuple[str, int, bool]:
    """Read the words of a link: at once where no bracket stands in them."""
    end = data.find("]", index)
    is_plain = end >= 0 and data.find("[", index, end) < 0
    return (data[index:end], end + 1, True) if is_plain else slow(data, index)


def _with_needs(registry: Any, needed: Mapping[str, tuple[str, ...]]) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """Return what is registered, in order, with what it needs. The names of a registry are not public."""
    names = {id(item): name for name, item in registry._data.items()}
    return tuple((item, needed.get(names[id(item)], _ALWAYS)) for item in registry)


@cache
def _any_of(needed: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(needed))))
