"""Make the links and images of clean HTML lead where they should on the published site."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from mkdocs.utils import get_relative_url

from kb_builder.articles.languages import split_language
from kb_builder.articles.links import LinkKind, LinkTargets, Resolved, resolve_link
from kb_builder.site.published import absolute

# Tags as nh3 writes them: lower case, every value in double quotes and free of them.
_TAG = re.compile(r'<(?P<tag>a|img)(?P<attributes>(?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
# What most links are: one to elsewhere, or that of a heading to itself, with nothing in it that is escaped.
_PLAIN_LINK = re.compile(
    r"""<a (?:href="(?P<elsewhere>https?://[A-Za-z0-9._~/?#=+,;:@!$*%-]*)\""""
    r"""|class="headerlink" href="(?P<here>#[A-Za-z0-9_-]+)" (?P<title>title="[^"&<>']*"))>"""
)
_PLAIN_URL = re.compile(r"(?:[A-Za-z0-9_-]+/)+")


@dataclass(frozen=True, slots=True)
class SiteMap:
    """What links need to know about the whole site.

    Attributes:
        targets: Everything a link can lead to.
        urls: Content path of each article and category (empty: the home page) to its URL.
        own_pages: URLs of pages that are no content, such as ``contact/``.
        link_root: Prefix under which articles link to each other.
        image_size: Gives width and height in pixels of an image by content path, or None. Looks at the disk.
        site_url: Where the site is published; may be unknown.
        pages: URLs of all pages. A link of a page in a further language leads to the page of that language.
        resolved: What the links of the page that was looked at last lead to, as they are written; asked for twice.
    """

    targets: LinkTargets
    urls: Mapping[str, str]
    own_pages: frozenset[str]
    link_root: str
    image_size: Callable[[str], tuple[int, int] | None]
    site_url: str = ""
    pages: frozenset[str] = frozenset()
    resolved: dict[tuple[str, str], Resolved] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LinkedHtml:
    """HTML whose links lead somewhere.

    Attributes:
        image_origins: Where its images are loaded from (``https://images.example``).
        links: Each link and image as it was in the clean HTML, and what was written in its place.
    """

    html: str
    image_origins: frozenset[str]
    links: tuple[tuple[str, str], ...]


def link_pages(clean: str, *, path: str, url: str, site: SiteMap) -> LinkedHtml:
    """Rewrite links and images.

    A link that leads nowhere, or may not be printed, loses its address and keeps its text; an image that is not there
    leaves its text in a ``<span class="kb-missing-image">``. Telling the writer is the task of the content's checks.

    Args:
        clean: HTML from `sanitize`.
        path: Content path of the file it comes from.
        url: Where the page is, relative to the site's root.
        site: The rest of the site.
    """
    origins: set[str] = set()
    links: dict[str, str] = {}
    site.resolved.clear()

    def rewrite(match: re.Match[str]) -> str:
        written = links[match[0]] = _rewritten(match, origins, path=path, url=url, site=site)
        return written

    return LinkedHtml(_TAG.sub(rewrite, clean), frozenset(origins), tuple(links.items()))


def same_links(links: Iterable[tuple[str, str]], *, path: str, url: str, site: SiteMap) -> bool:
    """Say whether each of ``links`` (see `LinkedHtml`) would be written as it was."""
    return all(
        (match := _TAG.fullmatch(tag)) and _rewritten(match, set(), path=path, url=url, site=site) == written
        for tag, written in links
    )


def published_address(written: str, *, path: str, url: str, site: SiteMap) -> str | None:
    """Return where the page at ``url`` sends a link written so: in full where the site has an address.

    None when it keeps only the words of the link.
    """
    target = _resolved(written, path, site)
    if site.site_url and target.kind in (LinkKind.ARTICLE, LinkKind.CATEGORY):
        own = _in_language_of(url, site.urls[target.target], site)
        if _PLAIN_URL.fullmatch(own):
            return absolute(site.site_url, own) + _tail(target)
    address = _address(target, url=url, site=site)
    if address is None or target.kind in (LinkKind.EXTERNAL, LinkKind.ANCHOR):
        return address
    return urljoin(absolute(site.site_url, url), address) if site.site_url else address


