"""The text of an article as rules see it: line by line, with the line of the file."""

from __future__ import annotations

from collections.abc import Iterator

from kb_builder.articles.model import Article
from kb_builder.articles.source import mask_code


def text_lines(article: Article, *, with_code: bool) -> Iterator[tuple[int, str]]:
    """Yield line number and text of the title, summary, questions and body, in that order.

    A summary that was taken from the body is left out. Without code, its place is blank (see `source.mask_code`).
    """
    yield article.lines.get("title", 0), article.title
    if line := article.lines.get("summary", article.lines.get("description", 0)):
        yield line, article.summary
    for position, question in enumerate(article.questions):
        yield article.lines.get(f"questions.{position}", 0), question
    body = article.body if with_code else mask_code(article.body)
    yield from enumerate(body.split("\n"), start=article.body_line)
