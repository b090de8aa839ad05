"""Articles and the front matter of ``index.md`` files in, the tree of categories out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb_builder.articles.file_names import folder_of, folder_url, humanise
from kb_builder.articles.model import Article, Category


@dataclass(frozen=True, slots=True)
class IndexPage:
    """What a folder's ``index.md`` says; the folder is empty for the front page."""

    folder: str
    title: str = ""
    summary: str = ""
    icon: str = ""
    order: int = 1000
    body: str = ""
    body_line: int = 1


def category_folders(article_folders: Iterable[str], index_folders: Iterable[str]) -> frozenset[str]:
    """Return the folders that are categories: those with articles of their own or an ``index.md``, but for the top."""
    return frozenset({*article_folders, *index_folders} - {""})


def parent_category(folder: str, categories: frozenset[str] | Mapping[str, object]) -> str:
    """Return the nearest category above a folder, or an empty string; shelves in between are passed over."""
    while folder:
        folder = folder_of(folder)
        if folder in categories:
            return folder
    return ""


def build_categories(
    articles: Iterable[Article],
    indexes: Mapping[str, IndexPage],
    *,
    order: Mapping[str, int],
    listed: Mapping[str, bool],
) -> tuple[dict[str, Category], Category]:
    """Build the categories and the home page.

    Args:
        articles: Published articles, with their category set.
        indexes: By folder; the front page under the empty name.
        order: Place of an article in its category, by path, where its writer gave one. The rest follow: announcements
            newest first, others by title.
        listed: Articles that lists leave out or show against the rule (see `listed_policies`); others are shown.

    Returns:
        Categories by path, and the home page with the articles of the top folder.
    """
    inside: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        inside[article.category].append(article)
    folders = category_folders(inside, indexes)

    def category(folder: str) -> Category:
        index = indexes.get(folder, IndexPage(folder))
        shown = [article for article in inside[folder] if listed.get(article.path, True)]
        shown.sort(key=lambda article: (order.get(article.path, 10**9), *_natural_order(article)))
        return Category(
            path=folder,
            url=folder_url(folder),
            title=index.title or humanise(folder),
            summary=index.summary,
            icon=index.icon,
            order=index.order,
            parent=parent_category(folder, folders),
            body=index.body,
            body_line=index.body_line,
            articles=tuple(article.path for article in shown),
        )

    return {folder: category(folder) for folder in sorted(folders)}, category("")


def _natural_order(article: Article) -> tuple[float, float, str, str]:
    newest_first = -article.announcement.starts.timestamp() if article.announcement else 0.0
    return newest_first, article.popular or math.inf, article.title.casefold(), article.path
