"""What is done with every page or article of a site: open it, or search for it by its title."""

from __future__ import annotations

import json
from pathlib import Path

from page_problems import Problems
from playwright.sync_api import Browser, Page, Request
from static_host import StaticHost

TABS = 4  # load side by side


def pages_of(site: Path) -> list[str]:
    """Return the site-relative addresses of all pages that are not mere redirects."""
    pages = (path for path in site.rglob("*.html") if b'http-equiv="refresh"' not in path.read_bytes())
    return sorted(path.relative_to(site).as_posix().removesuffix("index.html") for path in pages)


def open_every_page(browser: Browser, host: StaticHost) -> list[str]:
    """Open each page once, as one visitor; return what it complained about and what it asked of other hosts."""
    problems = Problems()
    context = browser.new_context()
    problems.watch(context)

    def on_request(request: Request) -> None:
        if not request.url.startswith((host.url, "data:")):
            problems.found.append(f"asked another host: {request.url}")

    context.on("request", on_request)
    tabs = [context.new_page() for _ in range(TABS)]
    addresses = pages_of(host.folder)
    for start in range(0, len(addresses), TABS):
        opening = list(zip(tabs, addresses[start : start + TABS], strict=False))
        for tab, address in opening:
            tab.goto(host.url + address, wait_until="commit")
        for tab, _ in opening:
            tab.wait_for_load_state("load")
    context.close()
    return problems.found


def search_for_every_title(page: Page, host: StaticHost) -> list[tuple[str, bool]]:
    """Search for the exact title of each article with the page's own client; say of each whether it came first."""
    cards = [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted((host.folder / "search").glob("card-*/*.json"))
    ]
    page.goto(host.url)
    client = page.locator("script[type=module]").first.get_attribute("src")
    first = page.evaluate(
        """async ([client, titles]) => {
            const { createSearch } = await import(new URL(client, document.baseURI));
            const engine = createSearch(new URL('./', document.baseURI));
            const answers = titles.map((title) => engine.search(title, { finished: true }));
            return (await Promise.all(answers)).map(({ hits }) => hits[0]?.url);
        }""",
        [client, [card["title"] for card in cards]],
    )
    return [(card["title"], url == card["url"]) for url, card in zip(first, cards, strict=True)]
