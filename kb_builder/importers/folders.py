"""A folder of pages, a crawl of a site, or a folder of Word documents in, `Export` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from kb_builder.articles.new import file_slug
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.importers.reading import files_of, pictures_of, words_of

if TYPE_CHECKING:
    from kb_builder.importers.convert import Page

_PAGES = ("html", "htm")
_HOME = "/"


def pages(source: Path) -> Export:
    """Read HTML files; their paths are their old addresses, and their folders are categories."""
    articles = tuple(_article(path, page, (address,), ()) for path, address, page in _read_pages(source))
    return Export(articles, pictures=pictures_of(source))


def crawl(source: Path) -> Export:
    """Read a site as ``wget --mirror`` or HTTrack saved it.

    A page's old addresses are the one it names as its own (``rel=canonical``), its path, and that without the ``.html``
    that a crawler adds. Its categories are those of its breadcrumbs, else the folders of its address. Copies of another
    page are left out, and what search engines should not list.
    """
    folder = _site_folder(source)
    articles: dict[str, SourceArticle] = {}
    lost: list[str] = []
    found = []
    for path, address, page in _read_pages(folder):
        plain = address.rpartition(".")[0] or address
        own = unquote(urlsplit(page.canonical).path) or address
        found.append((own not in (plain, address), path, (own, address, plain), page))
    for _, path, addresses, page in sorted(found, key=lambda one: one[:2]):  # an original before its copies
        if page.is_unlisted:
            lost.append(f"{path}: is not to be listed")
        elif addresses[0] in articles:
            lost.append(f"{path}: is a copy of {addresses[0]}")
        else:
            articles[addresses[0]] = _article(path, page, addresses, page.breadcrumbs)
    return Export(tuple(articles.values()), pictures=pictures_of(folder), lost=tuple(lost))


def _read_pages(source: Path) -> Iterator[tuple[str, str, Page]]:
    """Yield the path, the address and the text of each page. Edge: disk."""
    from kb_builder.importers.convert import read_page

    for path, data in files_of(source, _PAGES):
        folder, _, name = path.rpartition("/")
        yield path, f"/{folder}/".replace("//", "/") if _is_index(name) else f"/{path}", read_page(data)


def _article(path: str, page: Page, addresses: Sequence[str], categories: tuple[str, ...]) -> SourceArticle:
    folder, _, name = path.rpartition("/")
    folders = folder.split("/")[: -1 if _is_index(name) else None]
    return SourceArticle(
        source_id=path,
        title=page.title or words_of(name.rpartition(".")[0]),
        html=page.html,
        folder=categories or tuple(words_of(part) for part in folders if part),
        addresses=tuple(one for one in dict.fromkeys(addresses) if one != _HOME),
        language=page.language,
        place=folder,
    )


def _is_index(name: str) -> bool:
    return name.lower() in ("index.html", "index.htm")


def _site_folder(source: Path) -> Path:
    """Return the folder of the host with the most pages, if a crawler made one for each host; else the source."""
    if not source.is_dir():
        return source
    hosts = [child for child in sorted(source.iterdir()) if child.is_dir() and "." in child.name.strip(".")]
    counts = {host: sum(1 for _ in files_of(host, _PAGES)) for host in hosts}
    return max(hosts, key=lambda host: counts[host]) if any(counts.values()) else source


def documents(source: Path) -> Export:
    """Read Word documents; pictures in them become files."""
    from kb_builder.importers.documents import read_document

    articles: list[SourceArticle] = []
    lost: list[str] = []
    pictures: dict[str, bytes] = {}
    for path, data in files_of(source, ("docx",)):
        document = read_document(data, name=file_slug(path))
        if document is None:
            lost.append(f"{path}: is not a Word document")
            continue
        pictures |= document.pictures
        lost += [f"{path}: {message}" for message in document.messages]
        folder, _, name = path.rpartition("/")
        articles.append(
            SourceArticle(
                source_id=path,
                title=document.title or words_of(name.rpartition(".")[0]),
                html=document.html,
                folder=tuple(words_of(part) for part in folder.split("/") if part),
            )
        )
    return Export(tuple(articles), pictures=pictures, lost=tuple(lost))
