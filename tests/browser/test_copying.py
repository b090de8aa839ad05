"""Agents copy a reply, with a clipboard or without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kb_command import kb_done
from playwright.sync_api import Browser, Page, expect
from static_host import StaticHost

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("agents")
    (root / "mkdocs.yml").write_text("site_name: Desk\nsite_url: https://help.example/\nplugins: [{kb: {}}]\n")
    (root / "content" / "faq" / "orders").mkdir(parents=True)
    (root / "content" / "faq" / "orders" / "cancel.md").write_text(
        "# Cancel?\n\nUntil it is packed </textarea><b>x</b> &amp; sent.\n\n1. Open it.\n2. Cancel it.\n"
    )
    kb_done("build", "--audience", "agent", cwd=root)
    return root / "site-agent"


WHOLE = "Until it is packed x & sent.\n\n1. Open it.\n2. Cancel it.\n\nhttps://help.example/faq/orders/cancel/"


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_reply_is_copied_as_it_stands(
    page: Page, serve: Callable[[Path], StaticHost], site: Path, has_clipboard: bool
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not has_clipboard:
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject()")
    page.goto(serve(site).url + "faq/orders/cancel/")

    page.get_by_text("Reply to paste").click()
    copy = page.get_by_role("button", name="Copy: The whole answer")
    expect(copy).to_be_visible()
    copy.press("Enter")

    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == WHOLE


def test_without_javascript_no_button_is_shown_that_does_nothing(
    browser: Browser, serve: Callable[[Path], StaticHost], site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serve(site).url + "faq/orders/cancel/")
    page.get_by_text("Reply to paste").click()

    expect(page.get_by_label("The whole answer").first).to_be_visible()
    assert page.locator("[hidden]").count() > 2
    assert page.locator("[hidden]:visible").count() == 0
    context.close()
