"""Checked content in, the HTML site in a folder out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.issues import Issue, KbError
from kb_builder.site.build import RenderedPage, SiteBuild
from kb_builder.site.draw import DrawnSite, SiteDrawing, draw_site
from kb_builder.site.remembered import KnownSite
from kb_builder.stage import Stage
from kb_builder.workers import Limits

__all__ = ["RenderedPage", "RenderedSite", "SiteRendering", "begin_site", "render_site"]


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """The articles as they were rendered, in the order of their URLs, and what was wrong with them.

    Attributes:
        times: Seconds of processor time that pages took, by URL; empty when MkDocs drew them itself.
        known: What the next build should know of the site; nothing when MkDocs drew it itself.
    """

    pages: tuple[RenderedPage, ...]
    issues: tuple[Issue, ...]
    times: Mapping[str, float]
    known: KnownSite


@dataclass(frozen=True, slots=True)
class SiteRendering:
    """A site whose texts are rendered, while its pages are drawn; see `begin_site`.

    Attributes:
        pages: See `RenderedSite`.
        draw: Begins to draw the pages of a new site, unless that has begun. They keep every core busy for a while: what
            the build waits for longer had better begin before.
        finish: Waits for the site.
        close: Gives up what is not done.
    """

    pages: tuple[RenderedPage, ...]
    draw: Callable[[], None]
    finish: Callable[[], RenderedSite]
    close: Callable[[], None]


def render_site(
    config: Config,
    content: Content,
    *,
    site_dir: Path,
    today: dt.date,
    workers: int = 0,
    limits: Limits | None = None,
) -> RenderedSite:
    """Write every page and asset of the site, without its search files, into ``site_dir``; what is in it is removed.

    Args and errors: see `begin_site`.
    """
    stage = Stage(site_dir)
    rendering = begin_site(config, content, stage=stage, today=today, workers=workers, limits=limits)
    with closing(rendering):
        rendered = rendering.finish()
    stage.sweep()
    return rendered


def begin_site(
    config: Config,
    content: Content,
    *,
    stage: Stage,
    today: dt.date,
    cache: Cache | None = None,
    last: KnownSite | None = None,
    workers: int = 0,
    limits: Limits | None = None,
    sections_of: Callable[[str], bytes] = lambda html: b"",
    meanwhile: Callable[[], None] = lambda: None,
) -> SiteRendering:
    """Render all texts, and begin to write every page and asset of the site but its search files.

    Trusted settings may bring plugins and hooks of their own: then MkDocs builds the site its own way, in this process.

    Args:
        config: The help center.
        content: Its content, checked. A page that cannot be rendered is an error among the issues; all others are
            written.
        stage: Where the site is made; the caller sweeps it.
        today: Decides which announcements are on and which version of a policy is current.
        cache: What earlier builds made.
        last: What is known of the published site.
        workers: How many processes draw pages; one a core when 0.
        limits: What a page may take.
        sections_of: What search makes of the HTML of a text; see `RenderedPage`.
        meanwhile: Done once while other processes are busy.

    Raises (and so does ``finish``):
        KbError: MkDocs or a template failed, or the folder cannot be written.
    """
    with _told(stage.folder):
        stage.folder.mkdir(parents=True, exist_ok=True)
        if config.trusted:
            from kb_builder.site.pages_by_mkdocs import build_by_mkdocs  # MkDocs takes its time to load

            build = SiteBuild(config, content, today=today)
            build_by_mkdocs(config, content, build, stage.folder)
            stage.take_all()
            drawing = SiteDrawing(build, lambda: None, lambda: DrawnSite(KnownSite(), {}), lambda: None)
        else:
            drawing = draw_site(
                config,
                content,
                stage,
                today=today,
                cache=cache or Cache(None),
                last=last,
                workers=workers,
                limits=limits,
                sections_of=sections_of,
                meanwhile=meanwhile,
            )
    pages = drawing.build.rendered_pages()

    def finish() -> RenderedSite:
        with _told(stage.folder):
            drawn = drawing.finish()
        return RenderedSite(pages, drawing.build.issues(), drawn.times, drawn.known)

    return SiteRendering(pages, drawing.begin, finish, drawing.close)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in one line which file could not be written."""
    try:
        yield
    except OSError as error:
        raise KbError(
            f"{error.filename or folder}: {error.strerror or error}", hint="Check the folder and the space on the disk."
        ) from error
