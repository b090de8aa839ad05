"""A new site goes live while a reader has the old one open, or while caches still hold parts of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from page_parts import box, options, requests_of
from page_problems import Problems
from playwright.sync_api import Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser


def test_a_page_from_before_a_deploy_gets_its_answers_whole_from_the_new_one(
    page: Page, demo: StaticHost, hard_site: Path, problems: Problems
) -> None:
    problems.expect("404")
    page.goto(demo.url)
    box(page).focus()
    page.wait_for_load_state("networkidle")

    demo.folder = hard_site
    with requests_of(demo, "manifest") as manifests:
        box(page).fill("wombat lives")
        expect(options(page).first).to_contain_text("A long page")

    assert len(manifests) == 1


def test_a_page_from_before_a_deploy_keeps_to_its_files_while_they_are_there(
    page: Page, demo: StaticHost, demo_site: Path, hard_site: Path, tmp_path: Path
) -> None:
    both = tmp_path / "both"
    shutil.copytree(demo_site, both)
    page.goto(demo.url)
    box(page).focus()
    page.wait_for_load_state("networkidle")

    shutil.copytree(hard_site, both, dirs_exist_ok=True)
    demo.folder = both
    box(page).fill("cancel my order")

    expect(options(page).first).to_contain_text("How do I cancel my order?")


def test_a_missing_file_that_a_cache_remembers_does_not_stop_search(
    page: Page, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("404")
    demo.when(r"/search/(words|cards)-\w+\.json$", Reply(status=404, body=b"cached miss"))
    page.goto(demo.url)

    box(page).fill("refund")

    expect(options(page).first).to_be_visible()


def test_a_host_that_answers_everything_with_a_page_is_a_failure_it_survives(page: Page, demo: StaticHost) -> None:
    demo.when(r"/search/words", Reply(body=b"<!doctype html><title>Home</title>", content_type="text/html"))
    page.goto(demo.url)
    box(page).fill("refund")
    expect(page.get_by_text("Search does not answer right now.").first).to_be_visible()

    demo.behave()
    box(page).press_sequentially(" ")

    expect(options(page).first).to_be_visible()


def test_a_format_of_the_future_is_refused_and_the_form_still_leads_on(page: Page, demo: StaticHost) -> None:
    demo.when(r"/search/manifest", Reply(body=b'{"format": 99}', content_type="application/json"))
    page.goto(demo.url)

    box(page).fill("refund")

    expect(page.get_by_text("Search does not answer right now.").first).to_be_visible()
    box(page).press("Enter")
    page.wait_for_url(f"{demo.url}search/?q=refund")
