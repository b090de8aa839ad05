"""All content in, the part of it out that the site of an audience shows, or one language of a site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kb_builder.articles.file_names import folder_of
from kb_builder.articles.languages import split_language
from kb_builder.articles.links import LinkKind, link_targets, resolve_link
from kb_builder.articles.model import Article, Audience, Category, Content
from kb_builder.articles.source import source_links

PUBLIC = frozenset((Audience.B2C, Audience.B2B))


def may_read(audiences: Sequence[Audience], audience: Audience | None) -> bool:
    """Say whether something for some audiences (none: for everyone) belongs on the site of an audience.

    The public site, which has no audience, is for consumers and businesses. Agents read all: they answer both.
    """
    if not audiences or audience is Audience.AGENT:
        return True
    return not PUBLIC.isdisjoint(audiences) if audience is None else audience in audiences


def for_audience(content: Content, audience: Audience | None, *, link_root: str = "") -> Content:
    """Return what the site of an audience shows; the public site has none.

    Left out are the articles for others, folders that hold nothing else, the channels for others, redirects to what
    is left out, and files that only such articles use or that lie in such a folder. A link to an article that is left
    out then leads nowhere, so pages keep its words only.
    """
    shown = {path: article for path, article in content.articles.items() if may_read(article.audience, audience)}
    contacts = {
        language: replace(contact, channels=tuple(c for c in contact.channels if may_read(c.audience, audience)))
        for language, contact in {"": content.contact, **content.contacts}.items()
    }
    hidden = {path: article for path, article in content.articles.items() if path not in shown}
    folders = _shown_categories(content, shown)
    hidden_urls = {article.url for article in hidden.values()}
    hidden_urls |= {category.url for path, category in content.categories.items() if path not in folders}
    return replace(
        content,
        articles=shown,
        categories={path: _with_articles(content.categories[path], shown) for path in folders},
        home=_with_articles(content.home, shown),
        contact=contacts.pop(""),
        contacts=contacts,
        assets=_shown_assets(content, folders, shown, hidden, link_root) if hidden else content.assets,
        redirects={old: new for old, new in content.redirects.items() if new not in hidden_urls},
    )


def in_language(content: Content, language: str) -> Content:
    """Return what one language shows: its articles and categories, and the page of its folder as the home page.

    Paths and URLs stay as they are. The categories directly in the folder of a language are at the top level.

    Args:
        language: Tag of a further language; empty for the main one.
    """
    if not content.languages:
        return content

    def is_in(path: str) -> bool:
        return split_language(path, content.languages)[0] == language

    home = content.categories.get(language, Category(path=language, url=f"{language}/", title=""))
    return replace(
        content,
        articles={path: article for path, article in content.articles.items() if article.language == language},
        categories={
            path: replace(category, parent="" if category.parent == language else category.parent)
            for path, category in content.categories.items()
            if is_in(path) and path != language
        },
        home=home if language else content.home,
        contact=content.contacts.get(language, content.contact),
    )


def _with_articles(category: Category, shown: Collection[str]) -> Category:
    return replace(category, articles=tuple(path for path in category.articles if path in shown))


def _shown_categories(content: Content, shown: Collection[str]) -> list[str]:
    """Return the categories that still hold an article, or never held one, unless a category above is left out."""
    full = {path for article in content.articles.values() for path in _above(article.category)}
    still = {path for article in shown for path in _above(content.articles[article].category)}
    return [
        path
        for path in content.categories
        if all(above in still or above not in full or above not in content.categories for above in _above(path))
    ]


def _above(folder: str) -> Iterator[str]:
    """Yield a folder and those above it."""
    while folder:
        yield folder
        folder = folder_of(folder)


def _shown_assets(
    content: Content,
    folders: Iterable[str],
    shown: Mapping[str, Article],
    hidden: Mapping[str, Article],
    link_root: str,
) -> tuple[str, ...]:
    """Leave out the files that only hidden articles use, and the unused ones beside nothing but hidden articles."""
    targets = link_targets(content)
    texts = {"index.md": content.home.body, **{f"{path}/index.md": content.categories[path].body for path in folders}}

    def used(path: str, body: str) -> Iterator[str]:
        for link in source_links(body):
            resolved = resolve_link(link.href, from_path=path, content=targets, link_root=link_root)
            if resolved.kind is LinkKind.ASSET:
                yield resolved.target

    def used_by(articles: Mapping[str, Article]) -> set[str]:
        videos = [article.video for article in articles.values() if article.video]
        files = {file for video in videos for file in (video.src, video.captions, video.poster)}
        return files | {file for path, article in articles.items() for file in used(path, article.body)}

    kept = used_by(shown) | {file for path, body in texts.items() for file in used(path, body)}
    named_by_hidden = used_by(hidden)
    shown_folders = {folder for path in shown for folder in _above(folder_of(path))} | {""}
    hidden_folders = {folder for path in hidden for folder in _above(folder_of(path))} - shown_folders
    return tuple(
        asset
        for asset in content.assets
        if asset in kept or not (asset in named_by_hidden or not hidden_folders.isdisjoint(_above(folder_of(asset))))
    )
