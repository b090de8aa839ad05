"""Policies in, their Atom feeds out, so that whoever agreed to one can follow it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from kb_builder.articles.model import Article
from kb_builder.articles.policies import Policy, policies
from kb_builder.files import OutputFile
from kb_builder.site.policy_pages import policy_feed_url
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def policy_feeds(
    articles: Mapping[str, Article], views: Mapping[str, PageView], today: dt.date, *, site_url: str
) -> tuple[OutputFile, ...]:
    """Return the Atom feed of each policy, with an entry for each version, newest first.

    An entry is dated by the day its version takes effect. Without ``site_url`` there are no feeds: entries of a feed
    need full addresses.

    Source: RFC 4287.
    """
    if not site_url:
        return ()
    return tuple(
        OutputFile(policy_feed_url(policy), _policy_feed(policy, articles, views, site_url))
        for policy in policies(articles, today)
    )


def _policy_feed(
    policy: Policy, articles: Mapping[str, Article], views: Mapping[str, PageView], site_url: str
) -> bytes:
    newest = articles[policy.versions[0].path]
    site = views[newest.url].site
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": site.language})
    address = absolute(site_url, policy_feed_url(policy))
    _add(feed, "title", f"{newest.title} – {site.name}")
    _add(feed, "id", address)
    ET.SubElement(feed, "link", rel="self", href=address)
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=absolute(site_url, newest.url))
    _add(feed, "updated", _moment(policy.versions[0].effective))
    _add(ET.SubElement(feed, "author"), "name", site.name)
    for version in policy.versions:
        article = articles[version.path]
        entry = ET.SubElement(feed, "entry")
        _add(entry, "title", f"{article.title} ({site.labels['version']} {version.version})")
        _add(entry, "id", absolute(site_url, version.url))
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=absolute(site_url, version.url))
        _add(entry, "updated", _moment(version.effective))
        _add(entry, "summary", "\n".join(_changes(article, site.labels)) or article.summary)
    ET.indent(feed)
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def _changes(article: Article, labels: Mapping[str, str]) -> Iterable[str]:
    for change in article.policy.changes if article.policy else ():
        kind = f"{labels[f'change_{change.kind}']}: " if change.kind else ""
        affects = f" ({labels['affects'].replace('{whom}', change.affects)})" if change.affects else ""
        yield f"{kind}{change.text}{affects}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
