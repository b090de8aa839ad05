"""Announcements in, what tells of them out: banners of pages, the file that open pages ask for, and feeds.

The file, ``announcements.json``, is small and has one name, so that it can be replaced without a build
(``kb announce``). `AnnouncementsFile` is its schema.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kb_builder.articles.model import AnnouncementPeriod, Article, Content, Severity
from kb_builder.files import ANNOUNCEMENTS_FILE, OutputFile
from kb_builder.issues import KbError
from kb_builder.site.feeds import Entry, Feed, atom_file, json_feed_file
from kb_builder.site.views import Banner, SiteView

FEED_URL = "announcements/feed.xml"
JSON_FEED_URL = "announcements/feed.json"
MOST_BYTES = 65_536  # browsers read no more; see search/client/announcements.js

_MOST_IN_FEED = 30
_SEVERITIES = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


class Announced(BaseModel):
    """One announcement, as pages are told of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="Its file in the content.")
    language: str = Field(description="Tag of the language whose pages show it.")
    text_language: str = Field("", description="Tag of the language of title and text, where they are not translated.")
    title: str = Field(max_length=200, description="What the banner says. Plain text.")
    text: str = Field(max_length=500, description="One sentence more, shown above search results. Plain text.")
    severity: Severity = Field(description="info, warning or critical.")
    starts: AwareDatetime = Field(description="When it begins to show, with its offset from UTC.")
    ends: AwareDatetime | None = Field(description="When it stops by itself; null: not yet known.")
    link: str = Field(description="Where it leads: relative to the site's root, or https; empty: nowhere.")
    queries: tuple[str, ...] = Field(description="Searches that meet it: those that hold all words of one of these.")
    pages: tuple[str, ...] = Field(
        description="Pages that show its banner, and all below them, relative to the site's root; none: every page."
    )


class AnnouncementsFile(BaseModel):
    """What is announced now and what will be, the gravest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    announcements: tuple[Announced, ...]


def announcements_schema() -> dict[str, object]:
    """Return the JSON Schema of the file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **AnnouncementsFile.model_json_schema()}


def announcements_file(
    editions: Iterable[tuple[str, Content, Mapping[str, str]]], today: dt.date, *, has_page: Callable[[str], bool]
) -> OutputFile:
    """Return the file with every announcement that has not ended before a day, in all languages.

    Args:
        editions: For each language, the main one first, its tag, what the site shows in it, and the URL of each article
            and category of that by its content path.
        today: Those that ended before it are left out; those that begin later are in it.
        has_page: Whether the site has a page at a URL; an announcement whose page is not built yet leads nowhere.

    Raises:
        KbError: They are too many for so small a file.
    """
    shown = [*editions]
    announced = tuple(
        Announced(
            id=article.path,
            language=language,
            text_language=shown[0][0] if article.untranslated else "",
            title=article.title[:200],
            text=article.summary[:500],
            severity=period.severity,
            starts=_in_utc(period.starts),
            ends=_in_utc(period.ends) if period.ends else None,
            link=period.link or (article.url if has_page(article.url) else ""),
            queries=period.queries,
            pages=_affected(period, urls),
        )
        for language, content, urls in shown
        for article, period in _shown(content, urls)
        if period.ends is None or _in_utc(period.ends).date() >= today
    )
    data = AnnouncementsFile(announcements=announced).model_dump_json(indent=1).encode() + b"\n"
    if len(data) > MOST_BYTES:
        raise KbError(
            f"{ANNOUNCEMENTS_FILE}: {len(announced)} announcements take {len(data)} bytes, of {MOST_BYTES} at most",
            hint="Delete announcements that are over, or give them 'ends:'.",
        )
    return OutputFile(ANNOUNCEMENTS_FILE, data)


def banners(content: Content, urls: Mapping[str, str], today: dt.date) -> tuple[tuple[Banner, tuple[str, ...]], ...]:
    """Return the announcements that are on at some time of a day, the gravest first, then the latest.

    Each with the URLs of the pages whose banner it is, and of all below them; none: every page.
    """
    return tuple(
        (
            Banner(
                id=article.path,
                title=article.title,
                href=period.link or article.url,
                severity=period.severity.value,
                starts=_instant(period.starts),
                ends=_instant(period.ends) if period.ends else "",
            ),
            _affected(period, urls),
        )
        for article, period in _shown(content, urls)
        if _in_utc(period.starts).date() <= today and (period.ends is None or today <= _in_utc(period.ends).date())
    )


def banners_of(page_url: str, known: Sequence[tuple[Banner, tuple[str, ...]]]) -> tuple[Banner, ...]:
    """Return the banners of one page."""
    return tuple(banner for banner, pages in known if not pages or any(page_url.startswith(page) for page in pages))


def announcement_feeds(articles: Iterable[Article], today: dt.date, *, site: SiteView) -> tuple[OutputFile, ...]:
    """Return the announcements of a language that have begun, the latest first, as Atom and as JSON Feed.

    Without the site's address there are no feeds: their entries need full addresses.
    """
    begun = [
        (article, article.announcement)
        for article in articles
        if article.announcement and _in_utc(article.announcement.starts).date() <= today
    ]
    if not (site.url and begun):
        return ()
    begun.sort(key=lambda pair: (pair[1].starts, pair[0].path), reverse=True)
    feed = Feed(
        title=f"{site.labels['announcements']} – {site.name}",
        author=site.name,
        language=site.language,
        page_url=site.home_url,
        entries=tuple(
            Entry(article.title, article.url, _instant(period.starts), article.summary)
            for article, period in begun[:_MOST_IN_FEED]
        ),
    )
    return (
        atom_file(feed, f"{site.home_url}{FEED_URL}", site_url=site.url),
        json_feed_file(feed, f"{site.home_url}{JSON_FEED_URL}", site_url=site.url),
    )


def announcements_in(data: bytes) -> tuple[Announced, ...]:
    """Return what a file of announcements holds.

    Raises:
        ValueError: It is not one.
    """
    return AnnouncementsFile.model_validate(json.loads(data)).announcements


def _shown(content: Content, urls: Mapping[str, str]) -> list[tuple[Article, AnnouncementPeriod]]:
    """Return the announcements, the gravest first; none that is about pages only that these readers do not have."""
    found = [
        (article, period)
        for article in content.articles.values()
        if (period := article.announcement) and bool(period.pages) == bool(_affected(period, urls))
    ]
    return sorted(
        found, key=lambda pair: (_SEVERITIES.index(pair[1].severity), -pair[1].starts.timestamp(), pair[0].path)
    )


def _affected(period: AnnouncementPeriod, urls: Mapping[str, str]) -> tuple[str, ...]:
    """Return the URLs of the pages it is about; of those left out for these readers, none."""
    return tuple(urls[path] for path in period.pages if path in urls)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)


def _instant(moment: dt.datetime) -> str:
    return _in_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
