"""The text of an article as rules see it, with the line of the file on which each piece stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb_builder.articles.model import Article
from kb_builder.articles.source import mask_code


def texts(article: Article) -> Iterator[tuple[int, str]]:
    """Yield line and text of the title, the summary, each question and the whole body, in that order.

    A summary that was taken from the body is left out.
    """
    yield article.lines.get("title", 0), article.title
    if line := article.lines.get("summary", article.lines.get("description", 0)):
        yield line, article.summary
    for position, question in enumerate(article.questions):
        yield article.lines.get(f"questions.{position}", 0), question
    yield article.body_line, article.body


def prose_lines(article: Article, *, holding: Callable[[str], object]) -> Iterator[tuple[int, str]]:
    """Yield the same line by line, with code blanked (see `source.mask_code`); lines of plain ASCII are left out.

    So are texts of which ``holding`` says that there is nothing in them to look for, code and all.
    """
    for first, text in texts(article):
        if not _is_plain(text) and holding(text):
            prose = mask_code(text) if text is article.body else text
            yield from ((first + n, line) for n, line in enumerate(prose.split("\n")) if not _is_plain(line))


def _is_plain(text: str) -> bool:
    return text.isascii() and (text.isprintable() or text.replace("\t", " ").replace("\n", " ").isprintable())
