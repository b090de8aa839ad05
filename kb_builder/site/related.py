"""Which articles to offer below an article: what its writer named, then those of its category that are most alike."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from kb_builder.articles.model import Article, Content

_MOST_RELATED = 4
# A word that so many articles share says little, and comparing all of them would cost the square of their number.
_MOST_SHARING = 100
_WORD = re.compile(r"[^\W\d_]{3,}")
_TAG_WEIGHT = 2.0


def related_articles(content: Content, *, categories: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Return the paths of up to four related articles for each article, best first.

    The writer's own choice comes first, in the writer's order. The rest is filled from the articles its category
    lists, by the tags and title words they share, rare ones counting more; ties go by path. Articles that share
    nothing are not related.

    Args:
        content: All articles.
        categories: Paths of those whose articles are asked for; all when None.
    """
    listed: defaultdict[str, list[Article]] = defaultdict(list)
    for category in content.categories.values():
        if categories is not None and category.path not in categories:
            continue
        listed[category.path] = [content.articles[path] for path in category.articles]
    likeness = {path: _Likeness(articles) for path, articles in listed.items()}
    return {
        path: _related(article, content, likeness.get(article.category))
        for path, article in content.articles.items()
        if categories is None or article.category in categories
    }


def _related(article: Article, content: Content, likeness: _Likeness | None) -> tuple[str, ...]:
    named = [path for path in article.related if path in content.articles and path != article.path]
    alike = likeness.to(article) if likeness else ()
    return tuple(dict.fromkeys((*named, *alike)))[: max(_MOST_RELATED, len(named))]


class _Likeness:
    """How much the articles of one category have in common."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._sharing: defaultdict[str, list[str]] = defaultdict(list)
        self._count = 0
        for article in articles:
            self._count += 1
            for mark in _marks(article):
                self._sharing[mark].append(article.path)

    def to(self, article: Article) -> list[str]:
        """Return the paths of the articles that share something with this one, most alike first."""
        scores: defaultdict[str, float] = defaultdict(float)
        for mark in sorted(_marks(article)):
            sharing = self._sharing.get(mark, [])
            if len(sharing) <= _MOST_SHARING:
                weight = math.log(1 + self._count / (1 + len(sharing))) * (_TAG_WEIGHT if mark.startswith("#") else 1.0)
                for path in sharing:
                    scores[path] += weight
        scores.pop(article.path, None)
        return sorted(scores, key=lambda path: (-scores[path], path))[:_MOST_RELATED]


def _marks(article: Article) -> set[str]:
    words = set(_WORD.findall(article.title.casefold()))
    return words | {f"#{tag.casefold()}" for tag in article.tags}
