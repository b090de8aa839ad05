"""Suggestions in, what the terminal shows of them out."""

from __future__ import annotations

from kb_builder.analytics.proposals import Note, Proposal, Question, Stub, Synonym
from kb_builder.suggest import Suggestions
from kb_builder.terminal import printable


def format_suggestions(found: Suggestions) -> str:
    """List the proposals with their evidence, and what the replay says."""
    if not found.proposals and not found.diff:
        return "Nothing to propose: no search failed for 5 visits on 2 days.\n"
    lines = []
    for proposal in found.proposals:
        lines += [printable(_title(proposal)), f"    {printable(proposal.evidence)}"]
    if replay := found.replay:
        lines.append(f"Replayed {replay.replayed} logged texts and the judged queries on the changed index:")
        lines.append(f"    {len(replay.closed)} now find their page, {len(replay.lost)} no longer do")
        lines += [f"    + {printable(text)}" for text in replay.closed]
        lines += [f"    - {printable(text)}" for text in replay.lost]
        lines.append(
            f"    judged queries broken: {', '.join(map(printable, replay.broken))}"
            if replay.broken
            else "    no judged query breaks"
        )
    return "\n".join(lines) + "\n"


def _title(proposal: Proposal) -> str:
    match proposal:
        case Synonym():
            return f"Synonym: {proposal.typed} -> {proposal.found}"
        case Question():
            return f"{'Pin' if proposal.is_pin else 'Question'}: “{proposal.text}” for {proposal.page}"
        case Stub():
            return f"Stub article: {proposal.title}"
        case Note():
            return f"Decide: {proposal.text}"
