"""``feedback.yml`` in, articles with what readers' clicks and ways say about them out.

`kb suggest` proposes the file from the search log and an editor commits it, so that a build stays the same on every
machine. A boost is small and bounded: clicks break ties, they do not decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from kb_builder.articles.field_values import Number, Text, Texts, WholeNumber
from kb_builder.articles.model import Content
from kb_builder.articles.related import with_more_related
from kb_builder.index.yaml_lists import ItemFields, article_issues, parse_item, parse_list, read_list
from kb_builder.issues import Issue

FEEDBACK_FILE = "feedback.yml"
LARGEST_BOOST = 1.15


class FeedbackFields(ItemFields):
    """What the search log says about an article."""

    article: Text = Field(description="Its file, relative to the content folder.")
    popular: WholeNumber = Field(0, ge=0, le=1000, description="Rank among the popular questions; 1 is first.")
    boost: Number = Field(1.0, ge=1, le=LARGEST_BOOST, description="Factor on its search score, from clicks.")
    next: Texts = Field((), description="Files of the articles that its readers go on to, best first.")


def read_feedback(
    folder: Path, content: Content, *, shown: str
) -> tuple[tuple[FeedbackFields, ...], tuple[Issue, ...]]:
    """Read the file of the search folder; one that is missing says nothing. Edge: disk.

    Args:
        folder: The search folder.
        content: Every article named must be in it.
        shown: What paths in issues start with.

    Returns:
        The entries that can be used, and what is wrong with the others.
    """
    text, unread = read_list(folder, FEEDBACK_FILE, shown=shown)
    path = f"{shown}/{FEEDBACK_FILE}"
    items, wrong = parse_list(text, path)
    issues = [*unread, *wrong]
    entries = []
    for item in items:
        fields, found = parse_item(FeedbackFields, item, path)
        issues += found
        if fields is None:
            continue
        unknown = [
            found
            for article in (fields.article, *fields.next)
            for found in article_issues(article, content, path, item.line)
        ]
        issues += unknown
        if not unknown:
            entries.append(fields)
    return tuple(entries), tuple(issues)


def with_feedback(content: Content, entries: Sequence[FeedbackFields]) -> Content:
    """Give articles their boost, their place among the popular questions unless the writer gave one, and what is next.

    What people read next comes after what the writer named as related, as far as there is room.
    """
    articles = dict(content.articles)
    for entry in entries:
        if article := articles.get(entry.article):
            articles[entry.article] = replace(
                with_more_related(article, entry.next),
                popular=article.popular or entry.popular,
                search_boost=article.search_boost * entry.boost,
            )
    return replace(content, articles=articles)
