"""What is wrong with the content or the settings, as data that can be counted, sorted and printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad an issue is. Errors stop a build, warnings only with ``--strict``, notices never.

    ``off`` is the level of what is not looked for; no issue has it.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Fix:
    """What ``kb check --fix`` does about an issue: on its line, ``new`` takes the place of every ``old``.

    Unless it is ``literal``, ``old`` is a word of running text: code, addresses and longer words are left alone.
    """

    old: str
    new: str
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem: where it is, what it is, what to do next.

    Attributes:
        path: File the writer edits, relative to the help center's folder, with forward slashes.
        line: First line is 1; 0 when the whole file is meant.
        level: Error, warning or notice.
        code: Stable and searchable, for example ``KB103``; each has a page in docs/reference/issues/.
        message: What is wrong, the wrong value quoted.
        hint: What to do next.
        fixes: How to mend it without thinking, if that can be done.
    """

    path: str
    line: int
    level: Level
    code: str
    message: str
    hint: str = ""
    fixes: tuple[Fix, ...] = ()

    def __str__(self) -> str:
        """Give one line, and the hint indented below it."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        text = f"{where}: {self.level} {self.code}: {self.message}"
        return f"{text}\n    {self.hint}" if self.hint else text


def sort_issues(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Order issues by file, line and code, each once."""
    return tuple(sorted(set(issues), key=lambda i: (i.path, i.line, i.code, i.message)))


def has_errors(issues: Iterable[Issue], *, strict: bool = False) -> bool:
    """Say whether these issues stop a build; ``strict`` lets warnings stop it too."""
    stopping = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    return any(issue.level in stopping for issue in issues)


class KbError(Exception):
    """Stops the work. ``hint`` says what to do next; ``exit_code`` follows the command line's rule (1 or 2)."""

    def __init__(self, message: str, *, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code


class ContentError(KbError):
    """The content has errors, all of which are in ``issues``."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = sort_issues(issues)
        count = sum(issue.level is Level.ERROR for issue in self.issues) or sum(
            issue.level is Level.WARNING for issue in self.issues
        )
        super().__init__(
            f"{count} {'problem' if count == 1 else 'problems'} in the content", hint="Nothing was published."
        )


class ConfigError(KbError):
    """A setting is wrong; the message starts with the file and the key's path."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, exit_code=2)
