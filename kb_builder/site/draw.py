"""Draw a site with worker processes: MkDocs' own steps for each page, and nothing of what it does for all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping

from mkdocs.commands.build import _build_page, _build_theme_template, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import get_navigation
from mkdocs.utils import clean_directory

from kb_builder.site.body import Body
from kb_builder.site.pages import NOT_FOUND_URL
from kb_builder.site.plugin import KbPlugin
from kb_builder.workers import Limits, Stopped, run_all


def draw_site(
    config: MkDocsConfig, plugin: KbPlugin, *, workers: int = 0, limits: Limits | None = None
) -> Mapping[str, float]:
    """Write every page and file of the site; the same bytes as MkDocs' own build with this one plugin.

    Args:
        config: Settings with ``plugin`` as the only one.
        workers: How many processes draw pages; one a core when 0.
        limits: What a page may take. A page that takes more is an error among the build's issues.

    Returns:
        The seconds of processor time that each page took, by URL.
    """
    config = config.plugins.on_config(config)
    build = plugin.site_build
    clean_directory(config.site_dir)
    files = Files(plugin.other_files(config))
    navigation = get_navigation(Files([]), config)
    env = config.plugins.on_env(config.theme.get_env(), config=config, files=files)
    files.copy_static_files()
    _build_theme_template(NOT_FOUND_URL, env, files, config, navigation)
    urls = plugin.page_urls()

    def draw(number: int) -> tuple[Body, float]:
        began = time.process_time()
        page = plugin.page_file(urls[number], config).page
        assert page is not None
        _populate_page(page, config, files)
        _build_page(page, config, [], navigation, env)
        return build.body(urls[number]), time.process_time() - began

    times = {}
    for number, drawn in run_all(draw, len(urls), workers=workers, limits=limits):
        if isinstance(drawn, Stopped):
            build.take_stopped(urls[number], drawn.reason)
        else:
            body, times[urls[number]] = drawn
            build.take(urls[number], body)
    return times
