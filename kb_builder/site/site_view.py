"""What is the same on every page of a language: addresses, looks, words, and what the security policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from kb_builder.articles.languages import is_right_to_left, primary_language
from kb_builder.articles.model import ContactForm
from kb_builder.config import Config
from kb_builder.site.assets import Assets
from kb_builder.site.help_file import model_endpoint
from kb_builder.site.page_events import experiment
from kb_builder.site.pages import CONTACT_URL, SEARCH_URL, THANKS_URL
from kb_builder.site.security_policy import content_security_policy
from kb_builder.site.views import SiteView, TextLanguage


def site_view(config: Config, assets: Assets, labels: dict[str, str], language: str) -> SiteView:
    """Return what all pages in a language show; `pages.page_views` adds what the content brings."""
    tag, home_url = language or config.language, f"{language}/" if language else ""
    theme = config.settings.theme
    return SiteView(
        name=config.site_name,
        language=tag,
        direction="rtl" if is_right_to_left(tag) else "ltr",
        home_url=home_url,
        top_level=(),
        banners=(),
        channels=(),
        contact_url=f"{home_url}{CONTACT_URL}",
        search_url=f"{home_url}{SEARCH_URL}",
        is_public=config.audience is None,
        thanks_url=f"{home_url}{THANKS_URL}" if config.settings.feedback.endpoint else "",
        client_url=assets.client_url,
        style_urls=assets.style_urls,
        content_security_policy=content_security_policy(connect_origins=connect_origins(config)),
        labels=labels,
        main_language=_text_language(config.language, labels) if language else None,
        url=config.site_url,
        has_assistant=config.settings.assistant.enabled,
        experiment=experiment(config.settings),
        logo=theme.logo or "",
        logo_dark=theme.logo_dark or "",
        logo_has_name=theme.logo_has_name,
        icon=theme.icon or "",
        font_url=theme.font_file or "",
    )


def _text_language(tag: str, labels: Mapping[str, str]) -> TextLanguage:
    name = labels.get(f"language_{primary_language(tag)}", tag)
    return TextLanguage(tag, "rtl" if is_right_to_left(tag) else "ltr", name)


def form_target(form: ContactForm) -> str:
    """Return where a form is sent, as a security policy names it."""
    return "mailto:" if form.by_mail else origin_of(form.action)


def connect_origins(config: Config) -> tuple[str, ...]:
    """Return the hosts that pages send events, votes and questions to."""
    settings = config.settings
    endpoints = (settings.analytics.endpoint, settings.feedback.endpoint, model_endpoint(settings.assistant))
    return tuple(origin for origin in map(origin_of, endpoints) if origin)


def origin_of(address: str) -> str:
    """Return scheme and host of an address on the web; empty for another one."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
