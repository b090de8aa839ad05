"""What a check found about search, as text for a terminal and as data for ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from kb_builder.index.judgments import Outcome
from kb_builder.index.rank_changes import Move
from kb_builder.issues import Issue
from kb_builder.lint.check import CheckResult
from kb_builder.terminal import count, printable


def format_check(result: CheckResult, *, asked: bool) -> Text:
    """Give how many judgments pass, which are open, and which moved; the issues are printed apart.

    Args:
        asked: Whether search was to be checked.
    """
    text = Text()
    if not result.issues:
        text.append(f"{count(result.articles, 'article')}, no{' new' if result.known else ''} issues\n")
    if result.drafts:
        text.append(f"{count(result.drafts, 'draft')} left out: no build shows them\n", style="dim")
    text.append(_of_baseline(result))
    if result.recorded:
        text.append(f"{result.recorded} addresses recorded as published\n")
    search = result.search
    if search is None:
        reason = "mend the errors first" if asked else "it was not asked for"
        text.append(f"search was not checked: {reason}\n", style="dim")
        return text
    if search.outcomes:
        text.append(_totals(search.outcomes))
    if search.moves:
        text.append("moved since the last check:\n")
    for move in search.moves:
        text.append(
            f"    '{printable(move.query)}' {_rank(move.before)} → {_rank(move.now)}: {printable(move.article)}\n"
        )
        for cause in move.causes:
            text.append(f"        {printable(cause)}\n", style="dim")
    if not search.remembered:
        text.append("the ranks could not be kept in .kb/, so the next check cannot tell what moved\n", style="yellow")
    return text


def issues_as_data(issues: Sequence[Issue]) -> list[dict[str, str | int | bool]]:
    """Give every issue with its place."""
    return [
        {
            "path": found.path,
            "line": found.line,
            "level": found.level.value,
            "code": found.code,
            "message": found.message,
            "hint": found.hint,
            "can_fix": bool(found.fixes),
        }
        for found in issues
    ]


def check_as_data(result: CheckResult) -> dict[str, Any]:
    """Give every judgment with its rank (null: not found); nothing when they were not run."""
    baseline = {"known": result.known, "mended": result.mended}
    if result.search is None:
        return {"baseline": baseline, "judgments": None, "moved": []}
    return {
        "baseline": baseline,
        "judgments": [_outcome_as_data(outcome) for outcome in result.search.outcomes],
        "moved": [_move_as_data(move) for move in result.search.moves],
    }


def _of_baseline(result: CheckResult) -> Text:
    text = Text()
    if result.known:
        text.append(f"{result.known} known problems are let pass by the baseline\n", style="dim")
    if result.mended:
        text.append(f"{result.mended} problems of the baseline are mended: kb check --write-baseline\n", style="yellow")
    return text


def _totals(outcomes: Sequence[Outcome]) -> Text:
    passed = sum(outcome.passes for outcome in outcomes)
    text = Text(f"{passed} of {len(outcomes)} judged queries find their article\n")
    still_open = [outcome for outcome in outcomes if outcome.judgment.is_open]
    if still_open:
        text.append(f"{len(still_open)} of them open: known to fail, listed by --json\n", style="yellow")
    mended = [outcome.judgment for outcome in still_open if outcome.passes]
    if mended:
        lines = ", ".join(str(judgment.line) for judgment in mended)
        text.append(f"open judgments that pass now, delete their 'status: open': line {lines}\n", style="yellow")
    return text


def _rank(rank: int | None) -> str:
    return "not found" if rank is None else str(rank)


def _outcome_as_data(outcome: Outcome) -> dict[str, Any]:
    judgment = outcome.judgment
    return {
        "query": judgment.query,
        "article": judgment.article,
        "within": judgment.within,
        "rank": outcome.rank,
        "passes": outcome.passes,
        "open": judgment.is_open,
        "line": judgment.line,
        "first": outcome.hits[0] if outcome.hits else None,
    }


def _move_as_data(move: Move) -> dict[str, Any]:
    return {
        "query": move.query,
        "article": move.article,
        "before": move.before,
        "now": move.now,
        "causes": list(move.causes),
    }
