"""Checked content: small named rules, each looking for one kind of mistake across all articles.

A rule is a function of the content and the `CheckSettings` that yields issues on content paths. Its level is that of
its code. To add one, write it in a module of this package, list it in ``RULES`` and its code in `codes`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

from kb_builder.articles.checks import hidden_text, links, metadata, secrets
from kb_builder.articles.checks.settings import CheckSettings
from kb_builder.articles.codes import in_folder
from kb_builder.articles.model import Content
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
    hidden_text.hidden_characters,
    hidden_text.mixed_scripts,
    secrets.secrets,
)


def check_content(content: Content, *, today: dt.date, link_root: str = "") -> Content:
    """Run every rule over the content.

    Args:
        content: As `read.read_content` gives it.
        today: The day to judge review dates by.
        link_root: Prefix under which articles link to each other, as given to `read.read_content`.

    Returns:
        The same content; its issues are those it had and those the rules found, in the order of files and lines.
    """
    settings = CheckSettings(today=today, link_root=link_root)
    found = [found for rule in RULES for found in rule(content, settings)]
    return replace(content, issues=sort_issues((*content.issues, *in_folder(found, content.folder))))
