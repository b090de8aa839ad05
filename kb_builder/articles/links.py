"""Where a link in an article's source leads. Pure; the site room and the checks resolve every link here.

An article at content path ``p`` counts as living at ``link_root + p``, so that with the link root ``/help/`` both
``/help/orders/track.md`` and ``../help/orders/track.md`` (from the top folder) lead into the content.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

from kb_builder.articles.file_names import folder_of, is_index
from kb_builder.articles.languages import split_language
from kb_builder.articles.model import Article, Content

ALLOWED_SCHEMES = ("http", "https", "mailto", "tel", "sms")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
# Browsers drop these inside an address before they look for its scheme; so must we.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


class LinkKind(StrEnum):
    """What a link leads to. ``missing`` and ``draft`` have no page; ``refused`` must not be printed at all."""

    ARTICLE = "article"
    CATEGORY = "category"
    ASSET = "asset"
    EXTERNAL = "external"
    ANCHOR = "anchor"
    MISSING = "missing"
    DRAFT = "draft"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a link leads.

    Attributes:
        kind: What it leads to.
        target: Content path of the article, category (empty: the home page), asset or draft; for a missing one the
            path at which nothing was found. Empty for ``external``, ``anchor`` and ``refused``.
        fragment: What follows ``#``, decoded, without it.
        query: What follows ``?``, as written, without it.
        href: The address as a browser reads it; what an external link should carry.
    """

    kind: LinkKind
    target: str = ""
    fragment: str = ""
    query: str = ""
    href: str = ""


# Written so, an address holds nothing that a browser or this module might see in another way.
_PLAIN_ANCHOR = re.compile(r"#[A-Za-z0-9_-]+")
_PLAIN_LOCAL = re.compile(r"(?!//)(?P<path>[A-Za-z0-9_./-]+)(?:#(?P<fragment>[A-Za-z0-9_-]*))?")
_PLAIN_EXTERNAL = re.compile(r"https?://[A-Za-z0-9._~/?#=+,;:@!$*%-]*")


