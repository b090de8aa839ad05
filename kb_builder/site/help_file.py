"""``help.json``: what the assistant and ``<kb-help>`` are told about a language of the site; no page carries it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kb_builder.articles.model import Channel
from kb_builder.files import OutputFile
from kb_builder.settings import AssistantSettings
from kb_builder.site.views import PageView, SiteView

HELP_FILE = "help.json"
_FAMILIES = ("assistant_", "widget_")
_WORDS = frozenset(
    (
        *("find_label", "find_placeholder", "all_channels", "any_time", "community"),
        *("open_until", "open_always", "closed_until", "closed_always", "your_time"),
    )
)


def help_files(views: Iterable[PageView], settings: AssistantSettings) -> tuple[OutputFile, ...]:
    """Return the file of each language: its words, the ways to people, and the assistant's model if there is one."""
    return tuple(_help_file(view, settings) for view in views if view.template == "contact")


def model_endpoint(settings: AssistantSettings) -> str:
    """Return where the assistant asks a model; empty when it asks none."""
    return settings.endpoint if settings.enabled else ""


def _help_file(view: PageView, settings: AssistantSettings) -> OutputFile:
    site = view.site
    data: dict[str, Any] = {
        "language": site.language,
        "direction": site.direction,
        "words": {key: text for key, text in site.labels.items() if key.startswith(_FAMILIES) or key in _WORDS},
        "ways": {
            "contact": site.contact_url.removeprefix(site.home_url),
            "form": view.contact_form is not None,
            "channels": [_channel(channel, site) for channel in site.channels],
        },
    }
    if endpoint := model_endpoint(settings):
        data["model"] = {"endpoint": endpoint, "name": settings.model, "timeout_seconds": settings.timeout_seconds}
    return OutputFile(site.home_url + HELP_FILE, json.dumps(data, ensure_ascii=False).encode())


def _channel(channel: Channel, site: SiteView) -> dict[str, Any]:
    audience = ", ".join(site.labels.get(f"audience_{group}", group) for group in channel.audience)
    spans = [{"days": hours.days, "opens": hours.opens, "closes": hours.closes} for hours in channel.hours]
    holidays = [str(day) for day in site.holidays]
    return {
        "id": channel.id,
        "title": f"{channel.title} ({audience})" if audience else channel.title,
        "href": channel.href,
        "target": channel.target_minutes,
        "hours": {"zone": channel.time_zone, "spans": spans, "holidays": holidays} if spans else None,
    }
