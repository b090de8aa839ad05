"""Consumers and businesses on one site: the choice stands in the address, without a script and with one."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from page_parts import box, options, results
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser

ARTICLE = "faq/business/bulk-quote/"


def test_without_javascript_there_is_a_home_page_for_businesses(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url + "faq/orders/")

    page.get_by_role("link", name="business customers", exact=True).click()
    expect(page.locator(".kb-card").first).to_contain_text("Business customers")
    page.locator(".kb-card a").first.click()

    assert page.url == demo.url + "faq/business/?for=b2b"
    context.close()


def test_the_choice_goes_along_and_lists_and_search_keep_to_it(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + "for/b2c/")
    page.get_by_role("link", name="Guides").first.click()
    expect(page).to_have_url(demo.url + "guides/?for=b2c")
    expect(page.get_by_role("link", name="shoppers", exact=True)).to_have_attribute("aria-current", "true")
    assert page.locator("[data-kb-for=b2b]:visible").count() == 0 < page.locator("[data-kb-for=b2b]").count()

    box(page).fill("account")
    box(page).press("Enter")
    expect(results(page).first).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["audience"] == ["b2c"]
    assert not [href for href in hrefs(page) if "/faq/business/" in href]

    results(page).first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"[?&]for=b2c"))
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_answers_while_typing_keep_to_the_choice(page: Page, demo: StaticHost) -> None:
    asked = "pay by invoice"

    def folders(address: str) -> list[str]:
        page.goto(demo.url + address)
        if "for=" in address:  # the choice has been read
            expect(page.locator("form[data-kb-search] [name=audience]").first).to_be_attached()
        box(page).fill(asked)
        expect(options(page).last).to_contain_text("See all results")
        links = options(page).evaluate_all("options => options.slice(0, -1).map(({ href }) => new URL(href).pathname)")
        return [path.split("/")[2] for path in links if path.startswith("/faq/")]

    assert "business" in folders("")
    assert "business" in folders("?for=b2b")
    shoppers = folders("?for=b2c")
    assert shoppers and "business" not in shoppers
    box(page).press("Enter")
    expect(results(page).first).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["audience"] == ["b2c"]


def test_ways_to_people_for_others_are_left_out_and_their_own_come_first(page: Page, demo: StaticHost) -> None:
    page.clock.set_fixed_time(dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC))
    desk = page.locator(".kb-channel", has_text="Business desk")

    page.goto(f"{demo.url}contact/?for=b2b")
    expect(page.locator(".kb-channel").first).to_contain_text("Business desk")
    page.goto(f"{demo.url}contact/?for=b2c")
    expect(desk).to_be_hidden()
    page.goto(f"{demo.url}contact/")
    expect(desk.locator(".kb-now")).to_have_text(re.compile("Open"))
    assert page.locator(".kb-channel").first.get_attribute("data-kb-for") is None


def hrefs(page: Page) -> list[str]:
    return results(page).get_by_role("link").evaluate_all("links => links.map(({ href }) => href)")


def test_on_an_article_the_switch_stays_on_the_page(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}{ARTICLE}?for=b2b")
    expect(page.get_by_role("link", name="business customers", exact=True)).to_have_attribute("aria-current", "true")

    page.get_by_role("link", name="everyone", exact=True).click()

    expect(page).to_have_url(demo.url + ARTICLE)


def test_the_results_page_can_be_switched_and_keeps_the_latest_question(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund&for=b2c&audience=b2c")
    expect(results(page).first).to_be_visible()
    box(page).fill("pay by invoice")
    box(page).press("Enter")
    expect(page.get_by_role("heading", name="Results for “pay by invoice”")).to_be_visible()
    page.get_by_role("link", name="business customers", exact=True).click()

    expect(page.get_by_role("link", name="business customers", exact=True)).to_have_attribute("aria-current", "true")
    expect(results(page).first).to_contain_text("Business customers")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["q"], asked["for"], asked["audience"]) == (["pay by invoice"], ["b2b"], ["b2b"])


@pytest.mark.parametrize("value", ["agent", "<script>", "b2b]", "%00", "__proto__", "b2b&for=b2c" * 50])
def test_a_foreign_value_in_the_address_changes_nothing(page: Page, demo: StaticHost, value: str) -> None:
    """H43."""
    page.goto(f"{demo.url}guides/?for={value}")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if "b2b&" not in value:
        expect(page.get_by_role("link", name="everyone", exact=True)).to_have_attribute("aria-current", "true")
        assert page.locator("[data-kb-for][hidden]").count() == 0
    page.wait_for_load_state("networkidle")
