"""A page's view and its Markdown in, the page as one Markdown file out: what programs read in place of its HTML."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import ceil

from mkdocs.utils import get_relative_url

from kb_builder.articles.model import Channel, Kind, OpeningHours
from kb_builder.site.published import absolute
from kb_builder.site.views import Card, Link, PageView

_UNITS = (("day", 1440), ("hour", 60), ("minute", 1))


def markdown_page(view: PageView, text: str) -> str:
    """Return the page as Markdown: title, date and address as front matter, then what its readers are told.

    Args:
        view: The page.
        text: Its text; see `markdown_text`.
    """
    parts = [_front_matter(view), f"# {view.title}"]
    if view.article:
        parts += ["" if view.article.kind is Kind.FAQ else view.lead, *_policy(view), text]
    else:
        parts += [view.summary, text, *_lists(view)]
    if view.template == "contact":
        parts.append("\n".join(_channel(channel, view) for channel in view.site.channels))
    return "\n\n".join(part for part in parts if part) + "\n"


def linkable(title: str) -> str:
    """Return a title as the text of a link."""
    return re.sub(r"([\[\]\\])", r"\\\1", title)


def _front_matter(view: PageView) -> str:
    day = _day(view)
    lines = [
        f"title: {json.dumps(view.title, ensure_ascii=False)}",
        *([f"date: {day.isoformat()}"] if day else []),
        f"url: {json.dumps(_address_on(view)(view.url), ensure_ascii=False)}",
    ]
    return "\n".join(("---", *lines, "---"))


def _day(view: PageView) -> dt.date | None:
    """Return the day from which a policy applies, on which an announcement starts, else that of the last review."""
    article = view.article
    if article is None:
        return None
    if article.announcement:
        return article.announcement.starts.date()
    return article.policy.effective if article.policy else article.reviewed


def _address_on(view: PageView) -> Callable[[str], str]:
    """Return what makes addresses: full ones where the site has one, else as seen from the page."""
    if view.site.url:
        return partial(absolute, view.site.url)
    return lambda url: get_relative_url(url or ".", view.url or ".")


def _policy(view: PageView) -> Iterator[str]:
    """Yield whether a version applies, and what changed in it."""
    policy, labels = view.article.policy if view.article else None, view.site.labels
    if policy is None:
        return
    state = labels.get(f"policy_{view.policy_state}", "")
    current = [version for version in view.versions if version.state == "current" and not version.shown]
    elsewhere = [
        f"[{linkable(labels['read_current'].replace('{version}', version.version))}]({_address_on(view)(version.url)})"
        for version in current
    ]
    facts = f"{labels['version']} {policy.version}. {labels['effective']} {policy.effective.isoformat()}."
    yield "> " + " ".join([facts, *([state] if state else []), *elsewhere])
    if policy.changes:
        changes = (
            (f"**{labels[f'change_{change.kind}']}:** " if change.kind else "")
            + change.text
            + (f" ({labels['affects'].replace('{whom}', change.affects)})" if change.affects else "")
            for change in policy.changes
        )
        yield f"## {labels['changes']}\n\n" + "\n".join(f"- {change}" for change in changes)


def _lists(view: PageView) -> Iterator[str]:
    labels = view.site.labels
    yield _links(view.cards, view, title=labels["topics"])
    yield _links(view.articles, view, title=labels["popular"] if view.template == "home" else "")
    yield _links(view.more, view, title=labels["more"])


def _links(links: Iterable[Link | Card], view: PageView, *, title: str) -> str:
    address = _address_on(view)
    lines = [f"- [{linkable(link.title)}]({address(link.url)}){behind(link.summary)}" for link in links]
    return "\n\n".join([*([f"## {title}"] if title else []), "\n".join(lines)]) if lines else ""


def behind(summary: str) -> str:
    """Return a summary as it stands behind a link."""
    return f": {summary}" if summary else ""


def _channel(channel: Channel, view: PageView) -> str:
    labels = view.site.labels
    hours = "; ".join(_hours(hours, labels) for hours in channel.hours)
    place = f" ({channel.time_zone})" if channel.hours else ""
    lines = [
        f"- [{linkable(channel.title)}]({channel.href}){behind(channel.summary)}",
        f"  {labels['hours']}: {hours or labels['any_time']}{place}",
    ]
    if channel.languages:
        named = labels["comma"].join(labels.get(f"language_{code}", code) for code in channel.languages)
        lines.append(f"  {labels['languages']}: {named}")
    if channel.target_minutes:
        lines.append(f"  {labels['reply']}: {_wait(channel.target_minutes, labels)}")
    return "\n".join(lines)


def _wait(minutes: int, labels: dict[str, str]) -> str:
    """Say a time in whole days or hours from one on; a promise is never rounded down."""
    unit, length = next((unit, length) for unit, length in _UNITS if minutes >= length)
    count = ceil(minutes / length)
    return labels[f"wait_{unit}"] if count == 1 else labels[f"wait_{unit}s"].replace("{n}", str(count))


def _hours(hours: OpeningHours, labels: dict[str, str]) -> str:
    return f"{labels['comma'].join(labels[f'day_{day}'] for day in hours.days)} {hours.opens}–{hours.closes}"
