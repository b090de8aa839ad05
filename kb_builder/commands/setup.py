"""The options before the command, as every command gets them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kb_builder.config import Config


class Setup:
    """The global options; the config is read only by commands that need it."""

    def __init__(self, config_path: Path, *, trust_config: bool, quiet: bool) -> None:
        self.config_path = config_path
        self.trust_config = trust_config
        self.quiet = quiet

    def load(self, audience: str | None = None) -> Config:
        """Read ``mkdocs.yml``, for the site of an audience if one is named; raise `ConfigError` when it is wrong."""
        from kb_builder.articles.model import Audience
        from kb_builder.config import load_config

        config = load_config(self.config_path, trust=self.trust_config)
        return config.for_audience(Audience(audience)) if audience else config


pass_setup = click.make_pass_decorator(Setup)
