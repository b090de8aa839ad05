"""Settings in, a page for readers out: what the help center counts, how, and for how long.

Text and behaviour cannot drift apart: both come of the same settings, and `kb analytics privacy --check` says when the
page does not.
"""

from __future__ import annotations

import json

from kb_builder.analytics.events import DWELL_SECONDS, MAX_QUERY, Action
from kb_builder.analytics.privacy import MIN_TEXT_DAYS, MIN_TEXT_VISITS, MIN_VISITS
from kb_builder.settings import AnalyticsSettings

_TOLD = {
    Action.QUERY: f"a search: its words (up to {MAX_QUERY} characters) and the pages it found",
    Action.IMPRESSION: "how far down the list of results was shown",
    Action.CLICK: "which result was opened, and its place in the list",
    Action.VIEW: f"a page that was read, and for how long, in steps of {', '.join(map(str, DWELL_SECONDS))} seconds",
    Action.FEEDBACK: "a helpful or unhelpful vote, its reason and its comment",
    Action.SUGGESTION_SHOWN: "articles that the contact form suggested",
    Action.SUGGESTION_CLICK: "a suggestion that was opened",
    Action.SUGGESTION_SOLVED: "that a suggestion solved it",
    Action.CONTACT_START: "that somebody began to write in the contact form, never what",
    Action.CONTACT_SUBMIT: "that the form was sent, never what was written",
    Action.CONTACT_CHANNEL_CLICK: "which way to reach us was chosen, such as phone or chat",
}


def privacy_page(settings: AnalyticsSettings, site_name: str, *, compared_percent: int = 0) -> str:
    """Return the page as Markdown with front matter.

    Args:
        settings: What the site and the collector do.
        site_name: Name of the help center.
        compared_percent: Visits whose results are drafted from two rankings.
    """
    if not (settings.endpoint or settings.beacon):
        return _page(site_name, "Nothing is counted.", ["This help center counts nothing of what you search or read."])
    parts = [
        f"{site_name} counts what is searched and read, to learn which answers are missing. It does not want to know "
        "who "
        "you are.",
        "## What is counted",
        "\n".join(f"- {told}" for told in _TOLD.values()),
        "With each goes the time, the language of the page, and a random number that lives in the page's memory and "
        "is gone "
        "when you leave the page. Nothing is stored on your device: no cookie, no local storage.",
        "## What is taken out",
        "Mail addresses, phone numbers, card and bank account numbers, long numbers, access tokens and links that "
        "carry one "
        + ("and order numbers " if settings.order_patterns else "")
        + "are replaced in your browser, before anything is sent, and once more before anything is kept. Names and "
        "postal "
        "addresses have no form that a program could know: please do not type them into the search.",
        "## How you say no",
        "- With *Do Not Track* switched on, your browser sends nothing.\n"
        "- With *Global Privacy Control* switched on, it sends no search, no comment, and nothing that joins two "
        "actions.",
        "## How visits are told apart",
        _joined(settings),
        "## How long it is kept",
        f"What was sent is deleted after {settings.raw_days} days. Counts by day, language and audience, without any "
        "text "
        f"and without visits, are deleted after {settings.aggregate_months} months.",
        "## Who sees what",
        f"Reports show shares of {MIN_VISITS} visits or more, and the words of a search when {MIN_TEXT_VISITS} visits "
        "used "
        f"them on {MIN_TEXT_DAYS} days. Nothing is joined with customer records, sold or handed on. A contact form "
        "holds "
        "a number that is made for it and sent with it; a ticket can be joined to the visit by that number alone.",
    ]
    if settings.holdout_percent:
        parts.append(
            f"{settings.holdout_percent} of 100 visits see no suggestions in the contact form, by chance, so that we "
            "learn "
            "whether suggestions help. The page decides it anew each time and keeps nothing."
        )
    if compared_percent:
        parts.append(
            f"In {compared_percent} of 100 visits the results of a search are drafted from two rankings, so that we "
            "learn which one is better. A click tells which of the two its result came from; the page decides it and "
            "keeps nothing."
        )
    return _page(site_name, "What this help center counts, what it does not, and for how long it is kept.", parts)


def _joined(settings: AnalyticsSettings) -> str:
    if settings.endpoint:
        return (
            "Your internet address and the name of your browser are turned into a number with a secret that is made "
            "anew "
            "every day and then overwritten. The address itself is not kept; how much one address sends is counted in "
            "memory only."
        )
    return (
        f"Your browser asks for the file {settings.beacon} with these facts in the address, and the host's access log "
        "holds the request, as it holds every other one, for as long as the host keeps its logs. When we read that "
        "log, "
        "address and browser are turned into a number with a secret of ours; the address itself is not copied."
    )


def _page(site_name: str, summary: str, parts: list[str]) -> str:
    title = json.dumps(f"What {site_name} counts", ensure_ascii=False)  # which is YAML, too
    return f'---\ntitle: {title}\nsummary: "{summary}"\n---\n' + "\n\n".join(parts) + "\n"
