"""The contact page: what is open now where the reader is, and a form that suggests answers and lets people through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser

MONDAY_MORNING = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SUNDAY = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def berlin_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(timezone_id="Europe/Berlin")
    yield context.new_page()
    context.close()


def first_channels(page: Page, count: int) -> list[str]:
    return [title.strip() for title in page.locator(".kb-channel__title").all_inner_texts()[:count]]


def test_channels_say_whether_they_are_open_in_the_readers_time(berlin_page: Page, demo: StaticHost) -> None:
    berlin_page.clock.set_fixed_time(MONDAY_MORNING)
    berlin_page.goto(demo.url + "contact/")

    chat = berlin_page.locator("[data-kb-channel=chat] .kb-now")
    expect(chat).to_have_text("Open until 21:00 (your time)")
    assert first_channels(berlin_page, 2) == ["Text message", "Chat"]


def test_the_open_come_first_and_the_closed_say_when_they_open(berlin_page: Page, demo: StaticHost) -> None:
    berlin_page.clock.set_fixed_time(SUNDAY)
    berlin_page.goto(demo.url + "contact/")

    expect(berlin_page.locator("[data-kb-channel=chat] .kb-now")).to_have_text("Closed, opens Mon 09:00 (your time)")
    assert first_channels(berlin_page, 3) == ["Text message", "Email", "Chat"]
    assert first_channels(berlin_page, 9)[-1] == "Callback"


def test_without_javascript_the_hours_and_the_form_are_there(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url + "contact/")

    assert "08:00–20:00" in page.locator("[data-kb-channel=chat]").inner_text()
    expect(page.locator("form[data-kb-ask]")).to_have_attribute("action", "mailto:help@larkfell.example")
    expect(page.locator("[data-kb-suggested]")).to_be_hidden()
    context.close()


def test_an_answer_is_read_in_place_and_ends_the_search_for_one(page: Page, demo: StaticHost) -> None:
    page.add_init_script("window.told = []; document.addEventListener('kb:event', ({ detail }) => told.push(detail))")
    page.goto(demo.url + "contact/?q=my parcel has not arrived yet")
    suggestion = page.locator("[data-kb-suggested] summary").first

    suggestion.click()
    expect(page.locator(".kb-ask__answer ol, .kb-ask__answer p").first).to_be_visible()
    page.get_by_role("button", name="This solved it").first.click()

    expect(page.get_by_text("You need not send anything.")).to_be_visible()
    told = page.evaluate("told")
    assert [event["action_name"] for event in told if event["action_name"] != "suggestion_shown"] == [
        "suggestion_click",
        "suggestion_solved",
    ]
    assert len({event["form_token"] for event in told}) == 1
    expect(page.get_by_label("Your question")).to_have_value("my parcel has not arrived yet")


def test_the_question_goes_to_the_mail_program_as_it_was_written(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + "contact/", wait_until="networkidle")
    opened: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.on("Page.frameRequestedNavigation", lambda event: opened.append(event["url"]))

    page.get_by_label("What is it about?").select_option("A return or refund")
    page.get_by_label("Your question").fill("100 % wool & it's torn + wet?\nPlease help")
    page.get_by_role("button", name="Open in your mail program").click()
    page.wait_for_timeout(300)

    fields = parse_qs(urlsplit(opened[0].replace("+", "%2B")).query)
    assert fields["subject"] == ["A return or refund"]
    assert fields["body"][0].splitlines() == ["100 % wool & it's torn + wet?", "Please help"]


@pytest.mark.parametrize("query", ["qqxzj wwvvk", '<qqxzj>& "+?q=%'])
def test_a_search_without_an_answer_takes_its_words_along(page: Page, demo: StaticHost, query: str) -> None:
    page.goto(demo.url + "search/?" + urlencode({"q": query}))
    page.locator("[data-kb-results] [role=status]").get_by_role("link", name="Contact us").click()

    expect(page.get_by_label("Your question")).to_have_value(query)
