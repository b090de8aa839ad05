"""What a reviewer is shown of a branch."""

from __future__ import annotations

import datetime as dt
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from kb_command import kb

from kb_builder.config import load_config
from kb_builder.lint.compare import Comparison, compare_with
from kb_builder.lint.comparison_report import as_html, as_markdown

from .planted import CANCEL, RETURN, Planted, faq, plant

TODAY = dt.date(2026, 6, 1)
TERMS = "content/terms/sale.md"
PARCEL = "content/faq/orders/parcel.md"
_TERMS = (
    "---\ntitle: Terms of sale\nversion: 1\neffective: 2026-01-01\n---\nPay within {days} days. We deliver in the UK.\n"
)


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A branch that adds, changes, moves and removes a page, edits a policy and breaks a link."""
    root = tmp_path_factory.mktemp("shop")
    files: dict[str, str | bytes | None] = {
        TERMS: _TERMS.format(days=14),
        PARCEL: faq("Look at the tracking page.", title="Where is my parcel?"),
        "content/faq/orders/old.md": faq("No longer sold.", title="Old tents"),
    }
    plant(root, Planted(files, CANCEL, 0))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    (root / TERMS).write_text(_TERMS.format(days=30))
    (root / CANCEL).write_text(faq("Open the order and choose cancel.", "[x](gone.md)"))
    (root / "content/faq/orders/old.md").unlink()
    (root / "content/faq/orders/lost.md").write_text(
        faq("Write to us.", title="<b>Lost</b> | @all *parcel*", front="questions: [where is my parcel]\n")
    )
    (root / PARCEL).rename(root / "content/faq/orders/track.md")
    return compare_with(load_config(root / "mkdocs.yml"), "main", today=TODAY)


def test_pages_are_told_apart_by_what_became_of_them(comparison: Comparison) -> None:
    assert [(page.fate.value, page.path, page.was, page.redirects) for page in comparison.pages] == [
        ("changed", "faq/orders/cancel.md", "", False),
        ("added", "faq/orders/lost.md", "", False),
        ("removed", "faq/orders/old.md", "", False),
        ("moved", "faq/orders/track.md", "faq/orders/parcel.md", False),
        ("changed", "terms/sale.md", "", False),
    ]


def test_policies_show_the_words_that_changed(comparison: Comparison) -> None:
    (policy,) = comparison.redlines

    assert [(run.change.value, run.text.strip()) for run in policy.blocks[0].runs if run.change != "same"] == [
        ("removed", "14"),
        ("added", "30"),
    ]
    assert "Pay within <del>14</del><ins>30</ins> days" in as_markdown(comparison).replace(" <ins>", "<ins>")


def test_new_issues_are_those_that_the_branch_made(comparison: Comparison) -> None:
    assert [(found.code, found.path, found.line) for found in comparison.new_issues] == [
        ("KB301", CANCEL, 5),
        ("KB820", "content/faq/orders/lost.md", 3),
    ]


def test_a_query_that_ranks_differently_is_named_and_a_move_alone_is_none(comparison: Comparison) -> None:
    assert comparison.ranks is not None
    queries = {change.query: (change.rank_before, change.rank_now) for change in comparison.ranks}

    assert queries["Old tents"] == (1, 0)
    assert queries["where is my parcel"][0] == 0
    assert "How do I cancel my order?" not in queries
    assert RETURN not in queries


def test_sizes_are_given_before_and_now(comparison: Comparison) -> None:
    assert comparison.sizes is not None
    assert all(size.page_bytes > 0 and size.search_bytes > 0 for size in comparison.sizes)


def test_a_help_center_that_was_not_there_then_is_all_new(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("Tents")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "start")
    plant(tmp_path / "help", Planted({}, CANCEL, 0))

    found = compare_with(load_config(tmp_path / "help/mkdocs.yml"), "HEAD", today=TODAY)

    assert {page.fate.value for page in found.pages} == {"added"}


def test_before_the_first_commit_all_is_checked(tmp_path: Path) -> None:
    """As the commit hook does it."""
    plant(tmp_path, Planted({"content/faq/orders/lost.md": faq("[x](gone.md)", title="Lost")}, CANCEL, 0))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")

    done = kb("check", "--strict", "--changed-since", "HEAD", cwd=tmp_path)
    compared = kb("diff", "HEAD", cwd=tmp_path)

    assert done.returncode == 1
    assert "content/faq/orders/lost.md" in done.stderr
    assert compared.returncode == 0
    assert kb("check", "--changed-since", "main", cwd=tmp_path).stderr.startswith("kb: there is no revision 'main'")


def test_hostile_titles_stay_text_in_both_reports(comparison: Comparison) -> None:
    markdown, page = as_markdown(comparison), as_html(comparison)

    assert "&lt;b&gt;Lost&lt;/b&gt; \\| @\u200ball \\*parcel\\*" in markdown
    assert "<b>" not in page
    assert "default-src &#x27;none&#x27;" in page


def test_the_page_is_well_formed_and_loads_nothing(comparison: Comparison) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.tags: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    reader = Reader()
    reader.feed(as_html(comparison))

    assert reader.open == []
    assert not reader.tags & {"script", "img", "link", "iframe", "a"}
