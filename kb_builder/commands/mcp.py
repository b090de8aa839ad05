"""``kb mcp``: let assistants search and read the built site."""

from __future__ import annotations

from pathlib import Path

import click

from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import KbError


@click.command()
@click.option("--audience", type=click.Choice(["b2c", "b2b", "agent"]), help="The site of these readers.")
@click.option(
    "--site-dir", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A built site elsewhere."
)
@pass_setup
def mcp(setup: Setup, audience: str | None, site_dir: Path | None) -> None:
    """Serve the built site to an assistant over the Model Context Protocol, on standard input and output.

    The assistant gets two tools: search, which finds what the site's own search finds, and read, which gives a page as
    Markdown. It sees what the built site publishes and nothing else. Needs the extra mcp.

    \b
    Example:
        kb mcp --audience agent
    """
    from kb_builder.mcp_server import serve
    from kb_builder.site_reader import SiteReader

    config = setup.load(audience)
    try:
        site = SiteReader(site_dir or config.site_dir, site_url=config.site_url)
    except KbError as error:
        again = f"kb build --audience {audience}" if audience else "kb build"
        raise KbError(str(error), hint=error.hint.replace("kb build", again)) from None
    serve(site, name=config.site_name)
