"""Rules on the site as it would be published: what can be reached from where, and how much a page loads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kb_builder.articles.codes import issue
from kb_builder.articles.links import LinkKind
from kb_builder.articles.policies import PolicyState
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput
from kb_builder.site.pages import CONTACT_URL
from kb_builder.site.texts import PageText

_MOST_STEPS = 2


def page_issues(lint: LintInput, pages: Mapping[str, PageText]) -> Iterator[Issue]:
    """Find pages that cannot be reached from the home page, that lead nowhere near the contact page, or that are heavy.

    Args:
        lint: What the rules may depend on.
        pages: All pages of articles and categories, the home page and the contact page, by URL.
    """
    reached = _reachable("", {url: page.links for url, page in pages.items()})
    near_contact = _near(CONTACT_URL, pages)
    limit = lint.limits.page_kilobytes
    for article in lint.content.articles.values():
        page = pages.get(article.url)
        if page is None:
            continue
        where = lint.at(article.path)
        if article.url not in reached and not _is_old_version(lint, article.path):
            yield issue("KB307", where, 0, "no chain of links leads here from the home page")
        if article.url not in near_contact:
            yield issue("KB309", where, 0, f"the contact page is more than {_MOST_STEPS} steps away")
        if page.page_bytes > limit * 1000:
            yield issue("KB630", where, 0, f"loads about {round(page.page_bytes / 1000)} kB; the limit is {limit} kB")


def unlinked_articles(lint: LintInput) -> Iterator[Issue]:
    """Find articles that no other article leads to: neither by a link nor as a related one."""
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for reading in lint.articles():
        path = reading.article.path
        for link in reading.links:
            resolved = lint.resolve(link, path)
            if resolved.kind is LinkKind.ARTICLE:
                linked[resolved.target].add(path)
        for related in reading.article.related:
            linked[related].add(path)
    for reading in lint.articles():
        path = reading.article.path
        if not linked[path] - {path} and reading.article.announcement is None:
            yield issue("KB308", lint.at(path), 0, "no article links to it")


def _reachable(start: str, links: Mapping[str, Iterable[str]]) -> set[str]:
    found, rest = {start}, [start]
    while rest:
        for url in links.get(rest.pop(), ()):
            if url not in found:
                found.add(url)
                rest.append(url)
    return found


def _near(target: str, pages: Mapping[str, PageText]) -> set[str]:
    """Return the pages from which the target is no more than so many steps away."""
    near = {target}
    for _ in range(_MOST_STEPS):
        near |= {url for url, page in pages.items() if page.links & near}
    return near


def _is_old_version(lint: LintInput, path: str) -> bool:
    """Say whether an article is a version of a policy that lists leave out: its current version leads to it."""
    states = lint.versions.get(path, ())
    return any(state.path == path and state.state is not PolicyState.CURRENT for state in states)
