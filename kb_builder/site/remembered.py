"""The site's pages as an earlier build made them: what may be used again, and what it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache as cache_once
from operator import attrgetter

from pydantic import TypeAdapter, ValidationError

from kb_builder.cache import Cache, digest
from kb_builder.issues import has_errors
from kb_builder.site.build import KnownPage, SiteBuild
from kb_builder.site.links import same_links
from kb_builder.site.outline import shown_of
from kb_builder.site.sources import Source
from kb_builder.site.views import Body, PageView
from kb_builder.site.written_body import WrittenBody, cut


@dataclass(frozen=True, slots=True)
class KnownSite:
    """What the published site was made of, and what it was when it was made.

    Attributes:
        outline: See `outline.outline_key`.
        links: See `outline.links_key`.
        pages: By URL.
        others: Paths of the files that are neither pages nor made of all texts.
        files: See `stage.Stage.made`.
    """

    outline: str = ""
    links: str = ""
    pages: dict[str, KnownPage] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def text_key(url: str, source: Source, *, site_url: str, words: str) -> str:
    """Return the key of a page's text: its Markdown, its place, the key of our words; empty for an empty text."""
    if not source.markdown.strip():
        return ""
    return digest(site_url, source.path, url, str(source.first_line), source.markdown, words)


def known_site(cache: Cache, name: str) -> KnownSite:
    """Return what is known of the site of a name; nothing, if it is not."""
    kept = cache.get(name, "")
    try:
        return _known_sites().validate_json(kept) if kept else KnownSite()
    except ValidationError:
        return KnownSite()


def remember_site(cache: Cache, name: str, site: KnownSite) -> None:
    """Keep what is known of the site of a name for the next build."""
    cache.put(name, "", _known_sites().dump_json(site))
    cache.keep_all("site ")  # a preview is built from the same cache


@cache_once
def _known_sites() -> TypeAdapter[KnownSite]:
    return TypeAdapter(KnownSite)


class RememberedPages:
    """The texts of pages as they lie in the cache, and the keys of whole pages."""

    def __init__(self, cache: Cache, build: SiteBuild, *, site_url: str) -> None:
        self._cache = cache
        self._build = build
        self._site_url = site_url
        self._printed: dict[int, str] = {}  # what many pages share, by identity: the views keep it alive
        self._body_keys: dict[str, str] = {}
        self._view_keys: dict[str, str] = {}

    def body_key(self, url: str) -> str:
        """Return the key of a page's text: its Markdown, its place, our words in its language.

        What its links lead to is compared apart.
        """
        if url not in self._body_keys:
            source = self._build.source(url)
            words = self._build.words_key_of(source) if source else ""
            self._body_keys[url] = text_key(url, source, site_url=self._site_url, words=words) if source else ""
        return self._body_keys[url]

    def body(self, url: str, key: str) -> WrittenBody | None:
        """Return the text of a page, if it was made of the same and its links lead where they led."""
        data = self._cache.get(f"body {url}", key) if key else None
        kept = WrittenBody.kept(data) if data is not None else None
        source = self._build.source(url)
        if kept and source:
            written, body = kept
            return written if same_links(body.links, path=source.path, url=url, site=self._build.site_map) else None
        return None

    def known_body(self, url: str, known: KnownPage) -> Body:
        """Return the text of a page of which is known what was made of it; rendered again if it was lost."""
        data = self._cache.get(f"body {url}", known.text)
        kept = WrittenBody.kept(data) if data is not None else None
        return kept[1] if kept and kept[0].checksum == known.checksum else self._build.rendered(url)

    def known_markdown(self, url: str, known: KnownPage) -> str:
        """Return the Markdown of such a page."""
        kept = self._cache.view(f"body {url}", known.text)
        try:
            checksum, _, markdown, _ = cut(memoryview(b"") if kept is None else kept)
        except ValueError:
            return self._build.rendered(url).markdown
        is_right = checksum == known.checksum
        return str(markdown, "utf-8", "surrogatepass") if is_right else self._build.rendered(url).markdown

    def page_key(self, url: str) -> str:
        """Return the key of a whole page: all that its template is given, what was made of its text as a checksum."""
        return digest(self.view_key(url), repr(self._build.origins(url)), self._build.checksum(url))

    def view_key(self, url: str) -> str:
        """Return the key of what a page's template is given besides what is made of its text."""
        if url not in self._view_keys:
            view = self._build.views[url]
            article = shown_of(view.article) if view.article else ""
            shared = self._once(view.site), self._once(view.breadcrumbs)
            links = (" ".join(map(self._once, links)) for links in (view.sidebar, view.related))
            self._view_keys[url] = digest(self._site_url, article, *shared, *links, repr(_printed(view)))
        return self._view_keys[url]

    def remember_body(self, url: str, key: str, body: WrittenBody, *, is_known: bool) -> None:
        """Keep the text of a page for the next build; one with errors is rendered again then."""
        if is_known:
            self._cache.keep(f"body {url}")
        elif key and not has_errors(body.issues):
            self._cache.put(f"body {url}", key, body.data)

    def _once(self, value: object) -> str:
        """Write out what many pages share, once; as a hash, since it is long."""
        printed = self._printed.get(id(value))
        if printed is None:
            printed = self._printed[id(value)] = digest(repr(value))
        return printed


# What follows from the rest of the view and the text is left out.
_APART = {"site", "breadcrumbs", "sidebar", "related", "article"}
_LEFT_OUT = {"headings", "structured_data", "reply"}
_printed = attrgetter(*(field.name for field in fields(PageView) if field.name not in _APART | _LEFT_OUT))
