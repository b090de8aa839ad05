"""What tests with a real browser share: Chromium, a strict static host, and the demo help center as readers get it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from kb_command import kb_done
from page_problems import Problems
from setup_browser import find_chromium
from static_host import StaticHost, serve_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# A machine may be busy: how long an example takes is no verdict on it. Changes are judged by the same examples always;
# pytest --hypothesis-profile=explore looks for new ones.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("kb", settings.get_profile("explore"), derandomize=True)
settings.load_profile("kb")

ROOT = Path(__file__).parents[1]
CHROMIUM_ARGUMENTS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)

Serve = Callable[[Path], StaticHost]


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Return the Chromium that `tests/setup_browser.py` found."""
    path = find_chromium()
    assert path, "no Chromium; run: python tests/setup_browser.py"
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """Start Chromium once."""
    from playwright.sync_api import sync_playwright

    no_sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=[*CHROMIUM_ARGUMENTS, *no_sandbox])
        yield started
        started.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve folders until the test ends: ``host = serve(folder)``."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serve_folder(folder))


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build this repository's help center with the command a writer uses; give the site's folder."""
    site = tmp_path_factory.mktemp("demo") / "site"
    kb_done("build", "--site-dir", str(site), cwd=ROOT)
    return site


@pytest.fixture
def problems() -> Problems:
    """Collect the complaints of this test's pages."""
    return Problems()


@pytest.fixture
def context(browser: Browser, problems: Problems, serve: Serve) -> Iterator[BrowserContext]:
    """Open a fresh visitor; the test fails when any of its pages complains. Visitors leave before ``serve`` ends."""
    opened = browser.new_context()
    problems.watch(opened)
    yield opened
    opened.close()
    assert problems.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Open a page of a fresh visitor."""
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    return opened


@pytest.fixture
def demo(serve: Serve, demo_site: Path) -> StaticHost:
    """Serve the demo help center."""
    return serve(demo_site)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what shares the browser last: its event loop lasts as long as it, and forbids any other in this process."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
