"""Whoever meets a code finds its page: in the terminal, and in reports that other programs read."""

import json

import pytest
from click.testing import CliRunner

from kb_builder.articles.codes import CODES, issue
from kb_builder.cli import kb
from kb_builder.lint.formats import FORMATS
from kb_builder.manual import issue_page


def explain(code):
    return CliRunner().invoke(kb, ["explain", code])


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code):
    printed = explain(code.lower()).output

    assert printed == issue_page(code)
    assert f"**{CODES[code].meaning}** {CODES[code].remedy}\n\n## Example" in printed


def test_a_code_that_is_none_is_said_with_the_nearest():
    found = CliRunner().invoke(kb, ["explain", "KB3301"])

    assert found.exit_code != 0
    assert "KB301" in str(found.exception.hint)


def test_a_sarif_report_brings_the_pages_of_its_codes():
    (run,) = json.loads(FORMATS["sarif"]([issue("KB301", "content/a.md", 3, "page 'x.md' does not exist")]))["runs"]

    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"] == issue_page("KB301")
