"""The Markdown of an article in, its links, headings and anchors with their lines out. Nothing is rendered.

It reads Markdown as the site's converter does (fences, code spans, indented code outside lists, comments), closely
enough for messages to writers; what it takes for a link that is none costs a warning, never a page. Every step is
linear in the size of the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

from kb_builder.articles.plain import plain_text


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A link or an image as written.

    Attributes:
        line: Counts from 1 at the start of the text.
        text: What stands for it when it is read aloud: the words of a link, the ``alt`` of an image, as written; None
            where it has none of its own (definitions, videos) or says by ``alt=""`` that it only decorates.
    """

    href: str
    line: int
    is_image: bool = False
    text: str | None = None


class InlineLink(NamedTuple):
    """A ``[text](address "title")`` or an image of that form; its parts by their place in the text.

    ``start`` is its first character; from ``inside`` to ``closed`` is what brackets hold; ``end`` is behind it all.
    ``title`` is written with the space before it, and its quotes; empty when there is none.
    """

    start: int
    inside: int
    closed: int
    end: int
    href: str
    title: str
    is_image: bool


@dataclass(frozen=True, slots=True)
class SourceHeading:
    """A heading: its level, its plain text, the anchor its page gives it, and its line from 1."""

    level: int
    text: str
    anchor: str
    line: int


