"""``kb serve`` shows what was saved."""

import itertools
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

import pytest
from kb_command import kb_done

from kb_builder.init import init_project
from kb_builder.publish import build_lock

CANCEL = "faq/orders/cancel-my-order/"


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


def write(folder, sentence):
    article = folder / "content/faq/orders/cancel-my-order.md"
    article.write_text(f"{article.read_text('utf-8')}\n{sentence}\n", "utf-8")


def wait_for(process, start):
    for line in process.stderr:
        if line.startswith(start):
            return line
    raise AssertionError(f"no line starts with {start!r}")


def get(address):
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.read().decode()


def open_page(address, page):
    """Open a page as a browser does: return it, and its stream of news."""
    html = get(address + page)
    made = re.search(r'src="/-/overlay.js[?](made=[0-9a-f]+)"', html)[1]
    return html, urllib.request.urlopen(f"{address}-/events?page=/{page}&{made}", timeout=60)


def news(events):
    return (line.split()[1].decode() for line in events if line.startswith(b"event: "))


def test_a_save_is_built_and_announced_to_the_open_page(served):
    folder, address, process = served
    _, events = open_page(address, CANCEL)

    write(folder, "A sentence just written.")
    wait_for(process, "Built")

    assert "reload" in news(events)  # What is wrong with the page may be told first.
    assert "A sentence just written." in get(address + CANCEL)


def test_a_text_is_shown_before_the_site_is_built_and_not_loaded_again_after(served):
    folder, address, process = served
    _, events = open_page(address, CANCEL)
    _, of_another_page = open_page(address, "")

    with build_lock(folder, wait_seconds=60):  # no build goes on
        for sentence in ("A sentence just written.", "Another one."):
            write(folder, sentence)
            assert "reload" in news(events)
            html, events = open_page(address, CANCEL)
            assert sentence in html
    wait_for(process, "Search is up to date")
    (folder / "content/drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")

    # A picture may be on any page, so that one is loaded again now; it was not before.
    wait_for(process, "Search is up to date")
    for told in (events, of_another_page):
        assert (
            list(itertools.takewhile(lambda name: name != "reload", news(told))).count("issues") > 2
        )  # the first came at once


def test_what_the_build_refuses_after_all_is_taken_back(served):
    """That another article has the same title is seen by rules that look at all of them."""
    folder, address, process = served
    (folder / "content/faq/orders/returns.md").write_text("# Returns\nSixty days.\n", "utf-8")
    settings = folder / "mkdocs.yml"
    settings.write_text(
        settings.read_text("utf-8").replace("kb: {}", "kb: {checks: {levels: {KB131: error}}}"), "utf-8"
    )
    wait_for(process, "Search is up to date")
    before, events = open_page(address, CANCEL)

    with build_lock(folder, wait_seconds=60):
        article = folder / "content/faq/orders/cancel-my-order.md"
        article.write_text(article.read_text("utf-8").replace("How do I cancel my order?", "Returns"), "utf-8")
        assert "reload" in news(events)
        _, events = open_page(address, CANCEL)
    wait_for(process, "content/faq/orders/")

    assert "reload" in news(events)
    assert get(address + CANCEL) == before


def test_a_page_that_was_built_anew_while_it_was_loaded_is_loaded_again(served):
    folder, address, process = served
    made = re.search("made=[0-9a-f]+", get(address + CANCEL))[0]
    write(folder, "A sentence just written.")
    wait_for(process, "Built")

    events = urllib.request.urlopen(f"{address}-/events?page=/{CANCEL}&{made}", timeout=60)

    assert next(news(events)) == "reload"


def test_a_page_that_listens_after_all_was_told_asks_for_it(served):
    """What it asked for before may have been older."""
    _, address, _ = served
    while json.loads(get(f"{address}-/issues"))["state"] == "checking":
        time.sleep(0.05)

    _, events = open_page(address, CANCEL)

    assert next(line for line in events if line.startswith((b"event: ", b": still"))) == b"event: issues\n"


def test_files_whose_names_hold_their_hash_are_kept_by_browsers_and_nothing_else_is(served):
    _, address, _ = served

    def kept(path):
        with urllib.request.urlopen(address + path, timeout=20) as response:
            return response.headers["Cache-Control"]

    assert kept(re.search(r'"(?:[.][.]/)*(assets/help_center-[0-9a-f]{10}[.]css)"', get(address))[1]).endswith(
        "immutable"
    )
    assert {kept(path) for path in ("", "assets/theme.js", "search/manifest.json", "-/overlay.css")} == {"no-store"}


def test_saves_are_built_after_the_page_that_listened_was_closed(served):
    folder, address, process = served
    urllib.request.urlopen(address + "-/events", timeout=30).close()

    for number in range(3):
        write(folder, f"Sentence {number}.")
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

    write(folder, "Wombats may not be cancelled.")
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
