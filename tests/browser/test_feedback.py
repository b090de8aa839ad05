"""Whether an article helped: told by a plain form, and in place where scripts run; once, and without personal data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from static_host import StaticHost

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from kb_command import kb_done
from page_problems import Problems
from running_collector import AGENT, Running

pytestmark = pytest.mark.browser

Votes = Callable[[int], list[dict[str, Any]]]
ARTICLE = "faq/orders/cancel/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, host: StaticHost, running: Running) -> StaticHost:
    """Serve a help center whose votes go to the collector, and nothing else."""
    root = tmp_path_factory.mktemp("site")
    settings = f"feedback: {{endpoint: '{running.url}/votes'}}, analytics: {{order_patterns: ['LF-#######']}}"
    (root / "mkdocs.yml").write_text(
        f"site_name: Shop help\nsite_url: {host.url}\nplugins: [{{kb: {{{settings}}}}}]\n", "utf-8"
    )
    (root / "content" / "faq" / "orders").mkdir(parents=True)
    (root / "content" / "faq" / "orders" / "cancel.md").write_text("# How do I cancel?\n\nBefore it is packed.\n")
    kb_done("build", cwd=root)
    host.folder = root / "site"
    host.policy = host.policy.replace("connect-src 'self'", f"connect-src 'self' {running.url}")
    host.policy = host.policy.replace("form-action 'self'", f"form-action 'self' {running.url}")
    return host


@pytest.fixture
def votes(running: Running) -> Votes:
    """Return what waits for so many new votes and gives them."""
    before = len(running.records())

    def wait(count: int) -> list[dict[str, Any]]:
        for _ in range(100):
            if len(running.records()) >= before + count:
                break
            time.sleep(0.1)
        return [record["event"] for record in running.records()[before:]]

    return wait


@pytest.fixture
def context(browser: Browser, problems: Problems) -> Iterator[BrowserContext]:
    opened = browser.new_context(user_agent=AGENT)
    problems.watch(opened)
    yield opened
    opened.close()
    assert problems.unexpected() == []


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """Open a page that runs no script."""
    context = browser.new_context(user_agent=AGENT, java_script_enabled=False)
    yield context.new_page()
    context.close()


def vote_of(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["page"], event["helpful"], event.get("reason"), event.get("message")


def open_article(page: Page, site: StaticHost) -> None:
    """Open the article, and wait until its script takes votes: it hides the reasons then."""
    page.goto(site.url + ARTICLE)
    expect(page.get_by_text("What is the matter with it?").first).to_be_hidden()


def test_without_javascript_a_yes_is_thanked_for(plain: Page, site: StaticHost, votes: Votes) -> None:
    plain.goto(site.url + ARTICLE)
    plain.get_by_role("button", name="Yes", exact=True).click()

    expect(plain.get_by_role("heading", name="Thank you")).to_be_visible()
    assert plain.url == site.url + "thanks/"
    assert [vote_of(event) for event in votes(1)] == [(ARTICLE, True, None, None)]


def test_without_javascript_a_no_may_say_why(plain: Page, site: StaticHost, votes: Votes) -> None:
    plain.goto(site.url + ARTICLE)
    plain.get_by_text("What is the matter with it?").first.click()
    plain.get_by_label("Out of date").check()
    plain.get_by_label("What should it say?").fill("Order LF-1234567: <b>a@b.example</b>")
    plain.get_by_label("What should it say?").press("Tab")
    plain.get_by_role("button", name="Send").press("Enter")

    expect(plain.get_by_role("heading", name="Thank you")).to_be_visible()
    ((page, helpful, reason, message),) = [vote_of(event) for event in votes(1)]
    assert (page, helpful, reason) == (ARTICLE, False, "outdated")
    assert "1234567" not in message
    assert "a@b.example" not in message


def test_enter_among_the_reasons_never_votes_yes(plain: Page, site: StaticHost, votes: Votes) -> None:
    plain.goto(site.url + ARTICLE)
    plain.get_by_text("What is the matter with it?").first.click()
    plain.get_by_label("It is wrong").check()
    plain.get_by_label("It is wrong").press("Enter")

    expect(plain.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [event["helpful"] for event in votes(1)] == [False]


def test_with_javascript_the_reader_stays_and_one_vote_is_posted(page: Page, site: StaticHost, votes: Votes) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/votes" in request.url else None)
    open_article(page, site)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("Something is missing").check()
    page.get_by_label("What should it say?").fill("How, for LF-1234567? a@b.example")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert page.url == site.url + ARTICLE
    assert [vote_of(event) for event in votes(1)] == [(ARTICLE, False, "incomplete", "How, for [order]? [email]")]
    page.goto("about:blank")
    assert len(sent) == 1
    assert "1234567" not in sent[0]


def test_a_no_without_a_reason_is_sent_when_the_page_is_left(page: Page, site: StaticHost, votes: Votes) -> None:
    open_article(page, site)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("What should it say?").fill("I have not sent this")
    page.goto(site.url)

    assert [vote_of(event) for event in votes(1)] == [(ARTICLE, False, None, None)]


def test_a_dead_endpoint_hurts_nobody(page: Page, site: StaticHost, problems: Problems) -> None:
    """H56."""
    problems.expect("votes")  # The browser itself says that it was refused.
    page.route("**/votes", lambda route: route.abort())
    open_article(page, site)
    page.get_by_role("button", name="Yes", exact=True).click()

    expect(page.get_by_text("Thank you.")).to_be_visible()
