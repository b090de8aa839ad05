"""What was just saved in, its pages out, before the site is built.

All else on them is as the last build knew it. The build that follows has the last word: it checks all rules, and its
pages take the place of these.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kb_builder.articles.checks.links import links_of
from kb_builder.articles.codes import in_folder
from kb_builder.articles.listing import FoundFile
from kb_builder.articles.model import Article, Content
from kb_builder.articles.read_pages import ReadPage, read_page
from kb_builder.baseline import settle
from kb_builder.config import Config
from kb_builder.issues import Issue, has_errors
from kb_builder.site.draw_ahead import draw_ahead

_MOST_FILES = 8  # more are not what somebody is looking at while writing


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What a build that went well was made of, and the URLs of all its pages."""

    config: Config
    content: Content
    today: dt.date
    urls: frozenset[str]


def first_look(last: LastBuild, saved: Iterable[str]) -> dict[str, bytes]:
    """Return the pages of the articles among the files just saved, by their paths in the site. Edge: disk.

    Only words of an ordinary article may differ from the last build, and nothing may be wrong with them that stops a
    build: title, summary, questions and text. What else was saved is passed over.

    Args:
        last: The last build.
        saved: Paths from the content folder, or of whatever else was saved.
    """
    known = last.content.articles
    paths = [path for path in saved if path in known and _is_ordinary(known[path])]
    if last.config.trusted or not 0 < len(paths) <= _MOST_FILES:
        return {}
    read = {path: page for path in paths if (page := _read(last, path)) and _says_as_much(page, path, last.content)}
    content = _with_words(last.content, read)
    good = [path for path, page in read.items() if not has_errors(_issues(last.config, content, path, page))]
    urls = [known[path].url for path in good]
    pages = draw_ahead(last.config, content, urls, pages=last.urls, today=last.today) if urls else {}
    return {f"{url}index.html": html for url, html in pages.items()}


def _is_ordinary(article: Article) -> bool:
    """Say whether its own page is the first to show it: versions of policies are compared on pages of their own."""
    return not article.policy and not article.announcement


def _read(last: LastBuild, path: str) -> ReadPage | None:
    settings = last.config.settings.content
    try:
        about = os.lstat(last.config.content_dir / path)
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return read_page(
        last.config.content_dir,
        FoundFile(path, about.st_size),
        max_bytes=settings.max_page_kilobytes * 1000,
        link_root=settings.link_root,
        languages=settings.languages,
    )


def _says_as_much(page: ReadPage, path: str, content: Content) -> bool:
    """Say whether a file differs from what it was in nothing but words."""
    before = content.notes.get(path)
    return bool(page.page.article and page.notes and before and page.notes.rest == before.rest)


def _with_words(content: Content, read: Mapping[str, ReadPage]) -> Content:
    articles, notes = dict(content.articles), dict(content.notes)
    for path, page in read.items():
        fresh = page.page.article
        assert fresh and page.notes
        articles[path] = replace(
            articles[path],
            title=fresh.title,
            summary=fresh.summary,
            questions=fresh.questions,
            body=fresh.body,
            body_line=fresh.body_line,
            lines=fresh.lines,
        )
        notes[path] = page.notes
    return replace(content, articles=articles, notes=notes)


def _issues(config: Config, content: Content, path: str, page: ReadPage) -> tuple[Issue, ...]:
    """Return what is wrong with a text, with the levels of the settings."""
    return settle(in_folder(_found(config, content, path, page), content.folder), config).issues


def _found(config: Config, content: Content, path: str, page: ReadPage) -> Iterator[Issue]:
    yield from page.issues
    yield from page.notes.issues if page.notes else ()
    yield from links_of(path, content, link_root=config.settings.content.link_root)
