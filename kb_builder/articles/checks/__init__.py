"""Checked content: small named rules, each looking for one kind of mistake across all articles.

A rule is a function of the content and the `CheckSettings` that yields issues on content paths; one that looks at
single texts is a function of an article. Its level is that of its code. To add one, write it in a module of this
package, list it in ``RULES``, or in ``TEXT_RULES`` of `notes`, and its code in `codes`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

from kb_builder.articles.checks import links, metadata
from kb_builder.articles.checks.notes import text_issues
from kb_builder.articles.checks.secrets import secrets
from kb_builder.articles.checks.settings import CheckSettings
from kb_builder.articles.codes import in_folder
from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.issues import Issue, sort_issues

Rule = Callable[[Content, CheckSettings], Iterator[Issue]]

RULES: tuple[Rule, ...] = (
    metadata.policies,
    metadata.related_articles,
    metadata.affected_pages,
    metadata.review_dates,
    metadata.doubled_titles,
    links.links,
    links.videos,
)


def check_content(content: Content, *, today: dt.date, link_root: str = "", known: Cache | None = None) -> Content:
    """Run every rule over the content.

    Args:
        content: As `read.read_content` gives it.
        today: The day to judge review dates by.
        link_root: Prefix under which articles link to each other, as given to `read.read_content`.
        known: What earlier builds found.

    Returns:
        The same content; its issues are those it had and those the rules found, in the order of files and lines.
    """
    settings = CheckSettings(today=today, link_root=link_root, known=known or Cache(None))
    found = [found for rule in RULES for found in rule(content, settings)]
    found += (one for article in content.articles.values() for one in text_issues(article, content))
    found += (one for draft in content.drafts.values() for one in secrets(draft))
    return replace(content, issues=sort_issues((*content.issues, *in_folder(found, content.folder))))
