"""How the command line speaks.

Results go to standard output, progress and issues to standard error; colour only on a terminal.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb_builder.issues import Issue, KbError, Level

if TYPE_CHECKING:
    from rich.console import Console

_LEVEL_STYLE = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTICE: "cyan"}
# Everything a terminal could act on; tabs and new lines are made by us alone.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Make hostile text inert on a terminal: control and direction characters are shown as escapes."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def stdout() -> Console:
    """Return the console for results."""
    from rich.console import Console  # it takes its time to load

    return Console(file=sys.stdout, highlight=False, soft_wrap=True, markup=False)


def stderr() -> Console:
    """Return the console for progress and issues."""
    from rich.console import Console  # it takes its time to load

    return Console(file=sys.stderr, highlight=False, soft_wrap=True, markup=False)


@contextmanager
def stages(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the running stage on a terminal; say nothing when piped."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.markup import escape

    console = stderr()
    with console.status("") as status:
        yield lambda stage: status.update(f"{escape(printable(stage))} …")


def print_issues(issues: Iterable[Issue]) -> None:
    """Print every issue and a one-line total to standard error; print nothing when there are none."""
    issues = tuple(issues)
    if not issues:
        return
    counts = {Level.ERROR: 0, Level.WARNING: 0, Level.NOTICE: 0}
    for issue in issues:
        counts[issue.level] += 1
    total = f"{count(counts[Level.ERROR], 'error')}, {count(counts[Level.WARNING], 'warning')}"
    notices = f", {count(counts[Level.NOTICE], 'notice')}" if counts[Level.NOTICE] else ""
    if sys.stderr.isatty():
        _print_in_colour(issues)
        stderr().print(total + notices)
        return
    lines = (part for issue in issues for part in (_where(issue) + _what(issue) + _why(issue), *_hints(issue)))
    sys.stderr.write("\n".join((*lines, total + notices)) + "\n")  # as the console would, in a tenth of the time


def _print_in_colour(issues: Iterable[Issue]) -> None:
    from rich.text import Text

    console = stderr()
    for issue in issues:
        line = Text(_where(issue))
        line.append(_what(issue), style=_LEVEL_STYLE[issue.level])
        line.append(_why(issue))
        console.print(line)
        for hint in _hints(issue):
            console.print(Text(hint, style="dim"))


def _where(issue: Issue) -> str:
    where = f"{issue.path}:{issue.line}" if issue.line else issue.path
    return f"{printable(where)}: "


def _what(issue: Issue) -> str:
    return f"{issue.level} {issue.code}"


def _why(issue: Issue) -> str:
    return f": {printable(issue.message)}"


def _hints(issue: Issue) -> tuple[str, ...]:
    return (f"    {printable(issue.hint)}",) if issue.hint else ()


def print_error(error: KbError) -> None:
    """Print what stopped the work and what to do next."""
    from rich.text import Text

    console = stderr()
    line = Text("kb: ", style="bold red")
    line.append("\n".join(map(printable, str(error).split("\n"))), style="not bold default")
    console.print(line)
    if error.hint:
        console.print(Text(f"    {printable(error.hint)}", style="dim"))


def count(number: int, noun: str) -> str:
    """Write a number of things, with the plural of a regular noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
