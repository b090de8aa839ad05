"""Policies in, their Atom feeds out, so that whoever agreed to one can follow it; and what any feed is written with."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from kb_builder.articles.model import Article
from kb_builder.articles.policies import Policy, policies
from kb_builder.files import OutputFile
from kb_builder.site.policy_pages import policy_feed_url
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``url`` is relative to the site's root, ``updated`` an instant in UTC."""

    title: str
    url: str
    updated: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What happened, the latest first; at least one entry. ``page_url`` is the page that people read it on."""

    title: str
    author: str
    language: str
    page_url: str
    entries: tuple[Entry, ...]


def atom_file(feed: Feed, url: str, *, site_url: str) -> OutputFile:
    """Return a feed as Atom. Source: RFC 4287."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    address = absolute(site_url, url)
    _add(root, "title", feed.title)
    _add(root, "id", address)
    ET.SubElement(root, "link", rel="self", href=address)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=absolute(site_url, feed.page_url))
    _add(root, "updated", feed.entries[0].updated)
    _add(ET.SubElement(root, "author"), "name", feed.author)
    for item in feed.entries:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", item.title)
        _add(entry, "id", absolute(site_url, item.url))
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=absolute(site_url, item.url))
        _add(entry, "updated", item.updated)
        _add(entry, "summary", item.summary)
    ET.indent(root)
    return OutputFile(url, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def json_feed_file(feed: Feed, url: str, *, site_url: str) -> OutputFile:
    """Return a feed as JSON Feed. Source: https://www.jsonfeed.org/version/1.1/."""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": absolute(site_url, feed.page_url),
        "feed_url": absolute(site_url, url),
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": absolute(site_url, item.url),
                "url": absolute(site_url, item.url),
                "title": item.title,
                "content_text": item.summary or item.title,
                "date_published": item.updated,
            }
            for item in feed.entries
        ],
    }
    return OutputFile(url, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def policy_feeds(
    articles: Mapping[str, Article], views: Mapping[str, PageView], today: dt.date, *, site_url: str
) -> tuple[OutputFile, ...]:
    """Return the Atom feed of each policy, with an entry for each version, newest first.

    An entry is dated by the day its version takes effect. Without ``site_url`` there are no feeds: entries of a feed
    need full addresses.
    """
    if not site_url:
        return ()
    return tuple(
        atom_file(_policy_feed(policy, articles, views), policy_feed_url(policy), site_url=site_url)
        for policy in policies(articles, today)
    )


def _policy_feed(policy: Policy, articles: Mapping[str, Article], views: Mapping[str, PageView]) -> Feed:
    newest = articles[policy.versions[0].path]
    site = views[newest.url].site
    return Feed(
        title=f"{newest.title} – {site.name}",
        author=site.name,
        language=site.language,
        page_url=newest.url,
        entries=tuple(
            Entry(
                f"{articles[version.path].title} ({site.labels['version']} {version.version})",
                version.url,
                f"{version.effective.isoformat()}T00:00:00Z",
                "\n".join(_changes(articles[version.path], site.labels)) or articles[version.path].summary,
            )
            for version in policy.versions
        ),
    )


def _changes(article: Article, labels: Mapping[str, str]) -> Iterable[str]:
    for change in article.policy.changes if article.policy else ():
        kind = f"{labels[f'change_{change.kind}']}: " if change.kind else ""
        affects = f" ({labels['affects'].replace('{whom}', change.affects)})" if change.affects else ""
        yield f"{kind}{change.text}{affects}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)
