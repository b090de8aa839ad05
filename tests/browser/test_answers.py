"""What a reader sees by how sure search is: the answer itself, a list, or other ways to an answer."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_parts import box, live_region, options, panel, results
from page_problems import Problems
from playwright.sync_api import Browser, Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser

SURE, UNSURE = "how long do refunds take", "can I bring my dog to the pub"
DOUBT = "We are not sure that any of these answers your question"


def test_a_sure_result_is_the_answer_itself_with_its_link(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q={SURE}")

    first = results(page).first
    expect(first.get_by_text("Answer", exact=True)).to_be_visible()
    expect(first).to_contain_text("We refund you within 5 working days after the parcel reaches our warehouse.")
    expect(page.get_by_text("Answer", exact=True)).to_have_count(1)
    expect(page.get_by_text(DOUBT)).to_have_count(0)
    first.get_by_role("link").click()
    page.wait_for_url("**/faq/returns/refund-time/")


def test_the_box_shows_a_sure_answer_first_and_says_so(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).press_sequentially(SURE)

    expect(options(page).first).to_contain_text("Answer")
    expect(options(page).first).to_contain_text("We refund you within 5 working days")
    expect(live_region(page)).to_have_text(re.compile(r"^Answer: When will I get my refund\?\. .*\d+ results"))
    box(page).press("ArrowDown")
    box(page).press("Enter")
    page.wait_for_url("**/faq/returns/refund-time/")


def test_an_unsure_page_says_so_and_offers_a_topic_and_people_above_the_hits(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q={UNSURE}")

    status = page.locator(".kb-results [role=status]")
    expect(status).to_have_text(re.compile(f"^{DOUBT}"))
    ways = page.locator(".kb-results__ways a")
    expect(ways.first).to_have_text(re.compile("^Look through "))
    assert ways.all_text_contents()[1] == "Contact us"
    assert set(ways.all_text_contents()[2:]) == {"Chat", "Phone", "Email"}
    expect(results(page).first).to_be_visible()
    topic = (ways.first.text_content() or "").removeprefix("Look through ")
    ways.first.click()
    expect(page.get_by_role("heading", level=1, name=topic)).to_be_visible()


def test_the_box_leads_to_people_by_keyboard_when_unsure(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).press_sequentially(UNSURE)

    expect(panel(page)).to_contain_text(DOUBT)
    expect(live_region(page)).to_contain_text(DOUBT)
    expect(options(page).nth(-2)).to_have_text("Contact us")
    box(page).press("ArrowUp")
    box(page).press("ArrowUp")
    box(page).press("Enter")
    page.wait_for_url(re.compile(r"/contact/\?q=.+"))


def test_nothing_is_said_of_a_word_that_is_being_typed(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).press_sequentially("bitcoi")

    expect(options(page).first.or_(panel(page))).to_be_visible()
    expect(page.get_by_text(DOUBT)).to_have_count(0)


def test_axe_finds_nothing_serious_in_either_state(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    found = []
    for query in (SURE, UNSURE):
        page.goto(f"{demo.url}search/?q={query}")
        expect(results(page).first.locator("mark").first).to_be_visible()
        found += [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        page.goto(demo.url)
        box(page).fill(query)
        expect(options(page).first).to_be_visible()
        box(page).press("ArrowDown")
        found += [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    context.close()

    assert found == []


def test_the_topics_stay_when_the_code_of_the_page_is_gone(page: Page, demo: StaticHost, problems: Problems) -> None:
    problems.expect("404")
    demo.when(r"results_page\.js", Reply(status=404))
    page.goto(f"{demo.url}search/?q=order")

    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()
