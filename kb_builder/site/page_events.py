"""What a page tells the browser's events.js: where events go, and which page this is."""

from __future__ import annotations

import json

from kb_builder.analytics.redact import orders_expression
from kb_builder.config import AnalyticsSettings
from kb_builder.files import OutputFile
from kb_builder.site.pages import SEARCH_URL
from kb_builder.site.views import PageView

# Pages whose views are counted; the name is the event's ``application``, too.
_COUNTED = frozenset(("home", "category", "article", "comparison", "contact"))


def event_settings(settings: AnalyticsSettings, view: PageView, *, audience: str | None) -> str:
    """Return the JSON that stands in a page's ``kb-events``; empty when no events are asked for."""
    if not (settings.endpoint or settings.beacon):
        return ""
    return json.dumps(
        {
            "post": settings.endpoint,
            "get": "" if settings.endpoint else settings.beacon,
            "orders": orders_expression(settings.order_patterns),
            "audience": audience or "",
            "home": view.site.search_url.removesuffix(SEARCH_URL),
            "page": view.url if view.template in _COUNTED else None,
            "place": view.template if view.template in _COUNTED else "other",
        },
        ensure_ascii=False,
    )


def holdout(settings: AnalyticsSettings) -> float:
    """Return the share of visits whose contact form suggests nothing; none when it could not be counted."""
    return settings.holdout_percent / 100 if settings.endpoint or settings.beacon else 0


def beacon_files(settings: AnalyticsSettings) -> tuple[OutputFile, ...]:
    """Return the file that is asked for when the host's access log is the event log."""
    return (OutputFile(settings.beacon, b"\n"),) if settings.beacon and not settings.endpoint else ()
