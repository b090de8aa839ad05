"""The search box while one types: keyboard, mouse, screen reader, slow and broken networks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from page_parts import box, live_region, options, panel, requests_of, results
from page_problems import Problems
from playwright.sync_api import Page, expect
from static_host import Reply, StaticHost

pytestmark = pytest.mark.browser


def test_a_customer_gets_from_home_to_an_article_with_the_keyboard_alone(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)

    page.keyboard.press("/")
    page.keyboard.type("cancel my order")
    expect(options(page).first).to_contain_text("How do I cancel my order?")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/faq/orders/cancel-my-order/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("How do I cancel my order?")


def test_the_box_is_a_combobox_that_points_at_the_chosen_option(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_attribute("aria-autocomplete", "list")

    box(page).fill("refund")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    listbox = page.get_by_role("listbox")
    expect(listbox).to_be_visible()
    assert box(page).get_attribute("aria-controls") == listbox.get_attribute("id")
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile(".*"))

    box(page).press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert box(page).get_attribute("aria-activedescendant") == first.get_attribute("id")
    expect(box(page)).to_be_focused()

    box(page).press("ArrowUp")
    box(page).press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    box(page).press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)


def test_a_screen_reader_is_told_how_many_there_are(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)

    box(page).fill("refund")

    expect(live_region(page)).to_have_text(re.compile(r"results\. Use the up and down arrow keys to choose\.$"))
    assert live_region(page).get_attribute("role") == "status"


def test_moving_in_the_text_leaves_the_list_and_escape_closes_it(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()

    for key in ("Home", "End", "ArrowLeft"):
        box(page).press("ArrowDown")
        expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
        box(page).press(key)
        expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)

    box(page).press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(box(page)).to_have_value("refund")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    box(page).press("ArrowDown")
    expect(options(page).first).to_be_visible()


def test_leaving_the_box_closes_the_list(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()

    box(page).press("Tab")
    expect(panel(page)).to_be_hidden()

    box(page).focus()
    box(page).press("ArrowDown")
    expect(options(page).first).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(panel(page)).to_be_hidden()


def test_a_click_opens_the_article_and_a_middle_click_a_tab(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    first = options(page).first
    expect(first.locator(".kb-hit__excerpt mark").first).to_be_visible()
    address = first.get_attribute("href")

    with page.context.expect_page() as tab:
        first.click(button="middle")
    tab.value.wait_for_url(str(address))
    expect(panel(page)).to_be_visible()

    first.click()
    page.wait_for_url(str(address))


def test_enter_in_the_text_and_the_last_option_lead_to_all_results(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("lost parcel")
    expect(options(page).last).to_have_text("See all results for “lost parcel”")
    box(page).press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=lost\+parcel$"))

    page.goto(demo.url)
    box(page).fill("lost parcel")
    expect(options(page).first).to_be_visible()
    box(page).press("ArrowUp")
    box(page).press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=lost\+parcel$"))


def test_a_hit_leads_to_the_section_that_answers(page: Page, hard: StaticHost) -> None:
    page.goto(hard.url)
    box(page).fill("wombat")

    expect(options(page).first.locator(".kb-hit__excerpt")).to_have_text("The wombat lives here.")
    options(page).first.click()

    page.wait_for_url(re.compile("/faq/scripts/sections/#deep-down$"))


def test_a_slash_in_a_field_is_only_a_slash(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)

    box(page).focus()
    page.keyboard.type("and/or")

    expect(box(page)).to_have_value("and/or")


def test_nothing_is_fetched_for_search_before_the_box_is_used(page: Page, demo: StaticHost) -> None:
    with requests_of(demo, "/search/") as before:
        page.goto(demo.url, wait_until="networkidle")
    assert before == []

    with requests_of(demo, "/search/") as after:
        with page.expect_response("**/search/manifest.json"):
            box(page).focus()
        page.wait_for_load_state("networkidle")
    assert after == ["/search/manifest.json"]


@pytest.mark.parametrize("text", ["   ", "?!…", "*" * 1000, "\u202e\u200b", "£", "🏕️"])
def test_text_without_words_opens_nothing_and_costs_nothing(page: Page, demo: StaticHost, text: str) -> None:
    page.goto(demo.url)

    with requests_of(demo, "/search/") as requests:
        box(page).fill(text)
        page.wait_for_timeout(200)

    expect(panel(page)).to_be_hidden()
    assert requests in ([], ["/search/manifest.json"])


def test_typing_fast_shows_the_answer_to_the_last_query_only(page: Page, demo: StaticHost) -> None:
    """Each answer is held back longer than the pause between two keys, and the first of all longest."""
    page.goto(demo.url)
    box(page).focus()
    page.wait_for_load_state("networkidle")
    waits = iter([0.8, 0.5, 0.2])
    demo.when("/search/words-", lambda path: Reply(delay_seconds=next(waits, 0.05)))

    box(page).press_sequentially("gift card lost", delay=50)

    expect(options(page).last).to_have_text("See all results for “gift card lost”")
    page.wait_for_timeout(1000)
    expect(options(page).last).to_have_text("See all results for “gift card lost”")


def test_an_emptied_box_does_not_show_the_answer_that_comes_late(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    demo.when("/search/(words|manifest)", Reply(delay_seconds=0.3))

    box(page).fill("refund")
    page.wait_for_timeout(150)
    box(page).fill("")
    page.wait_for_timeout(1000)

    expect(panel(page)).to_be_hidden()


def test_nothing_is_searched_while_an_input_method_composes(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).focus()
    page.wait_for_load_state("networkidle")
    session = page.context.new_cdp_session(page)

    with requests_of(demo, "/search/") as during:
        for text in ("r", "re", "ref", "refu"):
            session.send(
                "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
            )
            page.wait_for_timeout(150)
    expect(panel(page)).to_be_hidden()
    assert during == []

    session.send("Input.insertText", {"text": "refund"})
    expect(options(page).first).to_be_visible()


def test_a_huge_paste_is_cut(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).focus()

    page.keyboard.insert_text("refund " * 1_500_000)

    expect(options(page).last).to_have_text(re.compile("^See all results for “(refund ){36}refu”$"))
    assert len(box(page).input_value()) == 256
    assert len(str(options(page).last.get_attribute("href"))) < 400


@pytest.mark.parametrize(
    "query",
    [
        "<img src=x onerror=alert(1)> refund",
        "</script><script>alert(1)</script> refund",
        "{{constructor.constructor('alert(1)')()}} refund",
        "\"refund' & <b>",
        "refund $& $1 {query}",
        "(refund)+$ ^~2 title:refund*",
        "__proto__ refund",
        "\u202erefund",
        "<b>refnud</b> onerror=alert(1) parcle",
        "refund\u200d\u0301\u0301\u0301 🏳️‍🌈\U000e0041",
    ],
)
def test_hostile_text_is_only_text(page: Page, demo: StaticHost, query: str) -> None:
    page.goto(demo.url)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))

    box(page).fill(query)

    expect(options(page).first).to_be_visible()
    assert options(page).last.text_content() == f"See all results for “{query}”"
    assert page.locator(".kb-search__panel :is(img, script, b)").count() == 0
    assert page.locator(".kb-search__option bdi").text_content() == query


def test_a_lone_surrogate_and_a_null_do_no_harm(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).focus()

    page.evaluate(
        """() => {
            const input = document.querySelector('form[data-kb-search] input');
            input.value = 'refund \\ud800\\0 time';
            input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }"""
    )

    expect(options(page).first).to_be_visible()
    box(page).press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q="))
    expect(results(page).first).to_be_visible()


def test_a_title_with_markup_is_shown_as_it_is_written(page: Page, hard: StaticHost) -> None:
    page.goto(hard.url)

    box(page).fill("bold braces")

    title = options(page).first.locator(".kb-hit__title")
    assert title.text_content() == 'Use <b>bold</b> & "quotes" {{ braces }}'
    expect(title.locator("mark")).to_have_text(["bold", "braces"])
    expect(options(page).first.locator(".kb-hit__excerpt")).to_contain_text("</script>")


@pytest.mark.parametrize(
    ("query", "title", "marked"),
    [
        ("أعيد", "كيف أعيد المنتج؟", "أعيد"),
        ("מוצר", "איך מחזירים מוצר?", "מוצר"),
        ("返品", "返品について", "返品"),
        ("คืนสินค้า", "การคืนสินค้า", "คืนสินค้า"),
        ("ត្រឡប់", "ការបញ្ជាទិញ", None),
        ("नीति", "वापसी की नीति", "नीति"),
        ("cafe", "Café ﬁne Straße", "Café"),
        ("cafe\u0301", "Café ﬁne Straße", "Café"),
        ("FINE", "Café ﬁne Straße", "ﬁne"),
        ("ＦＩＮＥ", "Café ﬁne Straße", "ﬁne"),
        ("STRAẞE １２３", "Café ﬁne Straße", "Straße"),
        ("i\u0307stanbul", "Café ﬁne Straße", None),
        ("strasse 123", "Café ﬁne Straße", "Straße"),
        ("families", "Tents for families 👩‍👩‍👧‍👦", "families"),
    ],
)
def test_every_script_is_found_and_marked_in_whole_characters(
    page: Page, hard: StaticHost, query: str, title: str, marked: str | None
) -> None:
    page.goto(hard.url)

    box(page).fill(query)

    expect(options(page).first.locator(".kb-hit__title")).to_have_text(title)
    if marked:
        assert options(page).first.locator(".kb-hit__title mark").first.text_content() == marked
    for mark in page.locator(".kb-search__panel mark").all_text_contents():
        assert not re.match(r"[\u0300-\u036f\u200d\u0e31\u0e34-\u0e3a\u17b6-\u17d3\u093e-\u094d]", mark), mark


def test_an_unknown_word_says_so_and_offers_people(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)

    box(page).fill("zyzzyx")

    expect(panel(page)).to_contain_text("Nothing found for “zyzzyx”")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(live_region(page)).to_contain_text("Nothing found")
    panel(page).get_by_role("link", name="Contact us").click()
    page.wait_for_url(re.compile(r"/contact/\?q=zyzzyx$"))


def test_when_search_files_fail_it_says_so_offers_people_and_recovers(
    page: Page, demo: StaticHost, problems: Problems
) -> None:
    problems.expect("Failed to load resource")
    page.goto(demo.url)
    demo.when("/search/", Reply(status=503))

    box(page).fill("refund")

    expect(panel(page)).to_contain_text("Search does not answer right now.")
    expect(panel(page).get_by_role("link", name="Contact us")).to_be_visible()
    demo.behave()
    box(page).press_sequentially(" time")
    expect(options(page).first).to_be_visible()


def test_on_a_slow_network_it_says_that_it_is_searching(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    demo.when("/search/words", Reply(delay_seconds=1.2))

    box(page).fill("refund")

    expect(panel(page)).to_contain_text("Searching…")
    expect(options(page).first).to_be_visible()


def test_the_form_works_while_the_search_files_never_arrive(page: Page, demo: StaticHost) -> None:
    demo.when("/search/manifest", Reply(delay_seconds=5, body=b"{}"))
    page.goto(demo.url)

    box(page).fill("refund")
    box(page).press("Enter")

    page.wait_for_url(re.compile(r"/search/\?q=refund$"))


def test_a_file_that_never_ends_is_given_up_after_ten_seconds(page: Page, demo: StaticHost, problems: Problems) -> None:
    page.clock.install()
    demo.when("/search/manifest", Reply(delay_seconds=30, body=b"{}"))
    page.goto(demo.url)

    box(page).fill("refund")
    page.clock.run_for(1_000)
    expect(panel(page)).to_contain_text("Searching…")
    page.clock.run_for(10_000)

    expect(panel(page)).to_contain_text("Search does not answer right now.")


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_all_there(page: Page, demo: StaticHost) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65_536
            time.sleep(0.002)  # what is on its way counts too, so that it must not be much
            yield b" " * 65_536

    demo.when("/search/manifest", lambda path: Reply(body=endless(), content_type="application/json"))
    page.goto(demo.url)

    box(page).fill("refund")

    expect(panel(page)).to_contain_text("Search does not answer right now.")
    assert sent < 25_000_000


def test_search_works_with_storage_and_cookies_denied(page: Page, demo: StaticHost) -> None:
    page.add_init_script(
        """const denied = { get() { throw new DOMException('Denied', 'SecurityError'); } };
           for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
               Object.defineProperty(window, name, denied);
           Object.defineProperty(Document.prototype, 'cookie', denied);"""
    )
    page.goto(demo.url)

    box(page).fill("refund")

    expect(options(page).first).to_be_visible()


def test_a_page_that_an_extension_translates_still_searches(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()

    page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walker.nextNode()) texts.push(walker.currentNode);
            for (const text of texts) {
                const font = document.createElement('font');
                font.append(text.data.toUpperCase());
                text.replaceWith(font);
            }
        }"""
    )
    box(page).fill("gift card")

    expect(options(page).last).to_have_text("See all results for “gift card”")
    expect(options(page).first.locator("mark").first).to_have_text(re.compile("gift", re.IGNORECASE))


def test_going_back_finds_the_box_closed_and_working(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    options(page).first.click()
    page.wait_for_url(re.compile("/faq/|/policies/"))

    page.go_back()

    expect(panel(page)).to_be_hidden()
    box(page).fill("gift card")
    expect(options(page).first).to_be_visible()
