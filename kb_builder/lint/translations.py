"""Rules on translations: whether they follow their originals, and whether anybody could tell."""

from __future__ import annotations

from collections.abc import Iterator

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Outdated
from kb_builder.articles.translations import original_path
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput


def outdated_translations(lint: LintInput) -> Iterator[Issue]:
    """Find translations whose original has other words now, or is gone, and those that do not say what they follow."""
    content = lint.content
    for reading in lint.articles():
        article = reading.article
        original, line = original_path(article.path, content.languages), article.lines.get("translated_from", 0)
        if outdated := content.outdated.get(article.path):
            yield issue("KB140", lint.at(article.path), line, *_changed(outdated, lint))
        elif article.translated_from and original not in content.articles:
            message = f"its original '{original or article.path}' does not exist"
            yield issue("KB141", lint.at(article.path), line, message)
        elif original in content.articles and not article.translated_from:
            message = f"does not say which wording of '{original}' it follows"
            yield issue("KB142", lint.at(article.path), 0, message)


def follows_changed(path: str, lint: LintInput, changed: frozenset[str]) -> bool:
    """Say whether a file is an outdated translation of one of the changed files."""
    outdated = lint.content.outdated.get(path.removeprefix(f"{lint.content.folder}/"))
    return outdated is not None and lint.at(outdated.original) in changed


def _changed(outdated: Outdated, lint: LintInput) -> tuple[str, str]:
    original = lint.at(outdated.original)
    when = f" on {outdated.changed}" if outdated.changed else ""
    compare = f"git diff {outdated.commit[:12]} -- {original}" if outdated.commit else f"see {original}"
    return (
        f"'{original}' was changed{when} after it was translated",
        f"Translate what is new ({compare}), then run: kb translated FILE",
    )
