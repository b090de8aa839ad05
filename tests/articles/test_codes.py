from __future__ import annotations

import re
from pathlib import Path

from kb_builder.articles.codes import CODES, in_folder, issue

PACKAGE = Path(__file__).parents[2] / "kb_builder"


def test_every_code_is_raised_somewhere_and_every_raised_code_is_in_the_table() -> None:
    sources = [path.read_text() for path in PACKAGE.rglob("*.py") if path.name != "codes.py"]

    raised = {code for source in sources for code in re.findall(r'"(KB\d{3})"', source)}

    assert raised == set(CODES)


def test_an_issue_takes_its_level_from_the_table_and_its_hint_when_it_has_none() -> None:
    row = CODES["KB105"]

    assert issue("KB105", "a.md", 1, "m").level is row.level
    assert issue("KB105", "a.md", 1, "m").hint == row.remedy
    assert issue("KB105", "a.md", 1, "m", "h").hint == "h"


def test_codes_are_explained_in_sentences() -> None:
    for row in CODES.values():
        assert row.meaning.endswith(".")
        assert row.remedy.endswith(".")


def test_issues_of_the_folder_itself_name_the_folder() -> None:
    assert [found.path for found in in_folder([issue("KB105", "", 0, "m")], "content")] == ["content"]
