"""``<kb-help>`` on a shop's own page: another origin, a strict policy with Trusted Types, and the script's checksum."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_problems import Problems
from playwright.sync_api import Browser, Locator, Page, expect
from shop_page import Shop
from static_host import Reply, StaticHost

from kb_builder.widget import widget_file, widget_snippet

pytestmark = pytest.mark.browser

SUNDAY_NIGHT = dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)  # of the ways to people, two are open


def open_help(page: Page, shop: Shop, *, name: str = "Help") -> Locator:
    page.goto(shop.url)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page.get_by_role("dialog")


def field(page: Page) -> Locator:
    return page.get_by_role("searchbox")


def test_the_page_is_searched_from_and_the_article_is_read_in_place(page: Page, shop: Shop) -> None:
    panel = open_help(page, shop)
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("how do I cancel my order")
    panel.get_by_role("link", name="How do I cancel my order?").click()

    expect(panel.get_by_role("heading", name="How do I cancel my order?")).to_be_focused()
    expect(panel.get_by_role("listitem").first).to_be_visible()
    full = panel.get_by_role("link", name="Open in the help center")
    expect(full).to_have_attribute("href", f"{shop.help_url}faq/orders/cancel-my-order/")
    assert page.url == shop.url
    panel.get_by_role("button", name="Back to the answers").click()
    expect(panel.get_by_role("link", name="How do I cancel my order?")).to_be_visible()


def test_the_page_says_what_it_is_about_and_gets_articles_about_it(page: Page, shop: Shop) -> None:
    shop.body = '<kb-help page="delivery costs"></kb-help>'
    panel = open_help(page, shop)

    expect(panel.get_by_text("About this page")).to_be_visible()
    expect(panel.get_by_role("link").first).to_have_text("What does delivery cost and how long does it take?")
    assert panel.get_by_role("link").count() == 3


def test_a_typing_error_is_no_obstacle(page: Page, shop: Shop) -> None:
    panel = open_help(page, shop)
    field(page).fill("cancle my ordre")

    expect(panel.get_by_role("link", name="How do I cancel my order?")).to_be_visible()


def test_people_get_the_question(page: Page, shop: Shop) -> None:
    page.clock.set_fixed_time(SUNDAY_NIGHT)
    panel = open_help(page, shop)
    field(page).fill("my parcel & I are wet")
    expect(panel.get_by_role("link").first).to_be_visible()
    panel.get_by_role("button", name="Talk to a person").click()

    mail = urlsplit(panel.get_by_role("link", name="Email").get_attribute("href") or "")
    assert parse_qs(mail.query)["body"] == ["my parcel & I are wet"]
    form = panel.get_by_role("link", name="Write to us, with this conversation")
    expect(form).to_have_attribute("target", "_blank")
    assert (form.get_attribute("href") or "").startswith(f"{shop.help_url}contact/?q=my+parcel+%26+I+are+wet")


def test_the_keyboard_opens_and_closes_it_and_is_back_where_it_was(page: Page, shop: Shop) -> None:
    page.goto(shop.url)
    opener = page.get_by_role("button", name="Help", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_language_and_audience_are_those_of_the_attributes(page: Page, shop: Shop, demo: StaticHost) -> None:
    shop.body = '<kb-help language="de"></kb-help>'
    panel = open_help(page, shop, name="Hilfe")
    expect(panel).to_have_attribute("lang", "de")
    field(page).fill("Rückgabe")
    expect(panel.get_by_role("link").first).to_be_visible()
    assert any(path.startswith("/de/search/") for path in demo.requests)

    shop.body = '<kb-help audience="b2b"></kb-help>'
    panel = open_help(page, shop)
    field(page).fill("return an item")
    expect(panel.get_by_role("link", name="How do we return items from a business order?")).to_be_visible()


@pytest.mark.parametrize("language", ["xx", "../../evil", "https://evil.example/", "<b>", "de/../.."])
def test_a_language_that_is_none_is_answered_in_the_main_one(
    page: Page, shop: Shop, problems: Problems, language: str
) -> None:
    problems.expect("404")
    shop.body = f"<kb-help language='{language}'></kb-help>"

    expect(open_help(page, shop)).to_have_attribute("lang", "en-GB")


DARK = (
    "--kb-help-ground: #111; --kb-help-ink: #eee; --kb-help-soft: #bbb; --kb-help-accent: #9fd; "
    "--kb-help-on-accent: #021"
)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} </template> * ~ ^ title:( [a-z]+ \\",
    "\u202eevil \ud83d\udc68\u200d\ud83d\udc69 \u0000",
    "refund " * 3000,
    "zyzzyx",
    "?!",
]


def test_hostile_queries_are_text_and_end(page: Page, shop: Shop) -> None:
    shop.body = f"<kb-help page='{'<img src=x onerror=alert(1)>' * 50}'></kb-help>"
    panel = open_help(page, shop)
    for query in HOSTILE:
        field(page).fill(query)
        field(page).press("Enter")
        expect(panel.get_by_role("status")).not_to_be_empty()

    assert panel.locator("script, img, iframe, style").count() == 0
    field(page).fill("how long do refunds take")
    expect(panel.get_by_role("link", name="When will I get my refund?")).to_be_visible()


def test_an_article_that_turned_hostile_becomes_text_and_safe_links(
    page: Page, shop: Shop, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("inline event handler|javascript: ")  # of the document that was parsed; it runs nothing
    hostile = b"""<!doctype html><div class=kb-article__body><p onclick=alert(1) style="position:fixed" id=x>Kept
      <script>alert(1)</script><img src=//evil.example/x onerror=alert(1) alt="a picture">
      <svg onload=alert(1)><a href="javascript:alert(2)">in svg</a></svg>
      <a href="javascript:alert(1)">bad</a> <a href="data:text/html,x">worse</a> <a href="../../../contact/">good</a>
      <iframe srcdoc="<script>alert(1)</script>"></iframe><form action=//evil><button>press</button></form>
      <kb-help></kb-help><custom-thing>inside</custom-thing>"""
    demo.when(r"/cancel-my-order/", Reply(body=hostile + b"<b>" * 5000 + b"deep", content_type="text/html"))
    panel = open_help(page, shop)
    field(page).fill("how do I cancel my order")
    panel.get_by_role("link", name="How do I cancel my order?").click()

    article = panel.locator(".article")
    expect(article).to_contain_text("Kept")
    expect(article).to_contain_text("a picture")
    expect(article).to_contain_text("inside")
    expect(article).to_contain_text("deep")
    assert (
        article.locator(
            "script, img, svg, iframe, form, button, kb-help, custom-thing, [onclick], [style], [id]"
        ).count()
        == 0
    )
    links = article.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", f"{shop.help_url}contact/")
    expect(links).to_have_attribute("rel", "noopener")


def test_an_article_that_cannot_be_had_leaves_its_passage_and_a_link(
    page: Page, shop: Shop, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("404")
    demo.when(r"/cancel-my-order/", Reply(status=404))
    panel = open_help(page, shop)
    field(page).fill("how do I cancel my order")
    panel.get_by_role("link", name="How do I cancel my order?").click()

    expect(panel.locator(".article")).to_contain_text("Cancel order")
    expect(panel.get_by_role("link", name="Open in the help center")).to_be_visible()


def test_when_search_is_down_people_are_offered(page: Page, shop: Shop, demo: StaticHost, problems: Problems) -> None:
    problems.expect("503")
    demo.when(r"search/", Reply(status=503))
    page.clock.set_fixed_time(SUNDAY_NIGHT)
    panel = open_help(page, shop)
    field(page).fill("refund")

    expect(panel.get_by_text("I cannot look that up right now.")).to_be_visible()
    expect(panel.get_by_role("link", name="Phone", exact=True)).to_be_visible()


def test_an_origin_that_is_not_listed_shows_nothing_and_the_page_works(
    page: Page, shop: Shop, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("CORS|ERR_FAILED")
    demo.readers = "https://another.example"
    page.goto(shop.url)

    expect(page.get_by_role("heading", name="Basket")).to_be_visible()
    expect(page.get_by_role("button", name="Help", exact=True)).to_have_count(0)


def test_a_changed_script_does_not_run(page: Page, shop: Shop, demo: StaticHost, problems: Problems) -> None:
    problems.expect("integrity")
    demo.when(r"/assets/widget-", Reply(body=b"document.title = 'changed'", content_type="text/javascript"))
    with page.expect_console_message(lambda message: "integrity" in message.text):
        page.goto(shop.url)

    assert page.title() == "Shop"


def test_it_stores_nothing_and_asks_only_the_help_center(page: Page, shop: Shop, demo: StaticHost) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_help(page, shop)
    field(page).fill("refund")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()

    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/" for url in asked} == {shop.url, demo.url}
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def violations(page: Page) -> list[str]:
    return [
        f"{found['id']}: {node['html']}" for found in Axe().run(page).response["violations"] for node in found["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "colours",
    [
        "",
        DARK,
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Browser, shop: Shop, width: int, colours: str) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 640})
    page = context.new_page()
    shop.body = f'<kb-help page="delivery costs" style="{colours}"></kb-help>'
    page.goto(shop.url)
    expect(page.get_by_role("button", name="Help", exact=True)).to_be_visible()
    found = violations(page)
    panel = open_help(page, shop)
    expect(panel.get_by_role("link").first).to_be_visible()
    found += violations(page)
    panel.get_by_role("link").first.click()
    expect(panel.locator(".article p").first).to_be_visible()
    found += violations(page)
    panel.get_by_role("button", name="Talk to a person").click()
    found += violations(page)

    assert found == []
    bounds = panel.bounding_box()
    assert bounds and bounds["x"] >= 0 and bounds["x"] + bounds["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_it_is_one_file_of_at_most_20_kilobytes_that_loads_no_other(demo_site: Path) -> None:
    code = widget_file(demo_site).read_bytes()

    assert len(gzip.compress(code, 6)) <= 20_000
    assert b"import(" not in code and not code.startswith(b"import")


def test_the_command_prints_what_the_browser_accepts(tmp_path: Path, demo_site: Path) -> None:
    settings = "site_name: Help\nsite_url: https://help.example/\nsite_dir: site\nplugins: [kb]\n"
    (tmp_path / "mkdocs.yml").write_text(settings, "utf-8")
    (tmp_path / "site").symlink_to(demo_site)
    command = [sys.executable, "-m", "kb_builder", "widget"]
    done = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True)
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    snippet = widget_snippet(demo_site, "https://help.example/")
    assert json.loads(done.stdout)["script"] == snippet.script
    assert f"https://help.example/assets/{widget_file(demo_site).name}" in snippet.script
    assert shown.stdout.splitlines() == [snippet.script, snippet.element]
    assert "connect-src https://help.example" in shown.stderr and "widget.origins" in shown.stderr


def test_an_arabic_help_center_is_read_from_right_to_left(
    page: Page, shop: Shop, demo: StaticHost, serve: Callable[[Path], StaticHost]
) -> None:
    help_file = json.loads((demo.folder / "help.json").read_text("utf-8"))
    body = json.dumps({**help_file, "language": "ar", "direction": "rtl"}).encode()
    demo.when(r"^/help\.json", Reply(body=body, content_type="application/json"))
    panel = open_help(page, shop)

    expect(panel).to_have_css("direction", "rtl")
    bounds = panel.get_by_role("button", name="Close").bounding_box()
    frame = panel.bounding_box()
    assert bounds and frame and bounds["x"] - frame["x"] < 40
