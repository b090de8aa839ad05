"""The Markdown of every page that has a text of its own."""

from __future__ import annotations

from dataclasses import dataclass

from kb_builder.articles.model import Content


@dataclass(frozen=True, slots=True)
class Source:
    """The Markdown of a page: its content path, its text and the line on which that begins."""

    path: str
    markdown: str
    first_line: int


def sources_of(content: Content) -> dict[str, Source]:
    """Return the text of each page by its URL, of pages that show the text of another one not."""
    categories = {"": content.home, **content.categories}
    return {
        **{
            category.url if path else "": Source(f"{path}/index.md".lstrip("/"), category.body, category.body_line)
            for path, category in categories.items()
        },
        **{article.url: Source(article.path, article.body, article.body_line) for article in content.articles.values()},
    }
