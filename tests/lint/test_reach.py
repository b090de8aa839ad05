"""What can be reached from where, on pages made by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kb_builder.articles.read import read_content
from kb_builder.lint.model import LintInput
from kb_builder.lint.pages import page_issues
from kb_builder.site.texts import PageText

TODAY = dt.date(2026, 6, 1)


def lint_of(folder: Path, *names: str) -> LintInput:
    for name in names:
        (folder / "content/faq/a").mkdir(parents=True, exist_ok=True)
        (folder / f"content/faq/a/{name}.md").write_text(f"# {name}\n\nText.\n")
    return LintInput(read_content(folder / "content", today=TODAY), TODAY)


def page(url: str, *links: str) -> PageText:
    return PageText(frozenset(links), 1000, 1000)


def test_people_are_reached_in_two_steps_from_every_article(tmp_path: Path) -> None:
    lint = lint_of(tmp_path, "one", "two", "three")
    pages = {
        "": page("", "faq/a/one/", "faq/a/two/", "faq/a/three/"),
        "contact/": page("contact/"),
        "faq/a/one/": page("faq/a/one/", "contact/"),
        "faq/a/two/": page("faq/a/two/", "faq/a/one/"),
        "faq/a/three/": page("faq/a/three/", "faq/a/two/"),
    }

    assert [(found.code, found.path) for found in page_issues(lint, pages)] == [("KB309", "content/faq/a/three.md")]


def test_a_page_that_only_its_own_circle_links_to_cannot_be_reached(tmp_path: Path) -> None:
    lint = lint_of(tmp_path, "one", "two")
    pages = {
        "": page("", "contact/"),
        "contact/": page("contact/", ""),
        "faq/a/one/": page("faq/a/one/", "faq/a/two/", "contact/"),
        "faq/a/two/": page("faq/a/two/", "faq/a/one/", "contact/"),
    }

    assert {found.code for found in page_issues(lint, pages)} == {"KB307"}
    assert len(list(page_issues(lint, pages))) == 2
