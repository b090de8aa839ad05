"""Files of an export in, records and texts out. Edge: disk. What is missing or of another type is empty."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb_builder.articles.assets import IMAGES
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.issues import KbError

Record = Mapping[str, Any]
_MOST_BYTES = 200_000_000


class JsonFiles:
    """All JSON of an export; lists without a name of their own have that of their file."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self.lost: list[str] = []
        self.values: list[dict[str, Any]] = []
        for path, data in files_of(source, ("json",)):
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
        texts = {folder: plain_of(text) for folder, text in summaries.items() if folder and text}
        return Export(kept, texts, pictures_of(self._source), (*self.lost, *nameless))


def _is_answer(value: Any) -> bool:
    """Say whether a value is a whole answer, such as a topic or a page of a list, rather than one record of a list."""
    return isinstance(value, dict) and bool({"post_stream", "category_list", "articles", "data"} & value.keys())


def files_of(source: Path, extensions: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
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


def pictures_of(source: Path) -> dict[str, bytes]:
    return dict(files_of(source, tuple(IMAGES))) if source.is_dir() else {}


def by_id(records: Any) -> dict[str, Record]:
    return {id_of(record): record for record in records if id_of(record)}


def id_of(record: Record, key: str = "id") -> str:
    value = record.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def text_of(record: Record, key: str) -> str:
    value = record.get(key) if isinstance(record, Mapping) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def html_of(record: Record, key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def texts_of(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    names = (one.get("name") if isinstance(one, dict) else one for one in found)
    return tuple(" ".join(name.split()) for name in names if isinstance(name, str) and name.strip())


def path_of(record: Record, key: str) -> tuple[str, ...]:
    path = unquote(urlsplit(text_of(record, key)).path) if text_of(record, key) else ""
    return (path,) if path.strip("/") else ()


def chain_of(records: Mapping[str, Record], key: str, *, parent: str) -> tuple[str, ...]:
    """Return the names of a category and those above it, outermost first; a circle ends where it began."""
    names: list[str] = []
    seen: set[str] = set()
    while key in records and key not in seen:
        seen.add(key)
        names.insert(0, text_of(records[key], "name"))
        key = id_of(records[key], parent)
    return tuple(filter(None, names))


def day_of(value: Any) -> str:
    """Return the day of a time as ISO 8601 text or as Unix seconds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000_000_000:
        return dt.datetime.fromtimestamp(value, tz=dt.UTC).date().isoformat()
    match = re.match(r"\d{4}-\d{2}-\d{2}", value) if isinstance(value, str) else None
    try:
        return dt.date.fromisoformat(match.group()).isoformat() if match else ""
    except ValueError:
        return ""


def plain_of(html: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", html).split())


def words_of(name: str) -> str:
    words = re.sub(r"[-_.]+", " ", name).strip()
    return words[:1].upper() + words[1:]
