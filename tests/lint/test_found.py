"""A check of the same files finds the same without looking again; any change makes it look."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from kb_builder.config import load_config
from kb_builder.lint.check import CheckResult, check

from .planted import CANCEL, RETURN, Planted, faq, plant

TODAY = dt.date(2026, 6, 1)
JUDGMENTS = "- {query: cancel, article: faq/orders/cancel.md}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path, Planted({CANCEL: faq("[x](gone.md)"), "search/judgments.yml": JUDGMENTS}, CANCEL, 0)).parent


def run(root: Path, *, today: dt.date = TODAY, with_search: bool = True) -> tuple[CheckResult, bool]:
    """Check; say whether the content was read."""
    stages: list[str] = []
    result = check(load_config(root / "mkdocs.yml"), today=today, with_search=with_search, progress=stages.append)
    return result, "Reading the content" in stages


@pytest.mark.parametrize("with_search", [True, False])
def test_a_check_of_the_same_files_finds_the_same_without_looking(root: Path, with_search: bool) -> None:
    first, second = (run(root, with_search=with_search) for _ in range(2))

    assert [looked for _, looked in (first, second)] == [True, False]
    assert second[0] == first[0]
    assert first[0].issues


@pytest.mark.parametrize(
    "name",
    [CANCEL, "content/faq/orders/new.md", "search/synonyms.yml", "terms.yml", "published.txt", "kb-baseline.json"],
)
def test_any_file_that_a_check_reads_makes_it_look(root: Path, name: str) -> None:
    run(root)
    (root / name).parent.mkdir(exist_ok=True)
    empty = "{}" if name.endswith(".json") else ""
    (root / name).write_text((root / name).read_text() if (root / name).exists() else empty)

    assert run(root)[1]


def test_a_removed_file_another_day_and_other_settings_make_it_look(root: Path) -> None:
    run(root)
    (root / RETURN).unlink()
    removed = run(root)
    later = run(root, today=TODAY + dt.timedelta(days=1))
    (root / "mkdocs.yml").write_text((root / "mkdocs.yml").read_text() + "# more\n")

    assert removed[1] and later[1] and run(root)[1]


def test_an_edit_that_keeps_size_and_time_is_seen(root: Path) -> None:
    run(root)
    before = (root / CANCEL).stat()
    (root / CANCEL).write_text((root / CANCEL).read_text().replace("gone", "lost"))
    os.utime(root / CANCEL, ns=(before.st_atime_ns, before.st_mtime_ns))

    result, looked = run(root)

    assert looked
    assert "lost.md" in result.issues[0].message


@pytest.mark.parametrize("damage", [b"", b"x", b"x\ny\n{}"])
def test_damaged_memory_is_not_used(root: Path, damage: bytes) -> None:
    expected, _ = run(root)
    (root / ".kb/check.json").write_bytes(damage)

    assert run(root) == (expected, True)
    assert run(root) == (expected, False)


def test_what_moved_is_told_once(root: Path) -> None:
    run(root)
    (root / CANCEL).write_text(faq("Call us.", title="Stopping an order"))
    (root / RETURN).write_text(faq("Cancel cancel cancel.", title="Cancel"))
    moved, _ = run(root)

    again, looked = run(root)

    assert not looked
    assert moved.search and moved.search.moves
    assert again.search and not again.search.moves
    assert again.search.outcomes == moved.search.outcomes
