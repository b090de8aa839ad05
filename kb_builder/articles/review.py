"""Articles whose review is overdue, and how much less search makes of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kb_builder.articles.model import Article, Content


def is_overdue(article: Article, today: dt.date) -> bool:
    """Say whether the day by which it was to be reviewed is past."""
    return article.review_by is not None and article.review_by < today


def with_overdue_weight(content: Content, weight: float, *, today: dt.date) -> Content:
    """Multiply the search boost of overdue articles by a weight; 1 changes nothing."""
    if weight == 1:
        return content
    overdue = {
        path: replace(article, search_boost=article.search_boost * weight)
        for path, article in content.articles.items()
        if is_overdue(article, today)
    }
    return replace(content, articles={**content.articles, **overdue})
