"""The parts of a help center page that the tests touch, found as a reader finds them: by role and name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Locator, Page, Request
from static_host import StaticHost

_under_way: WeakKeyDictionary[BrowserContext, set[Request]] = WeakKeyDictionary()


def box(page: Page) -> Locator:
    """Return the search box."""
    return page.get_by_role("combobox", name="Search the help center")


def options(page: Page) -> Locator:
    """Return the options below it; the last one leads to all results."""
    return page.get_by_role("option")


def panel(page: Page) -> Locator:
    """Return what is open below the box: the list, or a message."""
    return page.locator(".kb-search__panel:visible")


def live_region(page: Page) -> Locator:
    """Return what a screen reader is told while one types."""
    return page.locator("form[data-kb-search] [role=status]")


def results(page: Page) -> Locator:
    """Return the hits of the results page."""
    return page.locator("article.kb-result")


@contextmanager
def requests_of(host: StaticHost, part: str) -> Iterator[list[str]]:
    """Collect the requests made while the block runs whose path contains a text."""
    before = len(host.requests)
    found: list[str] = []
    yield found
    found += [request for request in host.requests[before:] if part in request]


def watch_requests(context: BrowserContext) -> None:
    """Let `settle` know what the pages of a context ask for."""
    under_way = _under_way[context] = set()

    def begin(request: Request) -> None:
        under_way.add(request)

    def end(request: Request) -> None:
        under_way.discard(request)

    context.on("request", begin)
    context.on("requestfinished", end)
    context.on("requestfailed", end)


def settle(page: Page) -> None:
    """Wait until all that the page loads is there, 15 seconds at most: what is missing then, the test itself will miss.

    `networkidle` tells so of a page's beginning only.
    """
    quiet_since, end = time.monotonic(), time.monotonic() + 15
    while time.monotonic() < min(quiet_since + 0.4, end):  # a script that has come may ask for another at once
        page.wait_for_timeout(50)
        if _under_way[page.context]:
            quiet_since = time.monotonic()
