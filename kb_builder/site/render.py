"""Checked content in, the HTML site in a folder out. Drives MkDocs."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.issues import Issue, KbError
from kb_builder.site.build import RenderedPage
from kb_builder.site.draw import draw_site
from kb_builder.site.plugin import KbPlugin
from kb_builder.site.theme import THEME_NAME
from kb_builder.workers import Limits

__all__ = ["RenderedPage", "RenderedSite", "render_site"]


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """The articles as they were rendered, in the order of their URLs, and what was wrong with them.

    ``times`` are the seconds of processor time that pages took, by URL; empty when MkDocs drew them itself.
    """

    pages: tuple[RenderedPage, ...]
    issues: tuple[Issue, ...]
    times: Mapping[str, float]


def render_site(
    config: Config,
    content: Content,
    *,
    site_dir: Path,
    today: dt.date,
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
        site_dir: A folder; what is in it is removed.
        today: Decides which announcements are on and which version of a policy is current.
        cache: What earlier builds made; pages that would be the same are taken from ``config.site_dir``.
        workers: How many processes draw pages; one a core when 0.
        limits: What a page may take.

    Raises:
        KbError: MkDocs or a template failed, or the folder cannot be written.
    """
    with _quiet_mkdocs():
        try:
            mkdocs = _trusted_config(config, site_dir) if config.trusted else _mkdocs_config(config, site_dir)
            plugin = mkdocs.plugins["kb"]
            assert isinstance(plugin, KbPlugin)
            plugin.drive(config, content, today=today)
            times: Mapping[str, float] = {}
            if config.trusted:
                mkdocs_build(mkdocs)
            else:
                times = draw_site(
                    mkdocs,
                    plugin,
                    cache=cache or Cache(None),
                    published=config.site_dir,
                    workers=workers,
                    limits=limits,
                )
        except MkDocsException as error:
            raise KbError(f"{config.path.name}: MkDocs cannot build the site: {error}") from error
        except OSError as error:
            where = error.filename or site_dir
            raise KbError(
                f"{where}: {error.strerror or error}", hint="Check the folder and the space on the disk."
            ) from error
    build = plugin.site_build
    return RenderedSite(build.rendered_pages(), build.issues(), times)


def _trusted_config(config: Config, site_dir: Path) -> MkDocsConfig:
    """Let MkDocs load the settings its own way, with their hooks and plugins."""
    mkdocs = load_config(str(config.path), site_dir=str(site_dir.absolute()))
    if "kb" not in mkdocs.plugins:
        mkdocs.plugins["kb"] = KbPlugin()
    return mkdocs


def _mkdocs_config(config: Config, site_dir: Path) -> MkDocsConfig:
    """Make MkDocs' settings from ours."""
    mkdocs = MkDocsConfig(config_file_path=str(config.path))
    mkdocs.load_dict(
        {
            "site_name": config.site_name,
            "site_url": config.site_url or None,
            "docs_dir": str(config.content_dir.absolute()),
            "site_dir": str(site_dir.absolute()),
            "theme": {"name": THEME_NAME},
            "plugins": [],
        }
    )
    failed, _warnings = mkdocs.validate()
    if failed:
        key, reason = failed[0]
        raise KbError(f"{config.path.name}: {key}: {reason}", hint="MkDocs cannot work with this setting.")
    mkdocs.plugins["kb"] = KbPlugin()
    return mkdocs


@contextmanager
def _quiet_mkdocs() -> Iterator[None]:
    """Keep MkDocs from printing: what it has to say comes back as issues or exceptions."""
    logger = logging.getLogger("mkdocs")
    before, handler = logger.propagate, logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
