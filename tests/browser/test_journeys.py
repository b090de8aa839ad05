"""Customers, each from a question to the answer or to the right open channel, as people do it.

Every page on the way is held to the strict policy of the host, and must not complain. With KB_SCREENSHOTS set to a
folder, each step leaves a picture there to look at.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from page_problems import Problems
from playwright.sync_api import Browser, BrowserContext, Page, expect
from shop_page import Shop
from static_host import StaticHost

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 1280, "height": 800}
MONDAY_MORNING = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)


@dataclass
class Customer:
    """Someone with a question, a screen and a browser."""

    page: Page
    host: StaticHost
    name: str
    steps: int = 0

    def opens(self, path: str) -> None:
        self.page.goto(self.host.url + path)
        self.looks()

    def looks(self) -> None:
        """Take in the page: nothing is cut off at the side. A picture of it is kept where one is asked for."""
        self.steps += 1
        if folder := os.environ.get("KB_SCREENSHOTS"):
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=Path(folder) / f"{self.name}-{self.steps}.png")

    def fits(self) -> None:
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        assert self.page.locator("html").evaluate("(root) => root.scrollWidth") <= width

    def reads(self, title: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        self.looks()


Meet = Callable[..., Customer]


@pytest.fixture
def meet(browser: Browser, demo: StaticHost, problems: Problems, request: pytest.FixtureRequest) -> Iterator[Meet]:
    """Open a browser for a customer: ``meet(PHONE, scripts=False)``. At the end no page may have complained."""
    opened: list[BrowserContext] = []

    def make(screen: dict[str, int], *, scripts: bool = True, language: str = "en-GB") -> Customer:
        context = browser.new_context(
            viewport=screen,
            java_script_enabled=scripts,
            locale=language,
            timezone_id="Europe/London",
            has_touch=screen is PHONE,
        )
        problems.watch(context)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return Customer(page, demo, request.node.name.removeprefix("test_"))

    yield make
    for context in opened:
        context.close()
    assert problems.unexpected() == []


def search_box(page: Page) -> str:
    """Return the selector of the search box that is in sight, whatever the page's language."""
    return "form[data-kb-search] input[name=q]:visible"


def test_on_a_phone_the_answer_comes_while_typing(meet: Meet) -> None:
    customer = meet(PHONE)
    page = customer.page
    customer.opens("")
    page.locator(search_box(page)).press_sequentially("how do i cancel my order", delay=5)
    first = page.get_by_role("option").first
    expect(first).to_contain_text("How do I cancel my order?")
    customer.looks()
    first.click()
    page.wait_for_url(re.compile("cancel-my-order"))
    customer.reads("How do I cancel my order?")
    customer.fits()


def test_with_the_keyboard_alone_from_any_page(meet: Meet) -> None:
    customer = meet(DESKTOP)
    page = customer.page
    customer.opens("guides/layering/")
    page.keyboard.press("/")
    page.keyboard.type("parcel says delivered but i have nothing")
    expect(page.get_by_role("option").first).to_contain_text("deliver")
    customer.looks()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("parcel-says-delivered"))
    for _ in range(60):  # to people, by tab alone
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')?.includes('contact')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contact/$"))
    customer.reads("Talk to us")


def test_results_are_narrowed_down_and_sent_to_a_friend(meet: Meet) -> None:
    customer = meet(DESKTOP)
    page = customer.page
    customer.opens("search/?q=return+something")
    page.get_by_role("checkbox", name=re.compile("Policy", re.IGNORECASE)).check()
    page.wait_for_url(re.compile("kind=policy"))
    expect(page.locator("article.kb-result").first).to_contain_text("olic")
    customer.looks()
    friend = meet(PHONE)
    friend.page.goto(page.url)
    expect(friend.page.locator("article.kb-result").first).to_be_visible()
    friend.fits()
    page.get_by_role("link", name="Returns policy").first.click()
    customer.reads("Returns policy")


def test_on_a_phone_without_scripts_people_are_two_steps_away(meet: Meet) -> None:
    customer = meet(PHONE, scripts=False)
    page = customer.page
    customer.opens("")
    page.get_by_role("main").get_by_role("link", name="Orders").first.click()
    page.get_by_role("link", name="Why is my order on hold?").first.click()
    customer.reads("Why is my order on hold?")
    customer.fits()
    page.get_by_role("link", name=re.compile("Contact us|All ways to contact us")).first.click()
    customer.reads("Talk to us")
    assert page.locator('[data-kb-channel=phone] a[href^="tel:"]').is_visible()


def test_on_a_computer_without_scripts_the_search_leads_to_topics(meet: Meet) -> None:
    customer = meet(DESKTOP, scripts=False)
    page = customer.page
    customer.opens("")
    page.locator("form[data-kb-search] input[name=q]").first.fill("refund")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=refund"))
    customer.looks()
    page.get_by_role("main").get_by_role("link", name="Returns and refunds").first.click()
    page.get_by_role("main").get_by_role("link", name="When will I get my refund?").first.click()
    customer.reads("When will I get my refund?")


