"""What programs are given beside the pages: ``llms.txt``, and how browsers search the site."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from xml.etree import ElementTree as ET

from kb_builder.articles.model import Category, Content
from kb_builder.files import OutputFile
from kb_builder.site.markdown_pages import behind, linkable
from kb_builder.site.published import absolute
from kb_builder.site.views import MARKDOWN_PAGE, PageView, SiteView, Translation

SEARCH_DESCRIPTION = "opensearch.xml"


def llms_files(
    content: Content,
    urls: Collection[str],
    text_of: Callable[[str], str],
    *,
    site: SiteView,
    summary: str,
    others: Sequence[Translation],
) -> tuple[OutputFile, ...]:
    """Return ``llms.txt``, which lists articles with the addresses of their Markdown, and ``llms-full.txt``, all texts.

    Source: the proposal at llmstxt.org.

    Args:
        content: In one language.
        urls: Of the articles that programs should know: not of a policy which no longer applies, or not yet.
        text_of: Gives the Markdown of an article by its URL.
        site: The site in this language.
        summary: Of the site; may be empty.
        others: Every language of the site; none when there is one only.
    """
    address: Callable[[str], str] = partial(absolute, site.url) if site.url else str
    lists, full = [f"# {site.name}", *([f"> {summary}"] if summary else [])], list[bytes]()
    for category in _in_order(content):
        articles = [content.articles[path] for path in category.articles if content.articles[path].url in urls]
        lines = [f"- [{linkable(a.title)}]({address(a.url + MARKDOWN_PAGE)}){behind(a.summary)}" for a in articles]
        if lines:
            lists.append(f"## {category.title}\n\n" + "\n".join(lines))
        full += [f"# {a.title}\n\n{address(a.url)}\n\n{text_of(a.url)}".encode() for a in articles]
    full.append((full.pop() if full else b"") + b"\n")  # not to all of them, which are many millions of bytes
    if others:
        links = [f"- [{other.name}]({address(f'{other.home_url}llms.txt')})" for other in others if not other.current]
        lists.append(f"## {site.labels['languages']}\n\n" + "\n".join(links))
    return (
        OutputFile(f"{site.home_url}llms.txt", ("\n\n".join(lists) + "\n").encode()),
        OutputFile(f"{site.home_url}llms-full.txt", b"\n\n---\n\n".join(full)),
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
