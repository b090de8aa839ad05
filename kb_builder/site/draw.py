"""Checked content in, its site's pages and files out. What the published site has already is taken from there."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache as cache_once
from typing import TYPE_CHECKING, Any

from kb_builder.articles.model import Audience, Content
from kb_builder.cache import Cache, digest
from kb_builder.config import Config
from kb_builder.files import OutputFile
from kb_builder.site.build import KnownPage, SiteBuild, labels_of, words_key
from kb_builder.site.outline import links_key, outline_key
from kb_builder.site.pages import NOT_FOUND_URL
from kb_builder.site.remembered import KnownSite, RememberedPages, text_key
from kb_builder.site.sources import sources_of
from kb_builder.site.texts import text_limits
from kb_builder.site.views import MARKDOWN_PAGE
from kb_builder.site.written_body import WrittenBody
from kb_builder.stage import Stage
from kb_builder.workers import LONG, Limits, Stopped, Work, finished

if TYPE_CHECKING:
    from kb_builder.site.pages_by_mkdocs import PageDrawer

_FEW_PAGES = 200
_ONE_LOADS = 100  # pages that one process draws before another has loaded what draws them and helps


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """What the next build should know of a site, and seconds of processor time by URL."""

    known: KnownSite
    times: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SiteDrawing:
    """A build with all its texts, while its pages are drawn.

    Attributes:
        begin: Begins to draw, unless that has begun: the many pages of a new site keep every core busy for a while.
        finish: Waits for the pages.
        close: Gives them up.
    """

    build: SiteBuild
    begin: Callable[[], None]
    finish: Callable[[], DrawnSite]
    close: Callable[[], None]


def draw_site(
    config: Config,
    content: Content,
    stage: Stage,
    *,
    today: dt.date,
    cache: Cache,
    last: KnownSite | None = None,
    workers: int = 0,
    limits: Limits | None = None,
    sections_of: Callable[[str], bytes] = lambda html: b"",
    meanwhile: Callable[[], None] = lambda: None,
) -> SiteDrawing:
    """Begin to make every page and file of the site but those of search: the bytes of MkDocs' build with our plugin.

    While nothing that pages show of each other has changed, only pages whose own text has are looked at. Otherwise the
    key of every page is worked out, and those with another one than before are drawn.

    Args:
        config: The help center.
        content: Its content, checked.
        stage: Where the site is made.
        today: Decides which announcements are on and which version of a policy is current.
        cache: What earlier builds made.
        last: What is known of the published site.
        workers: How many processes render texts and draw pages; one a core when 0.
        limits: What a text and a page may take: by default five seconds, and more where a site has large pages. One
            that takes more is an error among the build's issues.
        sections_of: What search makes of the HTML of a text; asked for by the process that renders it.
        meanwhile: Done once while the first texts are rendered.
    """
    last, outline = last or KnownSite(), outline_key(config, content, today=today.isoformat())
    edited = _edited(config, content, stage, last) if last.outline == outline else None
    build = SiteBuild(config, content, today=today, only=edited, cache=cache)
    remembered = RememberedPages(cache, build, site_url=config.site_url)
    urls = sorted(build.views if edited is None else edited)
    links = links_key(config, content) if edited is None else last.links
    known = {url: page for url, page in last.pages.items() if edited is not None and url not in edited}
    if links == last.links:
        known |= {u: last.pages[u] for u in urls if u in last.pages and last.pages[u].text == remembered.body_key(u)}
    build.know(
        known,
        load=lambda url: remembered.known_body(url, known[url]),
        load_markdown=lambda url: remembered.known_markdown(url, known[url]),
    )
    for url in known:
        cache.keep(f"body {url}")
    limits = limits or text_limits(build, urls)
    unknown = [url for url in urls if url not in known]
    drawer = _drawer(config, content, build, stage)

    def prepare() -> Iterator[None]:
        if len(unknown) > _FEW_PAGES and not last.pages:  # all of these will be drawn, by processes that share it
            yield from drawer().load_templates()
        meanwhile()
        for number, url in enumerate(urls):
            remembered.view_key(url)
            if number % 20 == 0:
                yield

    one = None
    if edited is not None and len(unknown) == 1 and build.source(unknown[0]):
        one = _EditedPage(drawer, build, remembered, stage, unknown[0], limits=limits, sections_of=sections_of)
        meanwhile()
        times = one.finish_text()
    else:
        times = _render(
            build, remembered, unknown, workers=workers, limits=limits, sections_of=sections_of, meanwhile=prepare
        )
    urls = [url for url in urls if url not in build.stopped]
    keys = {url: remembered.page_key(url) for url in urls}
    new = [u for u in urls if not (u in last.pages and last.pages[u].page == keys[u] and _keep_page(stage, u))]
    others = last.others if edited is not None else _write_others(config, content, build, stage)
    if last.pages and len(new) <= _ONE_LOADS:  # this process compiles search meanwhile, with another
        workers = 1
    drawing = _Drawing(drawer, build, stage, new, one, workers=workers, limits=limits, gives_way=not last.pages)
    if last.pages:
        drawing.begin()

    def finish() -> DrawnSite:
        for url, seconds in drawing.finish().items():
            times[url] = times.get(url, 0) + seconds
        made = {url: _known_page(url, keys[url], build, remembered) for url in urls}
        return DrawnSite(KnownSite(outline, links, {**known, **made}, others), times)

    return SiteDrawing(build, drawing.begin, finish, drawing.close)


def site_name(config: Config) -> str:
    """Return the name by which the cache knows a site: where it is in the help center, or one for all outside."""
    where = os.path.relpath(config.site_dir, config.root)
    return "site elsewhere" if where.startswith("..") else f"site {where}"


def _edited(config: Config, content: Content, stage: Stage, last: KnownSite) -> frozenset[str] | None:
    """Return the URLs of the pages whose texts were edited; None when more than these must be looked at.

    All other pages and files are those of the published site, if that still has them. A page in a further language may
    show a text of the main one, and the site of agents has replies made of all texts: these are looked at as a whole.
    """
    if content.languages or config.audience is Audience.AGENT:
        return None
    sources, words = sources_of(content), words_key(labels_of(config, ""))
    keys = {url: text_key(url, source, site_url=config.site_url, words=words) for url, source in sources.items()}
    edited = frozenset(url for url, key in keys.items() if url not in last.pages or last.pages[url].text != key)
    is_whole = (
        edited <= last.pages.keys()
        and all(_keep_page(stage, url) for url in last.pages if url not in edited)
        and all(map(stage.keep, last.others))
    )
    return edited if is_whole else None


def _keep_page(stage: Stage, url: str) -> bool:
    """Take a page, and the Markdown beside it, from the published site; say whether that has them as they were made."""
    page, *beside = _files_of(url)
    return stage.keep(page) and all(stage.keep(path) for path in beside if path in stage.before)


def _files_of(url: str) -> tuple[str, ...]:
    return (url,) if url == NOT_FOUND_URL else (f"{url}index.html", f"{url}{MARKDOWN_PAGE}")


def _render(
    build: SiteBuild,
    remembered: RememberedPages,
    urls: Iterable[str],
    *,
    workers: int,
    limits: Limits,
    sections_of: Callable[[str], bytes],
    meanwhile: Callable[[], Iterator[None]],
) -> dict[str, float]:
    """Render the texts of pages, unless the cache has them; return the seconds that they took.

    Args:
        meanwhile: Done step by step while the first texts are rendered.
    """
    texts = [url for url in urls if build.source(url)]
    times: dict[str, float] = {}

    def render(number: int) -> _Text:
        return _rendered(texts[number], build, remembered, sections_of)

    with closing(Work(render, len(texts), workers=workers, limits=limits)) as work:
        for number, done in work.results(meanwhile()):
            _take_text(texts[number], done, build, remembered, times)
    return times


_Text = tuple[WrittenBody, bool, float]  # whether it is known, and the seconds that it took
_Page = tuple[dict[str, str], float]  # checksums and stamps of its files by path, and the seconds that it took


def _rendered(url: str, build: SiteBuild, remembered: RememberedPages, sections_of: Callable[[str], bytes]) -> _Text:
    began = time.process_time()
    known = remembered.body(url, remembered.body_key(url))
    body = known or WrittenBody.of(build.rendered(url), sections_of=sections_of)
    return body, known is not None, time.process_time() - began


def _take_text(
    url: str, text: _Text | Stopped, build: SiteBuild, remembered: RememberedPages, times: dict[str, float]
) -> None:
    if isinstance(text, Stopped):
        build.take_stopped(url, text.reason)
        return
    body, is_known, times[url] = text
    build.take(url, body)
    remembered.remember_body(url, remembered.body_key(url), body, is_known=is_known)


def _drawn(url: str, drawer: Callable[[], PageDrawer], stage: Stage) -> _Page:
    began = time.process_time()
    files = drawer().files_of(url)
    return {path: stage.new(path, data, digest(data)) for path, data in files.items()}, time.process_time() - began


def _take_page(url: str, page: _Page | Stopped, build: SiteBuild, stage: Stage, times: dict[str, float]) -> None:
    if isinstance(page, Stopped):
        build.take_stopped(url, page.reason)
        return
    made, times[url] = page
    stage.made.update(made)


def _drawer(config: Config, content: Content, build: SiteBuild, stage: Stage) -> Callable[[], PageDrawer]:
    """Return what makes the drawer of a build, once, when it is asked for."""

    @cache_once
    def drawer() -> PageDrawer:
        from kb_builder.site.pages_by_mkdocs import PageDrawer  # MkDocs takes its time to load

        return PageDrawer(config, content, build, stage.folder)

    return drawer


class _EditedPage:
    """The only page that was edited: one process renders its text, then loads what draws it while others go on."""

    def __init__(
        self,
        drawer: Callable[[], PageDrawer],
        build: SiteBuild,
        remembered: RememberedPages,
        stage: Stage,
        url: str,
        *,
        limits: Limits,
        sections_of: Callable[[str], bytes],
    ) -> None:
        """Begin with the text."""

        def make(step: int) -> _Text | _Page:
            if step == 0:
                text = _rendered(url, build, remembered, sections_of)
                build.take(url, text[0])
                return text
            return _drawn(url, drawer, stage) if build.has_text(url) else ({}, 0.0)  # not when a process died of it

        self._build, self._remembered, self._stage, self._url = build, remembered, stage, url
        self._work: Work[Any] = Work(make, 2, workers=1, limits=limits)
        self._results = self._work.results()  # in order, as one worker makes them

    def finish_text(self) -> dict[str, float]:
        """Wait for the text; return the seconds that it took."""
        times: dict[str, float] = {}
        _, text = next(self._results)
        _take_text(self._url, text, self._build, self._remembered, times)
        return times

    def finish(self) -> dict[str, float]:
        """Wait for the page; return the seconds that it took."""
        times: dict[str, float] = {}
        with closing(self._work):
            for _, page in self._results:
                _take_page(self._url, page, self._build, self._stage, times)
        return times

    def close(self) -> None:
        """Give up."""
        self._work.close()


class _Drawing:
    """Whole pages, and the files that are made of all texts, while they are made."""

    def __init__(
        self,
        drawer: Callable[[], PageDrawer],
        build: SiteBuild,
        stage: Stage,
        urls: Sequence[str],
        one: _EditedPage | None,
        *,
        workers: int,
        limits: Limits,
        gives_way: bool,
    ) -> None:
        """Take the pages; ``one`` that is being drawn is all of them. They give way where search takes longer."""
        self._drawer, self._build, self._stage, self._urls, self._one = drawer, build, stage, urls, one
        self._workers, self._limits, self._gives_way = workers, limits, gives_way
        self._pages: Work[_Page] | None = None
        self._files: Work[dict[str, str]] | None = None

    def begin(self) -> None:
        """Begin, unless that is done."""
        if self._files:
            return
        if not self._one:
            if len(self._urls) > _FEW_PAGES:
                self._drawer()  # the workers share it
            self._pages = Work(
                self._draw, len(self._urls), workers=self._workers, limits=self._limits, gives_way=self._gives_way
            )
        self._files = Work(self._write_files, 1, limits=LONG, gives_way=True)

    def _draw(self, number: int) -> _Page:
        return _drawn(self._urls[number], self._drawer, self._stage)

    def _write_files(self, item: int) -> dict[str, str]:
        return self._stage.written(self._build.last_files())

    def finish(self) -> dict[str, float]:
        """Wait for all of it; return the seconds that pages took."""
        self.begin()
        times = self._one.finish() if self._one else {}
        if self._pages:
            with closing(self._pages):
                for number, page in self._pages.results():
                    _take_page(self._urls[number], page, self._build, self._stage, times)
        assert self._files
        ((_, written),) = self._files.results()
        self._stage.made.update(finished(written))
        return times

    def close(self) -> None:
        """Give up."""
        for work in (self._one, self._pages, self._files):
            if work:
                work.close()


def _write_others(config: Config, content: Content, build: SiteBuild, stage: Stage) -> tuple[str, ...]:
    """Write the files that no template draws and that are not made of all texts; return their paths."""
    files = build.static_files()
    stage.write(files)
    for path in content.assets:
        stage.write([OutputFile(path, (config.content_dir / path).read_bytes())])
    return (*(file.path for file in files), *content.assets)


def _known_page(url: str, key: str, build: SiteBuild, remembered: RememberedPages) -> KnownPage:
    return KnownPage(
        text=remembered.body_key(url),
        checksum=build.checksum(url),
        page=key,
        images=build.images(url),
        origins=build.origins(url),
        no_index=not build.is_indexed(url),
        issues=build.text_issues(url),
    )