def test_a_question_nobody_wrote_down_leads_to_people_who_are_there(meet: Meet) -> None:
    customer = meet(PHONE)
    page = customer.page
    page.clock.set_fixed_time(MONDAY_MORNING)
    customer.opens("search/?q=zyzzyx+qwvut")
    page.get_by_role("main").get_by_role("link", name=re.compile("contact", re.IGNORECASE)).first.click()
    expect(page.locator("[data-kb-channel=chat] .kb-now")).to_have_text(re.compile("Open until"))
    customer.reads("Talk to us")
    customer.fits()
    assert page.locator("[data-kb-channel=chat] a").first.get_attribute("href") == "https://www.larkfell.example/chat"


def test_the_form_answers_before_it_is_sent(meet: Meet) -> None:
    customer = meet(DESKTOP)
    page = customer.page
    customer.opens("contact/")
    page.get_by_label("Your question").fill("When will I get my refund? I sent it back last week")
    expect(page.get_by_text("Does one of these answer it?")).to_be_visible()
    customer.looks()
    assert page.get_by_role("button", name=re.compile("Open in your mail program|Send")).is_enabled()


def test_in_german(meet: Meet) -> None:
    customer = meet(PHONE, language="de-DE")
    page = customer.page
    customer.opens("de/")
    page.locator(search_box(page)).press_sequentially("wann bekomme ich meine erstattung", delay=5)
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Wann bekomme ich meine Erstattung?")
    first.click()
    page.wait_for_url(re.compile("/de/faq/returns/refund-time/"))
    customer.reads("Wann bekomme ich meine Erstattung?")
    assert page.locator("html").get_attribute("lang") == "de"
    customer.fits()
    page.locator('a[href*="contact"]').first.click()
    page.wait_for_url(re.compile("/de/contact/"))
    customer.looks()


def test_in_arabic_from_right_to_left(meet: Meet) -> None:
    customer = meet(PHONE, language="ar")
    page = customer.page
    customer.opens("ar/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator(search_box(page)).press_sequentially("إلغاء طلبي", delay=5)
    first = page.get_by_role("option").first
    expect(first).to_contain_text("كيف ألغي طلبي؟")
    customer.looks()
    first.click()
    page.wait_for_url(re.compile("/ar/faq/orders/cancel-my-order/"))
    customer.reads("كيف ألغي طلبي؟")
    customer.fits()


def test_a_business_finds_its_own_desk(meet: Meet) -> None:
    customer = meet(DESKTOP)
    page = customer.page
    page.clock.set_fixed_time(MONDAY_MORNING)
    customer.opens("search/?q=pay+by+invoice&audience=b2b")
    hit = page.locator("article.kb-result").first
    expect(hit).to_contain_text(re.compile("invoice", re.IGNORECASE))
    customer.looks()
    hit.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("invoice|account", re.IGNORECASE))
    customer.looks()
    page.get_by_role("link", name=re.compile("Contact us|All ways")).first.click()
    desk = page.locator(".kb-channel", has_text="Business desk")
    expect(desk.locator(".kb-now")).to_have_text(re.compile("Open until"))
    expect(page.locator(".kb-channel").first).to_contain_text("Business desk")
    customer.looks()
    assert desk.locator('a[href^="tel:"]').is_visible()


def test_in_the_shop_itself_the_basket_stays_where_it_is(meet: Meet, shop: Shop) -> None:
    customer = meet(PHONE)
    page = customer.page
    page.clock.set_fixed_time(MONDAY_MORNING)
    shop.body = '<p>Two jackets, £240.00</p><kb-help page="delivery costs"></kb-help>'
    page.goto(shop.url)
    page.get_by_role("button", name="Help", exact=True).click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("link").first).to_have_text("What does delivery cost and how long does it take?")
    customer.looks()
    page.get_by_role("searchbox").fill("cancle my order")
    panel.get_by_role("link", name="How do I cancel my order?").click()
    expect(panel.get_by_role("listitem").first).to_be_visible()
    customer.looks()
    customer.fits()
    panel.get_by_role("button", name="Talk to a person").click()
    chat = panel.get_by_role("listitem").filter(has_text="Chat")
    expect(chat).to_contain_text("Open until")
    assert chat.get_by_role("link").get_attribute("target") == "_blank"
    customer.looks()
    panel.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Two jackets")).to_be_visible()
    assert page.url == shop.url


def test_an_old_contract_is_looked_up_by_its_day(meet: Meet) -> None:
    customer = meet(DESKTOP)
    page = customer.page
    customer.opens("policies/returns-policy/1.0/")
    expect(page.locator("p.kb-state--superseded:visible")).to_contain_text("no longer in force")
    page.get_by_role("link", name="Read the current version 2.0").click()
    customer.reads("Returns policy")
    page.get_by_role("link", name=re.compile("Compare")).first.click()
    expect(page.locator("ins").first).to_be_visible()
    expect(page.locator("del").first).to_be_visible()
    customer.looks()
