"""``kb widget``: what to write into the shop's own pages."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kb_builder.commands.setup import Setup, pass_setup


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_setup
def widget(setup: Setup, as_json: bool) -> None:
    """Print the lines that put <kb-help> on a page of the shop, with the checksum of the built file.

    \b
    Example:
        kb widget
    """
    from kb_builder.widget import widget_snippet

    config = setup.load()
    snippet = widget_snippet(config.site_dir, config.site_url)
    if as_json:
        click.echo(json.dumps(asdict(snippet), indent=2))
        return
    click.echo(f"{snippet.script}\n{snippet.element}")
    click.echo("\nThe page's Content-Security-Policy has to allow:", err=True)
    for directive, source in snippet.policy.items():
        click.echo(f"  {directive} {source}", err=True)
    if not config.settings.widget.origins:
        click.echo(
            "No page may read this site's files yet: name the shop's under widget.origins in mkdocs.yml.", err=True
        )
