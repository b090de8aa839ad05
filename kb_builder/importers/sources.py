"""The exports of other help centers in, `Export` out. Edge: reads the files of an export.

Shapes are those that each product documents for its public API, as its usual export tools save them: JSON files, one or
many, in any order. A folder is read whole, with the pictures that lie in it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb_builder.articles.assets import IMAGES
from kb_builder.articles.new import file_slug
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.issues import KbError

Record = Mapping[str, Any]
_MOST_BYTES = 200_000_000


def read_export(kind: str, source: Path) -> Export:
    """Read an export.

    Args:
        kind: A key of `SOURCES`.
        source: A file or a folder.

    Raises:
        KbError: There is nothing to read, or it is not an export of this kind.
    """
    if not source.exists():
        raise KbError(f"{source}: no such file or folder", hint="Name the export.", exit_code=2)
    export = SOURCES[kind](source)
    if not export.articles:
        raise KbError(f"{source}: no articles of {kind} in it", hint="See docs/how-to/move-here.md for what to export.")
    return export


# ---- Zendesk Guide -------------------------------------------------------------------------------------------------


def _zendesk(source: Path) -> Export:
    """Read ``articles``, ``sections``, ``categories`` and ``translations`` of the Help Center API."""
    files = _JsonFiles(source)
    sections, categories = _by_id(files.records("sections")), _by_id(files.records("categories"))

    def folder(section_id: Any) -> tuple[str, ...]:
        names: list[str] = []
        section = sections.get(str(section_id))
        while section and len(names) < 9:
            names.insert(0, _text(section, "name"))
            category = categories.get(_id(section, "category_id"))
            parent = sections.get(_id(section, "parent_section_id"))
            if parent is None and category:
                names.insert(0, _text(category, "name"))
            section = parent
        return tuple(filter(None, names))

    articles = []
    for record in files.records("articles"):
        identity, locale = _id(record), _text(record, "locale")
        articles.append(
            SourceArticle(
                source_id=identity,
                title=_text(record, "title") or _text(record, "name"),
                html=_html(record, "body"),
                folder=folder(record.get("section_id")),
                addresses=(*_path(record, "html_url"), f"/hc/{locale}/articles/{identity}"),
                tags=_texts(record.get("label_names")),
                language=locale,
                updated=_day(record.get("edited_at") or record.get("updated_at")),
                is_draft=bool(record.get("draft")),
            )
        )
    known = {article.source_id: article for article in articles}
    for record in files.records("translations"):
        original = known.get(_id(record, "source_id"))
        locale = _text(record, "locale")
        if original and locale != original.language:
            articles.append(
                SourceArticle(
                    source_id=original.source_id,
                    title=_text(record, "title"),
                    html=_html(record, "body"),
                    folder=original.folder,
                    addresses=(*_path(record, "html_url"), f"/hc/{locale}/articles/{original.source_id}"),
                    tags=original.tags,
                    language=locale,
                    updated=_day(record.get("updated_at")),
                    is_draft=bool(record.get("draft")),
                )
            )
    summaries = {folder(_id(section)): _text(section, "description") for section in sections.values()}
    summaries |= {(_text(one, "name"),): _text(one, "description") for one in categories.values()}
    return files.export(articles, summaries)


# ---- Intercom ------------------------------------------------------------------------------------------------------


def _intercom(source: Path) -> Export:
    """Read the lists of articles and collections of the Articles API."""
    files = _JsonFiles(source)
    records = [record for record in files.records("data") if isinstance(record.get("type"), str)]
    collections = _by_id(record for record in records if record["type"] in ("collection", "section"))
    articles = []
    for record in records:
        if record["type"] != "article":
            continue
        folder = _chain(collections, _id(record, "parent_id"), parent="parent_id")
        default = _text(record, "default_locale")
        contents = {default: record}
        translated = record.get("translated_content")
        for locale, content in translated.items() if isinstance(translated, dict) else ():
            if isinstance(content, dict) and locale not in ("type", default):
                contents[locale] = content
        for locale, content in contents.items():
            if _text(content, "title"):
                articles.append(
                    SourceArticle(
                        source_id=_id(record),
                        title=_text(content, "title"),
                        html=_html(content, "body"),
                        folder=folder,
                        addresses=_path(content, "url"),
                        language=locale,
                        summary=_text(content, "description"),
                        updated=_day(content.get("updated_at")),
                        is_draft=_text(content, "state") != "published",
                    )
                )
    summaries = {
        _chain(collections, key, parent="parent_id"): _text(one, "description") for key, one in collections.items()
    }
    return files.export(articles, summaries)


# ---- Freshdesk -----------------------------------------------------------------------------------------------------


def _freshdesk(source: Path) -> Export:
    """Read ``articles``, ``folders`` and ``categories`` of the Solutions API, each a list in a file of that name."""
    files = _JsonFiles(source)
    folders, categories = _by_id(files.records("folders")), _by_id(files.records("categories"))

    def folder_of(record: Record) -> tuple[str, ...]:
        folder = folders.get(_id(record, "folder_id"), {})
        category = categories.get(_id(record, "category_id") or _id(folder, "category_id"), {})
        return tuple(filter(None, (_text(category, "name"), _text(folder, "name"))))

    articles = []
    for record in files.records("articles"):
        address = f"/support/solutions/articles/{_id(record)}"
        articles.append(
            SourceArticle(
                source_id=_id(record),
                title=_text(record, "title"),
                html=_html(record, "description"),
                folder=folder_of(record),
                addresses=(address, f"{address}-{file_slug(_text(record, 'title'))}"),
                tags=_texts(record.get("tags")),
                summary=_text(record.get("seo_data") or {}, "meta_description"),
                updated=_day(record.get("updated_at")),
                is_draft=record.get("status") != 2,  # 1 is a draft, 2 is published
            )
        )
    summaries = {folder_of({"folder_id": key}): _text(one, "description") for key, one in folders.items()}
    summaries |= {(_text(one, "name"),): _text(one, "description") for one in categories.values()}
    return files.export(articles, summaries)


# ---- Help Scout Docs -----------------------------------------------------------------------------------------------


def _helpscout(source: Path) -> Export:
    """Read ``articles`` (or one ``article``), ``categories`` and ``collections`` of the Docs API."""
    files = _JsonFiles(source)
    collections, categories = _by_id(files.records("collections")), _by_id(files.records("categories"))
    articles = []
    for record in (*files.records("articles"), *files.records("article")):
        if "text" not in record:  # a list gives references; the text comes with each article alone
            continue
        first = next((categories[key] for key in _texts(record.get("categories")) if key in categories), {})
        collection = collections.get(_id(record, "collectionId"), {})
        articles.append(
            SourceArticle(
                source_id=_id(record),
                title=_text(record, "name"),
                html=_html(record, "text"),
                folder=tuple(filter(None, (_text(collection, "name"), _text(first, "name")))),
                addresses=_path(record, "publicUrl"),
                tags=_texts(record.get("keywords")),
                updated=_day(record.get("updatedAt")),
                is_draft=_text(record, "status") != "published",
            )
        )
    summaries: dict[tuple[str, ...], str] = {}
    summaries |= {(_text(one, "name"),): _text(one, "description") for one in collections.values()}
    return files.export(articles, summaries)


# ---- Document360 ---------------------------------------------------------------------------------------------------


def _document360(source: Path) -> Export:
    """Read categories with their articles, and articles with their text, of the API (``data`` in each answer)."""
    files = _JsonFiles(source)
    folders: dict[str, tuple[str, ...]] = {}
    summaries: dict[tuple[str, ...], str] = {}

    def walk(record: Record, above: tuple[str, ...]) -> None:
        here = (*above, _text(record, "name"))
        folders[_id(record)] = here
        summaries[here] = _text(record, "description")
        for child in record.get("child_categories") or ():
            if isinstance(child, dict) and len(here) < 9:
                walk(child, here)

    records = files.records("data")
    for record in records:
        if "child_categories" in record or "category_type" in record:
            walk(record, ())
    articles = []
    for record in records:
        text, is_markdown = _text(record, "html_content"), False
        if not text:
            text, is_markdown = str(record.get("content") or ""), True
        if "title" in record and text:
            articles.append(
                SourceArticle(
                    source_id=_id(record),
                    title=_text(record, "title"),
                    html=text if is_markdown else _html(record, "html_content"),
                    folder=folders.get(_id(record, "category_id"), ()),
                    addresses=_path(record, "url") or _slug_address(record),
                    tags=_texts(record.get("tags")),
                    language=_text(record, "language_code"),
                    summary=_text(record, "description"),
                    updated=_day(record.get("modified_at")),
                    is_draft=record.get("status") not in (3, "3", "published", None) or bool(record.get("hidden")),
                    is_markdown=is_markdown,
                )
            )
    return files.export(articles, summaries)


def _slug_address(record: Record) -> tuple[str, ...]:
    return (f"/docs/{_text(record, 'slug')}",) if _text(record, "slug") else ()


# ---- Discourse -----------------------------------------------------------------------------------------------------


def _discourse(source: Path) -> Export:
    """Read topics (``/t/<id>.json``) and ``/categories.json``: the first post, and the one accepted as its answer."""
    files = _JsonFiles(source)
    listed = [value["category_list"] for value in files.values if isinstance(value.get("category_list"), dict)]
    categories = _by_id(record for one in listed for record in one.get("categories", ()) if isinstance(record, dict))
    articles = []
    for record in files.values:
        stream = record.get("post_stream")
        posts = [post for post in stream.get("posts", ()) if isinstance(post, dict)] if isinstance(stream, dict) else []
        if not posts:
            continue
        accepted = record.get("accepted_answer")
        number = accepted.get("post_number") if isinstance(accepted, dict) else None
        shown = [
            posts[0],
            *(post for post in posts[1:] if post.get("post_number") == number or post.get("accepted_answer")),
        ]
        identity, slug = _id(record), _text(record, "slug")
        articles.append(
            SourceArticle(
                source_id=identity,
                title=_text(record, "title"),
                html="\n".join(_html(post, "cooked") for post in shown),
                folder=_chain(categories, _id(record, "category_id"), parent="parent_category_id"),
                addresses=(f"/t/{slug}/{identity}", f"/t/{identity}") if slug else (f"/t/{identity}",),
                tags=_texts(record.get("tags")),
                updated=_day(shown[-1].get("updated_at")),
                is_draft=record.get("visible") is False,
            )
        )
    summaries = {
        _chain(categories, key, parent="parent_category_id"): _text(one, "description_text")
        for key, one in categories.items()
    }
    return files.export(articles, summaries)


# ---- folders of pages and documents --------------------------------------------------------------------------------


def _html_folder(source: Path) -> Export:
    """Read HTML files as a crawler or a browser saved them; their paths are their old addresses."""
    from kb_builder.importers.convert import read_page

    articles = []
    for path, data in _files(source, ("html", "htm")):
        page = read_page(data)
        folder, _, name = path.rpartition("/")
        is_index = name.lower() in ("index.html", "index.htm")
        address = f"/{folder}/".replace("//", "/") if is_index else f"/{path}"
        title = page.title or _words(name.rpartition(".")[0])
        articles.append(
            SourceArticle(
                source_id=path,
                title=title,
                html=page.html,
                folder=tuple(_words(part) for part in folder.split("/")[: -1 if is_index else None] if part),
                addresses=(address,) if address != "/" else (),
                language=page.language,
                place=folder,
            )
        )
    return Export(tuple(articles), pictures=_pictures(source))


def _docx_folder(source: Path) -> Export:
    """Read Word documents; pictures in them become files."""
    from kb_builder.importers.documents import read_document

    articles: list[SourceArticle] = []
    lost: list[str] = []
    pictures: dict[str, bytes] = {}
    for path, data in _files(source, ("docx",)):
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
                title=document.title or _words(name.rpartition(".")[0]),
                html=document.html,
                folder=tuple(_words(part) for part in folder.split("/") if part),
            )
        )
    return Export(tuple(articles), pictures=pictures, lost=tuple(lost))


SOURCES: dict[str, Callable[[Path], Export]] = {
    "zendesk": _zendesk,
    "intercom": _intercom,
    "freshdesk": _freshdesk,
    "helpscout": _helpscout,
    "document360": _document360,
    "discourse": _discourse,
    "html": _html_folder,
    "docx": _docx_folder,
}


# ---- reading -------------------------------------------------------------------------------------------------------


class _JsonFiles:
    """All JSON of an export; lists without a name of their own have that of their file."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self.lost: list[str] = []
        self.values: list[dict[str, Any]] = []
        for path, data in _files(source, ("json",)):
            try:
                value = json.loads(data)
            except (ValueError, RecursionError) as error:
                self.lost.append(f"{path}: is not JSON: {error}")
                continue
            name = re.split(r"[-_.]", path.rpartition("/")[2])[0].lower()
            values = value if isinstance(value, list) and all(_is_answer(one) for one in value) else [value]
            self.values += [one if isinstance(one, dict) else {name: one} for one in values]

    def records(self, key: str) -> list[Record]:
        """Return the records under a key: a list, pages of ``items``, or a single one."""
        found: list[Record] = []
        for value in self.values:
            held = value.get(key)
            if isinstance(held, dict):
                held = held["items"] if isinstance(held.get("items"), list) else [held]
            found += [record for record in held if isinstance(record, dict)] if isinstance(held, list) else []
        return found

    def export(self, articles: list[SourceArticle], summaries: Mapping[tuple[str, ...], str]) -> Export:
        """Make the export; articles without a title are lost, and said to be."""
        nameless = [f"article {article.source_id}: has no title" for article in articles if not article.title]
        kept = tuple(article for article in articles if article.title)
        texts = {folder: _plain(text) for folder, text in summaries.items() if folder and text}
        return Export(kept, texts, _pictures(self._source), (*self.lost, *nameless))


