"""The content folder in, `Content` out. Edge: everything of this room that touches the disk is called from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from rapidfuzz import process

from kb_builder.articles.assets import check_asset
from kb_builder.articles.captions import spoken_words
from kb_builder.articles.categories import build_categories
from kb_builder.articles.codes import in_folder, issue, merge_repeated
from kb_builder.articles.contact import parse_contact
from kb_builder.articles.file_names import (
    address_issues,
    folder_of,
    is_index,
    is_page,
    site_pages,
    twin_issues,
)
from kb_builder.articles.languages import split_language
from kb_builder.articles.listing import FoundFile, list_files
from kb_builder.articles.model import Article, Category, Contact, Content
from kb_builder.articles.parse import ParsedPage, with_captions
from kb_builder.articles.policies import listed_policies, version_folders, version_redirects
from kb_builder.articles.read_pages import read_pages, read_text
from kb_builder.articles.redirects import collect_redirects, parse_redirect
from kb_builder.articles.translations import with_inherited
from kb_builder.cache import Cache
from kb_builder.issues import Issue, sort_issues

CONTACT_FILE = "contact.yml"


def read_content(
    content_dir: Path,
    *,
    today: dt.date,
    drafts: bool = False,
    max_page_bytes: int = 1_000_000,
    link_root: str = "",
    folder: str = "",
    languages: Collection[str] = (),
    known: Cache | None = None,
    meanwhile: Callable[[], Iterable[None]] = tuple,
) -> Content:
    """Read a content folder.

    Args:
        content_dir: The folder; links inside it are never followed.
        today: Decides which version of a policy is current.
        drafts: Publish drafts too, for previews.
        max_page_bytes: A larger Markdown or caption file is an error and is not read.
        link_root: Prefix under which articles link to each other, such as ``/help/``.
        folder: What paths in issues start with; the folder's own name when empty.
        languages: Tags of the further languages, each with a folder of its own.
        known: What earlier builds read; a file that has not changed since is not read again.
        meanwhile: Done step by step by this process while others read, where there are so many files.

    Returns:
        All that could be read and, in ``issues``, all that could not. The same files give the same value on any
        machine. What `checks.check_content` looks for is not looked for here.

    Raises:
        KbError: ``content_dir`` is not a folder or cannot be listed.
    """
    listing = list_files(content_dir)
    files, issues = _without_doubled_readme(listing.files)
    issues += [*listing.issues, *twin_issues(file.path for file in files)]

    read = read_pages(
        content_dir,
        [file for file in files if is_page(file.path)],
        max_bytes=max_page_bytes,
        link_root=link_root,
        languages=languages,
        known=known or Cache(None),
        meanwhile=meanwhile,
    )
    issues += (found for page in read.values() for found in page.issues)
    pages = with_inherited({path: page.page for path, page in read.items()}, languages)
    contacts: dict[str, Contact] = {}
    for language in ("", *languages):
        contacts[language], found_in_contact = _read_contact(content_dir, files, max_page_bytes, language)
        issues += found_in_contact
    assets, found = _read_assets(content_dir, files, languages)
    issues += found

    everything, found = _with_categories(pages, languages)
    issues += found
    for path, article in everything.items():
        everything[path], captions_issues = _read_captions(content_dir, article, assets, max_page_bytes)
        issues += captions_issues
    articles = {path: article for path, article in everything.items() if drafts or not article.draft}
    categories, home = build_categories(
        articles.values(),
        {page.index.folder: page.index for page in pages.values() if page.index},
        order={path: page.order for path, page in pages.items() if page.order is not None},
        listed=listed_policies(articles, today),
    )
    inner = {path: category for path, category in categories.items() if path not in languages}
    issues += address_issues(_addresses(articles, inner), taken=site_pages(languages))
    redirects, found = collect_redirects(
        articles.values(),
        pages=_existing(articles, categories, assets, languages),
        moving=version_redirects(articles, today),
    )
    issues += found
    name = folder or content_dir.resolve().name
    return Content(
        articles={path: _with_plain_redirects(article) for path, article in articles.items()},
        categories=categories,
        home=home,
        contact=contacts.pop(""),
        assets=assets,
        redirects=redirects,
        issues=sort_issues(in_folder(merge_repeated(issues, "KB123"), name)),
        drafts={path: article for path, article in everything.items() if path not in articles},
        folder=name,
        languages=tuple(languages),
        contacts={language: contact for language, contact in contacts.items() if contact != Contact()},
        notes={path: page.notes for path, page in read.items() if page.notes},
    )


def _without_doubled_readme(files: tuple[FoundFile, ...]) -> tuple[list[FoundFile], list[Issue]]:
    """Leave out a ``README.md`` that has an ``index.md`` beside it, as MkDocs does."""
    index_folders = {folder_of(file.path) for file in files if is_index(file.path) and _stem(file.path) == "index"}
    doubled = {file.path for file in files if is_index(file.path) and _stem(file.path) != "index"}
    doubled = {path for path in doubled if folder_of(path) in index_folders}
    issues = [issue("KB212", path, 0, "is skipped: 'index.md' speaks for this folder") for path in sorted(doubled)]
    return [file for file in files if file.path not in doubled], issues


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].lower()


def _read_contact(
    content_dir: Path, files: list[FoundFile], max_bytes: int, language: str
) -> tuple[Contact, tuple[Issue, ...]]:
    file = next((file for file in files if file.path == f"{language}/{CONTACT_FILE}".lstrip("/")), None)
    if file is None:
        return Contact(), ()
    text, issues, _ = read_text(content_dir, file, max_bytes)
    return (Contact(), issues) if text is None else parse_contact(text, file.path)


def _read_assets(
    content_dir: Path, files: list[FoundFile], languages: Collection[str]
) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    published: list[str] = []
    issues: list[Issue] = []
    for file in files:
        if is_page(file.path) or split_language(file.path, languages)[1] == CONTACT_FILE:
            continue
        is_published, found = check_asset(content_dir, file)
        issues += found
        if is_published:
            published.append(file.path)
    return tuple(published), tuple(issues)


def _read_captions(
    content_dir: Path, article: Article, assets: tuple[str, ...], max_bytes: int
) -> tuple[Article, tuple[Issue, ...]]:
    if article.video is None or article.video.captions not in assets:
        return article, ()
    path = article.video.captions
    text, issues, _ = read_text(content_dir, FoundFile(path, (content_dir / path).stat().st_size), max_bytes)
    if text is None:
        return article, issues
    spoken = spoken_words(text)
    if not spoken:
        return article, (issue("KB210", path, 0, "holds no WebVTT captions", "Begin it with a line 'WEBVTT'."),)
    return with_captions(article, spoken), ()


def _with_categories(
    pages: Mapping[str, ParsedPage], languages: Collection[str]
) -> tuple[dict[str, Article], tuple[Issue, ...]]:
    """Give every article its category: the one its writer named, else its folder's, else the one above its versions."""
    articles = {path: page.article for path, page in pages.items() if page.article}
    index_folders = {page.index.folder for page in pages.values() if page.index}
    versions = version_folders(articles, with_index=index_folders)
    natural = {
        path: folder_of(folder_of(path)) if folder_of(path) in versions else folder_of(path) for path in articles
    }
    known = sorted({*natural.values(), *index_folders} - {""})
    issues: list[Issue] = []
    for path, article in articles.items():
        category = natural[path]
        if named := pages[path].category:
            name = f"{article.language}/{named.strip('/')}".lstrip("/")
            own = [folder for folder in known if split_language(folder, languages)[0] == article.language]
            matches = [name] if name in own else [f for f in own if f.endswith(f"/{named.strip('/')}")]
            if len(matches) == 1:
                category = matches[0]
            else:
                issues.append(_category_issue(path, named, article.lines.get("category", 0), matches or own))
        if category != article.category:
            articles[path] = replace(article, category=category)
    return articles, tuple(issues)


