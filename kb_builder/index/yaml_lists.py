"""A list written in YAML in, its items with their lines out: what the files of the search folder have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from rapidfuzz import process

from kb_builder.articles.codes import issue
from kb_builder.articles.field_parser import parse_fields
from kb_builder.articles.front_matter import Lines, describe, read_yaml
from kb_builder.articles.model import Content
from kb_builder.articles.text import decode_text
from kb_builder.index.analyzer import analyze_query
from kb_builder.issues import Issue

M = TypeVar("M", bound=BaseModel)

_MAX_BYTES = 2_000_000


class ItemFields(BaseModel):
    """Base of the models of an item."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: text, list or group of keys; its line in the file, and those of what is inside it."""

    value: Any
    line: int
    lines: Lines


def read_list(folder: Path, name: str, *, shown: str) -> tuple[str, tuple[Issue, ...]]:
    """Read the text of a file of the search folder. Edge: disk.

    Args:
        folder: The search folder.
        name: Name of the file in it.
        shown: What paths in issues start with: the folder relative to the help center's, empty for that one.

    Returns:
        The text, empty when there is no such file or it cannot be read, and the reason.
    """
    path, where = folder / name, f"{shown}/{name}".lstrip("/")
    if folder.is_symlink() or path.is_symlink():
        return "", (issue("KB201", where, 0, "is a symbolic link"),)
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return "", ()
    except OSError as error:
        return "", (issue("KB202", where, 0, f"cannot be read: {error.strerror}"),)
    if len(data) > _MAX_BYTES:
        return "", (issue("KB104", where, 0, f"has more than {_MAX_BYTES} bytes", "Split it or shorten it."),)
    text, issues = decode_text(data, where)
    return text or "", issues


def parse_list(text: str, path: str) -> tuple[tuple[Item, ...], tuple[Issue, ...]]:
    """Cut a YAML list into its items; a file with comments only is an empty list."""
    values, issues, lines = read_yaml(text, path, most_characters=_MAX_BYTES)
    if issues or values == "":
        return (), issues
    if not isinstance(values, list):
        message = f"must be a list; this is {describe(values)}"
        return (), (issue("KB116", path, 1, message, "Begin each entry with '- '."),)
    inside: dict[str, Lines] = {}
    for name, line in lines.items():
        number, dot, rest = name.partition(".")
        if dot:
            inside.setdefault(number, {})[rest] = line
    items = (Item(value, lines[str(at)], inside.get(str(at), {})) for at, value in enumerate(values))
    return tuple(items), ()


def parse_item(model: type[M], item: Item, path: str) -> tuple[M | None, tuple[Issue, ...]]:
    """Turn an item that is a group of keys into a typed model; None when a key is missing or wrong."""
    if not isinstance(item.value, dict):
        keys = ", ".join(model.model_fields)
        message = f"an entry must be keys and values; this is {describe(item.value)}"
        return None, (issue("KB120", path, item.line, message, f"Its keys: {keys}."),)
    fields, issues = parse_fields(model, item.value, item.lines, path)
    if any(found.code in ("KB120", "KB124") for found in issues):
        fields = None
    return fields, tuple(replace(found, line=found.line or item.line) for found in issues)


def list_schema(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a list whose items are each of one of these kinds."""
    kinds = [{key: value for key, value in item.items() if key != "$defs"} for item in items]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "array",
        "items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds},
    }


def dropped_words(texts: Sequence[str], path: str, line: int, *, language: str) -> tuple[Issue, ...]:
    """Report texts in which search finds no word at all, such as ``&``."""
    return tuple(
        issue("KB706", path, line, f"search sees no word in '{text}'")
        for text in texts
        if not analyze_query(text, language)
    )


def article_issues(article: str, content: Content, path: str, line: int) -> tuple[Issue, ...]:
    """Report an article that does not exist; drafts do exist."""
    if article in content.articles or article in content.drafts:
        return ()
    known = sorted({*content.articles, *content.drafts})
    bare = article.removeprefix(f"{content.folder}/")
    near = bare if bare in known else next(iter(process.extractOne(article, known, score_cutoff=75) or ()), "")
    hint = f"did you mean '{near}'?" if near else f"Give its file, relative to {content.folder}/."
    return (issue("KB701", path, line, f"article '{article}' does not exist", hint),)