def _is_answer(value: Any) -> bool:
    """Say whether a value is a whole answer, such as a topic or a page of a list, rather than one record of a list."""
    return isinstance(value, dict) and bool({"post_stream", "category_list", "articles", "data"} & value.keys())


def _files(source: Path, extensions: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the files with these extensions, in order; links are never followed."""
    if source.is_file():
        yield source.name, _read(source)
        return
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix.lower().lstrip(".") in extensions:
            yield path.relative_to(source).as_posix(), _read(path)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise KbError(f"{path}: has more than {_MOST_BYTES // 1_000_000} MB", hint="Split the export.")
        return path.read_bytes()
    except OSError as error:
        raise KbError(f"{path}: cannot be read: {error.strerror}", hint="Check its permissions.") from None


def _pictures(source: Path) -> dict[str, bytes]:
    return dict(_files(source, tuple(IMAGES))) if source.is_dir() else {}


def _by_id(records: Any) -> dict[str, Record]:
    return {_id(record): record for record in records if _id(record)}


def _id(record: Record, key: str = "id") -> str:
    value = record.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(record: Record, key: str) -> str:
    value = record.get(key) if isinstance(record, Mapping) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def _html(record: Record, key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    names = (one.get("name") if isinstance(one, dict) else one for one in found)
    return tuple(" ".join(name.split()) for name in names if isinstance(name, str) and name.strip())


def _path(record: Record, key: str) -> tuple[str, ...]:
    path = unquote(urlsplit(_text(record, key)).path) if _text(record, key) else ""
    return (path,) if path.strip("/") else ()


def _chain(records: Mapping[str, Record], key: str, *, parent: str) -> tuple[str, ...]:
    """Return the names of a category and those above it, outermost first; a circle ends where it began."""
    names: list[str] = []
    seen: set[str] = set()
    while key in records and key not in seen:
        seen.add(key)
        names.insert(0, _text(records[key], "name"))
        key = _id(records[key], parent)
    return tuple(filter(None, names))


def _day(value: Any) -> str:
    """Return the day of a time as ISO 8601 text or as Unix seconds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000_000_000:
        return dt.datetime.fromtimestamp(value, tz=dt.UTC).date().isoformat()
    match = re.match(r"\d{4}-\d{2}-\d{2}", value) if isinstance(value, str) else None
    try:
        return dt.date.fromisoformat(match.group()).isoformat() if match else ""
    except ValueError:
        return ""


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", html).split())


def _words(name: str) -> str:
    words = re.sub(r"[-_.]+", " ", name).strip()
    return words[:1].upper() + words[1:]
