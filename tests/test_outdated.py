"""Translations behind their originals: on the page, in the checks, with git and without, and how one catches up."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb_builder.cli import kb
from kb_builder.config import load_config
from kb_builder.lint.check import check
from kb_builder.pipeline import build

TODAY = dt.date(2026, 6, 1)
ORIGINAL, GERMAN = "content/faq/orders/cancel.md", "content/de/faq/orders/cancel.md"
FILES = {
    "mkdocs.yml": (
        "site_name: Shop\nsite_url: https://help.example/\nplugins:\n  - kb: {content: {languages: [de]}}\n"
    ),
    "content/contact.yml": (
        "channels:\n  - {id: m, kind: mail, title: Mail, href: 'mailto:a@b.example', action: Write}\n"
    ),
    "content/index.md": "# Help\n",
    "content/faq/orders/index.md": "---\ntitle: Orders\n---\n",
    ORIGINAL: "---\ntitle: How do I cancel?\nreviewed: 2026-01-01\n---\nWithin 60 minutes. See [mail](/contact/).\n",
    GERMAN: "---\ntitle: Wie storniere ich?\n---\nInnerhalb von 60 Minuten.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def kb_translated(root: Path, *files: str) -> str:
    done = CliRunner().invoke(kb, ["--config", str(root / "mkdocs.yml"), "translated", *(str(root / f) for f in files)])
    assert done.exit_code == 0, done.output
    return done.output


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def commit(root: Path, day: str) -> str:
    dates = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", day)):
        subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **dates})
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
    return head.stdout.strip()


def issues(root: Path, since: str = "") -> list[tuple[str, str, int]]:
    found = check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False, since=since).issues
    return [(one.code, one.path, one.line) for one in found]


def page(root: Path) -> str:
    build(load_config(root / "mkdocs.yml"), today=TODAY)
    return (root / "site/de/faq/orders/cancel/index.html").read_text("utf-8")


def test_a_translation_that_is_noted_falls_behind_when_the_words_of_its_original_change(root: Path) -> None:
    assert issues(root) == [("KB142", GERMAN, 0)]

    assert kb_translated(root, GERMAN).strip() == "de/faq/orders/cancel.md"
    noted = issues(root)
    edit(root, ORIGINAL, "reviewed: 2026-01-01", "reviewed: 2026-05-01")
    edit(
        root,
        ORIGINAL,
        "Within 60 minutes. See [mail](/contact/).",
        "**Within** 60\nminutes. See [mail](../../contact/).",
    )
    marked_up = issues(root)
    edit(root, ORIGINAL, "60", "90")

    assert noted == marked_up == []
    assert issues(root) == [("KB140", GERMAN, 2)]


def test_readers_are_told_of_it_without_a_day_where_there_is_no_git(root: Path) -> None:
    kb_translated(root, GERMAN)
    before = page(root)
    edit(root, ORIGINAL, "60", "90")
    after = page(root)

    assert "kb-translation" not in before
    assert "Das Original dieser Seite wurde geändert." in after
    assert '<a href="../../../../faq/orders/cancel/" hreflang="en">Auf Englisch lesen</a>' in after
    assert "kb-translation" not in (root / "site/faq/orders/cancel/index.html").read_text("utf-8")


def test_git_says_since_when_and_from_which_commit_on(root: Path) -> None:
    kb_translated(root, GERMAN)
    followed = commit(root, "2026-03-01")
    edit(root, ORIGINAL, "60", "90")
    commit(root, "2026-04-05")
    edit(root, ORIGINAL, "90", "120")
    commit(root, "2026-05-07")

    (found,) = check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False).issues

    assert found.message == f"'{ORIGINAL}' was changed on 2026-04-05 after it was translated"
    assert f"git diff {followed[:12]} -- {ORIGINAL}" in found.hint
    assert 'wurde am <time datetime="2026-04-05">5. April 2026</time> geändert' in page(root)


def test_a_shallow_or_squashed_history_still_tells_that_it_is_behind(root: Path, tmp_path_factory) -> None:
    kb_translated(root, GERMAN)
    edit(root, ORIGINAL, "60", "90")
    commit(root, "2026-04-05")

    (found,) = check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False).issues

    assert (found.code, found.message) == ("KB140", f"'{ORIGINAL}' was changed after it was translated")


def test_changed_since_shows_translations_of_what_a_branch_changed(root: Path) -> None:
    kb_translated(root, GERMAN)
    start = commit(root, "2026-03-01")
    edit(root, ORIGINAL, "60", "90")
    middle = commit(root, "2026-04-05")
    (root / "content/faq/orders/other.md").write_text("---\ntitle: Other\n---\nText.\n")
    commit(root, "2026-04-06")

    assert issues(root, since=start) == [("KB140", GERMAN, 2)]
    assert issues(root, since=middle) == []


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("---\r\ntitle: Wie?\r\n---\r\nText.\r\n", "---\r\ntranslated_from: {}\r\ntitle: Wie?\r\n---\r\nText.\r\n"),
        ("\ufeff---\ntitle: Wie?\n---\nText.\n", "\ufeff---\ntranslated_from: {}\ntitle: Wie?\n---\nText.\n"),
        ("# Wie?\n\nText.\n", "---\ntranslated_from: {}\n---\n# Wie?\n\nText.\n"),
        (
            "---\ntitle: Wie?\ntranslated_from: 0123456789ab\ntags: [a]\n---\nText.\n",
            "---\ntitle: Wie?\ntranslated_from: {}\ntags: [a]\n---\nText.\n",
        ),
    ],
)
def test_the_note_leaves_the_rest_of_the_file_as_it_was(root: Path, text: str, noted: str) -> None:
    (root / GERMAN).write_bytes(text.encode())

    kb_translated(root, "content/de")

    written = (root / GERMAN).read_bytes().decode()
    mark = written.partition("translated_from: ")[2][:12]
    assert written == noted.format(mark)
    assert issues(root) == []
    assert "noted already" in kb_translated(root, "content/de")


@pytest.mark.parametrize("file", [ORIGINAL, "content/contact.yml", "mkdocs.yml", "content/de/index.md"])
def test_what_is_no_translation_is_refused(root: Path, file: str) -> None:
    (root / "content/de/index.md").write_text("# Hilfe\n")
    done = CliRunner().invoke(kb, ["--config", str(root / "mkdocs.yml"), "translated", str(root / file)])

    assert done.exit_code != 0
    assert "is no translation" in str(done.exception)
