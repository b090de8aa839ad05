"""Issue codes in, a page of the manual for each out: what it means, a real mistake, what kb says of it, its level.

The mistakes are those that the tests plant; kb is run on each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_builder.articles.checks.secrets import secrets_in
from kb_builder.articles.codes import CODES, IssueCode
from kb_builder.issues import Issue, Level
from kb_builder.lint.personal_data import personal_data_in
from kb_builder.terminal import printable
from tests.lint.every_mistake import PLANTED, issues_of
from tests.lint.planted import SOUND, Planted

_WIDTH = 100  # characters of a line; the rest is cut off
_LINES = 12  # of a file; those around the mistake
_FILES = 3
_WEIGHT = re.compile(r"about (\d+) kB;")
_LEVELS = {
    Level.ERROR: "An error: it stops `kb build` and `kb check`.",
    Level.WARNING: "A warning: it stops them only with `--strict`.",
    Level.NOTICE: "A notice: it never stops anything.",
    Level.OFF: "Off: it is looked for only where the settings ask for it.",
}


def issue_pages() -> dict[str, str]:
    """Return the text of each page by its path in the folder of the reference, and that of the list of them."""
    pages = {page_path(row.code): _page(row) for row in CODES.values()}
    return {"issues/index.md": _LIST, **pages}


def page_path(code: str) -> str:
    """Return where the page of a code is."""
    return f"issues/{code.lower()}.md"


_LIST = """---
title: Issue codes
summary: What each code that kb prints means, with an example, and what to do.
icon: material/alert-circle-outline
order: 50
---
An error stops a build; a warning stops it only with `--strict`; a notice never does. `checks.levels` in the
[settings](../settings.md) gives a code another level, `off` among them. A code keeps its meaning. `kb explain KB301`
prints the page of a code in the terminal.

The first figure says what a code is about: 1 text and front matter, 2 files, 3 links, 4 policies, 5 hidden, secret and
personal text, 6 pages, 7 synonyms, pins and judgments, 8 addresses, doubled and hard texts, and audiences.
"""


def _page(row: IssueCode) -> str:
    planted, found = PLANTED[row.code], issues_of(row.code)
    (shown, *_) = [one for one in found if (one.code, one.path, one.line) == (row.code, planted.path, planted.line)]
    parts = [
        f"**{row.meaning}** {row.remedy}\n",
        "## Example\n",
        *_files(planted),
        "What it says:\n",
        _code(_shortened(_WEIGHT.sub(_rounded, str(shown)).split("\n"))),
        *_mended(shown, planted),
        "## Level\n",
        f"{_LEVELS[row.level]}{_other_levels(row)}\n",
    ]
    summary = row.meaning.replace("'", "''")
    front = f"title: {row.code}\nsummary: '{summary}'\nkind: guide\nsearch: {{boost: 0.3}}  # guides answer better"
    return f"---\n{front}\n---\n" + "\n".join(parts)


def _other_levels(row: IssueCode) -> str:
    if row.is_fixed:
        return " Without it the site could not be built, or not safely, so it has no other level."
    other = "warning" if row.level is Level.OFF else "'off'"
    text = " Another level, in `mkdocs.yml`:\n\n"
    text += _code(["plugins:", "  - kb:", "      checks:", f"        levels: {{{row.code}: {other}}}"], "yaml")
    return text + "\nTo let those pass that are there today, and no new ones: `kb check --write-baseline`."


def _files(planted: Planted) -> Iterator[str]:
    """Yield the files of a mistake, the one where it is found first; what is no text is named."""
    first = planted.path if planted.path in planted.files else next(iter(planted.files), planted.path)
    names = [first, *(name for name in planted.files if name != first)]
    if first not in planted.files and first in SOUND:
        planted.files[first] = SOUND[first]
    for name in names[:_FILES]:
        content = planted.files.get(name)
        about = f"`{_cut(name)}`"
        if isinstance(content, str) and content:
            lines = content.removesuffix("\n").split("\n")
            yield f"{about}:\n"
            yield _code(_around(lines, planted.line if name == planted.path else 1))
        elif content is None:
            yield f"{about} {'is no plain file' if planted.prepare else 'is deleted'}.\n"
        else:
            yield f"{about} has {len(content)} bytes{' that are no text' if content else ''}.\n"
    if len(names) > _FILES:
        yield f"And {len(names) - _FILES} more files like these.\n"
    if planted.settings:
        yield f"With these settings under `checks`: `{planted.settings}`.\n"


def _around(lines: list[str], line: int) -> list[str]:
    start = max(0, min(line - _LINES // 2, len(lines) - _LINES))
    return _shortened(lines[start : start + _LINES])


def _shortened(lines: list[str]) -> list[str]:
    return [_cut(_harmless(line)) for line in lines]


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


def _harmless(line: str) -> str:
    """Show what cannot be seen as an escape, and of secrets and personal data the beginning."""
    for token in (*(token for _, token, _ in secrets_in(line)), *(text for _, text in personal_data_in(line))):
        line = line.replace(token, f"{token[:4]}…")
    seen = printable(line).replace("\u200b", "\\u200b")
    return "".join(f"\\u{ord(c):04x}" if "\u0400" <= c <= "\u04ff" else c for c in seen)


def _rounded(weight: re.Match[str]) -> str:
    """Write a measured weight with one figure: each change of a style sheet would change the page."""
    number = int(weight[1])
    return f"about {round(number, 1 - len(weight[1]))} kB;"


def _mended(found: Issue, planted: Planted) -> Iterator[str]:
    """Yield what `kb check --fix` makes of the line, if it can mend it."""
    content = planted.files.get(found.path)
    if found.fixes and found.line and isinstance(content, str):
        line = content.split("\n")[found.line - 1]
        for fix in found.fixes:
            line = line.replace(fix.old, fix.new)
        yield "`kb check --fix` makes of this line:\n"
        yield _code([line])


def _code(lines: list[str], language: str = "text") -> str:
    return "\n".join([f"````{language}", *lines, "````", ""])
