"""What is wrong with the content, as the page that is being written shows it: its own issues, then others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from kb_builder.baseline import settle
from kb_builder.config import Config
from kb_builder.issues import Issue, KbError, Level, sort_issues
from kb_builder.lint.check import shared_cache
from kb_builder.lint.facts import keep_facts
from kb_builder.lint.read import read_lint_input
from kb_builder.lint.rules import lint_content
from kb_builder.pipeline import read_and_find

EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{path}:{line}",
    "vscodium": "vscodium://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
    "jetbrains": "idea://open?file={path}&line={line}",
    "sublime": "subl://open?url=file://{path}&line={line}",
    "textmate": "txmt://open?url=file://{path}&line={line}",
}
_TEMPLATE = re.compile(r"(?!javascript|data|vbscript)[a-z][a-z0-9+.-]*://\S*")
_MOST_ELSEWHERE = 50
_LOUDEST_FIRST = (Level.ERROR, Level.WARNING, Level.NOTICE)


class State(StrEnum):
    """How far the last save has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    FAILED = "failed"  # the pages are those of an earlier save


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known about the content after a save.

    Attributes:
        issues: Those that ``kb check`` prints without rendering, and those of rendering.
        urls: Address of the page that a file becomes, from the site's root, by the path that issues have.
        failure: What stopped the build, if anything but issues did.
    """

    state: State = State.CHECKING
    issues: tuple[Issue, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""


def find_issues(config: Config, *, today: dt.date, rendering: Iterable[Issue]) -> Findings:
    """Run the rules of ``kb check`` that need no pages. Edge: disk.

    Args:
        config: The help center.
        today: Decides which reviews are due.
        rendering: Issues of the build just done; those of reading among them are found once.
    """
    with shared_cache(config, writes=True) as cache:
        content = read_and_find(config, today=today, cache=cache)
        lint, of_lists = read_lint_input(config, content, today=today, cache=cache)
        linted = lint_content(lint)
        keep_facts(cache, lint.text_settings.key, linted.facts, known=lint.known)
    found = settle((*content.issues, *of_lists, *linted.issues), config).issues
    pages = {article.path: article.url for article in content.articles.values()}
    pages |= {f"{path}/index.md": category.url for path, category in content.categories.items()}
    pages |= {"index.md": "", "contact.yml": "contact/"}
    urls = {f"{content.folder}/{path}": url for path, url in pages.items()}
    return Findings(State.CHECKED, sort_issues((*found, *rendering)), urls)


def link_template(editor: str) -> str:
    """Return the address that opens a file in an editor, with ``{path}`` and ``{line}`` in it; empty for no editor.

    Raises:
        KbError: It is neither a known name nor such an address.
    """
    template = EDITORS.get(editor, editor)
    if template and not (_TEMPLATE.fullmatch(template) and "{path}" in template):
        raise KbError(
            f"'{editor}' is no editor that pages can link to",
            hint=f"Name one of {', '.join(EDITORS)}, or an address such as vscode://file{{path}}:{{line}}",
            exit_code=2,
        )
    return template


def as_data(findings: Findings, url: str, *, root: Path, template: str) -> dict[str, object]:
    """Return what the page at ``url`` shows: its own issues, the loudest of other files, and how many those have.

    Args:
        findings: What is known.
        url: From the site's root, without a leading slash.
        root: The help center's folder.
        template: What `link_template` returned.
    """
    here: list[dict[str, object]] = []
    elsewhere: list[dict[str, object]] = []
    for found in sorted(findings.issues, key=lambda one: _LOUDEST_FIRST.index(one.level)):
        page = findings.urls.get(found.path)
        data: dict[str, object] = {
            "level": found.level.value,
            "code": found.code,
            "message": found.message,
            "hint": found.hint,
            "place": f"{found.path}:{found.line}" if found.line else found.path,
            "editor": _editor_link(root / found.path, found.line, template),
            "page": None if page in (None, url) else f"/{quote(page or '')}",
        }
        (here if page == url else elsewhere).append(data)
    return {
        "state": findings.state.value,
        "failure": findings.failure,
        "here": here,
        "elsewhere": elsewhere[:_MOST_ELSEWHERE],
        "elsewhere_count": len(elsewhere),
    }


def _editor_link(path: Path, line: int, template: str) -> str:
    where = path.as_posix()
    rooted = where if where.startswith("/") else f"/{where}"  # C:/… on Windows
    return template.replace("{path}", quote(rooted)).replace("{line}", str(max(1, line)))
