"""What commands share: the options before the command, and how they show a path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb_builder.terminal import printable

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


def short(path: Path) -> str:
    """Give a path relative to where the reader stands, when it lies below."""
    try:
        return printable(str(path.resolve().relative_to(Path.cwd())))
    except ValueError:
        return printable(os.fspath(path))