# A destination: anything but line ends, with parentheses balanced one deep; possessive, so that it never backtracks.
_DESTINATION = re.compile(r"\(((?:[^()\n\\]++|\\.|\([^()\n]*+\))*+)\)")
_TITLE = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\))\s*$")
_BRACKET = re.compile(r"\\.|!\[|\[|\]")  # each begins with a character of its own: these are found quickly
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)[^\[\]\n]{1,200}\]:[ \t]*(?:<([^<>\n]*)>|(\S+))", re.MULTILINE)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}:[^<>\s]*)>")
_TAG = re.compile(r"<(a|area|img|video|audio|source|track|iframe|embed)\b([^<>]*)>", re.IGNORECASE)
_ADDRESS_ATTRIBUTE = re.compile(r"""\b(href|src|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_ALT_ATTRIBUTE = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_ID_ATTRIBUTE = re.compile(r"""<[A-Za-z][^<>]*?\b(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_ATTRIBUTE_ID = re.compile(r"\{:?[ ]*(?:[^{}\n]*[ ])?#([^\s{}]+)[^{}\n]*\}")
_FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^([^\[\]\s]+)\]:", re.MULTILINE)


def source_links(body: str) -> tuple[SourceLink, ...]:
    """Return the links and images of a text by line: inline ones, definitions, automatic ones and raw HTML."""
    return masked_links(mask_code(body))


def masked_links(masked: str) -> tuple[SourceLink, ...]:
    """Return the links and images of a text whose code is masked already."""
    found: list[_Found] = [
        (link.start, link.href, link.is_image, masked[link.inside : link.closed]) for link in inline_links(masked)
    ]
    found += _other_links(masked)
    links, line, end = [], 1, 0
    for position, href, is_image, text in sorted(found, key=lambda link: link[:2]):
        line, end = line + masked.count("\n", end, position), position
        if href:
            links.append(SourceLink(href, line, is_image, text))
    return tuple(links)


def source_headings(body: str) -> tuple[SourceHeading, ...]:
    """Return the headings of a text with the anchors that the site gives them."""
    lines = mask_code(body).split("\n")
    written = body.split("\n")
    raw: list[tuple[int, str, int]] = []
    for number, line in enumerate(lines):
        if "#" in line and (atx := _ATX.match(line)):
            raw.append((len(atx[1]), _ATX.sub(r"\2", written[number]), number + 1))
        elif line[:1] in ("=", "-") and _UNDERLINE.fullmatch(line) and number and _starts_block(lines, number - 1):
            raw.append((1 if "=" in line else 2, written[number - 1], number))
    parts = [_split_id(text) for _, text, _ in raw]
    used = {anchor for _, anchor in parts if anchor}
    runs: dict[str, int] = {}
    headings = []
    for (level, _, at), (text, anchor) in zip(raw, parts, strict=True):
        plain = plain_text(text)
        headings.append(SourceHeading(level, plain, anchor or unique_anchor(slug(plain), used, runs), at))
    return tuple(headings)


def source_anchors(body: str) -> frozenset[str]:
    """Return every anchor that a link to this text may name: headings, ``{#id}``, raw HTML ids, footnotes."""
    masked = mask_code(body)
    anchors = {heading.anchor for heading in source_headings(body)}
    anchors.update(match[1] for match in _ATTRIBUTE_ID.finditer(masked))
    anchors.update(next(filter(None, match.groups()), "") for match in _ID_ATTRIBUTE.finditer(masked))
    if "]:" in masked:
        anchors.update(f"fn:{match[1]}" for match in _FOOTNOTE.finditer(masked))
    return frozenset(anchors - {""})


def slug(text: str) -> str:
    """Make an anchor from a heading: lower case; letters, digits, ``_`` and ``-`` stay; each space is a hyphen."""
    lower = re.sub(r"</?[^>]*>", "", unicodedata.normalize("NFC", text)).strip().lower()
    return re.sub(r"[^\w\- ]", "", lower).replace(" ", "-")


def mask_code(body: str) -> str:
    """Replace code, comments and scripts by spaces; every other character, and every line end, keeps its place."""
    return mask_code_and_find_unseen(body)[0]


@lru_cache(maxsize=4)  # several look at a text, one after the other
def mask_code_and_find_unseen(body: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the text as `mask_code` does, and where in it stand comments, scripts, style and form fields.

    Each of these is a span from its first character to the one behind its last. No reader of the page sees them.
    """
    text = _mask_indented(_mask_fences(body))
    spans = tuple(_hidden_spans(text))
    pieces, end = [], 0
    for start, close in spans:
        pieces += [text[end:start], _blank(text[start:close])]
        end = close
    unseen = tuple(span for span in spans if _UNSEEN.match(text, span[0]))
    return "".join([*pieces, text[end:]]), unseen


# ---- links ---------------------------------------------------------------------------------------------------------


_Found = tuple[int, str, bool, str | None]  # position, address, whether it is an image, text


def inline_links(masked: str) -> Iterator[InlineLink]:
    """Yield every inline link and image of a text whose code is masked, in the order they end."""
    innermost = _innermost_pairs(masked)
    for start, closed in _pairs(masked) if innermost is None else innermost:
        destination = _DESTINATION.match(masked, closed + 1)
        if destination is None:
            continue
        title = _TITLE.search(destination[1])
        address = destination[1][: title.start()] if title else destination[1]
        is_image = masked.startswith("!", start)
        yield InlineLink(
            start=start,
            inside=start + 2 if is_image else start + 1,
            closed=closed,
            end=destination.end(),
            href=_bare_address(address),
            title=title[0].rstrip() if title else "",
            is_image=is_image,
        )


def _pairs(masked: str) -> Iterator[tuple[int, int]]:
    """Yield where each pair of brackets, with the mark of an image, begins and ends, in the order they end."""
    open_brackets: list[int] = []
    for bracket in _BRACKET.finditer(masked):
        token = bracket.group()
        if token == "]":  # noqa: S105  (a bracket, not a password)
            if open_brackets:
                yield open_brackets.pop(), bracket.start()
        elif not token.startswith("\\"):
            open_brackets.append(bracket.start())


def _innermost_pairs(masked: str) -> list[tuple[int, int]] | None:
    """Return those of `_pairs` that an address may follow, found quickly; None where one of them may hold another."""
    if "\\" in masked:
        return None
    pairs: list[tuple[int, int]] = []
    behind = 0
    while (closed := masked.find("](", behind)) >= 0:
        start = masked.rfind("[", behind, closed)
        if start < 0 or masked.find("]", start, closed) >= 0:
            return None
        pairs.append((start - 1 if masked.startswith("!", start - 1, start) else start, closed))
        behind = closed + 1
    return pairs


def definitions(masked: str) -> Iterator[re.Match[str]]:
    """Yield where a text whose code is masked gives the address of a link; in group 1 in angle brackets, else in 2."""
    return _DEFINITION.finditer(masked) if "]:" in masked else iter(())


def _bare_address(written: str) -> str:
    address = written.strip()
    return address[1:-1].strip() if address.startswith("<") and address.endswith(">") else address


def _other_links(masked: str) -> Iterator[_Found]:
    for match in definitions(masked):
        yield match.start(), match[1] or match[2] or "", False, None
    for match in _AUTOLINK.finditer(masked):
        yield match.start(), match[1], False, None
    for match in _TAG.finditer(masked):
        for attribute in _ADDRESS_ATTRIBUTE.finditer(match[2]):
            address = next(filter(None, attribute.groups()[1:]), "")
            yield match.start(), address.strip(), match[1].lower() not in ("a", "area"), _alt(match)


def _alt(tag: re.Match[str]) -> str | None:
    """Return what an ``<img>`` says it shows; None when it is another element, or says that it only decorates."""
    if tag[1].lower() != "img":
        return None
    given = _ALT_ATTRIBUTE.search(tag[2])
    return (next(filter(None, given.groups()), "") or None) if given else ""


# ---- headings ------------------------------------------------------------------------------------------------------

_ATX = re.compile(r"^[ \t>]*(#{1,6})(?!#)[ \t]*(\S.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_HEADING_ID = re.compile(r"[ \t]+\{:?[ \t]*([^{}\n]*)\}[ \t]*$")


def _starts_block(lines: list[str], number: int) -> bool:
    """Say whether a line is the first of its block, as the text of an underlined heading is."""
    line = lines[number]
    return bool(line.strip()) and not line.lstrip().startswith("|") and (number == 0 or not lines[number - 1].strip())


def _split_id(text: str) -> tuple[str, str]:
    """Cut ``{#id .class}`` off a heading; return its text and the id, which may be empty."""
    match = _HEADING_ID.search(text)
    if not match:
        return text, ""
    ids = re.findall(r"(?:^|\s)#([^\s#.]\S*)|(?:^|\s)id=[\"']?([^\s\"']+)", match[1])
    return text[: match.start()], next((one or other for one, other in reversed(ids)), "")


def unique_anchor(anchor: str, used: set[str], runs: dict[str, int]) -> str:
    """Make an anchor unique the way Python-Markdown's table of contents does: ``name``, ``name_1``, ``name_2``.

    ``runs`` holds for a name up to which number all are taken, so that a thousand equal headings cost a thousand steps.
    """
    base, count = anchor, 0
    if (anchor in used or not anchor) and (match := re.fullmatch(r"(.*)_([0-9]{1,9})", anchor)):
        base, count = match[1], int(match[2])
    run = runs.get(base, 0)
    continues_run = count <= run
    count = max(count, run) if continues_run else count
    while anchor in used or not anchor:
        count += 1
        anchor = f"{base}_{count}"
        if continues_run:
            runs[base] = count
    used.add(anchor)
    return anchor


# ---- code ----------------------------------------------------------------------------------------------------------

_FENCE_OPEN = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[^`\n]*$")
_FENCE_CLOSE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
_CONTAINER = re.compile(r"[ ]{0,3}(?:[-*+]|\d+[.)])[ \t]|(?:!!!|\?\?\?\+?|===|///)[ \t]|\[\^[^\]]+\]:|:[ \t]")
_BACKTICKS = re.compile("``*")
_RAW = re.compile(r"<!--|<(?:script|style|pre|code|textarea)\b", re.IGNORECASE)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_UNSEEN = re.compile(r"<!--|<(?:script|style|textarea)\b", re.IGNORECASE)


def lower_in_place(text: str) -> str:
    """Return a text with its ASCII letters in lower case and every character at its place ("İ".lower() is two)."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_LOWER)


def _blank(text: str) -> str:
    return "\n".join([" " * len(line) for line in text.split("\n")])


def _mask_fences(body: str) -> str:
    if "```" not in body and "~~~" not in body:
        return body
    lines = body.split("\n")
    closers: dict[str, list[tuple[int, int]]] = {"`": [], "~": []}
    fences = [number for number, line in enumerate(lines) if "```" in line or "~~~" in line]
    for number in fences:
        if match := _FENCE_CLOSE.match(lines[number]):
            closers[match[1][0]].append((number, len(match[1])))
    unclosed = {"`": 10**9, "~": 10**9}  # no fence of this length or more is closed any more
    behind = 0
    for number in fences:
        match = _FENCE_OPEN.match(lines[number]) if number >= behind else None
        if match and len(match[1]) < unclosed[match[1][0]]:
            character, length = match[1][0], len(match[1])
            rows = closers[character]
            first = bisect_right(rows, (number, 10**9))
            closing = next((row for row, size in rows[first:] if size >= length), None)
            if closing is None:
                unclosed[character] = length
            else:
                for row in range(number, closing + 1):
                    lines[row] = _blank(lines[row])
                behind = closing + 1
    return "\n".join(lines)


def _mask_indented(text: str) -> str:
    """Blank code that is indented by four spaces or a tab; inside a list or an admonition that is ordinary text."""
    if "    " not in text and "\t" not in text:
        return text
    lines = text.split("\n")
    inside_container, after_blank, in_code = False, True, False
    for number, line in enumerate(lines):
        if not line.strip():
            after_blank = True
            continue
        indented = line.startswith(("    ", "\t"))
        if not indented:
            in_code = False
            # A line right below an item still belongs to it.
            inside_container = bool(_CONTAINER.match(line)) or (inside_container and not after_blank)
            inside_container = inside_container or (after_blank and line.startswith(" ") and inside_container)
        elif in_code or (after_blank and not inside_container):
            in_code = True
            lines[number] = _blank(line)
        after_blank = False
    return "\n".join(lines)


def _hidden_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield code spans, comments and raw elements whose content is not Markdown, in the order they begin."""
    if "`" not in text and "<" not in text:
        return
    runs: defaultdict[int, list[int]] = defaultdict(list)
    openings: list[tuple[int, int]] = []
    for match in _BACKTICKS.finditer(text):
        start, inside = match.span()
        runs[inside - start].append(start)
        if text[start - 1 : start] == "\\":
            start += 1  # this one is itself, not markup
        if start < inside:
            openings.append((start, inside))
    if "<" in text:
        openings = sorted([*openings, *(match.span() for match in _RAW.finditer(text))])
    end = 0
    never_closed: set[str] = set()
    lower = lower_in_place(text)
    for start, inside in openings:
        if start < end:
            continue
        opening = text[start:inside].lower()
        if opening.startswith("`"):
            close = _closing_run(text, runs[len(opening)], start, inside)
        elif opening in never_closed:
            close = -1
        else:
            marker = "-->" if opening == "<!--" else f"</{opening[1:]}"
            close = lower.find(marker, inside)
            close = close + len(marker) if close >= 0 else -1
            if close < 0:
                never_closed.add(opening)
        if close > 0:
            yield start, close
            end = close


def _closing_run(text: str, starts: list[int], start: int, inside: int) -> int:
    """Return where the code span at ``start`` ends, or -1: as many backticks must come again before a blank line."""
    following = bisect_right(starts, start)
    if following == len(starts):
        return -1
    close = starts[following]
    return close + (inside - start) if text.find("\n\n", inside, close) < 0 else -1
