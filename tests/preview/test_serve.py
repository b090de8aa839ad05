"""``kb serve`` shows what was saved."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest
from kb_command import kb_done

from kb_builder.init import init_project


@pytest.fixture
def served(tmp_path):
    """A served help center: its folder, its address, and its terminal."""
    init_project(tmp_path / "shop")
    process = subprocess.Popen(
        [sys.executable, "-m", "kb_builder", "serve", "--port", "0"],
        cwd=tmp_path / "shop",
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    address = wait_for(process, "Serving").split()[1]
    yield tmp_path / "shop", address, process
    process.terminate()
    process.communicate(timeout=20)


def wait_for(process, start):
    for line in process.stderr:
        if line.startswith(start):
            return line
    raise AssertionError(f"no line starts with {start!r}")


def get(address):
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.read().decode()


def test_a_save_is_built_and_announced_to_the_open_page(served):
    folder, address, process = served
    page = get(address + "faq/orders/cancel-my-order/")
    assert "/-/overlay.js" in page
    events = urllib.request.urlopen(address + "-/events", timeout=30)

    article = folder / "content/faq/orders/cancel-my-order.md"
    article.write_text(article.read_text("utf-8") + "\nA sentence just written.\n", "utf-8")
    wait_for(process, "Built")

    assert b"event: reload\n" in iter(events.readline, b"")  # What is wrong with the page may be told first.
    assert "A sentence just written." in get(address + "faq/orders/cancel-my-order/")


def test_saves_are_built_after_the_page_that_listened_was_closed(served):
    folder, address, process = served
    urllib.request.urlopen(address + "-/events", timeout=30).close()

    for number in range(3):
        article = folder / "content/faq/orders/cancel-my-order.md"
        article.write_text(article.read_text("utf-8") + f"\nSentence {number}.\n", "utf-8")
        wait_for(process, "Search is up to date")

    assert "Sentence 2." in get(address + "faq/orders/cancel-my-order/")


def test_a_made_up_shop_shows_help_on_its_own_page(served):
    _, address, _ = served

    page = get(address + "-/shop/")

    assert "<kb-help" in page
    script = re.search(r'src="/(assets/widget-[0-9a-f]{10}[.]js)"', page)
    assert "kb-help" in get(address + script[1])
    with urllib.request.urlopen(address + "-/shop/", timeout=20) as response:
        assert "require-trusted-types-for 'script'" in response.headers["Content-Security-Policy"]
    assert "kb-help" in get(address + "-/shop/shop.css")


def test_search_follows_the_pages(served):
    folder, address, process = served
    before = get(address + "search/manifest.json")

    article = folder / "content/faq/orders/cancel-my-order.md"
    article.write_text(article.read_text("utf-8") + "\nWombats may not be cancelled.\n", "utf-8")
    wait_for(process, "Built")
    wait_for(process, "Search is up to date")

    assert get(address + "search/manifest.json") != before


def test_a_broken_save_prints_its_issue_and_keeps_the_last_good_page(served):
    folder, address, process = served

    (folder / "content/faq/orders/bad.md").write_text("---\ntitle: a\ntitle: b\n---\n", "utf-8")
    line = wait_for(process, "content/faq/orders/bad.md:3: error")

    assert "KB" in line
    assert "How do I cancel my order?" in get(address)


def test_drafts_are_shown_here_only(served):
    folder, address, process = served
    draft = folder / "content/faq/orders/soon.md"
    draft.write_text("---\ntitle: Coming soon\ndraft: true\n---\nNot yet.\n", "utf-8")
    wait_for(process, "Built")

    assert "Not yet." in get(address + "faq/orders/soon/")

    kb_done("build", cwd=folder)
    assert not (folder / "site/faq/orders/soon").exists()
