"""A policy as a customer reads it on different days, with and without JavaScript."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser

VERSION_2 = "terms/business-terms/2.0/"  # in force when built; version 3.0 follows on 1 February 2027
VERSION_3 = "terms/business-terms/3.0/"


def states(page: Page) -> list[str]:
    return [text.split(".")[0] for text in page.locator("p.kb-state:visible").all_inner_texts()]


@pytest.mark.parametrize(
    ("day", "url", "expected"),
    [
        (dt.datetime(2027, 1, 31, 12), VERSION_2, "This version is in force"),
        (dt.datetime(2027, 2, 1, 12), VERSION_2, "This version is no longer in force"),
        (dt.datetime(2027, 1, 31, 12), VERSION_3, "This version is not in force yet"),
        (dt.datetime(2027, 2, 1, 12), VERSION_3, "This version is in force"),
    ],
)
def test_a_version_takes_over_on_its_day_without_a_build(
    page: Page, demo: StaticHost, day: dt.datetime, url: str, expected: str
) -> None:
    page.clock.set_fixed_time(day)
    page.goto(demo.url + url)

    assert states(page)[0] == expected


def test_a_customer_asks_what_applied_on_a_day(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + "policies/privacy/latest/")
    day = page.get_by_label("What applied on")

    day.fill("2025-05-05")
    expect(page.locator("output")).to_have_text("Version 1.0 applied on that day.")
    day.fill("2026-03-01")
    expect(page.locator("output")).to_have_text("Version 2.0 applied on that day.")
    day.fill("2001-01-01")
    expect(page.locator("output")).to_have_text("No version applied on that day yet.")


def test_two_versions_are_compared_from_the_list(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + "policies/privacy/2.0/")

    page.get_by_role("link", name="Compare with version 1.0").click()

    expect(page.locator(".kb-redline ins").first).to_be_visible()
    expect(page.locator(".kb-redline del").first).to_be_visible()


def test_on_paper_a_policy_names_itself_below_its_text(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}policies/returns-policy/2.0/")
    page.emulate_media(media="print")
    line = page.locator(".kb-print-line")

    text, foot = page.locator(".kb-article__body").bounding_box(), line.bounding_box()
    expect(line).to_contain_text("Returns policy, version 2.0, in force from 1 June 2026")
    expect(line).to_have_css("display", "table-footer-group")  # what is repeated on each page
    assert text and foot and foot["y"] >= text["y"] + text["height"]
