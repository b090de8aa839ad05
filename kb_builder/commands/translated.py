"""``kb translated``: say that a translation has caught up with its original."""

from __future__ import annotations

from pathlib import Path

import click

from kb_builder.clock import build_day
from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.terminal import printable, stdout


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@pass_setup
def translated(setup: Setup, files: tuple[Path, ...]) -> None:
    """Note in translations that they follow their originals as these are now.

    FILES are translations, or folders of them. Read a translation beside its original first: the pages of those that
    kb check finds behind tell readers so until this is noted.

    \b
    Example:
        kb translated content/de/faq/orders/cancel-my-order.md
    """
    from kb_builder.outdated import mark_translated
    from kb_builder.pipeline import read_and_check

    config = setup.load()
    marked = mark_translated(config, read_and_check(config, today=build_day()), files)
    for path in marked:
        stdout().print(printable(path))
    if not marked and not setup.quiet:
        click.echo("All of these were noted already.")
