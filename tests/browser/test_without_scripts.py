"""Without JavaScript the help center is a plain site: everything can be read, found by topic, and people reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_customer_gets_from_home_to_an_article_by_links(plain_page: Page, demo: StaticHost) -> None:
    plain_page.goto(demo.url)

    plain_page.get_by_role("main").get_by_role("link", name="Orders").first.click()
    plain_page.get_by_role("main").get_by_role("link", name="How do I cancel my order?").first.click()

    expect(plain_page.get_by_role("heading", level=1)).to_have_text("How do I cancel my order?")


def test_the_search_form_leads_to_a_page_with_topics_and_people(plain_page: Page, demo: StaticHost) -> None:
    plain_page.goto(demo.url)

    plain_page.get_by_role("searchbox").fill("refund")
    plain_page.get_by_role("search").get_by_role("button").click()

    plain_page.wait_for_url(re.compile(r"/search/\?q=refund$"))
    main = plain_page.get_by_role("main")
    expect(main.get_by_role("link", name="Returns and refunds")).to_be_visible()
    expect(main.get_by_role("link", name=re.compile("contact", re.IGNORECASE)).first).to_be_visible()


def test_scripts_that_do_not_load_leave_a_plain_site(page: Page, demo: StaticHost) -> None:
    page.route(re.compile(r"\.js$"), lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(demo.url)

    page.get_by_role("searchbox").fill("refund")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/search/\?q=refund$"))
    expect(page.get_by_role("main").get_by_role("link", name="Returns and refunds")).to_be_visible()
