"""What the HTML of an article may hold. Everything that is not listed here is removed."""

from __future__ import annotations

import html
import re

from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]  # it ships no types


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _words(
    """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
    """
)
# What stands between these is no text for people, so it goes with them.
REMOVED_WHOLE = _words(
    """
    applet audio canvas datalist embed frameset head iframe math noembed noframes noscript object script select style
    svg template textarea title video
    """
)
# These run, load or send something; other tags that are not allowed are only unusual.
ACTIVE_TAGS = REMOVED_WHOLE - _words("datalist head title") | _words("base body button form frame html link meta")
ACTIVE_ATTRIBUTES = _words("action formaction http-equiv ping srcdoc srcset xlink:href")

ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": _words("id class title lang dir"),
    "a": _words("href name"),
    "col": _words("span"),
    "colgroup": _words("span"),
    "del": _words("datetime"),
    "details": _words("open"),
    "img": _words("src alt width height"),
    "input": _words("checked"),  # task lists; every input becomes a disabled check box
    "ins": _words("datetime"),
    "li": _words("value"),
    "ol": _words("start reversed type"),
    "td": _words("colspan rowspan headers align"),
    "th": _words("colspan rowspan headers align scope"),
    "time": _words("datetime"),
}
SCHEMES = _words("http https mailto tel sms")
URL_ATTRIBUTES = _words("href src")

_CLASSES = _words(
    """
    admonition admonition-title abstract bug danger example failure info note question quote success tip warning
    filename footnote footnote-backref footnote-ref headerlink highlight task-list task-list-item
    """
) | {name for name in STANDARD_TYPES.values() if name}
# The ids of the page around an article (the search client numbers its options behind the first). An article that
# used one would break what the page refers to.
_PAGE_ID = re.compile(
    r"main|kb-(?:(?:ask|feedback|q)(?:-.*)?|applied-day|changes|more|popular|related|stuck|topics|versions)"
)

# What a browser ignores inside a scheme.
_IGNORED_IN_SCHEME = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def allowed_value(tag: str, name: str, value: str) -> str | None:
    """Return what is left of an allowed attribute's value; None removes the attribute."""
    if name == "class":
        return " ".join(kept for kept in value.split() if kept in _CLASSES) or None
    if name in ("id", "name"):
        return None if _PAGE_ID.fullmatch(value) else value
    if name in ("width", "height"):
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    if name in URL_ATTRIBUTES:
        if value.startswith(("https://", "#")):
            return value
        schemes = SCHEMES if tag == "a" else ("http", "https")
        return value if scheme_of(value) in ("", *schemes) else None
    return value


def scheme_of(address: str) -> str:
    """Return an address's scheme in lower case as a browser would see it; empty for a relative address."""
    match = _SCHEME.match(_IGNORED_IN_SCHEME.sub("", html.unescape(address)))
    return match[1].lower() if match else ""
