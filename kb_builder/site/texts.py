"""Checked content in, the texts of its pages out without the pages around them: what a check looks at. No MkDocs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urljoin

from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.issues import Issue
from kb_builder.site.assets import Assets
from kb_builder.site.build import RenderedPage, SiteBuild
from kb_builder.site.pages import CONTACT_URL
from kb_builder.site.remembered import RememberedPages
from kb_builder.site.views import PageView
from kb_builder.site.written_body import WrittenBody
from kb_builder.workers import Limits, Stopped, run_all

_ADDRESS = re.compile(r'<(a|img)(?: [a-z-]+="[^"]*")*? (?:href|src)="([^"#?]+)')
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_CHARACTERS_A_SECOND = 50_000  # ordinary pages take a quarter of that


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as its text makes it.

    Attributes:
        links: The URLs on this site that the text and the lists around it link to.
        html_bytes: Of the text alone.
        page_bytes: With its pictures and with the styles and scripts of every page.
    """

    links: frozenset[str]
    html_bytes: int
    page_bytes: int


@dataclass(frozen=True, slots=True)
class RenderedTexts:
    """The articles as they were rendered, in the order of their URLs, what was wrong with them, and all pages by URL.

    ``pages`` has articles, categories, the home page and the contact page.
    """

    articles: tuple[RenderedPage, ...]
    issues: tuple[Issue, ...]
    pages: Mapping[str, PageText]


def render_texts(
    config: Config,
    content: Content,
    *,
    today: dt.date,
    cache: Cache,
    limits: Limits | None = None,
    sections_of: Callable[[str], bytes] = lambda html: b"",
) -> RenderedTexts:
    """Render the text of every page with content, in as many processes as there are cores.

    Args:
        content: Checked. A text that cannot be rendered is an error among the issues.
        today: Decides which version of a policy is current.
        cache: What earlier builds and checks made; gets what this one makes.
        limits: What a text may take, see `text_limits`.
        sections_of: What search makes of the HTML of a text; see `RenderedPage`.
    """
    build = SiteBuild(config, content, today=today, cache=cache)
    remembered = RememberedPages(cache, build, site_url=config.site_url)
    articles, categories = content.articles.values(), content.categories.values()
    urls = ("", CONTACT_URL, *(article.url for article in articles), *(category.url for category in categories))
    unknown: list[tuple[str, str]] = []
    for url in filter(build.source, urls):
        key = remembered.body_key(url)
        if known := remembered.body(url, key):
            build.take(url, known)
            remembered.remember_body(url, key, known, is_known=True)
        else:
            unknown.append((url, key))

    def render(number: int) -> WrittenBody:
        return WrittenBody.of(build.rendered(unknown[number][0]), sections_of=sections_of)

    for number, body in run_all(render, len(unknown), limits=limits or text_limits(build, urls)):
        url, key = unknown[number]
        if isinstance(body, Stopped):
            build.take_stopped(url, body.reason)
        else:
            build.take(url, body)
            remembered.remember_body(url, key, body, is_known=False)
    pages = _page_texts(build, filter(build.views.__contains__, urls), sizes=_asset_sizes(config, content))
    return RenderedTexts(build.rendered_pages(), build.issues(), pages)


def text_limits(build: SiteBuild, urls: Iterable[str]) -> Limits:
    """Return what a text may take: five seconds, and more where a site has large pages."""
    longest = max((len(source.markdown) for url in urls if (source := build.source(url))), default=0)
    return Limits(cpu_seconds=5 + longest / _CHARACTERS_A_SECOND)


def _page_texts(build: SiteBuild, urls: Iterable[str], *, sizes: Mapping[str, int]) -> dict[str, PageText]:
    theme_bytes, pages = _theme_bytes(build.assets), {}
    for url in urls:
        view, body = build.views[url], build.body(url)
        links, files = set(_links_around(view)), set[str]()
        for _, written in body.links:
            match = _ADDRESS.match(written)
            if match and not _ELSEWHERE.match(match[2]):
                path = unquote(urljoin(f"/{url}", unescape(match[2]))).lstrip("/")
                (links if match[1] == "a" else files).add(path)
        html_bytes = len(body.html.encode("utf-8", "surrogatepass"))
        page_bytes = html_bytes + theme_bytes + sum(sizes.get(file, 0) for file in files)
        pages[url] = PageText(frozenset(links), html_bytes, page_bytes)
    return pages


def _asset_sizes(config: Config, content: Content) -> dict[str, int]:
    return {path: (config.content_dir / path).stat().st_size for path in content.assets}


def _links_around(view: PageView) -> Iterator[str]:
    """Yield the URLs that the templates link to around a text."""
    site = view.site
    yield from (site.home_url, site.contact_url, site.search_url)
    for links in (site.top_level, view.breadcrumbs, view.sidebar, view.cards, view.more, view.articles, view.related):
        yield from (link.url for link in links)
    yield from (version.url for version in view.versions)
    yield from (banner.href for banner in site.banners)
    yield from (other.url for other in view.translations)
    if view.behind:
        yield view.behind.original_url


def _theme_bytes(assets: Assets) -> int:
    """Return the bytes of the styles and scripts that every page loads."""
    loaded = {*assets.style_urls, f"{assets.client_url}main.js", "assets/theme.js"}
    return sum(len(file.data) for file in assets.files if file.path in loaded)
