"""Every page of the demo: no complaint, nothing from another host, light; every title finds its article."""

from __future__ import annotations

import gzip
import statistics
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from static_host import StaticHost
from tours import open_every_page, pages_of, search_for_every_title

pytestmark = pytest.mark.browser


def test_no_page_complains_or_asks_another_host(browser: Browser, demo: StaticHost) -> None:
    assert open_every_page(browser, demo) == []


def test_the_code_of_a_page_is_at_most_15_kilobytes(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund", wait_until="networkidle")

    scripts = {request.lstrip("/") for request in demo.requests if request.endswith(".js")}
    sizes = {name: len(gzip.compress((demo.folder / name).read_bytes(), 6)) for name in scripts}
    assert {name.rpartition("/")[2] for name in sizes} >= {"main.js", "theme.js", "results_page.js"}
    assert sum(sizes.values()) <= 15_000, sizes


def test_half_of_the_pages_are_lighter_than_6_kilobytes(demo_site: Path) -> None:
    pages = [demo_site / page / "index.html" for page in pages_of(demo_site) if page != "404.html"]
    sizes = [len(gzip.compress(page.read_bytes(), 6)) for page in pages]

    assert statistics.median(sizes) <= 6_000


def test_an_article_comes_first_for_its_exact_title(page: Page, demo: StaticHost) -> None:
    found = search_for_every_title(page, demo)

    assert len(found) >= 90
    assert sum(is_first for _, is_first in found) >= 0.98 * len(found), [title for title, first in found if not first]
