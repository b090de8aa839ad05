"""What is announced at this hour: on pages as they are, without a build."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from typing import Any

import pytest
from page_parts import box, options, results
from page_problems import Problems
from playwright.sync_api import Browser, Locator, Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
PAYMENTS = {
    "id": "announcements/payments.md",
    "language": "en-GB",
    "title": "Card payments fail",
    "text": "We are on it.",
    "severity": "critical",
    "starts": "2026-11-22T13:30:00+02:00",
    "ends": "2026-11-22T12:10:00Z",
    "link": "faq/",
    "queries": ["card declined", "payment failed"],
    "pages": [],
}


def announce(host: StaticHost, *announcements: Any) -> None:
    body = json.dumps({"format": 1, "announcements": announcements}).encode()
    host.when(r"^/announcements\.json$", Reply(body=body, content_type="application/json"))


def banner(page: Page, title: str = "Card payments fail") -> Locator:
    return page.locator(".kb-banner", has_text=title)


def test_a_banner_is_live_without_a_build_and_ends_by_itself(page: Page, demo: StaticHost) -> None:
    page.clock.install(time=NOON)
    announce(demo, PAYMENTS)
    page.goto(demo.url)

    expect(banner(page)).to_be_visible()
    expect(banner(page).get_by_role("link")).to_have_attribute("href", demo.url + "faq/")

    page.clock.fast_forward("10:01")
    expect(banner(page)).to_have_count(0)


def test_a_banner_that_begins_later_comes_by_itself(page: Page, demo: StaticHost) -> None:
    page.clock.install(time=NOON - dt.timedelta(minutes=45))
    announce(demo, PAYMENTS)
    page.goto(demo.url)
    expect(page.locator(".kb-banner")).to_have_count(0)  # The file says nothing of the banners of the build.

    page.clock.fast_forward("15:01")
    expect(banner(page)).to_be_visible()


def test_a_banner_may_be_for_some_pages(page: Page, demo: StaticHost) -> None:
    page.clock.set_fixed_time(NOON)
    announce(demo, {**PAYMENTS, "pages": ["faq/payments/"]})

    page.goto(demo.url + "faq/payments/")
    expect(banner(page)).to_be_visible()
    page.goto(demo.url + "faq/shipping/")
    expect(page.locator("[data-kb-banners]")).to_have_text("")


def test_a_dismissed_banner_is_gone_from_this_page_and_nothing_is_stored(page: Page, demo: StaticHost) -> None:
    page.clock.set_fixed_time(NOON)
    announce(demo, PAYMENTS)
    page.goto(demo.url)

    banner(page).get_by_role("button", name="Dismiss").press("Enter")

    expect(banner(page)).to_have_count(0)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize("path", ["", "search/?q=declined card"])
def test_words_that_are_not_translated_say_their_language(page: Page, demo: StaticHost, path: str) -> None:
    page.clock.set_fixed_time(NOON)
    announce(demo, {**PAYMENTS, "language": "de", "text_language": "en-GB"})

    page.goto(f"{demo.url}de/{path}")

    expect(banner(page).locator("bdi")).to_have_attribute("lang", "en-GB")
    if path:
        expect(page.locator(".kb-notice")).to_have_attribute("lang", "en-GB")


@pytest.mark.parametrize("query", ["declined card", "my card was DECLINED twice", "payments failed"])
def test_a_search_that_meets_it_shows_it_above_the_hits(page: Page, demo: StaticHost, query: str) -> None:
    page.clock.set_fixed_time(NOON)
    announce(demo, PAYMENTS)
    page.goto(f"{demo.url}search/?q={query}")

    notice = page.locator("p.kb-notice")
    expect(notice).to_have_text("Card payments fail We are on it.")
    expect(results(page).first).to_be_visible()
    assert notice.bounding_box()["y"] < results(page).first.bounding_box()["y"]

    page.locator("#kb-q").fill("gift card")
    page.locator("#kb-q").press("Enter")
    expect(page.locator(".kb-results__title").first).to_contain_text("gift card")
    expect(notice).to_have_count(0)


def test_it_is_the_first_choice_below_the_box_and_hits_keep_their_addresses(page: Page, demo: StaticHost) -> None:
    page.clock.install(time=NOON)
    announce(demo, PAYMENTS)
    page.goto(demo.url)
    expect(banner(page)).to_be_visible()

    box(page).fill("payment failed")
    expect(options(page).first).to_have_text("Card payments fail")
    page.clock.run_for(1000)
    expect(options(page).nth(1)).to_have_attribute("href", re.compile(r"/(faq|guides|policies)/.+/"))
    box(page).press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")


def test_a_search_that_finds_nothing_shows_it_too(page: Page, demo: StaticHost) -> None:
    page.clock.install(time=NOON)
    announce(demo, {**PAYMENTS, "queries": ["qqxzj"]})
    page.goto(demo.url)
    expect(banner(page)).to_be_visible()

    box(page).fill("qqxzj")
    page.clock.run_for(1000)
    expect(options(page).first).to_have_text("Card payments fail")
    page.goto(demo.url + "search/?q=qqxzj")
    expect(page.locator("p.kb-notice")).to_be_visible()


HOSTILE_LINKS = [
    "javascript:alert(1)",
    "JaVa\tScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "http://evil.example/",
    "//[",
    "vbscript:x",
]


@pytest.mark.parametrize("link", HOSTILE_LINKS)
def test_a_link_is_of_this_site_or_https_or_none(page: Page, demo: StaticHost, link: str) -> None:
    page.clock.set_fixed_time(NOON)
    announce(demo, {**PAYMENTS, "link": link, "title": "<img src=x onerror=alert(1)> {{x}} \u202e</script>"})
    page.goto(f"{demo.url}search/?q=card declined")

    shown = page.locator(".kb-banner", has_text="<img src=x")
    expect(shown).to_be_visible()
    expect(page.locator("p.kb-notice")).to_contain_text("<img src=x onerror")
    assert (
        page.locator("[data-kb-banners] a, p.kb-notice a").evaluate_all(
            "links => links.map(({ href }) => href).filter((href) => !href.startsWith(location.origin))"
        )
        == []
    )
    expect(page.locator("[data-kb-banners] img")).to_have_count(0)


WRONG = [None, 5, "text", [], {}, {"title": 5}, {**PAYMENTS, "title": " "}, {**PAYMENTS, "starts": "soon"}]
WRONG += [{**PAYMENTS, "ends": PAYMENTS["starts"]}, {**PAYMENTS, "ends": {}}, {**PAYMENTS, "language": "de"}]


def test_what_is_no_announcement_is_left_out_and_the_others_are_shown(page: Page, demo: StaticHost) -> None:
    page.clock.set_fixed_time(NOON)
    odd = {**PAYMENTS, "title": "Odd", "severity": "loud", "queries": 5, "pages": {"a": 1}, "id": {}, "link": 7}
    announce(demo, *WRONG, odd, PAYMENTS)
    page.goto(demo.url)

    expect(banner(page)).to_be_visible()
    assert page.locator(".kb-banner__text").all_inner_texts() == ["Odd", "Card payments fail"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<!doctype html>"),
        Reply(body=b""),
        Reply(body=b"[1, 2"),
        Reply(body=b'{"announcements": 5}'),
        Reply(body=b" " * 70_000 + json.dumps({"announcements": [PAYMENTS]}).encode()),
        Reply(body=itertools.repeat(b" " * 1000)),
        Reply(body=b"\xff\xfe\x00"),
    ],
    ids=["html", "empty", "torn", "number", "too large", "endless", "binary"],
)
def test_a_file_that_is_none_changes_nothing(page: Page, demo: StaticHost, reply: Reply) -> None:
    """H48: the console stays empty, too; the fixture looks."""
    page.clock.set_fixed_time(dt.datetime(2026, 10, 12, tzinfo=dt.UTC))
    demo.when(r"^/announcements\.json$", reply)
    page.goto(demo.url)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    box(page).fill("parcel")
    expect(options(page).first).to_be_visible()
    expect(banner(page)).to_have_count(0)


def test_a_file_that_does_not_come_leaves_the_banners_of_the_page(
    page: Page, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("announcements.json")  # The browser itself says that it could not be loaded.
    demo.when(r"^/announcements\.json$", Reply(status=503))
    page.goto(demo.url)

    assert page.locator(".kb-banner__text").all_inner_texts() == built_banners(demo)


def built_banners(demo: StaticHost) -> list[str]:
    html = (demo.folder / "index.html").read_text("utf-8")
    return [part.partition("</bdi>")[0] for part in html.split('<bdi class="kb-banner__text">')[1:]]


def test_without_javascript_the_banners_of_the_build_are_there(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url)

    assert page.locator(".kb-banner__text").all_inner_texts() == built_banners(demo) != []
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)
    context.close()
