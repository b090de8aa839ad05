"""When translations fell behind their originals, and how a translator says that one has caught up. Edge: git, disk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from kb_builder.articles.model import Article, Content, Outdated
from kb_builder.articles.parse import parse_page
from kb_builder.articles.text import decode_text
from kb_builder.articles.translations import fingerprint, original_path, outdated_translations
from kb_builder.config import Config
from kb_builder.importers.git_history import FileCommit, file_history
from kb_builder.issues import KbError

_LINE_END = re.compile(r"\r\n|\r|\n")


def with_outdated(content: Content, config: Config) -> Content:
    """Return the content with its outdated translations, dated by the history of their originals. Edge: git.

    Without git, without a repository, or with a history that does not reach back so far, they have no date.
    """
    found = outdated_translations(content)
    return replace(
        content,
        outdated={
            path: _dated(outdated, content.articles[path].translated_from, config) for path, outdated in found.items()
        },
    )


def _dated(outdated: Outdated, followed: str, config: Config) -> Outdated:
    file = (config.content_dir / outdated.original).relative_to(config.root).as_posix()
    try:
        history = file_history(
            config.root, file, most_bytes=config.settings.content.max_page_kilobytes * 1000
        )  # edge: git
    except KbError:
        return outdated
    prints = [(commit, _fingerprint_in(commit)) for commit in history]
    for (last, before), (first, after) in reversed(list(pairwise(prints))):
        if before == followed != after:
            changed = dt.datetime.fromtimestamp(first.seconds, dt.UTC).date()
            return replace(outdated, changed=changed, commit=last.commit)
    return outdated


def _fingerprint_in(commit: FileCommit) -> str:
    text = decode_text(commit.data, commit.path)[0] if commit.data is not None else None
    article = parse_page(text, commit.path).article if text else None
    return fingerprint(article) if article else ""


def mark_translated(config: Config, content: Content, files: Iterable[Path]) -> tuple[str, ...]:
    """Note in translations that they follow their originals as these are now.

    Args:
        files: Translations, or folders of them.

    Returns:
        The content paths of those that were behind or unmarked.

    Raises:
        KbError: A file is no translation, or cannot be written; nothing after it was marked.
    """
    marked: list[str] = []
    for article, original in _translations(config, content, files):
        now = fingerprint(original)
        if article.translated_from != now:
            _write_mark(config.content_dir / article.path, now, line=article.lines.get("translated_from", 0))
            marked.append(article.path)
    return tuple(marked)


def _translations(config: Config, content: Content, files: Iterable[Path]) -> Iterable[tuple[Article, Article]]:
    known = {
        path: (article, content.articles[original])
        for path, article in {**content.articles, **content.drafts}.items()
        if (original := original_path(path, content.languages)) in content.articles
    }
    for file in files:
        folder = config.content_dir.resolve()
        path = file.resolve().relative_to(folder).as_posix() if file.resolve().is_relative_to(folder) else ""
        inside = [pair for name, pair in known.items() if name == path or name.startswith(f"{path}/")]
        if not path or not inside:
            raise KbError(
                f"{file}: is no translation of an article",
                hint="Give files in the folder of a language, such as content/de/faq/orders/cancel.md.",
            )
        yield from inside


def _write_mark(file: Path, mark: str, *, line: int) -> None:
    """Write the key on its line, or as the first of the front matter; line ends and a byte-order mark stay."""
    try:
        text = file.read_bytes().decode("utf-8")
        end = match.group() if (match := _LINE_END.search(text)) else "\n"
        lines = text.splitlines(keepends=True)
        said = f"translated_from: {mark}{end}"
        if line:
            lines[line - 1] = said
        elif lines and lines[0].lstrip("\ufeff").strip() == "---":
            lines.insert(1, said)
        else:
            lines.insert(0, f"---{end}{said}---{end}")
        file.write_bytes("".join(lines).encode())
    except OSError as error:
        raise KbError(f"{file}: cannot be written: {error.strerror}", hint="Check its permissions.") from None
