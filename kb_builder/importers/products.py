"""Answers of the public APIs of help centers in, `Export` out: the shapes that each product documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb_builder.articles.new import file_slug
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.importers.reading import (
    JsonFiles,
    Record,
    by_id,
    chain_of,
    day_of,
    html_of,
    id_of,
    path_of,
    text_of,
    texts_of,
)

# ---- Zendesk Guide -------------------------------------------------------------------------------------------------


def zendesk(source: Path) -> Export:
    """Read ``articles``, ``sections``, ``categories`` and ``translations`` of the Help Center API."""
    files = JsonFiles(source)
    sections, categories = by_id(files.records("sections")), by_id(files.records("categories"))

    def folder(section_id: Any) -> tuple[str, ...]:
        names: list[str] = []
        section = sections.get(str(section_id))
        while section and len(names) < 9:
            names.insert(0, text_of(section, "name"))
            category = categories.get(id_of(section, "category_id"))
            parent = sections.get(id_of(section, "parent_section_id"))
            if parent is None and category:
                names.insert(0, text_of(category, "name"))
            section = parent
        return tuple(filter(None, names))

    articles = []
    for record in files.records("articles"):
        identity, locale = id_of(record), text_of(record, "locale")
        articles.append(
            SourceArticle(
                source_id=identity,
                title=text_of(record, "title") or text_of(record, "name"),
                html=html_of(record, "body"),
                folder=folder(record.get("section_id")),
                addresses=(*path_of(record, "html_url"), f"/hc/{locale}/articles/{identity}"),
                tags=texts_of(record.get("label_names")),
                language=locale,
                updated=day_of(record.get("edited_at") or record.get("updated_at")),
                is_draft=bool(record.get("draft")),
            )
        )
    known = {article.source_id: article for article in articles}
    for record in files.records("translations"):
        original = known.get(id_of(record, "source_id"))
        locale = text_of(record, "locale")
        if original and locale != original.language:
            articles.append(
                SourceArticle(
                    source_id=original.source_id,
                    title=text_of(record, "title"),
                    html=html_of(record, "body"),
                    folder=original.folder,
                    addresses=(*path_of(record, "html_url"), f"/hc/{locale}/articles/{original.source_id}"),
                    tags=original.tags,
                    language=locale,
                    updated=day_of(record.get("updated_at")),
                    is_draft=bool(record.get("draft")),
                )
            )
    summaries = {folder(id_of(section)): text_of(section, "description") for section in sections.values()}
    summaries |= {(text_of(one, "name"),): text_of(one, "description") for one in categories.values()}
    return files.export(articles, summaries)


# ---- Intercom ------------------------------------------------------------------------------------------------------


def intercom(source: Path) -> Export:
    """Read the lists of articles and collections of the Articles API."""
    files = JsonFiles(source)
    records = [record for record in files.records("data") if isinstance(record.get("type"), str)]
    collections = by_id(record for record in records if record["type"] in ("collection", "section"))
    articles = []
    for record in records:
        if record["type"] != "article":
            continue
        folder = chain_of(collections, id_of(record, "parent_id"), parent="parent_id")
        default = text_of(record, "default_locale")
        contents = {default: record}
        translated = record.get("translated_content")
        for locale, content in translated.items() if isinstance(translated, dict) else ():
            if isinstance(content, dict) and locale not in ("type", default):
                contents[locale] = content
        for locale, content in contents.items():
            if text_of(content, "title"):
                articles.append(
                    SourceArticle(
                        source_id=id_of(record),
                        title=text_of(content, "title"),
                        html=html_of(content, "body"),
                        folder=folder,
                        addresses=path_of(content, "url"),
                        language=locale,
                        summary=text_of(content, "description"),
                        updated=day_of(content.get("updated_at")),
                        is_draft=text_of(content, "state") != "published",
                    )
                )
    summaries = {
        chain_of(collections, key, parent="parent_id"): text_of(one, "description") for key, one in collections.items()
    }
    return files.export(articles, summaries)


# ---- Freshdesk -----------------------------------------------------------------------------------------------------


def freshdesk(source: Path) -> Export:
    """Read ``articles``, ``folders`` and ``categories`` of the Solutions API, each a list in a file of that name."""
    files = JsonFiles(source)
    folders, categories = by_id(files.records("folders")), by_id(files.records("categories"))

    def folder_of(record: Record) -> tuple[str, ...]:
        folder = folders.get(id_of(record, "folder_id"), {})
        category = categories.get(id_of(record, "category_id") or id_of(folder, "category_id"), {})
        return tuple(filter(None, (text_of(category, "name"), text_of(folder, "name"))))

    articles = []
    for record in files.records("articles"):
        address = f"/support/solutions/articles/{id_of(record)}"
        articles.append(
            SourceArticle(
                source_id=id_of(record),
                title=text_of(record, "title"),
                html=html_of(record, "description"),
                folder=folder_of(record),
                addresses=(address, f"{address}-{file_slug(text_of(record, 'title'))}"),
                tags=texts_of(record.get("tags")),
                summary=text_of(record.get("seo_data") or {}, "meta_description"),
                updated=day_of(record.get("updated_at")),
                is_draft=record.get("status") != 2,  # 1 is a draft, 2 is published
            )
        )
    summaries = {folder_of({"folder_id": key}): text_of(one, "description") for key, one in folders.items()}
    summaries |= {(text_of(one, "name"),): text_of(one, "description") for one in categories.values()}
    return files.export(articles, summaries)


# ---- Help Scout Docs -----------------------------------------------------------------------------------------------


def helpscout(source: Path) -> Export:
    """Read ``articles`` (or one ``article``), ``categories`` and ``collections`` of the Docs API."""
    files = JsonFiles(source)
    collections, categories = by_id(files.records("collections")), by_id(files.records("categories"))
    articles = []
    for record in (*files.records("articles"), *files.records("article")):
        if "text" not in record:  # a list gives references; the text comes with each article alone
            continue
        first = next((categories[key] for key in texts_of(record.get("categories")) if key in categories), {})
        collection = collections.get(id_of(record, "collectionId"), {})
        articles.append(
            SourceArticle(
                source_id=id_of(record),
                title=text_of(record, "name"),
                html=html_of(record, "text"),
                folder=tuple(filter(None, (text_of(collection, "name"), text_of(first, "name")))),
                addresses=path_of(record, "publicUrl"),
                tags=texts_of(record.get("keywords")),
                updated=day_of(record.get("updatedAt")),
                is_draft=text_of(record, "status") != "published",
            )
        )
    summaries: dict[tuple[str, ...], str] = {}
    summaries |= {(text_of(one, "name"),): text_of(one, "description") for one in collections.values()}
    return files.export(articles, summaries)


# ---- Document360 ---------------------------------------------------------------------------------------------------


def document360(source: Path) -> Export:
    """Read categories with their articles, and articles with their text, of the API (``data`` in each answer)."""
    files = JsonFiles(source)
    folders: dict[str, tuple[str, ...]] = {}
    summaries: dict[tuple[str, ...], str] = {}

    def walk(record: Record, above: tuple[str, ...]) -> None:
        here = (*above, text_of(record, "name"))
        folders[id_of(record)] = here
        summaries[here] = text_of(record, "description")
        for child in record.get("child_categories") or ():
            if isinstance(child, dict) and len(here) < 9:
                walk(child, here)

    records = files.records("data")
    for record in records:
        if "child_categories" in record or "category_type" in record:
            walk(record, ())
    articles = []
    for record in records:
        text, is_markdown = text_of(record, "html_content"), False
        if not text:
            text, is_markdown = str(record.get("content") or ""), True
        if "title" in record and text:
            articles.append(
                SourceArticle(
                    source_id=id_of(record),
                    title=text_of(record, "title"),
                    html=text if is_markdown else html_of(record, "html_content"),
                    folder=folders.get(id_of(record, "category_id"), ()),
                    addresses=path_of(record, "url") or _slug_address(record),
                    tags=texts_of(record.get("tags")),
                    language=text_of(record, "language_code"),
                    summary=text_of(record, "description"),
                    updated=day_of(record.get("modified_at")),
                    is_draft=record.get("status") not in (3, "3", "published", None) or bool(record.get("hidden")),
                    is_markdown=is_markdown,
                )
            )
    return files.export(articles, summaries)


def _slug_address(record: Record) -> tuple[str, ...]:
    return (f"/docs/{text_of(record, 'slug')}",) if text_of(record, "slug") else ()


# ---- Discourse -----------------------------------------------------------------------------------------------------


def discourse(source: Path) -> Export:
    """Read topics (``/t/<id>.json``) and ``/categories.json``: the first post, and the one accepted as its answer."""
    files = JsonFiles(source)
    listed = [value["category_list"] for value in files.values if isinstance(value.get("category_list"), dict)]
    categories = by_id(record for one in listed for record in one.get("categories", ()) if isinstance(record, dict))
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
        identity, slug = id_of(record), text_of(record, "slug")
        articles.append(
            SourceArticle(
                source_id=identity,
                title=text_of(record, "title"),
                html="\n".join(html_of(post, "cooked") for post in shown),
                folder=chain_of(categories, id_of(record, "category_id"), parent="parent_category_id"),
                addresses=(f"/t/{slug}/{identity}", f"/t/{identity}") if slug else (f"/t/{identity}",),
                tags=texts_of(record.get("tags")),
                updated=day_of(shown[-1].get("updated_at")),
                is_draft=record.get("visible") is False,
            )
        )
    summaries = {
        chain_of(categories, key, parent="parent_category_id"): text_of(one, "description_text")
        for key, one in categories.items()
    }
    return files.export(articles, summaries)


# ---- GitHub Discussions --------------------------------------------------------------------------------------------


def github_discussions(source: Path) -> Export:
    """Read pages of ``repository.discussions`` of the GraphQL API: the question, and its answer if one was accepted."""
    files = JsonFiles(source)
    articles = []
    for value in files.values:
        for node in _nodes(_inside(_inside(_inside(value, "data"), "repository"), "discussions")):
            texts = [html_of(node, "bodyHTML"), html_of(_inside(node, "answer"), "bodyHTML")]
            articles.append(
                SourceArticle(
                    source_id=id_of(node, "number"),
                    title=text_of(node, "title"),
                    html="\n".join(texts),
                    folder=tuple(filter(None, [text_of(_inside(node, "category"), "name")])),
                    addresses=path_of(node, "url"),
                    tags=tuple(text_of(label, "name") for label in _nodes(_inside(node, "labels"))),
                    updated=day_of(node.get("updatedAt")),
                    thread=text_of(node, "url"),
                )
            )
    return files.export(articles, {})


def _inside(value: Any, key: str) -> Any:
    held = value.get(key) if isinstance(value, dict) else None
    return held if isinstance(held, dict) else {}


def _nodes(connection: Any) -> list[Record]:
    held = connection.get("nodes")
    return [node for node in held if isinstance(node, dict)] if isinstance(held, list) else []
