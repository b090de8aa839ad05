"""What a page tells of itself: to events.js where events go, and to the form below articles where votes go."""

from __future__ import annotations

import json

from kb_builder.analytics.redact import orders_expression
from kb_builder.files import OutputFile
from kb_builder.settings import AnalyticsSettings, Settings
from kb_builder.site.pages import SEARCH_URL
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView, VoteForm

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


def vote_form(settings: Settings, view: PageView) -> VoteForm | None:
    """Return the form that asks whether an article helped; none where nobody could be told."""
    is_counted = bool(settings.analytics.endpoint or settings.analytics.beacon)
    action = settings.feedback.endpoint
    if view.template != "article" or not (action or is_counted):
        return None
    return VoteForm(
        action=action,
        thanks=absolute(view.site.url, view.site.thanks_url) if view.site.url and action else "",
        orders="" if is_counted else orders_expression(settings.analytics.order_patterns),
        by_event=is_counted,
    )


def holdout(settings: AnalyticsSettings) -> float:
    """Return the share of visits whose contact form suggests nothing; none when it could not be counted."""
    return settings.holdout_percent / 100 if settings.endpoint or settings.beacon else 0


def experiment(settings: Settings) -> str:
    """Return what pages need of the experiment with the ranking, as JSON; empty without one that could be counted."""
    planned = settings.search.experiment
    if not planned.name or not (settings.analytics.endpoint or settings.analytics.beacon):
        return ""
    return json.dumps(
        {
            "id": planned.id,
            "first": str(planned.first_day),
            "last": str(planned.last_day),
            "percent": planned.percent,
            "meaning": planned.meaning_percent,
            "boosts": planned.boosts,
        }
    )


def beacon_files(settings: AnalyticsSettings) -> tuple[OutputFile, ...]:
    """Return the file that is asked for when the host's access log is the event log."""
    return (OutputFile(settings.beacon, b"\n"),) if settings.beacon and not settings.endpoint else ()
