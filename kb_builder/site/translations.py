"""Which page of every other language says the same as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urljoin

from kb_builder.articles.languages import is_right_to_left, own_name
from kb_builder.config import Config
from kb_builder.site.views import PageView, Translation


def with_translations(views: Mapping[str, PageView], config: Config, languages: Sequence[str]) -> dict[str, PageView]:
    """Tell every page where the other languages have it: at the same address inside their folder.

    Args:
        views: Every page by its URL.
        languages: Tags of the further languages.
    """
    if not languages:
        return dict(views)
    homes = {config.language: "", **{language: f"{language}/" for language in languages}}

    def translations(view: PageView) -> tuple[Translation, ...]:
        inner = view.url.removeprefix(view.site.home_url)
        return tuple(_translation(language, home, inner, view) for language, home in homes.items())

    def _translation(language: str, home: str, inner: str, view: PageView) -> Translation:
        url = f"{home}{inner}"
        exists = url in views and not (views[url].no_index or view.no_index)
        return Translation(
            language=language,
            direction="rtl" if is_right_to_left(language) else "ltr",
            name=own_name(language),
            url=url if url in views and url.endswith("/") else home,
            address=urljoin(config.site_url, quote(url)) if exists and config.site_url else "",
            current=language == view.site.language,
            home_url=home,
        )

    return {url: replace(view, translations=translations(view)) for url, view in views.items()}
