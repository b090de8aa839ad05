"""How many related articles one has, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

from kb_builder.articles.model import Article

MOST_RELATED = 4
_NAMES = [field.name for field in fields(Article)]
_values = attrgetter(*_NAMES)
_AT = _NAMES.index("related")


def with_more_related(article: Article, others: Iterable[str]) -> Article:
    """Fill an article's related ones up to four; what is there stays first, and all of it."""
    both = tuple(path for path in dict.fromkeys((*article.related, *others)) if path != article.path)
    related = both[: max(MOST_RELATED, len(article.related))]
    if related == article.related:
        return article
    values = [*_values(article)]
    values[_AT] = related
    return Article(*values)  # `replace` would take twice as long, for every article
