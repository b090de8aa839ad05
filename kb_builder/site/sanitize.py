"""Rendered HTML in, HTML that cannot run or load anything out, with a list of what was removed.

The only module that knows nh3. Cleaning is by allow-list; the list of what was removed is made by reading the HTML
before it is cleaned, so that each piece is found in the file it came from.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3
from pygments.token import STANDARD_TYPES

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue
from kb_builder.site.source_lines import SourceLines

TAGS = frozenset(
    """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
    """.split()
)
# What stands between these is no text for people, so it goes with them.
_REMOVED_WHOLE = frozenset(
    "applet audio canvas datalist embed frameset head iframe math noembed noframes noscript object script select style svg template textarea title video".split()
)
# These run, load or send something; all other tags that are not allowed are only unusual.
_ACTIVE = _REMOVED_WHOLE - {"title", "datalist", "head"} | frozenset(
    "base body button form frame html link meta".split()
)

_ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset(("id", "class", "title", "lang", "dir")),
    "a": frozenset(("href", "name")),
    "col": frozenset(("span",)),
    "colgroup": frozenset(("span",)),
    "del": frozenset(("datetime",)),
    "details": frozenset(("open",)),
    "img": frozenset(("src", "alt", "width", "height")),
    "input": frozenset(("checked",)),  # task lists; every input becomes a disabled check box
    "ins": frozenset(("datetime",)),
    "li": frozenset(("value",)),
    "ol": frozenset(("start", "reversed", "type")),
    "td": frozenset(("colspan", "rowspan", "headers", "align")),
    "th": frozenset(("colspan", "rowspan", "headers", "align", "scope")),
    "time": frozenset(("datetime",)),
}
# Dropped without a word: they change nothing for the reader, or we set them ourselves.
_QUIETLY_DROPPED = frozenset(
    ("target", "rel", "loading", "decoding", "border", "cellpadding", "cellspacing", "valign", "type", "disabled")
)

_SCHEMES = frozenset(("http", "https", "mailto", "tel", "sms"))
_URL_ATTRIBUTES = frozenset(("href", "src"))
# What a browser ignores inside a scheme.
_IGNORED_IN_SCHEME = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")

_OWN_CLASSES = frozenset(
    """
    admonition admonition-title headerlink highlight filename footnote footnote-ref footnote-backref task-list
    task-list-item abstract bug danger example failure info note question quote success tip warning inline end
    """.split()
) | frozenset(name for name in STANDARD_TYPES.values() if name)

# The theme's own ids and classes begin so; the text of an article must not pass for the page around it.
_RESERVED = "kb-"


def sanitize(rendered: str, *, path: str, source: str, first_line: int) -> tuple[str, tuple[Issue, ...]]:
    """Clean one page's HTML.

    Args:
        rendered: What Markdown gave.
        path: Content path of the file, for the issues.
        source: The Markdown it was made from, to find lines in.
        first_line: Line of the file on which ``source`` begins.

    Returns:
        Well-formed HTML of allowed tags and attributes only, and one warning for each thing removed.
    """
    lines = SourceLines(source, first_line=first_line)
    issues = tuple(dict.fromkeys(_issue(finding, path, lines) for finding in _findings(rendered)))
    return _CLEANER.clean(rendered), issues


def scheme_of(address: str) -> str:
    """Return an address's scheme in lower case as a browser would see it; empty for a relative address."""
    match = _SCHEME.match(_IGNORED_IN_SCHEME.sub("", html.unescape(address)))
    return match[1].lower() if match else ""


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Decide on an allowed attribute's value; None drops it."""
    if name == "class":
        return " ".join(kept for kept in value.split() if kept in _OWN_CLASSES) or None
    if name in ("id", "name"):
        return None if value.startswith(_RESERVED) else value
    if name in ("width", "height"):
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    if name == "src" and scheme_of(value) not in ("", "http", "https"):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=_REMOVED_WHOLE,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes=_SCHEMES,
    link_rel=None,
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something that will be removed. ``needles`` are texts to look for in the source, surest first."""

    code: str
    message: str
    needles: tuple[str, ...]


def _issue(finding: _Finding, path: str, lines: SourceLines) -> Issue:
    return issue(finding.code, path, lines.find(finding.needles), finding.message)


def _findings(rendered: str) -> list[_Finding]:
    reader = _Reader()
    reader.feed(rendered)
    reader.close()
    return reader.findings


class _Reader(HTMLParser):
    """Collects what the cleaner will take out, in the order of the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[_Finding] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = self.get_starttag_text() or f"<{tag}"
        if tag not in TAGS:
            code = "KB601" if tag in _ACTIVE else "KB603"
            self.findings.append(_Finding(code, f"<{tag}> was removed", (written, f"<{tag}")))
            if tag in _ACTIVE:
                return
        for name, value in attrs:
            if finding := _judge(tag, name, value or "", written):
                self.findings.append(finding)

    def handle_pi(self, data: str) -> None:
        self.findings.append(_Finding("KB603", f"<?{data[:20]}… was removed", (f"<?{data}", "<?")))


def _judge(tag: str, name: str, value: str, written: str) -> _Finding | None:
    """Say what is wrong with an attribute, if anything."""
    needles = (written, _as_written(name, written), value, f"{name}=", f"<{tag}")
    shown = f'{name}="{value if len(value) <= 60 else value[:59] + "…"}"'
    if name.startswith("on") or name in (
        "srcdoc",
        "formaction",
        "action",
        "xlink:href",
        "http-equiv",
        "ping",
        "srcset",
    ):
        return _Finding("KB601", f"{shown} was removed from <{tag}>", needles)
    if name in _URL_ATTRIBUTES and (scheme := scheme_of(value)) and scheme not in _SCHEMES:
        return _Finding(
            "KB602", f"the address '{value[:60]}' was removed: {scheme}: may run or hide something", needles
        )
    if tag not in TAGS or name in _QUIETLY_DROPPED:
        return None
    if name not in _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag, frozenset()) or _attribute(tag, name, value) is None:
        return _Finding("KB603", f"{shown} was removed from <{tag}>", needles)
    return None


def _as_written(name: str, written: str) -> str:
    """Return an attribute's value as it stands in the tag, entities and all."""
    match = re.search(rf"""\b{re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", written, re.IGNORECASE)
    return next((group for group in match.groups() if group), "") if match else ""
