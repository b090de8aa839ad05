"""What readers do reaches the collector: each action once, nothing without cause, and nothing that they did not allow.

The real pages, the real collector and Chromium; the site and the collector are of two origins.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from page_parts import box, options, results, settle, watch_requests
from page_problems import Problems
from playwright.sync_api import Browser, BrowserContext, Page, expect
from static_host import StaticHost, serve_folder

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from kb_command import kb_done
from running_collector import AGENT, Running, read_records

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
ARTICLES = {
    "cancel": ("How do I cancel my order?", "You can cancel an order until it is packed."),
    "track": ("Where is my order?", "Use the tracking link to find your order."),
    "refund": ("When do I get my refund?", "A refund takes five working days."),
}
LATE = "---\ntitle: My parcel is late\n---\nTell us which order it is.\n"


def build(root: Path, analytics: str) -> Path:
    """Build a small help center with these settings under analytics; give its folder."""
    settings = (
        "site_name: Shop help\nsite_url: https://help.example/\n"
        f"plugins: [{{kb: {{content: {{languages: [de]}}, analytics: {{{analytics}}}}}}}]\n"
    )
    (root / "content" / "faq" / "orders").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(settings, "utf-8")
    (root / "content" / "index.md").write_text("# Help\n", "utf-8")
    (root / "content" / "contact.yml").write_text(
        "form: {endpoint: 'https://shop.example/ask'}\n"
        "channels:\n  - {id: phone, kind: phone, title: Phone, summary: Talk, href: 'tel:+441539496', action: Call}\n",
        "utf-8",
    )
    (root / "content" / "faq" / "orders" / "index.md").write_text("# Orders\n", "utf-8")
    (root / "content" / "faq" / "shipping").mkdir()
    (root / "content" / "faq" / "shipping" / "index.md").write_text("# Shipping\n", "utf-8")
    (root / "content" / "faq" / "shipping" / "late.md").write_text(LATE, "utf-8")
    for name, (title, text) in ARTICLES.items():
        (root / "content" / "faq" / "orders" / f"{name}.md").write_text(f"---\ntitle: {title}\n---\n{text}\n", "utf-8")
    german = root / "content" / "de"
    (german / "faq" / "orders").mkdir(parents=True)
    (german / "index.md").write_text("# Hilfe\n", "utf-8")
    (german / "contact.yml").write_text((root / "content" / "contact.yml").read_text("utf-8"), "utf-8")
    (german / "faq" / "orders" / "index.md").write_text("# Bestellungen\n", "utf-8")
    (german / "faq" / "orders" / "cancel.md").write_text("# Wie storniere ich eine Bestellung?\nBis zum Versand.\n")
    kb_done("build", cwd=root)
    return root / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, host: StaticHost, running: Running) -> StaticHost:
    """Serve a help center that posts to the collector."""
    host.folder = build(
        tmp_path_factory.mktemp("site"), f"endpoint: '{running.url}/events', order_patterns: ['LF-#######']"
    )
    host.policy = host.policy.replace("connect-src 'self'", f"connect-src 'self' {running.url}")
    host.policy = host.policy.replace("form-action 'self'", "form-action 'self' https://shop.example")
    return host


@pytest.fixture
def context(browser: Browser, problems: Problems) -> Iterator[BrowserContext]:
    """Open a fresh visitor whose browser does not say that a program drives it."""
    opened = browser.new_context(user_agent=AGENT)
    problems.watch(opened)
    watch_requests(opened)
    yield opened
    opened.close()
    assert problems.unexpected() == []


@pytest.fixture
def events(running: Running) -> Callable[..., list[dict[str, Any]]]:
    """Give a function that waits for so many new events and returns them, in the order of the actions."""
    before = len(running.records())

    def new(count: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + 15
        while len(running.records()) < before + count and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)  # for what should not come
        found = [record["event"] for record in running.records()[before:]]
        return sorted(found, key=lambda event: event["timestamp"])

    return new


def visit(page: Page, url: str) -> None:
    """Open a page as a reader does, who acts when it is there."""
    page.goto(url)
    settle(page)


def leave(page: Page) -> None:
    """Leave as a reader does, when all that the page loads is there."""
    settle(page)
    page.mouse.move(5, 5)
    page.goto("about:blank")


def told_by(requests: list[str]) -> list[dict[str, Any]]:
    """Return the events in the addresses of a beacon that is a file."""
    texts = [parse_qs(urlsplit(request).query)["kb"][0] for request in requests if request.startswith("/beacon.txt")]
    return [json.loads(base64.urlsafe_b64decode(kb + "=" * (-len(kb) % 4))) for kb in texts]


def actions(found: list[dict[str, Any]]) -> list[str]:
    return [event["action_name"] for event in found]


def test_a_search_a_click_and_leaving_give_each_event_once(page: Page, site: StaticHost, events) -> None:
    visit(page, site.url)
    box(page).click()
    box(page).press_sequentially("cancel my order", delay=5)
    expect(options(page).first).to_contain_text("cancel my order")
    settle(page)
    options(page).first.click()
    page.wait_for_url("**/faq/orders/cancel/")
    expect(page.get_by_role("heading", name="How do I cancel my order?")).to_be_visible()
    leave(page)

    found = events(5)

    assert sorted(actions(found)) == ["click", "impression", "query", "view", "view"]
    by_action = {event["action_name"]: event for event in found}
    query, click = by_action["query"], by_action["click"]
    assert query["user_query"] == "cancel my order"
    assert query["query_attributes"]["committed_by"] == "click"
    assert query["index_hash"] in "".join(path.name for path in (site.folder / "search").iterdir())
    assert query["query_response_hit_ids"][0] == "faq/orders/cancel/"
    assert click["query_id"] == query["query_id"] == by_action["impression"]["query_id"]
    assert click["event_attributes"] == {
        "object": {"object_id": "faq/orders/cancel/", "object_id_type": "article"},
        "position": {"ordinal": 1},
    }
    assert [event["page"] for event in found if event["action_name"] == "view"] == ["", "faq/orders/cancel/"]
    assert len({event["event_id"] for event in found}) == 5
    assert len({event["session_id"] for event in found}) == 2  # one a page: nothing is stored
    assert {event["locale"] for event in found} == {"en"}


def test_the_pages_of_a_visit_are_joined_without_storage(
    page: Page, site: StaticHost, running: Running, events
) -> None:
    before = len(running.records())
    visit(page, f"{site.url}faq/orders/cancel/")
    page.mouse.move(5, 5)
    visit(page, f"{site.url}faq/orders/track/")
    leave(page)
    events(2)

    assert len({record["visit"] for record in running.records()[before:]}) == 1
    assert page.context.cookies() == []
    visit(page, site.url)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_enter_is_one_query_told_by_the_results_page(page: Page, site: StaticHost, events) -> None:
    visit(page, site.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()
    box(page).press("Enter")
    expect(results(page).first).to_be_visible()
    settle(page)
    results(page).first.get_by_role("link").click()
    page.wait_for_url("**/faq/orders/**")
    leave(page)

    found = events(5)

    (query,) = (event for event in found if event["action_name"] == "query")
    assert query["query_attributes"]["committed_by"] == "enter"
    assert query["application"] == "results-page"
    assert sorted(actions(found)) == ["click", "impression", "query", "view", "view"]


def test_a_question_to_the_assistant_is_one_query_and_its_source_a_click(page: Page, site: StaticHost, events) -> None:
    visit(page, site.url)
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question").fill("How do I cancel my order?")
    page.keyboard.press("Enter")
    source = page.get_by_role("log").get_by_role("link", name="How do I cancel my order?")
    expect(source).to_be_visible()
    settle(page)
    source.click()
    page.wait_for_url("**/cancel/")
    leave(page)

    asked, shown, clicked, *_ = [event for event in events(5) if event["application"] == "assistant"]
    assert actions([asked, shown, clicked]) == ["query", "impression", "click"]
    assert asked["user_query"] == "How do I cancel my order?"
    assert asked["query_attributes"]["committed_by"] == "enter"
    assert clicked["query_id"] == asked["query_id"]


def test_what_is_only_typed_through_is_not_a_query(page: Page, site: StaticHost, events) -> None:
    visit(page, site.url)
    for text in ("refu", "refund", "refund tra", "refund tracking"):
        box(page).fill(text)
        expect(options(page).last).to_contain_text(text)
        settle(page)
    box(page).press("Escape")
    leave(page)

    found = events(3)

    (query,) = (event for event in found if event["action_name"] == "query")
    assert query["user_query"] == "refund tracking"
    assert query["query_attributes"]["committed_by"] == "close"
    assert query["query_attributes"]["prefixes"] >= 3


def test_a_search_without_a_hit_is_a_query_without_an_impression(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}search/?q=zyzzyx")
    expect(page.get_by_text("Nothing found").first).to_be_visible()
    leave(page)

    (query,) = events(1)

    assert query["query_response_hit_ids"] == []
    assert query["query_attributes"]["result_count"] == 0


def test_going_back_and_coming_back_counts_nothing_twice(page: Page, site: StaticHost, events) -> None:
    """The browser keeps the page (back-forward cache) or loads it again; either way it was counted."""
    visit(page, f"{site.url}search/?q=refund")
    expect(results(page).first).to_be_visible()
    page.mouse.move(5, 5)
    visit(page, f"{site.url}faq/orders/cancel/")
    page.mouse.move(6, 6)
    page.go_back()
    settle(page)
    page.mouse.move(7, 7)
    page.go_forward()
    settle(page)
    page.mouse.move(8, 8)
    leave(page)

    assert sorted(actions(events(3))) == ["impression", "query", "view"]


def test_a_page_that_is_loaded_again_is_not_viewed_again(page: Page, site: StaticHost, events) -> None:
    """A discarded tab is loaded again when one comes back to it."""
    visit(page, f"{site.url}faq/orders/cancel/")
    page.mouse.move(5, 5)
    for _ in range(3):
        page.reload()
        settle(page)
        page.mouse.move(6, 6)
    visit(page, f"{site.url}search/?q=refund")
    page.mouse.move(7, 7)
    page.reload()
    settle(page)
    leave(page)

    assert sorted(actions(events(3))) == ["impression", "query", "view"]


def test_hiding_a_page_twice_sends_its_view_once(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}faq/orders/cancel/")
    page.mouse.move(5, 5)
    for _ in range(2):
        other = page.context.new_page()
        page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"
        )
        other.close()
    leave(page)

    assert actions(events(1)) == ["view"]


def test_without_a_real_input_event_nothing_is_sent(page: Page, site: StaticHost, events) -> None:
    """Crawlers and previews open pages and touch nothing."""
    visit(page, f"{site.url}faq/orders/cancel/")
    page.evaluate("document.querySelector('a').click()")
    page.goto("about:blank")

    assert events(0) == []


def test_personal_data_does_not_leave_the_browser(page: Page, site: StaticHost, events) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    visit(page, site.url)
    box(page).fill("refund for jo@mail.example LF-4820193")
    expect(options(page).first).to_be_visible()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('kb:event', { detail: { action_name: 'feedback',"
        " page: 'faq/orders/cancel/', helpful: false, message: 'call 01539 496 0123' } }))"
    )
    box(page).press("Escape")
    leave(page)

    found = events(4)

    by_action = {event["action_name"]: event for event in found}
    assert by_action["query"]["user_query"] == "refund for [email] [order]"
    assert by_action["feedback"]["message"] == "call [phone]"
    assert not [line for line in sent if "jo@" in line or "4820193" in line or "0123" in line]


def test_global_privacy_control_sends_nothing_that_joins_two_events(
    context, page: Page, site: StaticHost, events
) -> None:
    context.set_extra_http_headers({"Sec-GPC": "1"})
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    visit(page, site.url)
    box(page).fill("refund")
    options(page).first.click()
    page.wait_for_url("**/faq/orders/**")
    leave(page)

    found = events(2)

    assert actions(found) == ["view", "view"]
    assert not any({"session_id", "query_id", "user_query"} & event.keys() for event in found)


def test_do_not_track_sends_nothing(context, page: Page, site: StaticHost, events) -> None:
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })")
    visit(page, f"{site.url}faq/orders/cancel/")
    leave(page)

    assert events(0) == []


def test_a_way_to_reach_people_is_counted_by_its_channel(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}contact/")
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    page.get_by_role("link", name="Call: Phone").click()
    leave(page)

    found = events(2)

    assert sorted(actions(found)) == ["contact_channel_click", "view"]
    assert next(event for event in found if event["action_name"] == "contact_channel_click")["channel"] == "phone"


def test_the_contact_form_tells_what_was_offered_and_whether_it_was_sent(page: Page, site: StaticHost, events) -> None:
    page.route("https://shop.example/**", lambda route: route.fulfill(status=200, body="thanks"))
    visit(page, f"{site.url}contact/")
    form = page.locator("form[data-kb-ask]")
    form.locator("textarea").press_sequentially("how do i cancel my order", delay=5)
    expect(form.locator("details").first).to_be_visible()
    form.locator("summary").first.click()
    form.get_by_label("mail").fill("jo@mail.example")
    form.get_by_role("button", name="Send").click()
    page.wait_for_url("https://shop.example/**")
    page.goto("about:blank")

    found = [event for event in events(5) if event["action_name"] not in ("view", "query", "impression")]

    assert actions(found)[0] == "contact_start"
    assert {"suggestion_shown", "suggestion_click", "contact_submit"} <= set(actions(found))
    assert len({event["form_token"] for event in found}) == 1
    assert {event["arm"] for event in found} == {"suggestions"}


def test_a_click_on_narrowed_results_belongs_to_the_same_query(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}search/?q=order")
    page.get_by_role("main").get_by_role("checkbox").first.click()
    settle(page)
    results(page).last.get_by_role("link").first.click()
    page.wait_for_url("**/faq/orders/**")
    leave(page)

    found = events(4)

    assert actions(found).count("query") == 1
    assert len({event["query_id"] for event in found if "query_id" in event}) == 1
    assert actions(found).count("click") == 1


def test_the_policy_admits_the_endpoint_and_nothing_else(
    page: Page, site: StaticHost, running: Running, problems
) -> None:
    problems.expect("Content Security Policy|violates the following|Fetch API cannot load")
    visit(page, site.url)

    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy is not None
    assert f"connect-src 'self' {running.url};" in policy
    assert page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'refused')") == "refused"


def test_a_collector_that_is_down_is_not_noticed(page: Page, site: StaticHost, problems: Problems) -> None:
    page.route("**/events", lambda route: route.abort())
    page.route("**/events.js", lambda route: route.abort())
    problems.expect("Failed to load resource")
    visit(page, site.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()
    options(page).first.click()
    page.wait_for_url("**/faq/orders/**")


def test_without_a_server_the_events_are_in_the_requests_for_a_file(context, page: Page, tmp_path: Path) -> None:
    all_told = {"query", "impression", "view"}
    with serve_folder(build(tmp_path / "static", "beacon: beacon.txt")) as host:
        visit(page, host.url)
        box(page).fill("réfund 返品")
        box(page).press("Enter")
        expect(results(page).first).to_be_visible()
        leave(page)
        deadline = time.monotonic() + 10
        while not all_told <= set(actions(told_by(host.requests))) and time.monotonic() < deadline:
            time.sleep(0.05)
        asked = [request for request in host.requests if request.startswith("/beacon.txt")]

    log = tmp_path / "static" / "access.log"
    line = '192.0.2.7 - - [22/Nov/2026:10:00:00 +0000] "GET {} HTTP/1.1" 200 1 "-" "{}"\n'
    log.write_text("".join(line.format(request, AGENT) for request in asked))
    kb_done("ingest", str(log), cwd=log.parent)
    kept = [record["event"] for record in read_records(log.parent / "analytics")]
    found = told_by(asked)
    assert max(map(len, asked)) < 6000
    assert all_told <= set(actions(found))
    assert sorted(event["event_id"] for event in kept) == sorted(event["event_id"] for event in found)
    assert next(event for event in found if event["action_name"] == "query")["user_query"] == "réfund 返品"


def test_where_events_are_not_asked_for_nothing_of_them_is_loaded(page: Page, demo: StaticHost) -> None:
    page.goto(demo.url)
    box(page).fill("refund")
    expect(options(page).first).to_be_visible()

    assert page.locator('meta[name="kb-events"]').count() == 0
    assert not [request for request in demo.requests if "events.js" in request or "redact.js" in request]


def test_a_no_with_its_reason_is_a_vote_that_takes_the_place_of_the_first(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}faq/orders/cancel/")
    page.get_by_role("button", name="No", exact=True).click()
    settle(page)
    page.get_by_label("Out of date").check()
    page.get_by_label("What should it say?").fill("Order LF-1234567 was packed, ask me at a@b.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    leave(page)

    votes = [event for event in events(3) if event["action_name"] == "feedback"]

    assert [(vote["page"], vote["helpful"], vote.get("reason")) for vote in votes] == [
        ("faq/orders/cancel/", False, None),
        ("faq/orders/cancel/", False, "outdated"),
    ]
    assert "1234567" not in votes[1]["message"]
    assert "a@b.example" not in votes[1]["message"]


def test_the_contact_form_tells_what_it_suggested_and_whether_that_solved_it(
    page: Page, site: StaticHost, events
) -> None:
    visit(page, f"{site.url}contact/")
    page.get_by_label("Your question").fill("how do I cancel my order")
    page.locator("[data-kb-suggested] summary").first.click()
    page.get_by_role("button", name="This solved it").first.click()
    expect(page.get_by_text("You need not send anything.")).to_be_visible()
    leave(page)

    told = [event for event in events(5) if event["action_name"] != "view"]

    assert sorted(actions(told)) == ["contact_start", "suggestion_click", "suggestion_shown", "suggestion_solved"]
    assert len({event["form_token"] for event in told}) == 1
    assert {event["arm"] for event in told} == {"suggestions"}


def test_pages_are_named_from_the_sites_root_in_every_language(page: Page, site: StaticHost, events) -> None:
    visit(page, f"{site.url}de/contact/")
    page.locator("form[data-kb-ask] textarea").fill("wie storniere ich eine bestellung")
    page.locator("[data-kb-suggested] summary").first.click()
    page.locator("[data-kb-suggested] details button").first.click()
    expect(page.locator(".kb-ask__thanks")).to_be_visible()
    leave(page)

    by_action = {event["action_name"]: event for event in events(5)}

    assert by_action["suggestion_shown"]["query_response_hit_ids"] == ["de/faq/orders/cancel/"]
    assert by_action["suggestion_click"]["event_attributes"]["object"]["object_id"] == "de/faq/orders/cancel/"
    assert by_action["suggestion_solved"]["page"] == "de/faq/orders/cancel/"
    assert by_action["view"]["page"] == "de/contact/"


@pytest.mark.parametrize("last_day", ["2099-12-31", "2000-01-01"])
def test_a_click_is_of_the_ranking_that_drafted_its_result_while_an_experiment_runs(
    page: Page, site: StaticHost, events, last_day: str
) -> None:
    trial = {"id": "trial-0123abcd", "first": "2000-01-01", "last": last_day, "percent": 100, "meaning": 0}
    told = json.dumps(json.dumps({**trial, "boosts": True}))
    page.add_init_script(
        "document.onreadystatechange = () =>"
        f" document.querySelector('form[data-kb-search]')?.setAttribute('data-kb-experiment', {told})"
    )
    visit(page, site.url)
    box(page).click()
    box(page).fill("money back for an order")
    expect(options(page).filter(has_text="Where is my order?")).to_be_visible()
    refund = options(page).filter(has_text="refund")  # by its meaning only, so that the present ranking has it higher
    settle(page)
    refund.click()
    page.wait_for_url("**/faq/orders/refund/")
    leave(page)

    by_action = {event["action_name"]: event for event in events(5)}
    runs = last_day > "2026"
    assert (
        by_action["query"].get("experiment") == by_action["click"].get("experiment") == (trial["id"] if runs else None)
    )
    assert by_action["click"].get("team") == ("present" if runs else None)


def test_a_visit_in_the_holdout_sees_no_suggestions(page: Page, site: StaticHost, events) -> None:
    page.add_init_script(
        "Math.random = () => 0;"
        "document.onreadystatechange = () =>"
        " document.querySelector('form[data-kb-ask]')?.setAttribute('data-kb-holdout', '0.5')"
    )
    visit(page, f"{site.url}contact/")
    page.get_by_label("Your question").fill("how do I cancel my order")
    page.wait_for_timeout(1500)

    expect(page.locator("[data-kb-suggested]")).to_be_hidden()
    leave(page)
    assert [event["arm"] for event in events(2) if event["action_name"] == "contact_start"] == ["holdout"]
