"""The results page: an address that can be sent, and every state it can be in."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from page_parts import box, options, panel, requests_of, results
from page_problems import Problems
from playwright.sync_api import Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser


def test_an_address_shows_its_query_and_the_answers(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=lost+parcel")

    expect(page.get_by_role("heading", name="Results for “lost parcel”")).to_be_visible()
    expect(page).to_have_title(re.compile("^Results for “lost parcel” – .*Larkfell Help$"))
    expect(box(page)).to_have_value("lost parcel")
    expect(page.locator(".kb-results__count")).to_have_text(re.compile(r"^(The 10 best of )?\d+ results"))
    expect(results(page).first.locator("p mark").first).to_be_visible()
    expect(results(page).first.locator(".kb-hit__labels")).to_have_text(re.compile("FAQ|Guide|Policy"))
    expect(page.get_by_role("heading", name="Or browse by topic")).to_have_count(0)


def test_a_result_opens_its_article(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=How+do+I+cancel+my+order")

    results(page).first.get_by_role("link").click()

    page.wait_for_url(re.compile("/faq/orders/cancel-my-order/"))


def test_searching_again_stays_on_the_page_and_in_its_address(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=lost+parcel")
    expect(results(page).first).to_be_visible()
    visits = page.evaluate("history.length")

    box(page).fill("gift card")
    expect(options(page).first).to_be_visible()
    with requests_of(demo, "/search/?q") as loads:
        box(page).press("Enter")
        expect(page.get_by_role("heading", name="Results for “gift card”")).to_be_visible()

    expect(panel(page)).to_be_hidden()
    expect(results(page).first).to_contain_text(re.compile("gift card", re.IGNORECASE))
    assert page.url == f"{demo.url}search/?q=gift+card"
    assert page.evaluate("history.length") == visits + 1
    assert loads == []
    page.go_back()
    expect(page.get_by_role("heading", name="Results for “lost parcel”")).to_be_visible()
    expect(box(page)).to_have_value("lost parcel")


@pytest.mark.parametrize("address", ["search/", "search/?q=", "search/?q=+++", "search/?other=1"])
def test_without_a_query_it_asks_and_offers_topics(page: Page, demo: StaticHost, address: str) -> None:
    page.goto(demo.url + address)

    expect(page.get_by_text("Type a question above, or pick a topic.")).to_be_visible()
    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()
    expect(page.get_by_role("link", name="Shipping").first).to_be_visible()
    expect(results(page)).to_have_count(0)


def test_without_a_hit_it_says_so_and_offers_topics_and_people(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=zyzzyx")

    expect(page.locator("main [role=status]").last).to_contain_text("Nothing found for “zyzzyx”")
    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Contact us").first).to_be_visible()


def test_words_that_no_article_has_are_named(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=zyzzyx+refund")

    expect(page.locator(".kb-results__count")).to_contain_text("No article has: zyzzyx")
    expect(results(page).first).to_be_visible()


def test_a_failure_offers_a_retry_that_works(page: Page, demo: StaticHost, problems: Problems) -> None:
    problems.expect("Failed to load resource")
    demo.when("/search/words", Reply(status=500))
    page.goto(f"{demo.url}search/?q=refund")
    expect(page.get_by_text("Search does not answer right now.")).to_be_visible()
    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()

    demo.behave()
    page.get_by_role("button", name="Try again").click()

    expect(results(page).first).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_offline_it_says_so_and_recovers(page: Page, demo: StaticHost, problems: Problems) -> None:
    problems.expect("Failed to load resource|ERR_INTERNET_DISCONNECTED")
    page.goto(f"{demo.url}search/?q=refund")
    expect(results(page).first).to_be_visible()

    page.context.set_offline(True)
    box(page).fill("zip repair")
    box(page).press("Enter")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Results for “zip repair”")).to_be_visible()
    expect(results(page).first).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "<img src=x onerror=alert(1)>refund",
        "</title><script>alert(1)</script> refund",
        "\"refund' & {{7*7}} $& {query}",
        "\u202erefund\u2066",
        "<i>refnud</i> {words} {0} parcle",
    ],
)
def test_hostile_text_in_the_address_is_only_text(page: Page, demo: StaticHost, query: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))

    page.goto(f"{demo.url}search/?q={quote(query)}#{quote(query)}")

    expect(results(page).first).to_be_visible()
    assert page.locator("h2 bdi").text_content() == query
    assert box(page).input_value() == query
    assert page.locator("main :is(img, script)").count() == 0
    assert page.title().startswith("Results for “")
    assert not set(page.title()) & {"\u202e", "\u2066"}


@pytest.mark.parametrize("query", ["%", "%ZZ", "%E0%A4%A", "%00refund", "%ED%A0%80", "a=b=c", "%u0041"])
def test_a_broken_address_is_a_query_like_any_other(page: Page, demo: StaticHost, query: str) -> None:
    page.goto(f"{demo.url}search/?q={query}&q=second&__proto__=x")

    expect(page.locator("main .kb-results [role=status]")).not_to_have_text(re.compile("^(Searching…)?$"))
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_query_of_100_kilobytes_is_cut_at_256_characters(page: Page, demo: StaticHost) -> None:
    """The test's server takes 64 kB in an address; the page itself gets the rest."""
    page.goto(f"{demo.url}search/?q=" + "refund+" * 9_000)

    expect(results(page).first).to_be_visible()
    assert len(box(page).input_value()) == 256
    assert len(str(page.locator("h2 bdi").text_content())) <= 256
    assert len(page.title()) < 350


def test_a_late_answer_to_an_earlier_query_is_dropped(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/")
    waits = iter([1.0])
    demo.when("/search/words", lambda path: Reply(delay_seconds=next(waits, 0.05)))

    box(page).fill("refund")
    box(page).press("Enter")
    box(page).fill("gift card")
    box(page).press("Enter")

    expect(results(page).first).to_be_visible()
    page.wait_for_timeout(1200)
    expect(page.get_by_role("heading", name="Results for “gift card”")).to_be_visible()
    expect(results(page).first).to_contain_text(re.compile("gift card", re.IGNORECASE))


def test_hardly_anything_moves_while_results_come(page: Page, demo: StaticHost) -> None:
    page.add_init_script(
        """globalThis.moved = 0;
        new PerformanceObserver((list) => { for (const shift of list.getEntries()) globalThis.moved += shift.value; })
          .observe({ type: 'layout-shift', buffered: true });"""
    )
    page.goto(f"{demo.url}search/?q=how+long+do+refunds+take", wait_until="networkidle")
    expect(results(page).first).to_be_visible()

    assert page.evaluate("moved") < 0.1


def test_no_room_is_left_where_nothing_was_found(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=zzzzqqqq")
    expect(page.locator(".kb-results__message")).to_contain_text("zzzzqqqq")

    assert page.locator("html").get_attribute("data-kb-asked") is None
    assert page.locator('meta[name="description"]').get_attribute("content")
