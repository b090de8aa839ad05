"""Everything one build of the site needs, worked out before MkDocs draws the first page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from kb_builder.articles.codes import in_folder, issue
from kb_builder.articles.editions import in_language
from kb_builder.articles.file_names import site_pages
from kb_builder.articles.images import image_size
from kb_builder.articles.languages import split_language
from kb_builder.articles.links import link_targets
from kb_builder.articles.model import Audience, Content
from kb_builder.articles.policies import version_redirects
from kb_builder.articles.translations import shown_in_languages
from kb_builder.cache import Cache, digest
from kb_builder.config import Config
from kb_builder.files import OutputFile
from kb_builder.issues import Issue, sort_issues
from kb_builder.site.announcements import announcement_feeds, announcements_file
from kb_builder.site.assets import Assets, site_assets
from kb_builder.site.feeds import policy_feeds
from kb_builder.site.help_file import help_files
from kb_builder.site.labels import labels_in
from kb_builder.site.links import SiteMap
from kb_builder.site.machine_readable import llms_files, search_description
from kb_builder.site.markdown_pages import markdown_page
from kb_builder.site.page_events import beacon_files, event_settings, holdout, vote_form
from kb_builder.site.pages import (
    SEARCH_URL,
    editions_with_urls,
    page_views,
    pages_by_path,
)
from kb_builder.site.published import headers_file, redirect_files, sitemap_files
from kb_builder.site.replies import replies_file, reply_of
from kb_builder.site.security_policy import content_security_policy
from kb_builder.site.site_view import connect_origins, form_target, origin_of, site_view
from kb_builder.site.sources import Source, sources_of
from kb_builder.site.structured_data import structured_data
from kb_builder.site.translations import with_translations
from kb_builder.site.views import MARKDOWN_PAGE, Body, PageView
from kb_builder.site.written_body import WrittenBody

if TYPE_CHECKING:
    from kb_builder.site.body import BodyRenderer


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """An article's page: its content path, its URL, and the HTML of its text alone, sanitised.

    Attributes:
        checksum: Of the text: while it is the same, ``html`` is.
        no_index: Search should not find it: a version of a policy that is not in force.
        sections: What search makes of the HTML, if the process that rendered it was asked to.
    """

    path: str
    url: str
    checksum: str
    no_index: bool
    load_html: Callable[[], str] = field(compare=False, repr=False)
    sections: bytes = field(default=b"", compare=False, repr=False)

    @property
    def html(self) -> str:
        """The text; read from the cache only now, where an earlier build rendered it."""
        return self.load_html()


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as the last build made it, without its text.

    Attributes:
        text: Key of its text; empty without one.
        checksum: Of what was made of the text.
        page: Key of the whole page.
        images: Other hosts that its text loads images from.
        origins: Other hosts that the page loads images and media from, and posts forms to.
        no_index: See `RenderedPage`.
        issues: What was found in its text; none where that is the text of another page.
    """

    text: str
    checksum: str
    page: str
    images: tuple[str, ...]
    origins: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    no_index: bool
    issues: tuple[Issue, ...]


