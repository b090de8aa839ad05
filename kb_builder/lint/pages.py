"""Rules on the site as it would be published: what can be reached from where, and how much a page loads."""

from __future__ import annotations

import html
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from kb_builder.articles.codes import issue
from kb_builder.articles.links import LinkKind
from kb_builder.articles.model import Content
from kb_builder.articles.policies import PolicyState
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput

CONTACT_URL = "contact/"
_MOST_STEPS = 2
_LINK = re.compile(r"<a\b[^>]*?\shref=[\"']?([^\"'\s>]+)")
_LOADED = re.compile(r"<(?:img|script|link rel=\"?stylesheet\"?)\b[^>]*?\s(?:src|href)=[\"']?([^\"'\s>]+)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page as published: the URLs on this site that it links to, its bytes, and those with what it loads."""

    url: str
    links: frozenset[str]
    html_bytes: int
    page_bytes: int


def page_urls(content: Content) -> tuple[str, ...]:
    """Return the URLs of all pages that are looked at: articles, categories, the home page and the contact page."""
    articles = (article.url for article in content.articles.values())
    return ("", CONTACT_URL, *articles, *(category.url for category in content.categories.values()))


def read_pages(site_dir: Path, urls: Iterable[str]) -> dict[str, SitePage]:
    """Read the pages at these URLs. Edge: disk."""
    sizes: dict[str, int] = {}
    return {url: _page(site_dir, url, sizes) for url in urls if (site_dir / url / "index.html").is_file()}


def page_issues(lint: LintInput, pages: Mapping[str, SitePage]) -> Iterator[Issue]:
    """Find pages that cannot be reached from the home page, that lead nowhere near the contact page, or that are heavy.

    Args:
        lint: What the rules may depend on.
        pages: All pages of articles and categories, the home page and the contact page, by URL.
    """
    reached = _reachable("", {url: page.links for url, page in pages.items()})
    near_contact = _near(CONTACT_URL, pages)
    limit = lint.limits.page_kilobytes
    for article in lint.content.articles.values():
        page = pages.get(article.url)
        if page is None:
            continue
        where = lint.at(article.path)
        if article.url not in reached and not _is_old_version(lint, article.path):
            yield issue("KB307", where, 0, "no chain of links leads here from the home page")
        if article.url not in near_contact:
            yield issue("KB309", where, 0, f"the contact page is more than {_MOST_STEPS} steps away")
        if page.page_bytes > limit * 1000:
            yield issue("KB630", where, 0, f"loads {round(page.page_bytes / 1000)} kB; the limit is {limit} kB")


def unlinked_articles(lint: LintInput) -> Iterator[Issue]:
    """Find articles that no other article leads to: neither by a link nor as a related one."""
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for reading in lint.articles():
        path = reading.article.path
        for link in reading.links:
            resolved = lint.resolve(link, path)
            if resolved.kind is LinkKind.ARTICLE:
                linked[resolved.target].add(path)
        for related in reading.article.related:
            linked[related].add(path)
    for reading in lint.articles():
        path = reading.article.path
        if not linked[path] - {path} and reading.article.announcement is None:
            yield issue("KB308", lint.at(path), 0, "no article links to it")


def _page(site_dir: Path, url: str, sizes: dict[str, int]) -> SitePage:
    data = (site_dir / url / "index.html").read_bytes()
    text = data.decode("utf-8", errors="replace")
    links = frozenset(_on_site(url, href) for href in _LINK.findall(text) if not _ELSEWHERE.match(href))
    loaded = {_on_site(url, href) for href in _LOADED.findall(text) if not _ELSEWHERE.match(href)}
    return SitePage(url, links, len(data), len(data) + sum(_size(site_dir, path, sizes) for path in loaded))


def _size(site_dir: Path, path: str, sizes: dict[str, int]) -> int:
    if path not in sizes:
        file = site_dir / path
        sizes[path] = file.stat().st_size if file.is_file() else 0
    return sizes[path]


def _on_site(url: str, href: str) -> str:
    """Resolve an address of a page to one relative to the site's root."""
    path = unquote(html.unescape(href)).partition("#")[0].partition("?")[0]
    joined = posixpath.normpath(posixpath.join("/", url, path)).lstrip("/")
    return f"{joined}/" if joined and (path.endswith("/") or not posixpath.splitext(joined)[1]) else joined


def _reachable(start: str, links: Mapping[str, Iterable[str]]) -> set[str]:
    found, rest = {start}, [start]
    while rest:
        for url in links.get(rest.pop(), ()):
            if url not in found:
                found.add(url)
                rest.append(url)
    return found


def _near(target: str, pages: Mapping[str, SitePage]) -> set[str]:
    """Return the pages from which the target is no more than so many steps away."""
    near = {target}
    for _ in range(_MOST_STEPS):
        near |= {url for url, page in pages.items() if page.links & near}
    return near


def _is_old_version(lint: LintInput, path: str) -> bool:
    """Say whether an article is a version of a policy that lists leave out: its current version leads to it."""
    states = lint.versions.get(path, ())
    return any(state.path == path and state.state is not PolicyState.CURRENT for state in states)
