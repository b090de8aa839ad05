"""``kb announce``: say it on every page now, and build later."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kb_builder.clock import build_day, now
from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.terminal import printable, stdout


@click.command()
@click.argument("target", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--audience", type=click.Choice(["b2c", "b2b", "agent"]), help="On the site of these readers.")
@click.option("--json", "as_json", is_flag=True, help="Print what is announced as JSON.")
@pass_setup
def announce(setup: Setup, target: Path | None, audience: str | None, as_json: bool) -> None:
    """Put the announcements of the content live in seconds, without a build.

    Writes announcements.json, which open pages ask for, into the built site, and into TARGET where kb publish put it.
    The rest of the site stays: the page of a new announcement comes with the next build, and nothing links to it
    until then.

    \b
    Example:
        kb new announcement "Card payments fail at the moment"
        kb announce /var/www/help
    """
    from kb_builder.announce import announce as write_announcements

    announced = write_announcements(setup.load(audience), target, today=build_day())
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in announced], ensure_ascii=False, indent=2))
        return
    moment = now()
    for one in announced:
        over = one.ends is not None and one.ends <= moment
        state = "over" if over else "on now" if one.starts <= moment else f"from {one.starts:%Y-%m-%d %H:%M} UTC"
        until = f", until {one.ends:%Y-%m-%d %H:%M} UTC" if one.ends and not over else ""
        stdout().print(printable(f"{one.severity}: {one.title} ({state}{until})"))
    if not announced and not setup.quiet:
        click.echo("Nothing is announced.")
