"""The view of a page in, the page as MkDocs draws it out: its own steps for one page, and nothing of those for all."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from urllib.parse import urljoin

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup
from mkdocs.commands.build import _build_template, get_context
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import PluginCollection
from mkdocs.structure.files import Files
from mkdocs.structure.nav import get_navigation
from mkdocs.theme import Theme
from mkdocs.utils import get_relative_url

from kb_builder.articles.model import Content
from kb_builder.config import Config
from kb_builder.issues import KbError
from kb_builder.site.build import SiteBuild
from kb_builder.site.pages import NOT_FOUND_URL
from kb_builder.site.plugin import KbPlugin
from kb_builder.site.theme import THEME_DIR, THEME_NAME


@dataclass(frozen=True, slots=True)
class _Page:
    """What our templates, and the filter ``url`` of MkDocs, ask of MkDocs' page, which takes its time to make."""

    url: str
    canonical_url: str | None
    content: Markup


class PageDrawer:
    """Draws the pages of a build; forked processes may use it, too."""

    def __init__(self, config: Config, content: Content, build: SiteBuild, folder: Path) -> None:
        """Prepare MkDocs.

        Raises:
            KbError: It cannot work with a setting.
        """
        self._settings, self._build = config, build
        with told_by_mkdocs(config):
            mkdocs = _mkdocs_config(config.path, config.site_name, config.site_url, config.content_dir, folder)
            self._plugin = KbPlugin()
            self._plugin.drive(config, content, build)
            mkdocs.plugins = PluginCollection()
            mkdocs.plugins["kb"] = self._plugin
            self._config = mkdocs.plugins.on_config(mkdocs)
            self._no_files = Files([])
            self._navigation = get_navigation(Files([]), self._config)
            self._context = get_context(self._navigation, [], self._config)
            self._env = self._config.plugins.on_env(_environment(), config=self._config, files=self._no_files)

    def load_templates(self) -> Iterator[None]:
        """Load every template that pages may need, one by one, for processes that will be forked."""
        return _load_templates()

    def files_of(self, url: str) -> dict[str, bytes]:
        """Draw a page; return its files by their paths.

        These are MkDocs' steps for a page, without the events that nobody but our plugin hears here.

        Raises:
            KbError: A template failed.
        """
        with told_by_mkdocs(self._settings):
            return dict(self._drawn(url))

    def _drawn(self, url: str) -> Iterator[tuple[str, bytes]]:
        if url == NOT_FOUND_URL:
            template = self._env.get_template(url)
            drawn = _build_template(url, template, self._no_files, self._config, self._navigation)
            yield url, drawn.encode("utf-8", "xmlcharrefreplace")
            return
        site_url, body = self._config.site_url, self._build.render(url)
        page = _Page(url, urljoin(site_url, url) if site_url else None, Markup(body))  # noqa: S704 - it is sanitised
        context = {**self._context, "base_url": get_relative_url(".", url), "page": page}
        drawn = self._env.get_template("main.html").render(self._plugin.with_view(context, url)).lstrip()
        yield f"{url}index.html", drawn.encode("utf-8", "xmlcharrefreplace")
        yield from ((beside.path, beside.data) for beside in self._build.markdown_file(url))


def build_by_mkdocs(config: Config, content: Content, build: SiteBuild, folder: Path) -> None:
    """Let MkDocs build a site its own way, with the hooks and plugins of its settings, into a folder that it empties.

    Raises:
        KbError: It cannot.
    """
    with told_by_mkdocs(config):
        mkdocs = load_config(str(config.path), site_dir=str(folder.absolute()))
        if "kb" not in mkdocs.plugins:
            mkdocs.plugins["kb"] = KbPlugin()
        plugin = mkdocs.plugins["kb"]
        assert isinstance(plugin, KbPlugin)
        plugin.drive(config, content, build)
        mkdocs_build(mkdocs)


@contextmanager
def told_by_mkdocs(config: Config) -> Iterator[None]:
    """Keep MkDocs from printing: what it has to say comes back as issues, or as a `KbError`."""
    logger = logging.getLogger("mkdocs")
    before, handler = logger.propagate, logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    except MkDocsException as error:
        raise KbError(f"{config.path.name}: MkDocs cannot build the site: {error}") from error
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def load_templates() -> None:
    """Load all that draws pages, for the builds of this process; a build alone loads what it needs."""
    from kb_builder.site.body import warm_up  # nor Markdown, to draw texts that are known

    warm_up()
    for _ in _load_templates():
        pass


def _load_templates() -> Iterator[None]:
    for template in THEME_DIR.rglob("*.html"):
        yield
        _environment().get_template(template.relative_to(THEME_DIR).as_posix())


@cache
def _environment() -> jinja2.Environment:
    env = Theme(name=THEME_NAME).get_env()
    env.autoescape = True
    env.bytecode_cache = _CompiledTemplates()
    return env


class _CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """Templates as Python compiled them, beside our own modules and written when those are, if at all."""

    def __init__(self) -> None:
        # Each is known by its text; what else its code depends on is Jinja, and Python, which Jinja looks at.
        super().__init__(str(Path(cache_from_source(__file__)).parent), f"jinja-{jinja2.__version__}-%s.pyc")

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


@lru_cache(maxsize=2)  # `kb serve` draws some pages ahead of the site, for another folder
def _mkdocs_config(path: Path, site_name: str, site_url: str, content_dir: Path, folder: Path) -> MkDocsConfig:
    """Make MkDocs' settings from ours."""
    mkdocs = MkDocsConfig(config_file_path=str(path))
    mkdocs.load_dict(
        {
            "site_name": site_name,
            "site_url": site_url or None,
            "docs_dir": str(content_dir.absolute()),
            "site_dir": str(folder.absolute()),
            "theme": {"name": THEME_NAME},
            "plugins": [],
        }
    )
    failed, _warnings = mkdocs.validate()
    if failed:
        key, reason = failed[0]
        raise KbError(f"{path.name}: {key}: {reason}", hint="MkDocs cannot work with this setting.")
    return mkdocs
