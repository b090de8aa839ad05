"""A kind and a title in, the file of a new article out: its path and its text with the front matter it takes."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rapidfuzz import process

from kb_builder.articles.file_names import name_issues
from kb_builder.articles.listing import list_files
from kb_builder.articles.model import Audience, Kind
from kb_builder.issues import KbError

_FOLDERS = {
    Kind.FAQ: "faq",
    Kind.GUIDE: "guides",
    Kind.POLICY: "policies",
    Kind.ANNOUNCEMENT: "announcements",
}
_REVIEW_DAYS = 180
_MAX_SLUG = 80


def new_article(
    kind: Kind,
    title: str,
    content_dir: Path,
    *,
    category: str = "",
    today: dt.date,
    owner: str = "",
    audience: Sequence[Audience] = (),
    language: str = "",
    questions: Sequence[str] = (),
) -> tuple[str, str]:
    """Draft a new article; nothing is written.

    Args:
        kind: Decides its folder and the keys it gets.
        title: What the customer would ask; its file name is made from it.
        content_dir: Looked at for a file of that name and for the category's folder.
        category: Folder below the kind's own, such as ``orders``, or a whole one, such as ``faq/orders``.
        today: Its ``reviewed`` date; it is to be reviewed again half a year later.
        owner: Team that looks after it.
        audience: Whom it is for; everyone when empty.
        language: Tag of the further language it is in, whose folder it goes to; empty for the main one.
        questions: Other ways in which customers ask it.

    Returns:
        Path relative to ``content_dir``, and the text of the file.

    Raises:
        KbError: The title gives no file name, the category's name cannot be a folder, or the file exists.
    """
    title = " ".join(title.split())
    folder = article_folder(kind, category, content_dir, language=language)
    path = f"{folder}/{title_slug(title)}.md"
    if (content_dir / path).exists():
        raise KbError(f"{path} exists already", hint="Edit it, or choose another title.", exit_code=2)
    keys = _front_matter(kind, title, today=today, owner=owner, audience=audience, questions=questions)
    return path, "\n".join(["---", *keys, "---", "", *_body(kind), ""])


def title_slug(title: str) -> str:
    """Make the file name of a title, without its ending; raise `KbError` when the title gives none."""
    name = file_slug(title)
    if not name or name_issues(f"{name}.md"):
        raise KbError(
            f"no file name can be made from the title '{title}'", hint="Use at least one letter or digit.", exit_code=2
        )
    return name


def file_slug(title: str) -> str:
    """Make a file name from a title: lower case, words joined by hyphens, accents dropped, other scripts kept."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not "\u0300" <= c <= "\u036f")
    words = re.sub(r"[’']", "", unicodedata.normalize("NFC", plain))
    slug = re.sub(r"[^\w]+|_+", "-", words).strip("-")
    if len(slug) <= _MAX_SLUG:
        return slug
    return slug[:_MAX_SLUG].rpartition("-")[0] or slug[:_MAX_SLUG]


def article_folder(kind: Kind, category: str, content_dir: Path, *, language: str = "") -> str:
    """Return the folder, relative to ``content_dir``, that an article of a kind and category goes to.

    Raises:
        KbError: The category cannot be a folder, or looks like a misspelt one.
    """
    base = _FOLDERS[kind]
    named = category.strip("/")
    prefix = f"{language}/" if language else ""
    if not named:
        return f"{prefix}{base}"
    parts = named.split("/")
    if any(not part or part.startswith((".", "_")) or name_issues(part) for part in parts):
        raise KbError(f"'{category}' cannot be a folder", hint="Name a folder such as orders.", exit_code=2)
    folder = f"{prefix}{named}" if parts[0] == base else f"{prefix}{base}/{named}"
    if not (content_dir / folder).is_dir() and (near := _near_folder(folder, content_dir)):
        raise KbError(
            f"there is no category '{folder}'",
            hint=f"did you mean '{near}'? To start a new one, make its folder first.",
            exit_code=2,
        )
    return folder


def _near_folder(folder: str, content_dir: Path) -> str:
    """Return an existing folder whose name is so close that the one asked for is likely a typing error."""
    if not content_dir.is_dir():
        return ""
    folders = sorted({file.path.rpartition("/")[0] for file in list_files(content_dir).files})
    near = process.extractOne(folder, folders, score_cutoff=85)
    return near[0] if near and near[0].count("/") == folder.count("/") else ""


def _front_matter(
    kind: Kind, title: str, *, today: dt.date, owner: str, audience: Sequence[Audience], questions: Sequence[str]
) -> list[str]:
    lines = [
        f"title: {_yaml_text(title)}",
        "summary: # one sentence, under 140 characters",
        "questions: # other ways customers ask it, in their words",
        *([f"  - {_yaml_text(' '.join(question.split()))}" for question in questions] or ["  -"]),
        "tags: []",
        *([f"audience: [{', '.join(audience)}]"] if audience else []),
        f"owner: {_yaml_text(owner)}" if owner else "owner: # team that keeps it right",
        f"reviewed: {today}",
        f"review_by: {today + dt.timedelta(days=_REVIEW_DAYS)}",
        "related: [] # files of other articles, relative to this one",
    ]
    if kind is Kind.POLICY:
        lines += [
            'version: "1.0"',
            f"effective: {today + dt.timedelta(days=30)} # first day it applies",
            "notice: 30 # days customers are told before it applies",
            "jurisdiction: # whose law it follows",
            "# replaces: 1.0.md # the version before this one",
            "# changes: # what changed, one sentence each",
        ]
    if kind is Kind.ANNOUNCEMENT:
        lines += [
            f"starts: {today}",
            "ends: # last day it shows; empty until taken down",
            "severity: info # info, warning or critical",
            "queries: [] # searches that should meet it",
        ]
    return [*lines, "draft: true # delete this line to publish"]


def _body(kind: Kind) -> list[str]:
    if kind is Kind.GUIDE:
        return [
            "What the reader will have done at the end, and what they need for it.",
            "",
            "## First step",
            "",
            "1. …",
        ]
    if kind is Kind.POLICY:
        return ["Whom this policy binds, and what it settles, in two sentences.", "", "## 1. Scope", "", "…"]
    return ["The answer in one to three sentences.", "", "## If that does not help", "", "…"]


@cache
def placeholders() -> frozenset[str]:
    """Return the lines that a new article has in place of a text; headings, which may stay, are none."""
    return frozenset(line for kind in Kind for line in _body(kind) if line and not line.startswith("#"))


def _yaml_text(text: str) -> str:
    """Write text as YAML; in double quotes when YAML could read anything else into it."""
    plain = re.fullmatch(r"[^\W\d_][\w ,.?!()’–/-]*", text) and not text.endswith(" ")
    return text if plain else json.dumps(text, ensure_ascii=False)
