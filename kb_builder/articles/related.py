"""How many related articles one has, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb_builder.articles.model import Article

MOST_RELATED = 4


def with_more_related(article: Article, others: Iterable[str]) -> Article:
    """Fill an article's related ones up to four; what is there stays first, and all of it."""
    both = tuple(path for path in dict.fromkeys((*article.related, *others)) if path != article.path)
    related = both[: max(MOST_RELATED, len(article.related))]
    return article if related == article.related else replace(article, related=related)
