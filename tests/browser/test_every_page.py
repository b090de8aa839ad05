"""Every page of the demo, opened once: no complaint, nothing from another host, light enough."""

from __future__ import annotations

import gzip
import json
import re
import statistics
from pathlib import Path

import pytest
from page_problems import Problems
from playwright.sync_api import Browser, Page, Request
from static_host import StaticHost

pytestmark = pytest.mark.browser


def pages_of(site: Path) -> list[str]:
    """Return the site-relative addresses of all pages that are not mere redirects."""
    pages = (path for path in site.rglob("*.html") if b'http-equiv="refresh"' not in path.read_bytes())
    return sorted(path.relative_to(site).as_posix().removesuffix("index.html") for path in pages)


def test_no_page_complains_or_asks_another_host(browser: Browser, demo: StaticHost, demo_site: Path) -> None:
    problems = Problems()
    context = browser.new_context()
    problems.watch(context)
    elsewhere: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith((demo.url, "data:")):
            elsewhere.append(request.url)

    context.on("request", on_request)
    page = context.new_page()
    for address in pages_of(demo_site):
        page.goto(demo.url + address, wait_until="load")
    context.close()

    assert problems.unexpected() == []
    assert elsewhere == []


def test_the_code_of_a_page_is_at_most_15_kilobytes(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund", wait_until="networkidle")

    scripts = {request.lstrip("/") for request in demo.requests if request.endswith(".js")}
    sizes = {name: len(gzip.compress((demo.folder / name).read_bytes(), 6)) for name in scripts}
    assert len(sizes) > 2
    assert sum(sizes.values()) <= 15_000, sizes


def test_half_of_the_pages_are_lighter_than_6_kilobytes(demo_site: Path) -> None:
    sizes = [
        len(gzip.compress((demo_site / page / "index.html").read_bytes(), 6))
        for page in pages_of(demo_site)
        if "." not in page
    ]

    assert statistics.median(sizes) <= 6_000


def test_an_article_comes_first_for_its_exact_title(page: Page, demo: StaticHost, demo_site: Path) -> None:
    cards = [
        card
        for file in sorted((demo_site / "search").glob("cards-*.json"))
        for card in json.loads(file.read_text(encoding="utf-8"))["cards"]
    ]
    page.goto(demo.url)
    client = re.sub(r"main\.js$", "search.js", str(page.locator("script[type=module]").first.get_attribute("src")))

    first = page.evaluate(
        """async ([client, titles]) => {
            const { createSearch } = await import(new URL(client, document.baseURI));
            const engine = createSearch(new URL('./', document.baseURI));
            const answers = titles.map((title) => engine.search(title, { finished: true }));
            return (await Promise.all(answers)).map(({ hits }) => hits[0]?.url);
        }""",
        [client, [card["title"] for card in cards]],
    )

    found = [url == card["url"] for url, card in zip(first, cards, strict=True)]
    missed = [card["title"] for card, is_first in zip(cards, found, strict=True) if not is_first]
    assert len(cards) >= 90
    assert sum(found) >= 0.98 * len(cards), missed
