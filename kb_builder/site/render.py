"""Checked content in, the HTML site in a folder out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.issues import Issue, KbError
from kb_builder.site.build import RenderedPage, SiteBuild
from kb_builder.site.draw import draw_site
from kb_builder.site.remembered import KnownSite
from kb_builder.stage import Stage
from kb_builder.workers import Limits

__all__ = ["RenderedPage", "RenderedSite", "render_site"]


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


def render_site(
    config: Config,
    content: Content,
    *,
    site_dir: Path,
    today: dt.date,
    stage: Stage | None = None,
    cache: Cache | None = None,
    workers: int = 0,
    limits: Limits | None = None,
) -> RenderedSite:
    """Write every page and asset of the site, without its search files, into ``site_dir``.

    Trusted settings may bring plugins and hooks of their own: then MkDocs builds the site its own way, in this process.

    Args:
        config: The help center.
        content: Its content, checked. A page that cannot be rendered is an error among the issues; all others are
            written.
        site_dir: A folder. Without a ``stage``, what is in it is removed.
        today: Decides which announcements are on and which version of a policy is current.
        stage: Where the site is made, in place of ``site_dir``; the caller sweeps it.
        cache: What earlier builds made.
        workers: How many processes draw pages; one a core when 0.
        limits: What a page may take.

    Raises:
        KbError: MkDocs or a template failed, or the folder cannot be written.
    """
    made = stage or Stage(site_dir)
    try:
        made.folder.mkdir(parents=True, exist_ok=True)
        if config.trusted:
            from kb_builder.site.pages_by_mkdocs import build_by_mkdocs  # MkDocs takes its time to load

            build, times, known = SiteBuild(config, content, today=today), {}, KnownSite()
            build_by_mkdocs(config, content, build, made.folder)
            made.take_all()
        else:
            drawn = draw_site(
                config, content, made, today=today, cache=cache or Cache(None), workers=workers, limits=limits
            )
            build, times, known = drawn.build, dict(drawn.times), drawn.known
        if stage is None:
            made.sweep()
    except OSError as error:
        where = error.filename or site_dir
        raise KbError(
            f"{where}: {error.strerror or error}", hint="Check the folder and the space on the disk."
        ) from error
    return RenderedSite(build.rendered_pages(), build.issues(), times, known)
