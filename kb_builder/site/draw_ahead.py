"""A few articles that were just saved in, their pages out, ahead of the build of the whole site: the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from kb_builder.articles.languages import split_language
from kb_builder.articles.model import Content
from kb_builder.config import Config
from kb_builder.issues import KbError, has_errors
from kb_builder.site.build import SiteBuild
from kb_builder.workers import Limits, run_all

_LIMITS = Limits(cpu_seconds=1)  # one that takes more is left to the build, which says so if it takes too much


def draw_ahead(
    config: Config, content: Content, urls: Sequence[str], *, pages: Collection[str], today: dt.date
) -> dict[str, bytes]:
    """Return the pages of articles by URL; without those that the build has to say an error of.

    Args:
        config: The help center; with the plugins of trusted settings MkDocs would draw something else.
        content: Its content, checked.
        urls: Of the articles.
        pages: URLs of all pages of the site.
        today: Decides which announcements are on.
    """
    from kb_builder.site.pages_by_mkdocs import PageDrawer  # MkDocs takes its time to load

    build = SiteBuild(config, content, today=today, only=_in_all_languages(urls, content), pages=pages)
    build.prepare_to_render()
    drawer = PageDrawer(config, content, build, config.site_dir)

    def draw(number: int) -> bytes | None:
        url = urls[number]
        try:
            html = drawer.files_of(url)[f"{url}index.html"]
        except KbError:
            return None
        return None if has_errors(build.text_issues(url)) else html

    drawn = run_all(draw, len(urls), limits=_LIMITS)
    return {urls[number]: html for number, html in drawn if isinstance(html, bytes)}


def _in_all_languages(urls: Collection[str], content: Content) -> frozenset[str]:
    """Return the addresses that pages lead to as the same in other languages, and their own."""
    inner = [split_language(url, content.languages)[1] for url in urls]
    return frozenset(f"{home}{url}" for home in ("", *(f"{tag}/" for tag in content.languages)) for url in inner)
