"""``kb diff``: what a reviewer of a pull request wants to see."""

from __future__ import annotations

from pathlib import Path

import click

from kb_builder.clock import build_day
from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import KbError
from kb_builder.terminal import stages


@click.command()
@click.argument("revision", metavar="REV")
@click.option(
    "--format",
    "output",
    type=click.Choice(["markdown", "html"]),
    default="markdown",
    show_default=True,
    help="Markdown for a comment, or one HTML page.",
)
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead."
)
@pass_setup
def diff(setup: Setup, revision: str, output: str, target: Path | None) -> None:
    """Say how the help center differs from git revision REV.

    Pages added, changed, moved and removed; the words of policies marked up; queries that find other articles; new
    issues; sizes.

    \b
    Example:
        kb diff origin/main --format html -o changes.html
    """
    from kb_builder.lint.compare import compare_with
    from kb_builder.lint.comparison_report import as_html, as_markdown

    config = setup.load()
    with stages(quiet=setup.quiet) as progress:
        progress(f"Comparing with {revision}")
        comparison = compare_with(config, revision, today=build_day())
    text = as_html(comparison) if output == "html" else as_markdown(comparison)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise KbError(f"{target}: cannot be written: {error.strerror}", hint="Name another file.") from None
