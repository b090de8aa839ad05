"""Another team's Markdown, taken over as it is: its site works in a browser as ours does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kb_command import kb_done
from playwright.sync_api import Browser, Page
from static_host import StaticHost, serve_folder
from tours import open_every_page, search_for_every_title

pytestmark = pytest.mark.browser

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpora" / "commerce-kb" / "help"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaticHost]:
    if not CORPUS.is_dir():
        pytest.skip(f"the corpus is not at {CORPUS}")
    root = tmp_path_factory.mktemp("foreign") / "help"
    for command in (["init", str(root), "--from", str(CORPUS)], ["build"]):
        folder = root if root.exists() else root.parent
        kb_done(*command, cwd=folder)
    with serve_folder(root / "site") as host:
        yield host


def test_no_page_of_it_complains_or_asks_another_host(browser: Browser, foreign: StaticHost) -> None:
    assert open_every_page(browser, foreign) == []


def test_its_articles_come_first_for_their_exact_titles(page: Page, foreign: StaticHost) -> None:
    """Articles that share a title cannot all be first."""
    found = search_for_every_title(page, foreign)

    titles = [title for title, _ in found]
    own = [(title, is_first) for title, is_first in found if titles.count(title) == 1]
    assert len(own) > 150
    assert sum(is_first for _, is_first in own) >= 0.98 * len(own), [title for title, first in own if not first]