def _category_issue(path: str, named: str, line: int, candidates: list[str]) -> Issue:
    near = process.extractOne(named, candidates, score_cutoff=75)
    offer = f"did you mean '{near[0]}'? " if near else ""
    return issue(
        "KB103", path, line, f"unknown category '{named}'", f"{offer}Categories are folders that hold articles."
    )


def _addresses(articles: Mapping[str, Article], categories: Mapping[str, Category]) -> dict[str, str]:
    return {path: article.url for path, article in articles.items()} | {
        path: category.url for path, category in categories.items()
    }


def _existing(
    articles: Mapping[str, Article],
    categories: Mapping[str, Category],
    assets: tuple[str, ...],
    languages: Collection[str],
) -> dict[str, str]:
    """Name everything that has an address, for messages."""
    pages = {url: f"the page of '{path}'" for path, url in _addresses(articles, categories).items()}
    return pages | {asset: f"the file '{asset}'" for asset in assets} | {"": "the home page"} | site_pages(languages)


def _with_plain_redirects(article: Article) -> Article:
    """Keep the redirects that are paths on this site, in their plain form."""
    if not article.redirect_from:
        return article
    plain = tuple(old for old, _reason in map(parse_redirect, article.redirect_from) if old)
    return replace(article, redirect_from=plain)
