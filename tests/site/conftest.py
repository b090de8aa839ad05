"""What tests of the site room share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_site import HelpCenter

from kb_builder.site.markdown import make_markdown


@pytest.fixture
def help_center(tmp_path: Path) -> HelpCenter:
    """Return an empty help center with default settings."""
    return HelpCenter(tmp_path).settings()


@pytest.fixture(scope="session")
def convert() -> Callable[[str], str]:
    """Return what turns Markdown into HTML as it is before it is sanitised."""
    markdown = make_markdown()
    return lambda text: markdown.reset().convert(text)
