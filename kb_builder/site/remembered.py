"""The site's pages as an earlier build made them: what may be used again, and what it depends on."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from kb_builder.cache import Cache, digest
from kb_builder.issues import Issue, Level, has_errors
from kb_builder.site.body import Body
from kb_builder.site.build import SiteBuild
from kb_builder.site.links import same_links
from kb_builder.site.views import Heading


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page that is written: its text, and the keys of what text and page were made from.

    Attributes:
        body_key: Empty for a page without text.
        checksum: Of the whole page; empty when that is the page of an earlier build.
        body_is_known: The text is that of an earlier build.
        seconds: Processor time it took.
    """

    body: Body
    body_key: str
    page_key: str
    checksum: str
    body_is_known: bool
    seconds: float


class RememberedPages:
    """The texts of pages lie in the cache; whole pages are taken from the published site, if they are unchanged."""

    def __init__(self, cache: Cache, build: SiteBuild, *, published: Path, site_url: str) -> None:
        self._cache = cache
        self._build = build
        self._published = published
        self._site_url = site_url
        self._printed: dict[int, str] = {}  # what many pages share, by identity: the views keep it alive

    def body_key(self, url: str) -> str:
        """Return the key of a page's text: its Markdown, its place, our words in its language.

        What its links lead to is compared apart.
        """
        source = self._build.source(url)
        if source is None:
            return ""
        words = self._once(self._build.words_of(source))
        where = (self._build.site_map.site_url, source.path, url, str(source.first_line))
        return digest(*where, source.markdown, words)

    def body(self, url: str, key: str) -> Body | None:
        """Return the text of a page, if it was made of the same and its links lead where they led."""
        kept = self._cache.get(f"body {url}", key) if key else None
        body = _read_body(kept) if kept is not None else None
        source = self._build.source(url)
        if body and source and same_links(body.links, path=source.path, url=url, site=self._build.site_map):
            return body
        return None

    def page_key(self, url: str) -> str:
        """Return the key of a whole page whose text is known: all that its template is given."""
        view = self._build.view(url)
        printed = [repr(getattr(view, field.name)) for field in fields(view) if field.name not in ("site", "sidebar")]
        site = self._once(self._build.views[url].site)
        shared = [site, view.site.content_security_policy, *map(self._once, view.sidebar)]
        return digest(self._site_url, *shared, *printed, self._build.body(url).html)

    def page(self, url: str, key: str) -> bytes | None:
        """Return a whole page from the published site, if it was made of the same and nobody has changed it since."""
        checksum = self._cache.get(f"page {url}", key)
        if checksum is None:
            return None
        try:
            page = (self._published / url / "index.html").read_bytes()
        except OSError:
            return None
        return page if digest(page) == checksum.decode() else None

    def remember(self, url: str, drawn: DrawnPage) -> None:
        """Keep what was drawn for the next build."""
        self.remember_body(url, drawn.body_key, drawn.body, is_known=drawn.body_is_known)
        if drawn.checksum:
            self._cache.put(f"page {url}", drawn.page_key, drawn.checksum.encode())
        else:
            self._cache.keep(f"page {url}")

    def remember_body(self, url: str, key: str, body: Body, *, is_known: bool) -> None:
        """Keep the text of a page for the next build; one with errors is rendered again then."""
        if is_known:
            self._cache.keep(f"body {url}")
        elif key and not has_errors(body.issues):
            self._cache.put(f"body {url}", key, _write_body(body))

    def _once(self, value: object) -> str:
        """Write out what many pages share, once."""
        printed = self._printed.get(id(value))
        if printed is None:
            printed = self._printed[id(value)] = repr(value)
        return printed


def _write_body(body: Body) -> bytes:
    value = {
        "html": body.html,
        "headings": [astuple(heading) for heading in body.headings],
        "image_origins": sorted(body.image_origins),
        "issues": [astuple(issue) for issue in body.issues],
        "links": body.links,
        "markdown": body.markdown,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _read_body(written: bytes) -> Body | None:
    """Read what `_write_body` wrote; nothing when it was something else."""
    try:
        value: dict[str, Any] = json.loads(written.decode("utf-8", "surrogatepass"))
        return Body(
            html=value["html"],
            headings=tuple(Heading(*heading) for heading in value["headings"]),
            image_origins=frozenset(value["image_origins"]),
            issues=tuple(
                Issue(path, line, Level(level), code, message, hint)
                for path, line, level, code, message, hint in value["issues"]
            ),
            links=tuple((tag, in_its_place) for tag, in_its_place in value["links"]),
            markdown=value["markdown"],
        )
    except (ValueError, KeyError, TypeError):
        return None
