"""What axe finds, and what small screens, zoom and forced colours do."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_parts import box, options, results
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser

PAGES = {
    "home": "",
    "category": "faq/orders/",
    "article": "faq/orders/cancel-my-order/",
    "guide": "guides/choose-hiking-boots/",
    "results": "search/?q=refund",
    "no results": "search/?q=zyzzyx",
    "contact": "contact/",
    "missing": "404.html",
    "announcement": "announcements/winter-delivery-dates/",
    "policy": "policies/returns-policy/2.0/",
    "old policy": "policies/returns-policy/1.0/",
    "comparison": "policies/returns-policy/2.0/since-1.0/",
    "video": "guides/pitch-your-tent/",
    "German": "de/faq/returns/refund-time/",
    "Arabic": "ar/faq/orders/cancel-my-order/",
    "Arabic home": "ar/",
}


def open_whole(page: Page, address: str) -> None:
    """Open a page and wait for its search to have answered."""
    page.goto(address)
    if "?q=" in address:
        expect(page.locator(".kb-results [role=status]")).to_have_text(re.compile("result|Nothing found"))


def violations(page: Page) -> list[str]:
    """Return what axe finds, however slight, each with the first element."""
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, demo: StaticHost, scheme: str) -> None:
    """The policy of the pages would stop axe itself, so that this context alone does not enforce it."""
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for name, address in PAGES.items():
        open_whole(page, demo.url + address)
        found[name] = violations(page)
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first.locator("mark").first).to_be_visible()
    box(page).press("ArrowDown")
    found["search open"] = violations(page)
    context.close()

    assert {name: of_page for name, of_page in found.items() if of_page} == {}


def test_the_smallest_screen_never_scrolls_sideways_and_search_fits(browser: Browser, demo: StaticHost) -> None:
    width = 320
    context = browser.new_context(viewport={"width": width, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    for name, address in PAGES.items():
        open_whole(page, demo.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto(f"{demo.url}faq/orders/cancel-my-order/")
    box(page).fill("refund")
    expect(options(page).first.locator("mark").first).to_be_visible()

    bounds = page.locator(".kb-search__panel:visible").bounding_box()
    assert bounds and bounds["x"] >= 0 and bounds["x"] + bounds["width"] <= width
    options(page).first.tap()
    page.wait_for_url(lambda address: "cancel-my-order" not in address)
    context.close()


def test_the_chosen_option_shows_in_forced_colours(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()
    plain = options(page).first.evaluate("(option) => getComputedStyle(option).outlineStyle")

    box(page).press("ArrowDown")

    chosen = options(page).first.evaluate("(option) => getComputedStyle(option).outlineStyle")
    assert (plain, chosen) == ("none", "solid")
    context.close()


def test_in_forced_colours_only_what_changed_is_marked(browser: Browser, demo: StaticHost) -> None:
    """A transparent border is drawn there like any other."""
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{demo.url}policies/returns-policy/2.0/since-1.0/")
    edge = "(block) => getComputedStyle(block).borderInlineStartColor"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert page.locator(".kb-redline__block--same").first.evaluate(edge) == ground
    assert page.locator(".kb-redline__block--changed").first.evaluate(edge) != ground
    context.close()


def test_on_paper_ways_to_people_are_dark_and_say_where_they_lead(browser: Browser, demo: StaticHost) -> None:
    """White on a ground that is not printed is white on white; a link on paper leads nowhere."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{demo.url}contact/")
    page.emulate_media(media="print")
    way = page.locator("[data-kb-channel=mail] .kb-button")

    assert way.evaluate("(link) => getComputedStyle(link).color") == "rgb(0, 0, 0)"
    assert "mailto:help@larkfell.example" in way.evaluate("(link) => getComputedStyle(link, '::after').content")
    assert page.locator("form:visible").count() == 0
    context.close()


def test_every_result_is_reached_with_the_tab_key(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund")
    expect(results(page).first).to_be_visible()
    skip = page.get_by_role("link", name="Skip to results")
    expect(skip).to_be_attached()
    box(page).focus()

    for _ in range(4):
        page.keyboard.press("Tab")
        if skip.evaluate("(link) => link === document.activeElement"):
            break
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(results(page).count()):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.closest('article.kb-result')?.querySelector('h2').textContent")
        )

    assert set(results(page).locator("h2").all_text_contents()) <= reached
