"""Draw a site with worker processes: MkDocs' own steps for each page, and nothing of what it does for all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import jinja2
from mkdocs.commands.build import _build_page, _build_theme_template, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.utils import clean_directory

from kb_builder.cache import Cache, digest
from kb_builder.files import OutputFile, write_files
from kb_builder.site.pages import NOT_FOUND_URL
from kb_builder.site.plugin import KbPlugin
from kb_builder.site.remembered import DrawnPage, RememberedPages
from kb_builder.site.texts import text_limits
from kb_builder.workers import Limits, Stopped, run_all


def draw_site(
    config: MkDocsConfig,
    plugin: KbPlugin,
    *,
    cache: Cache,
    published: Path,
    workers: int = 0,
    limits: Limits | None = None,
) -> Mapping[str, float]:
    """Write every page and file of the site; the same bytes as MkDocs' own build with this one plugin.

    Args:
        config: Settings with ``plugin`` as the only one.
        cache: What earlier builds made.
        published: Where the last of them lies.
        workers: How many processes draw pages; one a core when 0.
        limits: What a page may take: by default five seconds, and more where a site has large pages. A page that takes
            more is an error among the build's issues.

    Returns:
        The seconds of processor time that each page took, by URL.
    """
    config = config.plugins.on_config(config)
    build = plugin.site_build
    remembered = RememberedPages(cache, build, published=published, site_url=config.site_url or "")
    clean_directory(config.site_dir)
    files = Files(plugin.other_files(config))
    navigation = get_navigation(Files([]), config)
    env = config.plugins.on_env(config.theme.get_env(), config=config, files=files)
    files.copy_static_files()
    _build_theme_template(NOT_FOUND_URL, env, files, config, navigation)
    urls = plugin.page_urls()

    def draw(number: int) -> DrawnPage:
        began, url = time.process_time(), urls[number]
        body_key = remembered.body_key(url)
        known_body = remembered.body(url, body_key)
        if known_body:
            build.take(url, known_body)
        build.render(url)
        page_key = remembered.page_key(url)
        known_page = remembered.page(url, page_key)
        if known_page:
            write_files(Path(config.site_dir), [OutputFile(f"{url}index.html", known_page), *build.markdown_file(url)])
            checksum = ""
        else:
            checksum = digest(_draw_page(plugin.page_file(url, config), config, files, navigation, env))
        return DrawnPage(
            build.body(url), body_key, page_key, checksum, known_body is not None, time.process_time() - began
        )

    limits = limits or text_limits(build, urls)
    times = {}
    for number, drawn in run_all(draw, len(urls), workers=workers, limits=limits):
        url = urls[number]
        if isinstance(drawn, Stopped):
            build.take_stopped(url, drawn.reason)
        else:
            build.take(url, drawn.body)
            remembered.remember(url, drawn)
            times[url] = drawn.seconds
    config.plugins.on_post_build(config=config)
    return times


def _draw_page(
    file: File, config: MkDocsConfig, files: Files, navigation: Navigation, env: jinja2.Environment
) -> bytes:
    """Let MkDocs write a page; return what it wrote."""
    assert file.page is not None
    _populate_page(file.page, config, files)
    _build_page(file.page, config, [], navigation, env)
    return Path(file.abs_dest_path).read_bytes()
