"""An export in, the files of a help center out, with what is lost on the way. Nothing is written here."""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from kb_builder.articles.file_names import name_issues
from kb_builder.articles.new import file_slug
from kb_builder.articles.redirects import parse_redirect
from kb_builder.importers.convert import to_markdown
from kb_builder.importers.model import Export, SourceArticle

_DATA_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_MOST_DATA_BYTES = 5_000_000
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would write.

    Attributes:
        files: Bytes by content path.
        paths: Content path of each article, by its identity at the source and its language.
        redirects: Old addresses that lead to new ones.
        languages: Tags of further languages that articles are in.
        lost: What is left out and why, one line each.
    """

    files: Mapping[str, bytes]
    paths: Mapping[tuple[str, str], str]
    redirects: int
    languages: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass
class _Making:
    export: Export
    files: dict[str, bytes] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)  # old address to content path
    lost: Counter[str] = field(default_factory=Counter)
    by_name: dict[str, str] = field(default_factory=dict)  # picture of the export by its file name


def plan_import(export: Export, *, language: str, existing: Collection[str] = ()) -> Plan:
    """Decide on files, addresses and redirects.

    Args:
        export: As read.
        language: Tag of the help center's main language; articles in it, and those of no language, are its own.
        existing: Content paths that are taken; articles that would go there are lost, and said to be.
    """
    making = _Making(export, lost=Counter(export.lost))
    making.by_name = {path.rpartition("/")[2]: path for path in sorted(export.pictures, reverse=True)}
    articles = [replace(article, language=_tag(article.language, language)) for article in export.articles]
    paths = _paths(articles, existing, making)
    targets = _old_addresses(articles, paths, making)
    for article in articles:
        path = paths.get((article.source_id, article.language))
        if path and path not in making.files:
            making.files[path] = _page(article, path, targets, making).encode()
    _add_categories(articles, paths, existing, making)
    lost = tuple(text if count == 1 else f"{text} ({count} times)" for text, count in sorted(making.lost.items()))
    languages = tuple(sorted({article.language for article in articles} - {""}))
    return Plan(making.files, paths, len(making.taken), languages, lost)


def _tag(tag: str, main: str) -> str:
    """Write a language tag as settings do; empty for the main language and for its regions."""
    primary, _, rest = tag.replace("_", "-").partition("-")
    if not primary or primary.lower() == main.partition("-")[0].lower():
        return ""
    return f"{primary.lower()}-{rest.upper()}" if len(rest) == 2 else primary.lower()


def _paths(articles: list[SourceArticle], existing: Collection[str], making: _Making) -> dict[tuple[str, str], str]:
    """Give each article its file. A translation has the path of its original, below the folder of its language."""
    taken = {path.casefold() for path in existing}
    originals: dict[str, str] = {}
    paths: dict[tuple[str, str], str] = {}
    for article in sorted(articles, key=lambda one: bool(one.language)):
        path = originals.get(article.source_id) or _new_path(article, set(map(str.casefold, originals.values())))
        originals.setdefault(article.source_id, path)
        full = f"{article.language}/{path}" if article.language else path
        if full.casefold() in taken:
            making.lost[f"'{article.title}': {full} exists already"] += 1
            continue
        paths[article.source_id, article.language] = full
    return paths


def _new_path(article: SourceArticle, taken: Collection[str]) -> str:
    folder = "/".join(_slug(name, "topic") for name in article.folder) or "general"
    name = _slug(article.title, "article")
    path = f"faq/{folder}/{name}.md"
    if path.casefold() in taken or name in ("index", "readme"):
        path = f"faq/{folder}/{name}-{_slug(article.source_id, 'copy')}.md"
    number = 2
    while path.casefold() in taken:
        path = f"faq/{folder}/{name}-{number}.md"
        number += 1
    return path


def _slug(text: str, otherwise: str) -> str:
    slug = file_slug(text)
    return slug if slug and not name_issues(f"{slug}.md") else otherwise


def _old_addresses(
    articles: list[SourceArticle], paths: Mapping[tuple[str, str], str], making: _Making
) -> dict[str, str]:
    """Return the content path behind each old address, in its plain form; the first article to claim one has it."""
    for article in articles:
        path = paths.get((article.source_id, article.language))
        for address in article.addresses if path else ():
            old, reason = parse_redirect(address)
            if reason:
                making.lost[f"old address '{address}': {reason}"] += 1
            else:
                assert path is not None
                making.taken.setdefault(old.casefold(), path)
    return making.taken


# ---- pages ---------------------------------------------------------------------------------------------------------


def _page(article: SourceArticle, path: str, targets: Mapping[str, str], making: _Making) -> str:
    if article.is_markdown:
        body = article.html.strip() + "\n"
    else:
        converted = to_markdown(
            article.html,
            link=lambda href: _link(href, article.place, path, targets),
            picture=lambda src: _picture(src, article, path, making),
        )
        body = converted.markdown
        for what, count in converted.lost.items():
            making.lost[f"{path}: {what}"] += count
    return f"---\n{''.join(_front_matter(article, path, targets))}---\n\n{_UNSAFE.sub('', body)}"


def _front_matter(article: SourceArticle, path: str, targets: Mapping[str, str]) -> Iterator[str]:
    yield f"title: {_quoted(article.title)}\n"
    if article.summary:
        yield f"summary: {_quoted(article.summary)}\n"
    if article.tags:
        yield f"tags: [{', '.join(map(_quoted, dict.fromkeys(article.tags)))}]\n"
    if article.updated:
        yield f"reviewed: {article.updated}\n"
    if article.is_draft:
        yield "draft: true\n"
    if re.fullmatch(r"https://[^\s\"'<>]{1,490}", article.thread):
        yield f"community: {_quoted(article.thread)}\n"
    mine = [old for address in article.addresses if (old := parse_redirect(address)[0])]
    if mine := [old for old in dict.fromkeys(mine) if targets.get(old.casefold()) == path]:
        yield "redirect_from:\n" + "".join(f"  - {_quoted(f'/{old}')}\n" for old in mine)


def _quoted(text: str) -> str:
    """Write text as YAML that reads as nothing else; a JSON string is one."""
    return json.dumps(_UNSAFE.sub("", text), ensure_ascii=False)


def _link(href: str, place: str, path: str, targets: Mapping[str, str]) -> str:
    """Lead a link to an article of the export to its file; others stay as they are."""
    parts = urlsplit(href)
    if parts.scheme not in ("", "http", "https"):
        return href
    joined = posixpath.normpath(posixpath.join("/", place, unquote(parts.path))) if parts.path else ""
    old = parse_redirect(joined)[0] if joined else ""
    target = targets.get(old.casefold()) or targets.get(old.casefold().removesuffix("/"))
    if target is None:
        return href
    relative = posixpath.relpath(target, posixpath.dirname(path))
    return f"{relative}#{parts.fragment}" if parts.fragment else relative


def _picture(src: str, article: SourceArticle, path: str, making: _Making) -> str:
    """Take a picture along, if the export has it; return its new address."""
    if match := _DATA_PICTURE.fullmatch(src):
        try:
            data = base64.b64decode(re.sub(r"\s", "", match[2]), validate=True)
        except binascii.Error:
            data = b""
        if data and len(data) <= _MOST_DATA_BYTES:
            name = (
                f"{posixpath.basename(path).removesuffix('.md')}-{len(making.files)}.{match[1].replace('jpeg', 'jpg')}"
            )
            return _keep(name, data, path, making)
    address = unquote(urlsplit(src).path)
    inside = posixpath.normpath(
        posixpath.join(article.place, address.lstrip("/") if address.startswith("/") else address)
    )
    known = inside if inside in making.export.pictures else making.by_name.get(posixpath.basename(address), "")
    if known:
        stem, _, extension = posixpath.basename(known).rpartition(".")
        return _keep(f"{_slug(stem, 'picture')}.{extension.lower()}", making.export.pictures[known], path, making)
    if src:
        making.lost[f"{path}: picture {src[:120]} is not in the export"] += 1
    return ""


def _keep(name: str, data: bytes, path: str, making: _Making) -> str:
    folder = posixpath.dirname(path)
    stem, _, extension = name.rpartition(".")
    number = 1
    while making.files.get(f"{folder}/{_ASSETS}/{name}", data) != data:
        number += 1
        name = f"{stem}-{number}.{extension}"
    making.files[f"{folder}/{_ASSETS}/{name}"] = data
    return f"{_ASSETS}/{name}"


def _add_categories(
    articles: list[SourceArticle], paths: Mapping[tuple[str, str], str], existing: Collection[str], making: _Making
) -> None:
    """Write an ``index.md`` for each category, with its name and what it said of itself."""
    for article in articles:
        path = paths.get((article.source_id, article.language))
        if path is None:
            continue
        prefix = f"{article.language}/faq" if article.language else "faq"
        for depth in range(1, len(article.folder) + 1):
            names = article.folder[:depth]
            index = "/".join((prefix, *(_slug(name, "topic") for name in names), "index.md"))
            summary = making.export.summaries.get(names, "")
            text = (
                f"---\ntitle: {_quoted(names[-1])}\n" + (f"summary: {_quoted(summary)}\n" if summary else "") + "---\n"
            )
            if index not in existing:
                making.files.setdefault(index, text.encode())
