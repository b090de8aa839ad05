"""``kb serve``: look at the help center while writing it."""

from __future__ import annotations

import click

from kb_builder.commands.setup import Setup, pass_setup


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--drafts/--no-drafts", default=True, show_default=True, help="Show drafts.")
@click.option(
    "--editor",
    default="",
    envvar="KB_EDITOR",
    help="Let issues lead to the line in this editor: vscode, zed, jetbrains, … or an address with {path} and {line}. "
    "The environment variable KB_EDITOR says the same.",
)
@pass_setup
def serve(setup: Setup, host: str, port: int, drafts: bool, editor: str) -> None:
    """Serve the site on this machine, rebuild on every save and reload the page.

    Each page shows what kb check has to say about it, with the file and the line.

    \b
    Example:
        kb serve --editor vscode
    """
    from kb_builder.preview.findings import link_template
    from kb_builder.preview.serve import serve_site

    serve_site(setup.load, host=host, port=port, drafts=drafts, template=link_template(editor))
