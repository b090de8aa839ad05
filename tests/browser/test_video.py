"""What is said in a video is found, and leads to the second."""

from __future__ import annotations

import re

import pytest
from page_parts import results
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser

GUIDE = "guides/pitch-your-tent/"


def second(page: Page) -> float:
    return page.locator(".kb-video video").evaluate("video => video.currentTime")


def test_a_hit_on_spoken_words_leads_to_their_second(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + "search/?q=pulling would take the joints apart")
    hit = results(page).locator(f'a[href*="{GUIDE}"]').first
    expect(hit).to_have_attribute("href", re.compile(rf"{GUIDE}#t=\d+$"))

    hit.click()
    expect(page.locator(".kb-transcript li:target")).to_contain_text("joints apart")
    wanted = int(page.url.rpartition("=")[2])
    page.wait_for_function("second => document.querySelector('.kb-video video').currentTime === second", arg=wanted)
    assert wanted > 0


def test_a_time_in_the_transcript_starts_the_video_there(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url + GUIDE, wait_until="networkidle")
    page.get_by_text("What is said in the video").click()
    link = page.locator("[data-kb-second]").last
    link.press("Enter")

    page.wait_for_function("() => document.querySelector('.kb-video video').currentTime > 0")
    assert page.url == demo.url + GUIDE


@pytest.mark.parametrize("fragment", ["t=", "t=-1", "t=1e9", "t=9999999999", "t=<img>", "t=1;alert(1)"])
def test_a_foreign_fragment_moves_nothing(page: Page, demo: StaticHost, fragment: str) -> None:
    """H43."""
    page.goto(f"{demo.url}{GUIDE}#{fragment}")
    page.wait_for_load_state("networkidle")

    assert second(page) == 0


def test_without_javascript_times_lead_into_the_file(browser: Browser, demo: StaticHost) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url + GUIDE)
    page.get_by_text("What is said in the video").click()

    times = page.locator(".kb-transcript a")
    expect(times.last).to_be_visible()
    assert all(re.search(r"\.webm#t=\d+$", link.get_attribute("href") or "") for link in times.all())
    context.close()
