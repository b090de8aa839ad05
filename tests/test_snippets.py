"""The snippets for editors are front matter that reads without an issue."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kb_builder.articles.read import read_content
from kb_builder.clock import build_day
from kb_builder.schemas import snippets_file

SNIPPETS = json.loads(snippets_file().data)


@pytest.mark.parametrize("name", ["kb article", "kb policy"])
def test_a_filled_in_snippet_has_no_issue(tmp_path: Path, name: str) -> None:
    today = build_day()
    text = "\n".join(SNIPPETS[name]["body"]).replace("effective: $3", "effective: 2026-01-01")
    text = text.replace("$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE", str(today))
    text = re.sub(r"\$(\d)", r"word \1", re.sub(r"\$\{\d:([^}]*)\}", r"\1", text))
    folder = "policies/a" if name == "kb policy" else "faq/a"
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "x.md").write_text(f"{text}\n", "utf-8")

    content = read_content(tmp_path, today=today)

    assert content.issues == ()
    assert len(content.articles) == 1
