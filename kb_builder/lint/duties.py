"""Rules on who looks after an article, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput

_FORGOTTEN_DAYS = 30


def owners(lint: LintInput) -> Iterator[Issue]:
    """Find articles that nobody looks after, and review dates that remind nobody."""
    for reading in lint.articles():
        article = reading.article
        if not article.owner:
            yield issue("KB133", lint.at(article.path), 0, "has no owner")
            if article.review_by:
                line = article.lines.get("review_by", 0)
                yield issue("KB132", lint.at(article.path), line, f"review by {article.review_by}: by whom?")
        if not article.review_by and article.announcement is None:
            yield issue("KB134", lint.at(article.path), 0, "has no review date")


def ended_announcements(lint: LintInput) -> Iterator[Issue]:
    """Find announcements that ended long ago and lie about."""
    for reading in lint.articles():
        period = reading.article.announcement
        if period and period.ends and period.ends.date() + dt.timedelta(days=_FORGOTTEN_DAYS) < lint.today:
            line = reading.article.lines.get("ends", 0)
            yield issue("KB135", lint.at(reading.article.path), line, f"ended on {period.ends.date()}")
