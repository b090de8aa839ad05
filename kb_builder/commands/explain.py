"""``kb explain``: what an issue code means."""

from __future__ import annotations

import click

from kb_builder.issues import KbError
from kb_builder.terminal import stdout


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what the code of an issue means, with an example, and how to give it another level.

    \b
    Example:
        kb explain KB301
    """
    from rapidfuzz import process

    from kb_builder.articles.codes import CODES
    from kb_builder.manual import issue_page

    known = code.upper()
    if known not in CODES:
        near = process.extractOne(known, list(CODES), score_cutoff=60)
        hint = f"Did you mean {near[0]}?" if near else "kb check prints the code of each issue."
        raise KbError(f"there is no code '{code}'", hint=hint, exit_code=2)
    stdout().print(issue_page(known), end="")
