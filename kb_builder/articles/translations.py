"""Articles in several languages: what a translation has from its original, and what stands in for one that is missing.

The original of ``de/faq/track.md`` is ``faq/track.md``; a file of a further language may be without one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import chain

from kb_builder.articles.categories import IndexPage
from kb_builder.articles.editions import in_language
from kb_builder.articles.languages import split_language
from kb_builder.articles.model import AnnouncementPeriod, Article, Category, Content, Outdated
from kb_builder.articles.parse import ParsedPage
from kb_builder.articles.plain import plain_text


def original_path(path: str, languages: Collection[str]) -> str:
    """Return the path that the original of a file has; empty for a file of the main language."""
    language, inner = split_language(path, languages)
    return inner if language else ""


def fingerprint(original: Article) -> str:
    """Return what a translation notes of its original: a hash of the words that it translates.

    It stays the same when only markup, links, line breaks or other front matter change, and it needs no git: squashed
    and shallow histories keep it.
    """
    words = " ".join(plain_text(line) for line in (original.title, original.summary, *original.body.split("\n")))
    lines = (original.title, original.summary, *original.body.split("\n"))
    words = " ".join(plain_text(line) for line in lines)
    return sha256(" ".join(words.split()).encode()).hexdigest()[:12]


def outdated_translations(content: Content) -> dict[str, Outdated]:
    """Return the translations whose original has other words than those they follow, by path."""
    originals = {path: original_path(path, content.languages) for path in content.articles}
    return {
        path: Outdated(originals[path])
        for path, article in content.articles.items()
        if article.translated_from
        and (original := content.articles.get(originals[path]))
        and fingerprint(original) != article.translated_from
    }


def with_inherited(pages: Mapping[str, ParsedPage], languages: Collection[str]) -> dict[str, ParsedPage]:
    """Give translations what they do not say themselves and their originals do: for whom, and where in lists."""
    found = dict(pages)
    for path, page in pages.items():
        language, inner = split_language(path, languages)
        original = pages.get(inner)
        if not language or original is None:
            continue
        if page.article and original.article:
            article = _inherited(page.article, original.article, language)
            order = original.order if page.order is None else page.order
            found[path] = replace(page, article=article, order=order)
        elif page.index and original.index:
            found[path] = replace(page, index=_inherited_index(page.index, original.index))
    return found


def _inherited(article: Article, original: Article, language: str) -> Article:
    return replace(
        article,
        audience=article.audience or original.audience,
        popular=article.popular or original.popular,
        related=article.related or in_folder_of(original.related, language),
        draft=article.draft or original.draft,
    )


def _inherited_index(index: IndexPage, original: IndexPage) -> IndexPage:
    unsaid = IndexPage(index.folder).order
    return replace(
        index, icon=index.icon or original.icon, order=original.order if index.order == unsaid else index.order
    )


def shown_in_languages(content: Content) -> dict[str, Content]:
    """Return what each language shows, by its tag; the main one, whose is empty, first."""
    return {
        language: with_untranslated(in_language(content, language), content, language)
        for language in ("", *content.languages)
    }


def with_untranslated(edition: Content, content: Content, language: str) -> Content:
    """Return what one language shows, with the originals of whatever is not translated in their places.

    They keep their text and are marked `Article.untranslated`; paths and addresses are those that translations would
    have. Of a policy without translation the version that lists show stands there, alone.

    Args:
        edition: What `editions.in_language` returns.
        content: All languages.
        language: Tag of a further language; nothing is missing in the main one.
    """
    if not language:
        return edition
    main = {path: category for path, category in content.categories.items() if not _is_further(path, content)}
    listed = chain(content.home.articles, *(category.articles for category in main.values()))
    missing = [path for path in listed if f"{language}/{path}" not in edition.articles]
    articles = edition.articles | {
        f"{language}/{path}": _standing_in(content.articles[path], language) for path in missing
    }
    categories = dict(edition.categories)
    for path, category in main.items():
        own = categories.get(f"{language}/{path}") or _category_standing_in(category, language)
        categories[own.path] = _with_all(own, category, language, articles)
    home = _with_all(edition.home, content.home, language, articles)
    return replace(edition, articles=articles, categories=categories, home=home)


def _is_further(path: str, content: Content) -> bool:
    return bool(split_language(path, content.languages)[0])


def _standing_in(article: Article, language: str) -> Article:
    return replace(
        article,
        path=f"{language}/{article.path}",
        url=f"{language}/{article.url}",
        category=f"{language}/{article.category}".rstrip("/"),
        related=in_folder_of(article.related, language),
        policy=replace(article.policy, replaces="") if article.policy else None,
        announcement=_about_pages_inside(article.announcement, language) if article.announcement else None,
        redirect_from=(),
        untranslated=True,
    )


def _category_standing_in(category: Category, language: str) -> Category:
    return replace(
        category,
        path=f"{language}/{category.path}",
        url=f"{language}/{category.url}",
        parent=f"{language}/{category.parent}" if category.parent else "",
        articles=(),
        untranslated=True,
    )


def _with_all(own: Category, original: Category, language: str, articles: Mapping[str, Article]) -> Category:
    """List a category's articles in the order of the original; those that only this language has come last."""
    both = (*in_folder_of(original.articles, language), *own.articles)
    return replace(own, articles=tuple(path for path in dict.fromkeys(both) if articles[path].category == own.path))


def _about_pages_inside(period: AnnouncementPeriod, language: str) -> AnnouncementPeriod:
    return replace(period, pages=in_folder_of(period.pages, language))


def in_folder_of(paths: Collection[str], language: str) -> tuple[str, ...]:
    """Return where the translations of these paths are, if there are any."""
    return tuple(f"{language}/{path}" for path in paths)
