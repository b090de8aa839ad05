"""The ``kb`` MkDocs plugin: hands MkDocs our pages and files, and nothing else.

``kb build`` and ``mkdocs build`` both come through here and write the same bytes. MkDocs walks the pages, draws the
templates and writes the files; what stands on a page is decided by `SiteBuild`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils.templates import TemplateContext

from kb_builder.articles.editions import for_audience
from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.files import OutputFile, write_files
from kb_builder.issues import Issue, KbError, Level
from kb_builder.site.build import SiteBuild
from kb_builder.site.pages import NOT_FOUND_URL
from kb_builder.site.shared_parts import SharedParts

log = logging.getLogger("mkdocs.plugins.kb")


class KbPlugin(BasePlugin):
    """Builds a help center with MkDocs.

    ``kb build`` hands over the content it has read. A plain ``mkdocs build`` has none to hand over: then the plugin
    reads and checks the content, reports the issues, and compiles the search files at the end.
    """

    def __init__(self) -> None:
        self._given: SiteBuild | None = None
        self._config: Config | None = None
        self._content: Content | None = None
        self._build: SiteBuild | None = None
        self._parts: SharedParts | None = None

    def load_config(self, options: dict[str, Any], config_file_path: str | None = None) -> tuple[list[Any], list[Any]]:
        """Accept any options: `kb_builder.config` checks them, and says what is wrong in its own words."""
        return [], []

    def drive(self, config: Config, content: Content, build: SiteBuild) -> None:
        """Take a build whose content is read and checked already; issues are then left to the caller."""
        self._config, self._content, self._given = config, content, build

    @property
    def site_build(self) -> SiteBuild:
        """The build that is going on."""
        assert self._build is not None, "MkDocs calls on_config first"
        return self._build

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Work out all pages, and take from MkDocs' settings what would add anything to ours."""
        try:
            if self._given is None:
                self._config, self._content, today = _read(Path(config.config_file_path))
                _report(self._content.issues)
                self._build = SiteBuild(self._config, self._content, today=today)
            else:
                self._build = self._given
        except KbError as error:
            raise PluginError(f"{error}\n    {error.hint}" if error.hint else str(error)) from error
        config.nav, config.use_directory_urls = None, True
        config.extra_css, config.extra_javascript, config.extra_templates = [], [], []
        config.theme.static_templates = {NOT_FOUND_URL}  # MkDocs' own sitemap holds the day of the build
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Replace what MkDocs found, drafts and Material's JavaScript included, by what we publish."""
        pages = [self.page_file(url, config) for url in self.page_urls()]
        return Files([*pages, *self.other_files(config)])

    def page_urls(self) -> list[str]:
        """Return the URLs of all pages but the one for lost addresses, which MkDocs takes for no page."""
        return sorted(self.site_build.views.keys() - {NOT_FOUND_URL})

    def page_file(self, url: str, config: MkDocsConfig) -> File:
        """Make the file that stands for the page at ``url``, with the page in it."""
        return _KbPage.make_file(url, self.site_build, config)

    def other_files(self, config: MkDocsConfig) -> list[File]:
        """Return what is published as it is: the files of the content, of the theme and of the client."""
        kb_config, content = self._config, self._content
        assert kb_config is not None and content is not None
        folder = str(kb_config.content_dir)
        assets = [
            File(path, folder, config.site_dir, config.use_directory_urls, inclusion=_NOT_IN_NAV)
            for path in content.assets
        ]
        return assets + _static_files(self.site_build.static_files(), config)

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Escape whatever templates print; by now all pages are rendered, so their issues are known too."""
        env.autoescape = True
        self._parts = SharedParts(env, self.site_build.addresses())
        if self._given is None:
            _report(self.site_build.issues())
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give an article's template its view."""
        page.content = Markup(page.content or "")  # noqa: S704  (sanitised when it was rendered)
        self.with_view(context, page.url)
        return context

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Give the page for lost addresses its view."""
        self.with_view(context, template_name)
        return context

    def with_view(self, context: Any, url: str) -> Any:
        """Add what our templates are given to what MkDocs gives to all."""
        assert self._parts is not None, "MkDocs calls on_env first"
        context.update(self._parts.context(self.site_build.view(url)))
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Write the page's Markdown beside it; drop the empty lines that a template's own comment leaves above it."""
        write_files(Path(config.site_dir), self.site_build.markdown_file(page.url))
        return output.lstrip()

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Do the same for the page for lost addresses."""
        return output_content.lstrip()

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write what is made of all pages; compile the search files when no one else does."""
        write_files(Path(config.site_dir), self.site_build.last_files())
        if self._given is None:
            from kb_builder.search_editions import search_files  # it calls this room, not the reverse

            assert self._content is not None and self._config is not None
            files = search_files(self._content, self.site_build.rendered_pages(), self._config)
            write_files(Path(config.site_dir), files)


_NOT_IN_NAV = InclusionLevel.NOT_IN_NAV  # MkDocs' navigation holds every page of the site on every page


class _KbPage(Page):
    """A page whose text comes from us. MkDocs' own rendering and link rewriting never see it."""

    @classmethod
    def make_file(cls, url: str, build: SiteBuild, config: MkDocsConfig) -> File:
        """Make the file that stands for a page, with the page in it."""
        file = File.generated(config, f"{url}index.md", content="", inclusion=_NOT_IN_NAV)
        file.url = url or "./"
        page = cls(build.views[url].title, file, config)
        page._build = build
        return file

    _build: SiteBuild

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = self._build.render(self.url)
        self.toc = TableOfContents([])


def _static_files(files: Iterable[OutputFile], config: MkDocsConfig) -> list[File]:
    return [File.generated(config, file.path, content=file.data, inclusion=_NOT_IN_NAV) for file in files]


def _read(config_path: Path) -> tuple[Config, Content, dt.date]:
    """Read settings and content for a plain ``mkdocs build``."""
    # Imported here because the pipeline calls this room, not the reverse.
    from kb_builder.clock import build_day
    from kb_builder.config import load_config
    from kb_builder.pipeline import read_and_check
    from kb_builder.related import with_related

    config = load_config(config_path)
    today = build_day()
    content = read_and_check(config, today=today)
    content = for_audience(content, config.audience, link_root=config.settings.content.link_root)
    return config, with_related(content, language=config.language, known=Cache(None)), today


def _report(issues: Iterable[Issue]) -> None:
    """Log issues the MkDocs way; ``mkdocs build --strict`` counts the warnings. Errors stop the build."""
    errors = 0
    for issue in issues:
        errors += issue.level is Level.ERROR
        log.log(logging.ERROR if issue.level is Level.ERROR else logging.WARNING, str(issue))
    if errors:
        raise PluginError(f"{errors} {'error' if errors == 1 else 'errors'} in the content; nothing was published")
