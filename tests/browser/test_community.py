"""Wherever an answer of other customers is found, it says whose it is, and it is never called the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kb_command import built_site
from page_parts import box, options, results
from page_problems import Problems
from playwright.sync_api import Page, expect
from static_host import StaticHost

from kb_builder.widget import widget_snippet

pytestmark = pytest.mark.browser

QUESTION = "Do wombat pegs hold in sand?"
THEIRS = f"---\ntitle: {QUESTION}\ncommunity: https://forum.example/t/17\n---\nUse longer wombat pegs, says Kim.\n"
OWN = "---\ntitle: How do I wash a tent?\n---\nBy hand, in cold water.\n"
CONTACT = "title: Contact us\nform: {mail: help@shop.example}\nchannels: []\n"
NOTE = "Answered by other customers, not by us"
LABEL = "Community answer"


@pytest.fixture(scope="module")
def forum_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a help center in which the forum knows best; a page beside it has the widget."""
    settings = "site_name: Shop\nsite_url: https://help.example/\nplugins: [{kb: {}}]\n"
    pages = {"index.md": "# Help\n", "faq/tents/sand.md": THEIRS, "faq/tents/wash.md": OWN, "contact.yml": CONTACT}
    return built_site(tmp_path_factory.mktemp("forum"), settings, pages)


@pytest.fixture
def forum(forum_site: Path, serve: Callable[[Path], StaticHost], page: Page, problems: Problems) -> StaticHost:
    return serve(forum_site)


def test_search_shows_it_without_calling_it_the_answer(page: Page, forum: StaticHost) -> None:
    page.goto(forum.url)
    box(page).fill("How do I wash a tent?")
    expect(options(page).first.locator(".kb-hit__answer")).to_be_visible()
    box(page).fill(QUESTION)
    expect(options(page).first).to_contain_text(QUESTION)
    expect(options(page).first).to_contain_text(LABEL)
    assert page.locator(".kb-hit__answer").count() == 0

    box(page).press("Enter")
    expect(results(page).first).to_contain_text(QUESTION)
    expect(results(page).first).to_contain_text(LABEL)
    assert page.locator(".kb-hit__answer").count() == 0


def test_the_assistant_quotes_it_with_a_doubt_and_says_whose_it_is(page: Page, forum: StaticHost) -> None:
    page.goto(forum.url)
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")

    log = page.get_by_role("log")
    expect(log.locator("blockquote")).to_contain_text("longer wombat pegs")
    expect(log).to_contain_text(f"From {QUESTION} – {NOTE}")
    expect(log).to_contain_text("This may be what you are looking for")


def test_the_contact_form_says_whose_suggestion_it_is(page: Page, forum: StaticHost) -> None:
    page.goto(f"{forum.url}contact/?q=wombat+pegs+in+sand")

    expect(page.locator("[data-kb-suggested] summary").first).to_contain_text(LABEL)


def test_the_widget_says_so_in_the_list_and_above_the_article(page: Page, forum: StaticHost, forum_site: Path) -> None:
    head = f"<title>Shop</title><link rel=icon href=data:,>{widget_snippet(forum_site, forum.url).script}"
    (forum_site / "shop.html").write_text(f"<!doctype html><html lang=en>{head}<kb-help></kb-help>", "utf-8")
    page.goto(f"{forum.url}shop.html")
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("searchbox").fill(QUESTION)
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("listitem").first).to_contain_text(NOTE)
    panel.get_by_role("link", name=QUESTION).click()

    expect(panel.get_by_role("heading", name=QUESTION)).to_be_focused()
    expect(panel).to_contain_text(NOTE)
