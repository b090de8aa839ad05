"""What a check found in texts is used again, and never changes what the next check finds."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb_builder.config import load_config
from kb_builder.issues import Issue
from kb_builder.lint import rules
from kb_builder.lint.check import CheckResult, check
from kb_builder.lint.model import Reading, TextSettings
from kb_builder.pipeline import build

from .planted import CANCEL, PLANTED, RETURN, faq, plant

TODAY = dt.date(2026, 6, 1)


def run(root: Path) -> CheckResult:
    return check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_same_is_found_as_from_nothing(tmp_path: Path, seed: int) -> None:
    root, chosen = tmp_path / "center", random.Random(seed)
    plant(root)
    found: set[str] = set()

    for turn in range(15):
        mistake = PLANTED[chosen.choice(sorted(PLANTED))]
        plant(root, mistake)
        for name in (name for name, text in mistake.files.items() if text is None):
            (root / name).unlink(missing_ok=True)
        warm = run(root)
        shutil.copytree(root, cold := tmp_path / f"cold-{turn}", ignore=shutil.ignore_patterns(".kb"))
        found |= {one.code for one in warm.issues}

        assert warm == run(cold)

    assert len(found) > 10


def test_only_texts_that_changed_are_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
        looked.append(reading.article.path)
        return iter(())

    plant(tmp_path)
    monkeypatch.setattr(rules, "TEXT_RULES", (rules.TextRule(look, ("KB830",)),))
    run(tmp_path)
    (tmp_path / CANCEL).write_text(faq("Call us."))
    build(load_config(tmp_path / "mkdocs.yml"), today=TODAY)  # it keeps them
    run(tmp_path)

    assert looked == ["faq/orders/cancel.md", "faq/orders/return.md", "faq/orders/cancel.md"]


def test_other_limits_and_other_terms_are_looked_for_in_old_texts(tmp_path: Path) -> None:
    plant(tmp_path, replace(PLANTED["KB840"], files={RETURN: faq("The shipment and the box.", title="Back")}))
    codes = [{one.code for one in run(tmp_path).issues}]
    for word in ("shipment", "box"):
        (tmp_path / "terms.yml").write_text(f"- {{say: parcel, instead_of: [{word}]}}\n")
        codes.append({one.message for one in run(tmp_path).issues})
    config = tmp_path / "mkdocs.yml"
    config.write_text(config.read_text().replace("kb: {}", "kb: {checks: {words: {faq: 1}}}"))

    assert codes == [set(), {"'shipment': say 'parcel'"}, {"'box': say 'parcel'"}]
    assert "KB831" in {one.code for one in run(tmp_path).issues}


def test_damaged_memory_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    plant(tmp_path, PLANTED["KB831"])
    expected = run(tmp_path)
    (tmp_path / ".kb/check-no-search.json").unlink()
    for path in (tmp_path / ".kb/cache").glob("values-*"):
        path.write_bytes(b"")

    assert run(tmp_path) == replace(expected, cache_note="it is damaged")
