"""A page's view and text in, its JSON-LD out: what search engines are told it is.

Source: schema.org; what Google documents as required is always there, or the thing is left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from kb_builder.articles.model import Channel, Kind
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView

_FROM_HEADING = re.compile(r"<h[1-6][\s>].*", re.DOTALL)
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|bdi|code|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")
_LIST_TAG = re.compile(r"<(/?)(ol|ul|li)\b[^>]*>")
_NAME_OF_STEP = re.compile(r"\s*(?:<p>)?\s*<strong>(.*?)</strong>", re.DOTALL)
_LEAST_STEPS = 2


def structured_data(view: PageView, body_html: str) -> str:
    """Return a page's JSON-LD, ready to stand in a script element; empty when there is nothing to say.

    Without the site's address there is none: what it says is about addresses.

    Args:
        view: The page.
        body_html: Its text, sanitised. The answer to a question is what comes before the first heading.
    """
    if not view.site.url or view.no_index:
        return ""
    things = [thing for thing in (_breadcrumbs(view), _subject(view, body_html), _video(view)) if thing]
    if not things:
        return ""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


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
    if article.kind is Kind.FAQ and not article.community:  # what other customers said is no answer of the shop
        answer = {"@type": "Answer", "text": _short_answer(body_html) or article.summary or article.title}
        question = {"@type": "Question", "name": article.title, "acceptedAnswer": {**answer, "url": address}}
        return {"@type": "FAQPage", **common, "mainEntity": [question]}
    about = {**common, "description": article.summary}
    if article.reviewed:
        about["dateModified"] = article.reviewed.isoformat()
    if article.kind is Kind.GUIDE and len(steps := _steps(body_html)) >= _LEAST_STEPS:
        return {"@type": "HowTo", "name": article.title, **about, "step": steps}
    return {"@type": "Article", "headline": article.title, **about}


def _video(view: PageView) -> dict[str, Any]:
    """Say what the page's video is, if it has a picture and the day it was published: without these nobody lists it."""
    article = view.article
    video = article.video if article and view.template == "article" else None
    if article is None or video is None or not (video.poster and video.uploaded):
        return {}
    spoken = {"transcript": video.captions_text} if video.captions_text else {}
    return {
        "@type": "VideoObject",
        "name": video.title,
        "description": article.summary or article.title,
        "thumbnailUrl": _file(view, video.poster),
        "uploadDate": video.uploaded.isoformat(),
        "contentUrl": _file(view, video.src),
        "inLanguage": view.site.language,
        **spoken,
    }


def _file(view: PageView, address: str) -> str:
    return address if address.startswith(("https:", "http:")) else absolute(view.site.url, address)


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
    return _plain(_FROM_HEADING.sub("", body_html))


def _steps(body_html: str) -> list[dict[str, Any]]:
    """Return the items of the first numbered list that has several."""
    for items in _numbered_lists(body_html):
        texts = [(item, _plain(item)) for item in items]
        written = [(item, text) for item, text in texts if text]
        if len(written) >= _LEAST_STEPS:
            return [_step(place, item, text) for place, (item, text) in enumerate(written, 1)]
    return []


def _step(place: int, item: str, text: str) -> dict[str, Any]:
    match = _NAME_OF_STEP.match(item)
    name = _plain(match[1]).rstrip(".,:;") if match else ""
    return {"@type": "HowToStep", "position": place, **({"name": name} if name else {}), "text": text}


def _numbered_lists(body_html: str) -> Iterator[list[str]]:
    """Yield the items of each numbered list that is in no other list, as HTML."""
    depth, items, start, numbered = 0, list[str](), 0, False
    for tag in _LIST_TAG.finditer(body_html):
        closes, name = bool(tag[1]), tag[2]
        if name == "li":
            if depth == 1 and closes:
                items.append(body_html[start : tag.start()])
            elif depth == 1:
                start = tag.end()
            continue
        depth += -1 if closes else 1
        if depth == 1 and not closes:
            items, numbered = [], name == "ol"
        elif depth == 0 and numbered:
            yield items


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE_TAG.sub("", markup))).split())