class SiteBuild:
    """One build: the views of all pages, and their texts as they are rendered, one by one.

    Attributes:
        views: By URL.
        stopped: URLs of pages that could not be made in time.
    """

    def __init__(
        self,
        config: Config,
        content: Content,
        *,
        today: dt.date,
        only: Collection[str] | None = None,
        pages: Collection[str] | None = None,
        cache: Cache | None = None,
    ) -> None:
        """Take what to build; with ``only``, just these pages have views, and the rest is known.

        ``pages`` are then the URLs of all, which links of further languages need. ``cache`` knows earlier builds.
        """
        self.words = {language: labels_of(config, language) for language in ("", *content.languages)}
        self._words_keys = {language: words_key(words) for language, words in self.words.items()}
        self._config = config
        self._content = content
        self._today = today
        self._only, self._pages = only, pages
        self._cache = cache
        self._sources = sources_of(content)
        self._bodies: dict[str, WrittenBody] = {}
        self._read = lru_cache(maxsize=4)(WrittenBody.read)  # a page is drawn in several steps
        self._policy_for = lru_cache(maxsize=100)(self._write_policy)  # most pages need the same
        self._known: dict[str, KnownPage] = {}
        self.stopped: set[str] = set()
        self._load: Callable[[str], Body] = lambda url: _NO_BODY
        self._load_markdown: Callable[[str], str] = lambda url: ""
        self._editions = shown_in_languages(content)
        self._issues: tuple[Issue, ...] = ()
        self.views = self._views()
        for url, original in self.copies():
            if original in self._sources:
                self._sources[url] = self._sources[original]

    def _views(self) -> dict[str, PageView]:
        config, content = self._config, self._content
        editions = [
            page_views(
                edition,
                site=site_view(config, self.assets, self.words[language], language),
                today=self._today,
                only=self._only,
            )
            for language, edition in self._editions.items()
        ]
        self._issues = tuple(found for pages in editions for found in pages.issues)
        views = {url: _with_feedback(view, config) for pages in editions for url, view in pages.views.items()}
        return with_translations(views, config, content.languages)

    @cached_property
    def assets(self) -> Assets:
        """The files that pages load besides content."""
        return site_assets(self._config.settings.theme, self._cache)

    @cached_property
    def site_map(self) -> SiteMap:
        """What links need to know."""
        config, content = self._config, self._content
        return SiteMap(
            targets=link_targets(content),
            urls=pages_by_path(content),
            own_pages=frozenset(site_pages(content.languages)),
            pages=frozenset(self.views if self._pages is None else self._pages),
            link_root=config.settings.content.link_root,
            site_url=config.site_url,
            image_size=_image_sizes(config.content_dir),
        )

    def addresses(self) -> Iterator[str]:
        """Yield the address of every page, and of every file that templates lead to."""
        yield from self.views
        yield from self.site_map.urls.values()
        yield from (file.path for file in self.assets.files)
        yield from self._content.assets

    @cached_property
    def _renderer(self) -> BodyRenderer:
        from kb_builder.site.body import BodyRenderer  # Markdown takes its time to load

        return BodyRenderer(self.site_map, self.words)

    def prepare_to_render(self) -> None:
        """Work out what rendering needs: a process forked while another thread does might wait for that for ever."""
        _ = self.site_map, self._renderer

    def know(
        self,
        pages: Mapping[str, KnownPage],
        load: Callable[[str], Body],
        load_markdown: Callable[[str], str],
    ) -> None:
        """Take pages whose texts are those of the last build, by URL, and what gives such a text, or its Markdown."""
        self._known.update(pages)
        self._load, self._load_markdown = load, load_markdown

    def render(self, url: str) -> str:
        """Return the HTML of the text of the page at ``url``, rendered unless that is done; empty without text."""
        if url not in self._bodies and self.source(url):
            self._bodies[url] = WrittenBody.of(self.rendered(url))
        return self.body(url).html

    def rendered(self, url: str) -> Body:
        """Render the text of the page at ``url``, whether or not that is done."""
        source = self.source(url)
        if source is None:
            return _NO_BODY
        return self._renderer.render(source.markdown, path=source.path, url=url, first_line=source.first_line)

    def source(self, url: str) -> Source | None:
        """Return the text of the page at ``url`` as it was written, if it has any."""
        source = self._sources.get(url)
        return source if source and source.markdown.strip() else None

    def words_key_of(self, source: Source) -> str:
        """Return the key of the words of the theme in the language of a text."""
        return self._words_keys[split_language(source.path, self._content.languages)[0]]

    def body(self, url: str) -> Body:
        """Return what `render` made of the page at ``url``, in this build or before."""
        if url not in self._bodies:
            return self._load(url) if url in self._known and self._known[url].text else _NO_BODY
        return self._read(self._bodies[url])

    def markdown(self, url: str) -> str:
        """Return the text of the page at ``url`` for programs."""
        is_known = url not in self._bodies and url in self._known and self._known[url].text
        return self._load_markdown(url) if is_known else self._written(url).markdown

    def checksum(self, url: str) -> str:
        """Return a hash of what was made of the text of a page."""
        known = self._known.get(url)
        return known.checksum if known else self._written(url).checksum

    def images(self, url: str) -> tuple[str, ...]:
        """Return the other hosts that the text of a page loads images from."""
        known = self._known.get(url)
        return known.images if known else self._written(url).images

    def text_issues(self, url: str) -> tuple[Issue, ...]:
        """Return what was found in the text of a page."""
        known = self._known.get(url)
        return known.issues if known else self._written(url).issues

    def is_indexed(self, url: str) -> bool:
        """Say whether search may find a page."""
        return not (self.views[url].no_index if url in self.views else self._known[url].no_index)

    def take(self, url: str, body: WrittenBody) -> None:
        """Take a page's text that was rendered before, or in another process."""
        self._bodies[url] = body

    def has_text(self, url: str) -> bool:
        """Say whether the text of a page was taken."""
        return url in self._bodies

    def _written(self, url: str) -> WrittenBody:
        return self._bodies.get(url, _NOTHING)

    def take_stopped(self, url: str, reason: str) -> None:
        """Note that rendering the page at ``url`` had to be stopped."""
        self.stopped.add(url)
        path = self._sources[url].path if url in self._sources else url
        body = Body("", issues=(issue("KB612", path, 0, f"rendering it was stopped: {reason}"),))
        self._bodies[url] = WrittenBody.of(body)

    def view(self, url: str) -> PageView:
        """Return what the page's template is given. A page's text is rendered first."""
        view = self.views[url]
        body = self.body(url)
        return replace(
            view,
            headings=body.headings,
            structured_data=structured_data(view, body.html),
            reply=reply_of(view, body.html) if self._config.audience is Audience.AGENT else None,
            site=replace(view.site, content_security_policy=self._policy([url])),
        )

    def origins(self, url: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return from where a page loads images and media, and where its forms lead, once its text is rendered."""
        known = self._known.get(url)
        if known and url not in self.views:
            return known.origins
        view = self.views[url]
        video = view.article.video if view.article else None
        form = form_target(view.contact_form) if view.contact_form else ""
        vote = origin_of(view.vote_form.action) if view.vote_form else ""
        poster, source = (origin_of(video.poster), origin_of(video.src)) if video else ("", "")
        images = {*self.images(url), poster}
        return tuple(sorted(images - {""})), tuple({source} - {""}), tuple(sorted({form, vote} - {""}))

    def _policy(self, urls: Iterable[str]) -> str:
        """Return the content security policy that allows what these pages need, once their texts are rendered."""
        needs = [self.origins(url) for url in urls]
        images, media, forms = (frozenset(origin for need in needs for origin in need[kind]) for kind in range(3))
        return self._policy_for(images, media, forms)

    def _write_policy(self, images: frozenset[str], media: frozenset[str], forms: frozenset[str]) -> str:
        return content_security_policy(
            image_origins=images,
            media_origins=media,
            form_targets=forms,
            connect_origins=connect_origins(self._config),
        )

    def markdown_file(self, url: str) -> tuple[OutputFile, ...]:
        """Return the Markdown file beside the page at ``url``, whose text is rendered; none beside tools."""
        view = self.views[url]
        if not view.has_markdown:
            return ()
        return (OutputFile(f"{url}{MARKDOWN_PAGE}", markdown_page(view, self.body(url).markdown).encode()),)

    def last_files(self) -> tuple[OutputFile, ...]:
        """Return the files that are made of all pages, once these are rendered."""
        config = self._config
        headers = headers_file(
            self._policy({**self._known, **self.views}),
            style_urls=self.assets.style_urls,
            client_url=self.assets.client_url,
            readers=config.settings.widget.origins,
        )
        urls = {article.url for article in self._content.articles.values() if self.is_indexed(article.url)}
        is_for_agents = config.audience is Audience.AGENT
        own = {url: view for url, view in self.views.items() if is_for_agents and not view.text_language}
        replies = (reply_of(view, self.body(url).html) for url, view in own.items())
        return (
            headers,
            *([replies_file(reply for reply in replies if reply)] if is_for_agents else []),
            *(file for language in ("", *self._content.languages) for file in self._llms_files(language, urls)),
        )

    def _llms_files(self, language: str, urls: Collection[str]) -> tuple[OutputFile, ...]:
        home = self.views[f"{language}/" if language else ""]
        summary = home.summary if language else self._config.site_description
        content = in_language(self._content, language)
        return llms_files(content, urls, self.markdown, site=home.site, summary=summary, others=home.translations)

    def static_files(self) -> tuple[OutputFile, ...]:
        """Return the files that no template draws and that are no content."""
        site_url = self._config.site_url
        redirects = redirect_files(
            self._content.redirects, version_redirects(self._content.articles, self._today), site_url=site_url
        )
        feeds = policy_feeds(self._content.articles, self.views, self._today, site_url=site_url)
        return (
            *self.assets.files,
            *redirects,
            *feeds,
            *self._announcement_files(),
            *sitemap_files(self.views.values(), site_url=site_url),
            *search_description(self.views[SEARCH_URL]),
            *beacon_files(self._config.settings.analytics),
            *help_files(self.views.values(), self._config.settings.assistant),
        )

    def _announcement_files(self) -> Iterator[OutputFile]:
        for language in ("", *self._content.languages):
            articles = in_language(self._content, language).articles.values()
            site = self.views[f"{language}/" if language else ""].site
            yield from announcement_feeds(articles, self._today, site=site)
        editions = editions_with_urls(self._editions, self._config.language)
        yield announcements_file(editions, self._today, has_page=self.views.__contains__)

    def rendered_pages(self) -> tuple[RenderedPage, ...]:
        """Return the articles rendered so far, in the order of their URLs."""
        return tuple(
            RenderedPage(
                article.path,
                url,
                self.checksum(url),
                not self.is_indexed(url),
                partial(self._html, url),
                self._written(url).sections,
            )
            for url, article in sorted((article.url, article) for article in self._content.articles.values())
        )

    def _html(self, url: str) -> str:
        return self._bodies[url].html if url in self._bodies else self.body(url).html

    def copies(self) -> Iterator[tuple[str, str]]:
        """Yield the address of each page that shows the text of another one, and that one's.

        A policy's permanent page shows the version in force; a page that is not translated shows its original.
        """
        for url, view in self.views.items():
            if view.text_language:
                yield url, url.removeprefix(view.site.home_url)
            elif view.template == "article" and view.article and view.article.url != url:
                yield url, view.article.url

    def issues(self) -> tuple[Issue, ...]:
        """Return what was found while rendering; a link that the content's checks have reported is left out."""
        reported = {(known.path, known.line) for known in self._content.issues if known.code == "KB305"}
        copies = {url for url, _ in self.copies()}
        texts = [url for url in {**self._known, **self._bodies} if url not in copies]
        found = [*self._issues, *(one for url in texts for one in self.text_issues(url))]
        return sort_issues(
            issue
            for issue in in_folder(found, self._content.folder)
            if not (issue.code == "KB602" and (issue.path, issue.line) in reported)
        )


_NO_BODY = Body("")
_NOTHING = WrittenBody.of(_NO_BODY)


def _with_feedback(view: PageView, config: Config) -> PageView:
    """Return a view with what tells of its readers."""
    analytics = config.settings.analytics
    events, form = event_settings(analytics, view, audience=config.audience), vote_form(config.settings, view)
    share = holdout(analytics)
    return replace(view, events=events, vote_form=form, holdout=share) if events or form or share else view


def labels_of(config: Config, language: str) -> dict[str, str]:
    """Return the words of the theme in a language of the site; empty: the main one."""
    return labels_in(language or config.language, config.settings.theme, is_main=not language)


def words_key(words: Mapping[str, str]) -> str:
    """Return the key of the words of the theme."""
    return digest(repr(words))


def _image_sizes(content_dir: Path) -> Callable[[str], tuple[int, int] | None]:
    """Return a function that gives the size of an image, reading each header once. Edge: disk."""

    @cache
    def size(path: str) -> tuple[int, int] | None:
        with (content_dir / path).open("rb") as file:
            return image_size(file)

    return size