@dataclass(frozen=True, slots=True)
class LinkTargets:
    """All that a link can lead to: from each content path or address (no slash at its end) to kind and content path.

    ``languages`` are the tags of the further languages.
    """

    by_path: dict[str, tuple[LinkKind, str]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()


def link_targets(content: Content) -> LinkTargets:
    """Collect the targets once; `resolve_link` then looks each link up in constant time."""
    by_path: dict[str, tuple[LinkKind, str]] = {}
    for path, article in content.articles.items():
        _add(by_path, LinkKind.ARTICLE, path, path, article.url)
    for path, draft in content.drafts.items():
        _add(by_path, LinkKind.DRAFT, path, path, draft.url)
    for asset in content.assets:
        _add(by_path, LinkKind.ASSET, asset, asset)
    for path, category in {**content.categories, "": content.home}.items():
        prefix = f"{path}/" if path else ""
        _add(by_path, LinkKind.CATEGORY, path, path, category.url, f"{prefix}index.md", f"{prefix}README.md")
    for folder, current in _policy_folders(content.articles, content).items():
        _add(by_path, LinkKind.ARTICLE, current, folder)
    return LinkTargets(by_path, content.languages)


def resolve_link(href: str, *, from_path: str, content: Content | LinkTargets, link_root: str = "") -> Resolved:
    """Resolve a link or an image address as written in an article.

    From a file of a further language, it leads to what that language has there, else to what the main one has.

    Args:
        href: As in the Markdown source or in rendered HTML; entities and percent-encoding are understood.
        from_path: Content path of the file it stands in.
        content: The content; pass its `link_targets` when resolving more than one link.
        link_root: Prefix under which articles link to each other, such as ``/help/``.
    """
    return _plain(href) or _resolve(href, from_path, content, link_root)


def _resolve(href: str, from_path: str, content: Content | LinkTargets, link_root: str) -> Resolved:
    targets = link_targets(content) if isinstance(content, Content) else content
    if plain := _PLAIN_LOCAL.fullmatch(href):
        return _local(plain["path"], plain["fragment"] or "", "", from_path, targets, link_root)
    scheme = _scheme(href)
    if scheme and scheme not in ALLOWED_SCHEMES:
        return Resolved(LinkKind.REFUSED)
    written = _CONTROL.sub("", href).strip()
    if scheme or written.startswith("//"):
        return Resolved(LinkKind.EXTERNAL, href=written)
    address, _, fragment = _ENTITY.sub(lambda entity: html.unescape(entity.group()), written).partition("#")
    address, _, query = address.partition("?")
    path, fragment = unquote(address), unquote(fragment)
    if _CONTROL.search(path) or "\\" in path:
        return Resolved(LinkKind.REFUSED)
    if not path:
        return Resolved(LinkKind.ANCHOR, "", fragment, query)
    return _local(path, fragment, query, from_path, targets, link_root)


def _local(path: str, fragment: str, query: str, from_path: str, targets: LinkTargets, link_root: str) -> Resolved:
    """Look up what an address on this site, read and cut, leads to."""
    language = split_language(from_path, targets.languages)[0]
    for candidate in _in_language(_content_paths(path, from_path, link_root), language):
        if found := _look_up(candidate, targets.by_path):
            return Resolved(found[0], found[1], fragment, query)
    return Resolved(LinkKind.MISSING, next(iter(_content_paths(path, from_path, link_root)), path), fragment, query)


def _plain(href: str) -> Resolved | None:
    """Resolve what can be read at once: a place on the same page, or an ordinary address elsewhere."""
    if _PLAIN_ANCHOR.fullmatch(href):
        return Resolved(LinkKind.ANCHOR, "", href[1:])
    return Resolved(LinkKind.EXTERNAL, href=href) if _PLAIN_EXTERNAL.fullmatch(href) else None


def content_path(reference: str, *, from_path: str, link_root: str = "") -> str:
    """Return the content path that a file reference in front matter means (``related``, ``replaces``), found or not."""
    path = unquote(reference.strip().partition("#")[0])
    return next(iter(_content_paths(path, from_path, link_root)), path)


def normal_root(link_root: str) -> str:
    """Give a link root a slash at both ends."""
    inner = link_root.strip("/")
    return f"/{inner}/" if inner else "/"


def _scheme(href: str) -> str:
    """Return the scheme that a browser would see, in lower case, or an empty string.

    Entities are resolved twice, for an address that was escaped once more on its way, and a backslash in front of any
    scheme or path counts as an unknown scheme: browsers read it as a slash.
    """
    seen = _IGNORED.sub("", html.unescape(html.unescape(href)))
    if match := _SCHEME.match(seen):
        return match[1].lower()
    return "\\" if "\\" in seen.partition("#")[0].partition("?")[0] else ""


def _content_paths(path: str, from_path: str, link_root: str) -> list[str]:
    """Return the content paths that a local link may mean, likeliest first; none when it climbs out."""
    root = normal_root(link_root)
    if path.startswith("/"):
        full = _normalised(path)
        found = [full[len(root) - 1 :]] if full is not None and f"{full}/".startswith(root) else []
        # A root-relative link may also be written from the content folder.
        return [p.strip("/") for p in (found if root == "/" or full is None else [*found, full])]
    full = _normalised(f"{root}{folder_of(from_path)}/{path}")
    if full is None or not f"{full}/".startswith(root):
        return []
    return [full[len(root) - 1 :].strip("/")]


def _in_language(paths: Iterable[str], language: str) -> Iterator[str]:
    """Yield each path inside the folder of a language, then as one of the main language."""
    for path in paths:
        if language:
            inner = split_language(path, (language,))[1]
            yield f"{language}/{inner}".rstrip("/")
            yield inner
        else:
            yield path


def _normalised(path: str) -> str | None:
    """Resolve ``.`` and ``..`` in an absolute path; None when it climbs above the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def _look_up(path: str, by_path: Mapping[str, tuple[LinkKind, str]]) -> tuple[LinkKind, str] | None:
    stem = path[: -len(".html")] if path.endswith(".html") else path
    composed = unicodedata.normalize("NFC", stem)
    names = (path, f"{path}.md", composed, f"{composed}.md", folder_of(path) if is_index(f"{stem}.md") else path)
    return next((by_path[name] for name in names if name in by_path), None)


def _add(by_path: dict[str, tuple[LinkKind, str]], kind: LinkKind, target: str, *names: str) -> None:
    for name in names:
        by_path.setdefault(name.rstrip("/"), (kind, target))
        if not name.isascii():
            by_path.setdefault(unicodedata.normalize("NFC", name.rstrip("/")), (kind, target))


def _policy_folders(articles: Mapping[str, Article], content: Content) -> dict[str, str]:
    """Map a folder of policy versions to the one that lists show: a link to the folder means the current version."""
    listed = {path for category in (*content.categories.values(), content.home) for path in category.articles}
    return {
        folder_of(path): path
        for path in sorted(listed)
        if path in articles and articles[path].policy and folder_of(path) != articles[path].category
    }
