"""What a writer sees on the pages of ``kb serve``: issues with their lines, by keyboard and read aloud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from axe_playwright_python.sync_playwright import Axe
from kb_command import kb_done
from playwright.sync_api import Locator, Page, Route, expect

from kb_builder.init import init_project

pytestmark = pytest.mark.browser
CANCEL = "content/faq/orders/cancel-my-order.md"


@dataclass
class Desk:
    """A writer's folder, and the address at which it is served."""

    folder: Path
    url: str
    terminal: IO[str]

    def save(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "shop"
    init_project(folder)
    page = folder / CANCEL
    page.write_text(page.read_text("utf-8") + "\n[gone](nowhere.md) <script>x()</script>\n", "utf-8")
    command = [sys.executable, "-m", "kb_builder", "serve", "--port", "0", "--editor", "vscode"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr
    address = next(line for line in process.stderr if line.startswith("Serving"))
    yield Desk(folder, address.split()[1], process.stderr)
    process.terminate()
    process.communicate(timeout=20)


def overlay(page: Page) -> Locator:
    return page.get_by_role("region", name="What kb check says")


def test_issues_stand_on_their_page_with_a_link_to_the_line(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}faq/orders/cancel-my-order/")
    toggle = overlay(page).get_by_role("button", name="2 warnings here")

    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(overlay(page).get_by_role("status")).to_have_text("2 warnings here")
    toggle.focus()
    page.keyboard.press("Enter")
    link = overlay(page).get_by_role("link", name=f"{CANCEL}:17").first

    expect(link).to_have_attribute("href", f"vscode://file{(desk.folder / CANCEL).as_posix()}:17")
    expect(overlay(page)).to_contain_text("page 'nowhere.md' does not exist")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(toggle).to_be_focused()


def test_other_pages_lead_there(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    overlay(page).get_by_role("button", name="No issues here").click()
    overlay(page).get_by_text("2 in other files").click()
    overlay(page).get_by_role("link", name="Show the page").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("How do I cancel my order?")
    expect(overlay(page).get_by_role("button", name="2 warnings here")).to_have_attribute("aria-expanded", "true")


def test_an_answer_that_is_overtaken_by_a_newer_one_is_not_shown(page: Page, desk: Desk) -> None:
    held: list[Route] = []
    page.route("**/-/issues*", lambda route: route.continue_() if held else held.append(route))
    page.goto(desk.url)
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(50)
    desk.save(CANCEL, (desk.folder / CANCEL).read_text("utf-8") + "\nA sentence just written.\n")
    expect(overlay(page).get_by_role("button", name="No issues here")).to_be_visible(timeout=20_000)

    older = {"state": "checking", "failure": "", "here": [], "elsewhere": [], "elsewhere_count": 0}
    with page.expect_response("**/-/issues*"):
        held[0].fulfill(json=older)
    page.wait_for_timeout(300)

    expect(overlay(page).get_by_role("button", name="No issues here")).to_be_visible()


def test_a_save_that_cannot_be_built_is_shown_on_the_page_before(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    expect(overlay(page).get_by_role("button", name="No issues here")).to_be_visible()

    desk.save("content/faq/orders/bad.md", "---\ntitle: <b>a\ntitle: b\n---\n")

    overlay(page).get_by_role("button", name="Not built").click()
    expect(overlay(page).get_by_role("link", name="content/faq/orders/bad.md:3")).to_be_visible()
    (desk.folder / "content/faq/orders/bad.md").unlink()
    expect(overlay(page).get_by_role("button", name="No issues here")).to_be_visible()


def test_it_fits_the_smallest_screen_and_is_not_printed(page: Page, desk: Desk) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(f"{desk.url}faq/orders/cancel-my-order/")
    overlay(page).get_by_role("button").first.click()

    box = overlay(page).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["height"] < 480
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.emulate_media(media="print")
    expect(overlay(page)).to_be_hidden()


def test_a_build_has_none_of_it(desk: Desk) -> None:
    desk.save("content/faq/orders/soon.md", "---\ntitle: Soon\ndraft: true\n---\nNot yet.\n")
    kb_done("build", cwd=desk.folder)

    pages = list((desk.folder / "site").rglob("*.html"))
    assert pages
    assert not any("/-/" in path.read_text("utf-8") or "Not yet." in path.read_text("utf-8") for path in pages)
    assert not list((desk.folder / "site").rglob("overlay.*"))
