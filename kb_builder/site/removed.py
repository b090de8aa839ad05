"""Rendered HTML in, what cleaning will take out of it: what it is and where it may be found in the source.

This only reports. Should a browser's idea of a broken page differ from this one's, cleaning still removes what is not
allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from html import unescape
from html.parser import HTMLParser

from kb_builder.articles.file_names import printable
from kb_builder.site.allowed import (
    ACTIVE_ATTRIBUTES,
    ACTIVE_TAGS,
    ATTRIBUTES,
    REMOVED_WHOLE,
    SCHEMES,
    TAGS,
    URL_ATTRIBUTES,
    allowed_value,
    scheme_of,
)

# Removed without a word: they change nothing for the reader, or we set them ourselves.
_QUIET = frozenset(
    ("target", "rel", "loading", "decoding", "border", "cellpadding", "cellspacing", "valign", "type", "disabled")
)
_QUIET_CLASSES = re.compile(r"(?:language-\S+|codehilite|\s)+")
_VOID = frozenset(("embed", "base", "link", "meta", "frame"))
_LONGEST_SHOWN = 60
_NAME = re.compile("[a-z][a-z0-9]*")
_PLAIN_ATTRIBUTE = re.compile(r""" ([a-z-]+)="([^"<>]*)\"""")
_TAG = re.compile("<[^<>]{0,500}>")  # longer ones, which may hold whole pictures, are read in their place and not kept
_PLAIN_TAG = re.compile(r"""</?[a-z][a-z0-9]*(?: [a-z-]+="[^"<>]*")* ?/?>""")


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that is not allowed.

    Attributes:
        kind: The same for things that one message can speak of.
        needles: Texts to look for in the source, surest first.
    """

    code: str
    kind: str
    message: str
    needles: tuple[str, ...]


def find_removed(rendered: str) -> list[Removed]:
    """Return what is not allowed, in the order of the page."""
    tags = _TAG.findall(rendered)
    if len(tags) == rendered.count("<") and all(map(_is_allowed, set(tags))):
        return []  # most pages: looking at each tag in its place takes ten times as long
    reader = _Reader()
    reader.feed(rendered.replace("<![", "&lt;!["))  # Python 3.11 raises on a broken marked section
    reader.close()
    return reader.found + [_declaration("<![CDATA[")] * rendered.count("<![CDATA[")


@lru_cache(maxsize=10_000)
def _is_allowed(tag: str) -> bool:
    """Say whether nothing of a tag is removed, wherever it stands; not where it is written in an unusual way."""
    if not _PLAIN_TAG.fullmatch(tag):
        return False
    if tag.startswith("</"):
        return True
    name = _NAME.match(tag, 1)
    if name is None or name[0] not in TAGS:
        return False
    attributes = _PLAIN_ATTRIBUTE.findall(tag)
    return not any(_judge(name[0], attribute, unescape(value), tag) for attribute, value in attributes)


def _declaration(beginning: str) -> Removed:
    return Removed("KB603", beginning, f"{beginning}… was removed", (beginning,))


class _Reader(HTMLParser):
    """Looks at every tag, but not inside what is removed whole."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Removed] = []
        self._inside: list[str] = []

    def handle_pi(self, data: str) -> None:
        if not self._inside:
            self.found.append(_declaration(f"<?{data.split(None, 1)[0] if data.strip() else ''}"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside:
            if tag == self._inside[0]:
                self._inside.append(tag)
            return
        written = self.get_starttag_text() or f"<{tag}"
        if tag not in TAGS:
            code = "KB601" if tag in ACTIVE_TAGS else "KB603"
            self.found.append(Removed(code, f"<{tag}>", f"<{tag}> was removed", (written, f"<{tag}")))
            if tag in REMOVED_WHOLE and tag not in _VOID:
                self._inside.append(tag)
            if tag in ACTIVE_TAGS:
                return
        for name, value in attrs:
            if found := _judge(tag, name, value or "", written):
                self.found.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A slash closes nothing in HTML: <script/> is open.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[0]:
            self._inside.pop()


def _judge(tag: str, name: str, value: str, written: str) -> Removed | None:
    """Say what is wrong with an attribute, if anything."""
    removed = partial(_attribute_removed, tag, name, value, written)
    if name.startswith("on") or name in ACTIVE_ATTRIBUTES:
        return removed("KB601", with_value=True)
    if name in URL_ATTRIBUTES and scheme_of(value) not in ("", *SCHEMES):
        return removed("KB602", with_value=True)
    if tag not in TAGS or name in _QUIET or (name == "class" and _QUIET_CLASSES.fullmatch(value)):
        return None
    if name in ("width", "height") and value.endswith("%"):
        return None
    if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, frozenset()) or allowed_value(tag, name, value) is None:
        return removed("KB603", with_value=False)
    return None


def _attribute_removed(tag: str, name: str, value: str, written: str, code: str, *, with_value: bool) -> Removed:
    kind = f"{name} of <{tag}>"
    message = f'{name}="{_short(value)}" was removed from <{tag}>'
    if code == "KB602":
        message = f"the address '{_short(value)}' was removed from <{tag}>"
    needles = (written, _as_written(name, written), value, f"{name}=", f"<{tag}")
    return Removed(code, f"{kind} {value}" if with_value else kind, message, needles)


def _short(value: str) -> str:
    line = printable(" ".join(value.split()))
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"


def _as_written(name: str, written: str) -> str:
    """Return an attribute's value as it stands in the tag, entities and all."""
    match = re.search(rf"""\b{re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", written, re.IGNORECASE)
    return next((group for group in match.groups() if group), "") if match else ""
