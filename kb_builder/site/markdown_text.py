"""The Markdown of one page in, the same for programs out: what its readers see, with links that lead somewhere.

The text stays as it was written. Comments and raw HTML that the page leaves out are gone, and addresses are those of
the published page, so that the text can be read by itself. Every step is linear in the size of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from kb_builder.articles.source import definitions, inline_links, lower_in_place, mask_code_and_find_unseen
from kb_builder.site.allowed import REMOVED_WHOLE, TAGS, allowed_value
from kb_builder.site.html_names import HTML_ELEMENTS

_Edit = tuple[int, int, str]  # from, to, what stands there then

_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")
_ATTRIBUTE = re.compile(r"""\b(href|src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_END_OF_TAG = re.compile(r"\s*>")


def markdown_text(markdown: str, address: Callable[[str], str | None]) -> str:
    """Return a page's Markdown for programs.

    Args:
        markdown: As it was written.
        address: Gives for the address of a link as written the one that the page has for it; None when the page keeps
            only the words of the link.
    """
    masked, unseen = mask_code_and_find_unseen(markdown)
    edits = [*_unseen(markdown, unseen), *_links(masked, address), *_definitions(masked, address)]
    if "<" in masked:
        edits += _tags(masked, address)
    pieces, end = [], 0
    for start, stop, text in sorted(edits):
        if start >= end:  # what lies inside a removed part goes with it
            pieces += [markdown[end:start], text]
            end = stop
    return "".join([*pieces, markdown[end:]]).strip()


def _unseen(markdown: str, spans: tuple[tuple[int, int], ...]) -> Iterator[_Edit]:
    for start, stop in spans:
        rest = _END_OF_TAG.match(markdown, stop) if not markdown.startswith("<!--", start) else None
        yield start, rest.end() if rest else stop, ""


def _links(masked: str, address: Callable[[str], str | None]) -> Iterator[_Edit]:
    for link in inline_links(masked):
        new = address(link.href)
        if new is None:
            yield link.start, link.inside, ""
            yield link.closed, link.end, ""
        elif new != link.href:
            yield link.closed, link.end, f"]({_destination(new)}{link.title})"


def _definitions(masked: str, address: Callable[[str], str | None]) -> Iterator[_Edit]:
    for match in definitions(masked):
        group = 1 if match[1] is not None else 2
        new = address(match[group])
        if new is None:
            yield match.start(), match.end(), ""
        elif new != match[group]:
            yield match.start(group), match.end(group), new if group == 1 else _destination(new)


def _tags(masked: str, address: Callable[[str], str | None]) -> Iterator[_Edit]:
    lower, never_closed = lower_in_place(masked), set[str]()
    for match in _TAG.finditer(masked):
        name = match[2].lower()
        if name not in HTML_ELEMENTS:
            continue  # words in angle brackets
        if name in REMOVED_WHOLE and not match[1] and name not in never_closed:
            close = lower.find(f"</{name}", match.end())
            end = masked.find(">", close) + 1 if close >= 0 else 0
            if end:
                yield match.start(), end, ""
                continue
            never_closed.add(name)
        if name not in TAGS:
            yield match.start(), match.end(), ""
        elif match[3].strip(" /") and not match[1]:
            yield match.start(), match.end(), f"<{name}{''.join(_attributes(name, match[3], address))}>"


def _attributes(tag: str, written: str, address: Callable[[str], str | None]) -> Iterator[str]:
    for match in _ATTRIBUTE.finditer(written):
        name, value = match[1].lower(), next(filter(None, match.groups()[1:]), "")
        kept = value if name == "alt" else address(value) if allowed_value(tag, name, value) is not None else None
        if kept:
            yield f' {name}="{escape(kept)}"'


def _destination(address: str) -> str:
    """Write an address so that a parenthesis or a space in it does not end it."""
    return f"<{address}>" if re.search(r"[\s()]", address) else address
