"""What programs are given beside the pages: structured data in them, ``llms.txt``, and how browsers search the site."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

from kb_builder.articles.model import Category, Channel, Content, Kind
from kb_builder.files import OutputFile
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView

SEARCH_DESCRIPTION = "opensearch.xml"

_HEADING_OR_TAG = re.compile(r"<h[1-6][\s>].*|<[^>]*>", re.DOTALL)


def structured_data(view: PageView, body_html: str) -> str:
    """Return a page's JSON-LD, ready to stand in a script element; empty when there is nothing to say.

    Without the site's address there is none: what it says is about addresses. Source: schema.org.

    Args:
        view: The page.
        body_html: Its text, sanitised. The answer to a question is what comes before the first heading.
    """
    if not view.site.url or view.no_index:
        return ""
    things = [thing for thing in (_breadcrumbs(view), _subject(view, body_html)) if thing]
    if not things:
        return ""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def llms_files(content: Content, *, name: str, summary: str, site_url: str) -> tuple[OutputFile, ...]:
    """Return ``llms.txt``, which lists every article with its address, and ``llms-full.txt``, which holds their texts.

    Source: the proposal at llmstxt.org.
    """
    address: Callable[[str], str] = partial(absolute, site_url) if site_url else str
    lists, texts = [f"# {name}", *([f"> {summary}"] if summary else [])], []
    for category in _in_order(content):
        articles = [content.articles[path] for path in category.articles]
        lines = [f"- [{_linkable(a.title)}]({address(a.url)})" + _behind(a.summary) for a in articles]
        if lines:
            lists.append(f"## {category.title}\n\n" + "\n".join(lines))
        texts += [f"# {a.title}\n\n{address(a.url)}\n\n{a.body.strip()}" for a in articles]
    return (
        OutputFile("llms.txt", ("\n\n".join(lists) + "\n").encode()),
        OutputFile("llms-full.txt", ("\n\n---\n\n".join(texts) + "\n").encode()),
    )


def search_description(view: PageView) -> tuple[OutputFile, ...]:
    """Return what lets a browser search the site from its address bar, from the view of the results page.

    Source: OpenSearch 1.1, description document.
    """
    if not view.site.url:
        return ()
    root = ET.Element("OpenSearchDescription", xmlns="http://a9.com/-/spec/opensearch/1.1/")
    ET.SubElement(root, "ShortName").text = view.site.name[:16]
    ET.SubElement(root, "Description").text = view.site.name
    address = f"{absolute(view.site.url, view.url)}?q={{searchTerms}}"
    ET.SubElement(root, "Url", type="text/html", template=address)
    return (OutputFile(SEARCH_DESCRIPTION, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"),)


def _breadcrumbs(view: PageView) -> dict[str, Any]:
    links = [(link.title, link.url) for link in view.breadcrumbs]
    if not links:
        return {}
    entries = [
        {"@type": "ListItem", "position": place, "name": title, "item": absolute(view.site.url, url)}
        for place, (title, url) in enumerate([*links, (view.title, view.url)], 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": entries}


def _subject(view: PageView, body_html: str) -> dict[str, Any]:
    article, address = view.article, absolute(view.site.url, view.canonical or view.url)
    if view.template == "contact":
        points = [_contact_point(channel) for channel in view.site.channels]
        return {"@type": "Organization", "name": view.site.name, "url": view.site.url, "contactPoint": points}
    if article is None or view.template != "article":
        return {}
    common = {"url": address, "inLanguage": view.site.language}
    if article.kind is Kind.FAQ:
        answer = {"@type": "Answer", "text": _short_answer(body_html) or article.summary, "url": address}
        question = {"@type": "Question", "name": article.title, "acceptedAnswer": answer}
        return {"@type": "FAQPage", **common, "mainEntity": [question]}
    reviewed = {"dateModified": article.reviewed.isoformat()} if article.reviewed else {}
    return {"@type": "Article", **common, "headline": article.title, "description": article.summary, **reviewed}


def _contact_point(channel: Channel) -> dict[str, Any]:
    point: dict[str, Any] = {"@type": "ContactPoint", "name": channel.title, "contactType": "customer support"}
    scheme, _, rest = channel.href.partition(":")
    if scheme in ("tel", "mailto"):
        point["telephone" if scheme == "tel" else "email"] = rest
    elif scheme == "https":
        point["url"] = channel.href
    if channel.languages:
        point["availableLanguage"] = list(channel.languages)
    return point


def _short_answer(body_html: str) -> str:
    return " ".join(html.unescape(_HEADING_OR_TAG.sub(" ", body_html)).split())


def _in_order(content: Content) -> Iterable[Category]:
    """Return the categories as their pages are listed: parents before children, neighbours in their order."""
    children: dict[str, list[Category]] = {}
    for category in sorted(content.categories.values(), key=lambda c: (c.order, c.title.casefold(), c.path)):
        children.setdefault(category.parent, []).append(category)
    waiting = children.get("", [])[::-1]
    while waiting:
        category = waiting.pop()
        yield category
        waiting += children.get(category.path, [])[::-1]


def _linkable(title: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", title)


def _behind(summary: str) -> str:
    return f": {summary}" if summary else ""
