"""What pages show of each other, as keys: while these stay the same, an edit of a text changes no page but its own."""

from __future__ import annotations

import time
from dataclasses import fields
from operator import attrgetter
from pathlib import Path

from kb_builder.articles.links import link_targets
from kb_builder.articles.model import Article, Category, Content
from kb_builder.cache import digest
from kb_builder.config import Config

_SETTLED_NS = 2_000_000_000  # a file written again so soon may have the same stamp: clocks of disks are coarse
_OWN = {"body", "body_line", "lines"}  # what no other page shows
_article = attrgetter(*(field.name for field in fields(Article) if field.name not in _OWN))
_category = attrgetter(*(field.name for field in fields(Category) if field.name not in _OWN))


def shown_of(article: Article) -> str:
    """Write out all of an article but its text."""
    return repr(_article(article))


def outline_key(config: Config, content: Content, *, today: str) -> str:
    """Return the key of everything pages are made from but the texts of ordinary articles and categories.

    Texts of policies are compared with each other on pages of their own, and announcements are shown elsewhere, so
    those belong to it. Edge: looks at the files of the content that are no pages.
    """
    articles = content.articles.values()
    return digest(
        repr(config),
        today,
        *map(shown_of, articles),
        *(article.body for article in articles if article.policy or article.announcement),
        *(repr(_category(category)) for category in (content.home, *content.categories.values())),
        repr([(path, draft.url) for path, draft in content.drafts.items()]),
        repr((content.contact, content.contacts, content.redirects, content.languages, content.outdated)),
        _stamps(config.content_dir, content.assets),
    )


def links_key(config: Config, content: Content) -> str:
    """Return the key of everything that links and images of texts are made from. Edge: as `outline_key`."""
    urls = [(path, article.url) for path, article in content.articles.items()]
    urls += [(path, category.url) for path, category in content.categories.items()]
    return digest(
        repr((config.site_url, config.settings.content.link_root, content.languages)),
        repr([*link_targets(content).by_path.items()]),
        repr(urls),
        _stamps(config.content_dir, content.assets),
    )


def _stamps(folder: Path, paths: tuple[str, ...]) -> str:
    """Return what tells whether files have changed; never the same for one that was written a moment ago."""
    now = time.time_ns()
    stamps = []
    for path in paths:
        about = (folder / path).stat()
        is_settled = now - about.st_mtime_ns > _SETTLED_NS
        stamps.append((path, about.st_size, about.st_mtime_ns, about.st_ino, 0 if is_settled else now))
    return repr(stamps)
