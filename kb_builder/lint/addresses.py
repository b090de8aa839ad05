"""Rules on what was published before: addresses, headings and the words of policies."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article
from kb_builder.articles.policies import version_redirects
from kb_builder.articles.source import source_headings
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput
from kb_builder.lint.published import Published, address_of, current_addresses, hash_words

_NEAR = 60


def lost_addresses(lint: LintInput) -> Iterator[Issue]:
    """Find published pages and headings that are gone, and addresses that are not recorded yet."""
    if lint.published is None:
        return
    now = current_addresses(lint.content, today=lint.today)
    leading_on = _redirected(lint)
    by_address = {address_of(article.url): article for article in lint.content.articles.values()}
    for address, entry in lint.published.entries.items():
        page, _, anchor = address.partition("#")
        if address in now or page in leading_on:
            continue
        if not anchor:
            yield issue(
                "KB801",
                lint.published.path,
                entry.line,
                f"'{address}' was published and is gone",
                _offer(address, by_address),
            )
        elif article := by_address.get(page):
            line, near = _nearest_heading(article, anchor)
            yield issue(
                "KB802", lint.at(article.path), line, f"the heading '#{anchor}' was published and is gone", near
            )
    unrecorded = [address for address in now if address not in lint.published.entries]
    if unrecorded:
        first, count = min(unrecorded), len(unrecorded)
        more = f" and {count - 1} more are" if count > 1 else " is"
        yield issue("KB803", lint.published.path, 0, f"'{first}'{more} not recorded as published")


def published_policies(lint: LintInput) -> Iterator[Issue]:
    """Find versions of policies whose words changed after they were published, and those announced too late."""
    if lint.published is None:
        return
    for article in lint.content.articles.values():
        if article.policy is not None:
            yield from _edited(article, lint, lint.published)
            yield from _late(article, lint, lint.published)


def _redirected(lint: LintInput) -> frozenset[str]:
    old = {**version_redirects(lint.content.articles, lint.today), **lint.content.redirects}
    return frozenset(map(address_of, old))


def _offer(address: str, articles: dict[str, Article]) -> str:
    """Name the article whose address ends most like the lost one."""
    names = {other: other.rstrip("/").rpartition("/")[2] for other in articles}
    near = process.extractOne(address.rstrip("/").rpartition("/")[2], names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    if near is None:
        return ""
    return f"if '{articles[near[2]].path}' answers it now, add there: redirect_from: [{address}]"


def _nearest_heading(article: Article, anchor: str) -> tuple[int, str]:
    headings = {heading.line: heading.anchor for heading in source_headings(article.body)}
    near = process.extractOne(anchor, headings, scorer=fuzz.ratio, score_cutoff=_NEAR)
    if near is None:
        return article.body_line, ""
    hint = f"write '{{#{anchor}}}' behind this heading to keep links to it alive"
    return article.body_line + int(near[2]) - 1, hint


def _edited(article: Article, lint: LintInput, published: Published) -> Iterator[Issue]:
    entry = published.entries.get(address_of(article.url))
    assert article.policy is not None
    if entry and entry.words and entry.words != hash_words(article):
        message = f"version {article.policy.version} was published on {entry.published}; its words have changed since"
        yield issue("KB407", lint.at(article.path), article.body_line, message)


def _late(article: Article, lint: LintInput, published: Published) -> Iterator[Issue]:
    policy = article.policy
    assert policy is not None
    entry = published.entries.get(address_of(article.url))
    seen = entry.published if entry and entry.published else lint.today
    days = (policy.effective - seen).days
    if not policy.replaces or policy.effective <= lint.today or days >= policy.notice_days:
        return
    line = article.lines.get("effective", 0)
    message = (
        f"published on {seen}, in force on {policy.effective}: {days} days of notice, {policy.notice_days} promised"
    )
    yield issue("KB408", lint.at(article.path), line, message)
