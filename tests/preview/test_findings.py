"""The overlay of ``kb serve`` says what ``kb check`` says, at the page that the file becomes."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from kb_builder.config import load_config
from kb_builder.init import init_project
from kb_builder.issues import Issue, KbError, Level
from kb_builder.lint.check import check
from kb_builder.preview.findings import Findings, State, as_data, find_issues, link_template

TODAY = dt.date(2026, 6, 1)
FILE = "content/faq/orders/a b.md"
SOURCE = "---\ntitle: A\nowner: x\nreview_by: 2026-01-01\n---\n[gone](none.md)\n\n![](assets/x.png)\n"


def test_the_issues_are_those_of_the_check_without_rendering(tmp_path: Path) -> None:
    init_project(tmp_path / "shop")
    (tmp_path / "shop" / FILE).write_text(SOURCE)
    config = load_config(tmp_path / "shop/mkdocs.yml")

    found = find_issues(config, today=TODAY, rendering=())

    assert found.issues == check(config, today=TODAY, with_search=False).issues
    assert {issue.code for issue in found.issues} >= {"KB130", "KB301", "KB304", "KB310"}
    assert found.urls[FILE] == "faq/orders/a-b/"
    assert found.urls["content/faq/orders/index.md"] == "faq/orders/"
    assert found.urls["content/contact.yml"] == "contact/"


def test_the_issues_after_a_save_are_those_of_somebody_who_remembers_nothing(tmp_path: Path) -> None:
    shop, copy = tmp_path / "shop", tmp_path / "copy"
    init_project(shop)
    (shop / FILE).write_text(SOURCE)
    config = load_config(shop / "mkdocs.yml")
    find_issues(config, today=TODAY, rendering=())
    (shop / FILE).write_text(SOURCE.replace("![]", "![A lamp]") + "\nClick [here](/contact/).\n")
    shutil.copytree(shop, copy, ignore=shutil.ignore_patterns(".kb"))

    found = find_issues(config, today=TODAY, rendering=())

    assert found.issues == check(load_config(copy / "mkdocs.yml"), today=TODAY, with_search=False).issues
    assert {issue.code for issue in found.issues if issue.path == FILE} == {"KB130", "KB301", "KB304", "KB311"}


def test_a_page_shows_its_own_issues_and_the_loudest_of_others() -> None:
    others = [Issue(f"content/{n}.md", 1, Level.NOTICE, "KB214", "m") for n in range(60)]
    mine = Issue(FILE, 6, Level.WARNING, "KB301", "m", "h")
    loud = Issue("search/pins.yml", 0, Level.ERROR, "KB701", "m")
    findings = Findings(State.CHECKED, (*others, mine, loud), {FILE: "faq/orders/a-b/"})

    data = as_data(findings, "faq/orders/a-b/", root=Path("/shop"), template=link_template("vscode"))
    other_page = as_data(findings, "", root=Path("/shop"), template="")

    assert data["here"] == [
        {
            "level": "warning",
            "code": "KB301",
            "message": "m",
            "hint": "h",
            "place": f"{FILE}:6",
            "editor": "vscode://file/shop/content/faq/orders/a%20b.md:6",
            "page": None,
        }
    ]
    assert (len(data["elsewhere"]), data["elsewhere_count"]) == (50, 61)
    assert data["elsewhere"][0]["place"] == "search/pins.yml"
    assert other_page["elsewhere"][1]["page"] == "/faq/orders/a-b/"
    assert other_page["elsewhere"][1]["editor"] == ""


@pytest.mark.parametrize("editor", ["word", "javascript://{path}", "vscode://file", "data://{path}", "x://{path} y"])
def test_an_address_that_opens_no_file_is_refused(editor: str) -> None:
    with pytest.raises(KbError, match="no editor"):
        link_template(editor)


def test_own_editors_are_addresses() -> None:
    assert link_template("") == ""
    assert link_template("myeditor://open?f={path}&l={line}") == "myeditor://open?f={path}&l={line}"
