"""Narrowing results down on the results page: what is offered, what its address says, how the keyboard does it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_parts import box, options, requests_of, results
from page_problems import Problems
from playwright.sync_api import Browser, Locator, Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser


def value(page: Page, group: str, name: str) -> Locator:
    """Return a checkbox of the filters."""
    return page.get_by_role("group", name=group).get_by_role("checkbox", name=re.compile(f"^{name}"))


def count(page: Page, group: str, name: str) -> int:
    return int((value(page, group, name).locator("xpath=..").text_content() or "").removeprefix(name))


def total(page: Page) -> Locator:
    return page.locator(".kb-results [role=status]")


def test_a_choice_narrows_down_without_a_reload_and_keeps_the_focus(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund")
    policies = count(page, "Kind", "Policy")
    with requests_of(demo, "/search/") as requests:
        value(page, "Kind", "Policy").focus()
        page.keyboard.press("Space")
        expect(total(page)).to_contain_text(f"{policies} results")

    expect(results(page)).to_have_count(policies)
    assert set(results(page).locator(".kb-hit__labels span:first-child").all_text_contents()) == {"Policy"}
    expect(value(page, "Kind", "Policy")).to_be_focused()
    assert page.url == f"{demo.url}search/?q=refund&kind=policy"
    assert not [path for path in requests if "/search/?" in path or "words-" in path]


def test_values_of_a_group_add_up_and_groups_narrow_each_other(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund")
    both = count(page, "Kind", "Policy") + count(page, "Kind", "Guide")

    value(page, "Kind", "Policy").check()
    value(page, "Kind", "Guide").check()
    expect(total(page)).to_contain_text(f"{both} results")
    topic = count(page, "Topic", "Terms of sale")
    value(page, "Topic", "Terms of sale").check()

    expect(total(page)).to_contain_text(f"{topic} results")
    expect(value(page, "Kind", "FAQ")).to_be_hidden()
    page.get_by_role("button", name="Show all").click()
    expect(total(page)).to_contain_text("best of")
    assert page.url == f"{demo.url}search/?q=refund"


def test_an_address_can_be_sent_and_back_undoes_a_choice(page: Page, demo: StaticHost) -> None:
    page.goto(f"{demo.url}search/?q=refund&kind=policy&kind=guide")

    expect(value(page, "Kind", "Policy")).to_be_checked()
    expect(value(page, "Kind", "Guide")).to_be_checked()
    narrowed = total(page).text_content()
    value(page, "Kind", "Guide").uncheck()
    expect(total(page)).not_to_have_text(narrowed or "")
    page.go_back()
    expect(total(page)).to_have_text(narrowed or "")
    expect(value(page, "Kind", "Guide")).to_be_checked()
    box(page).fill("gift card")
    box(page).press("Enter")
    expect(page.get_by_role("heading", name="Results for “gift card”")).to_be_visible()
    expect(value(page, "Kind", "Guide")).not_to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="Results for “refund”")).to_be_visible()
    expect(value(page, "Kind", "Guide")).to_be_checked()


@pytest.mark.parametrize(
    "address",
    ["kind=nothing", "category=%22%3E%3Cscript%3E", "kind=__proto__&audience=constructor", "kind=" + "&kind=" * 999],
)
def test_values_that_do_not_exist_find_nothing_and_can_be_cleared(page: Page, demo: StaticHost, address: str) -> None:
    page.goto(f"{demo.url}search/?q=refund&{address}")

    expect(total(page)).to_contain_text("Nothing found for “refund” among these.")
    expect(total(page).get_by_role("link", name="Contact us")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(results(page).first).to_be_visible()


def test_the_box_never_asks_for_filters_and_hits_come_without_them(
    page: Page, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("404")
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first.locator("mark").first).to_be_visible()
    assert not [path for path in demo.requests if "facets" in path or "filters" in path]

    demo.when(r"facets-|filters\.js", Reply(status=404))
    page.goto(f"{demo.url}search/?q=refund")

    expect(results(page).first).to_be_visible()
    expect(page.get_by_role("group", name="Kind")).to_have_count(0)


def test_on_a_phone_filters_open_when_asked_for(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{demo.url}search/?q=refund")

    expect(page.get_by_text("Narrow down")).to_be_visible()
    expect(page.get_by_role("group", name="Kind")).to_be_hidden()
    page.get_by_text("Narrow down").click()
    value(page, "Kind", "Policy").check()
    expect(value(page, "Topic", "Terms of sale")).to_be_visible()
    found = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert (found, page.evaluate("document.documentElement.scrollWidth")) == ([], 360)
    context.close()


def test_axe_finds_nothing_serious_beside_narrowed_results(browser: Browser, demo: StaticHost) -> None:
    found = []
    for scheme in ("light", "dark"):
        context = browser.new_context(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{demo.url}search/?q=refund&kind=policy")
        expect(value(page, "Kind", "Policy")).to_be_checked()
        found += [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        context.close()

    assert found == []
