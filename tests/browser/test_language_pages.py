"""A help center in three languages: each page searches its own, and reads in its own direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from kb_command import kb_done
from page_parts import options, requests_of
from playwright.sync_api import Page, expect
from static_host import StaticHost, serve_folder

pytestmark = pytest.mark.browser

FILES = {
    "mkdocs.yml": (
        "site_name: Larkfell Help\nsite_url: https://help.example/\ndocs_dir: content\n"
        "theme: {name: help_center, language: en-GB}\n"
        "plugins:\n  - kb:\n      content: {languages: [de-AT, ar]}\n"
        "      theme: {labels_in: {de-AT: {find_label: Hilfe durchsuchen}, ar: {find_label: ابحث}}}\n"
    ),
    "content/faq/orders/returns.md": "# How do I return a parcel?\nPrint the label.",
    "content/de-AT/index.md": "# Wie können wir helfen?",
    "content/de-AT/faq/orders/returns.md": "# Wie läuft die Rückgabe?\nEin Rücksendeetikett ist dabei.",
    "content/ar/index.md": "# كيف يمكننا المساعدة؟",
    "content/ar/faq/orders/returns.md": "# كيف أعيد المنتج؟\nاطبع الملصق خلال ستين يوما.",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("languages")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    kb_done("build", "--strict", cwd=root)
    return root / "site"


@pytest.fixture
def host(site: Path) -> Iterator[StaticHost]:
    with serve_folder(site) as started:
        yield started


@pytest.mark.parametrize(
    ("home", "label", "query", "title", "address"),
    [
        ("", "Search the help center", "retrun", "How do I return a parcel?", "/faq/orders/returns/"),
        ("de-AT/", "Hilfe durchsuchen", "rueckgabe", "Wie läuft die Rückgabe?", "/de-AT/faq/orders/returns/"),
        ("de-AT/", "Hilfe durchsuchen", "ruecksendeetiketten", "Wie läuft die Rückgabe?", "/de-AT/faq/orders/returns/"),
        ("ar/", "ابحث", "إعادة أعيد", "كيف أعيد المنتج؟", "/ar/faq/orders/returns/"),
    ],
)
def test_a_page_searches_its_own_language(
    page: Page, host: StaticHost, home: str, label: str, query: str, title: str, address: str
) -> None:
    page.goto(host.url + home)

    with requests_of(host, "/search/") as requests:
        page.get_by_role("combobox", name=label).fill(query)
        expect(options(page).first.locator(".kb-hit__title")).to_have_text(title)
    options(page).first.click()

    page.wait_for_url(re.compile(re.escape(address)))
    assert requests and all(request.startswith(f"/{home}search/") for request in requests)


def test_the_results_page_of_a_language_is_its_own(page: Page, host: StaticHost) -> None:
    page.goto(f"{host.url}de-AT/faq/orders/returns/")
    page.get_by_role("combobox", name="Hilfe durchsuchen").fill("rückgabe")
    page.get_by_role("combobox", name="Hilfe durchsuchen").press("Enter")

    page.wait_for_url(re.compile(r"/de-AT/search/\?q="))
    expect(page.get_by_role("main").get_by_role("link", name="Wie läuft die Rückgabe?")).to_be_visible()


@pytest.mark.parametrize("query", ["parcel", "Rückgabe"])
def test_what_a_language_has_not_is_looked_for_in_the_main_one(page: Page, host: StaticHost, query: str) -> None:
    page.goto(f"{host.url}de-AT/search/?q={query}")
    way = page.get_by_role("link", name="Auch die Artikel auf Englisch durchsuchen")
    expect(page.locator(".kb-results [role=status]")).not_to_have_text("")
    assert way.get_attribute("hreflang") == "en-GB"
    way.click()

    expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/search/\?q="))
    expect(page.locator(".kb-results")).to_contain_text("parcel" if query == "parcel" else "Rückgabe")
    assert page.get_by_role("link", name="Auch die Artikel").count() == 0


def test_the_switch_leads_to_the_same_article(page: Page, host: StaticHost) -> None:
    page.goto(f"{host.url}faq/orders/returns/")

    page.get_by_role("navigation", name="Language").get_by_role("link", name="العربية").click()

    page.wait_for_url(f"{host.url}ar/faq/orders/returns/")
    assert page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]") == ["ar", "rtl"]
    expect(page.locator(".kb-languages [aria-current]")).to_have_text("العربية")


@pytest.mark.parametrize("address", ["ar/", "ar/faq/orders/returns/", "de-AT/search/?q=etikett"])
def test_axe_finds_nothing_and_the_smallest_screen_fits(page: Page, host: StaticHost, address: str) -> None:
    page.goto(host.url + address)
    page.wait_for_load_state("networkidle")

    found = Axe().run(page).response["violations"]

    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