def _resolved(written: str, path: str, site: SiteMap) -> Resolved:
    """Resolve a link, once for its page."""
    target = site.resolved.get((path, written))
    if target is None:
        target = resolve_link(written, from_path=path, content=site.targets, link_root=site.link_root)
        site.resolved[path, written] = target
    return target


def _rewritten(match: re.Match[str], origins: set[str], *, path: str, url: str, site: SiteMap) -> str:
    """Return what takes the place of a link or an image; the host of a foreign image joins ``origins``."""
    if plain := _PLAIN_LINK.fullmatch(match[0]):
        if plain["here"]:
            return f'<a href="{plain["here"]}" class="headerlink" {plain["title"]}>'
        return f'<a href="{plain["elsewhere"]}" rel="noopener">'
    attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match["attributes"])}
    if match["tag"] == "a":
        return _start_tag("a", _link(attributes, path=path, url=url, site=site))
    target = _resolved(attributes.get("src", ""), path, site)
    if target.kind is LinkKind.ASSET:
        return _start_tag(
            "img", _sized(attributes, site.image_size(target.target), src=_relative(quote(target.target), url))
        )
    if target.kind is LinkKind.EXTERNAL:
        parts = urlsplit(target.href)
        origins.add(f"{parts.scheme or 'https'}://{parts.netloc}")
        return _start_tag("img", _sized(attributes, None, src=target.href))
    return f'<span class="kb-missing-image">{html.escape(attributes.get("alt", ""), quote=False)}</span>'


def _link(attributes: dict[str, str], *, path: str, url: str, site: SiteMap) -> dict[str, str]:
    """Return a link's attributes with its address put right or taken away."""
    written = attributes.get("href")
    if written is None:
        return attributes
    target = _resolved(written, path, site)
    address = _address(target, url=url, site=site)
    kept = {name: value for name, value in attributes.items() if name != "href"}
    if address is None:
        return kept
    if target.kind is LinkKind.EXTERNAL and not address.startswith(("mailto:", "tel:", "sms:")):
        return {"href": address, **kept, "rel": "noopener"}
    return {"href": address, **kept}


def _address(target: Resolved, *, url: str, site: SiteMap) -> str | None:
    tail = _tail(target)
    match target.kind:
        case LinkKind.ARTICLE | LinkKind.CATEGORY:
            return _relative(_in_language_of(url, site.urls[target.target], site), url) + tail
        case LinkKind.ASSET:
            return _relative(quote(target.target), url) + tail
        case LinkKind.EXTERNAL:
            return target.href
        case LinkKind.ANCHOR:
            return tail or None
        case LinkKind.MISSING:
            own = f"{target.target.removesuffix('/index').strip('/')}/"
            return _relative(_in_language_of(url, own, site), url) + tail if own in site.own_pages else None
    return None


def _tail(target: Resolved) -> str:
    query = f"?{target.query}" if target.query else ""
    return f"{query}#{quote(target.fragment, safe=_FRAGMENT_SAFE)}" if target.fragment else query


def _in_language_of(url: str, target: str, site: SiteMap) -> str:
    """Return the URL of a page in the language of the page at ``url``, if there is one; else as it was."""
    languages = site.targets.languages
    language = split_language(url, languages)[0]
    translated = f"{language}/{split_language(target, languages)[1]}"
    return translated if language and translated in site.pages else target


# Everything a fragment may hold, and letters of any script: browsers encode them as needed.
_FRAGMENT_SAFE = "!$&'()*+,;=:@/?-._~" + "".join(map(chr, range(0xA1, 0x100)))


def _relative(target: str, url: str) -> str:
    return get_relative_url(target or ".", url or ".")


def _sized(attributes: dict[str, str], size: tuple[int, int] | None, *, src: str) -> dict[str, str]:
    """Give an image room before it is loaded, so that the text below does not jump."""
    sized = {**attributes, "src": src, "loading": "lazy", "decoding": "async"}
    if size and size[0] and size[1]:
        width, height = size
        if "width" in attributes:
            sized["height"] = str(round(int(attributes["width"]) * height / width))
        elif "height" in attributes:
            sized["width"] = str(round(int(attributes["height"]) * width / height))
        else:
            sized |= {"width": str(width), "height": str(height)}
    return sized


def _start_tag(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{''.join(f' {name}={chr(34)}{html.escape(value)}{chr(34)}' for name, value in attributes.items())}>"
