"""``kb collect``: run the server that events are sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from kb_builder.issues import ConfigError
from kb_builder.terminal import printable

if TYPE_CHECKING:
    from kb_builder.cli import _Setup
    from kb_builder.config import Config

PORT = click.IntRange(0, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to take events on.")
@click.option("--port", default=8090, show_default=True, type=PORT, help="Port to take events on; 0 takes a free one.")
@click.option("--status-host", default="127.0.0.1", show_default=True, help="Address of /healthz and /metrics.")
@click.option("--status-port", default=8091, show_default=True, type=PORT, help="Port of /healthz and /metrics.")
@click.pass_obj
def collect(setup: _Setup, host: str, port: int, status_host: str, status_port: int) -> None:
    """Take events from readers' browsers; each is on disk before it is answered.

    Runs until it is told to stop (SIGTERM, Ctrl-C). What may be sent, and by whom, stands in the settings under
    analytics.collect.

    \b
    Example:
        kb collect --host 0.0.0.0 --port 8090
    """
    from kb_builder.analytics.extras import need

    for module in ("starlette", "uvicorn", "msgspec"):
        need(module, extra="collect")
    from kb_builder.analytics.collect.server import CollectOptions
    from kb_builder.analytics.collect.server import collect as run

    config = setup.load()
    settings = config.settings.analytics
    options = CollectOptions(
        folder=config.analytics_dir,
        origins=_origins(config),
        patterns=tuple(settings.order_patterns),
        host=host,
        port=port,
        status_host=status_host,
        status_port=status_port,
        per_second=settings.collect.events_per_second,
        burst=settings.collect.burst,
        min_free_bytes=settings.collect.min_free_megabytes * 1_000_000,
        trusted_proxies=tuple(settings.collect.trusted_proxies),
    )
    run(options, say=lambda line: click.echo(printable(line)))


def _origins(config: Config) -> frozenset[str]:
    """Return who may send: what the settings say, or else the site itself."""
    listed = config.settings.analytics.collect.origins
    site = urlsplit(config.site_url)
    origins = listed or ([f"{site.scheme}://{site.netloc}".lower()] if site.netloc else [])
    if not origins:
        raise ConfigError(
            f"{config.path.name}: site_url: is missing, so nobody may send events",
            hint="Set site_url, or list sites under plugins.kb.analytics.collect.origins.",
        )
    return frozenset(origins)
