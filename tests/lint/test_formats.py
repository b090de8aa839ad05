"""A planted mistake is on its line in every form of output, and the forms fit their schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from kb_builder.articles.codes import CODES
from kb_builder.check_report import issues_as_data
from kb_builder.issues import Issue, Level
from kb_builder.lint.formats import FORMATS
from kb_builder.terminal import print_issues
from kb_builder.workers import can_fork

from .every_mistake import PLANTED, issues_of

SCHEMAS = Path(__file__).parents[1] / "schemas"
SARIF_SCHEMA = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
JUNIT_SCHEMA = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
HOSTILE = (
    Issue("content/a b%:,.md", 3, Level.ERROR, "KB101", "bad\x1b[31m\x00 <b>&\n::error::x\u202e", "100 %\r\nsure"),
    Issue("content/a b%:,.md", 0, Level.NOTICE, "KB105", "empty", ""),
    Issue("content/ü.md", 9, Level.WARNING, "KB106", "\ufffe x", "do"),
)


def places_in_sarif(text: str) -> set[tuple[str, str, int]]:
    places = set()
    for result in json.loads(text)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        line = place.get("region", {}).get("startLine", 0)
        places.add((result["ruleId"], unquote(place["artifactLocation"]["uri"]), line))
    return places


def places_in_junit(text: str) -> set[tuple[str, str, int]]:
    places = set()
    for case in ElementTree.fromstring(text).iter("testcase"):
        where = case.attrib["name"].partition(" ")[0]
        path, _, line = where.partition(":")
        places.add((case.attrib["classname"], path, int(line or 0)))
    return places


def places_in_github(text: str) -> set[tuple[str, str, int]]:
    form = r"::(?:error|warning|notice) file=([^,:]+)(?:,line=(\d+))?,title=(KB\d+)::."
    return {
        (found[3], found[1], int(found[2] or 0)) for found in map(re.compile(form).match, text.splitlines()) if found
    }


def places_in_text(text: str) -> set[tuple[str, str, int]]:
    lines = (re.match(r"(.+?)(?::(\d+))?: (?:error|warning|notice) (KB\d+): .", line) for line in text.splitlines())
    return {(found[3], found[1], int(found[2] or 0)) for found in lines if found}


def places_in_json(text: str) -> set[tuple[str, str, int]]:
    return {(found["code"], found["path"], found["line"]) for found in json.loads(text)}


READERS = {"sarif": places_in_sarif, "junit": places_in_junit, "github": places_in_github}


def test_every_code_is_planted() -> None:
    assert set(PLANTED) == set(CODES)


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_planted_mistake_is_on_its_line_in_every_form(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    if code == "KB612" and not can_fork():
        pytest.skip("this system does not fork, so no page can be stopped")
    planted = PLANTED[code]
    place = (code, planted.path, planted.line)

    issues = issues_of(code)
    print_issues(issues)

    assert place in places_in_text(capsys.readouterr().err)
    assert place in places_in_json(json.dumps(issues_as_data(issues)))
    for form, write in FORMATS.items():
        assert place in READERS[form](write(issues)), form
    jsonschema.validate(json.loads(FORMATS["sarif"](issues)), SARIF_SCHEMA)
    JUNIT_SCHEMA.validate(FORMATS["junit"](issues))


@pytest.mark.parametrize("issues", [(), HOSTILE], ids=["none", "hostile"])
def test_sarif_fits_its_schema(issues: tuple[Issue, ...]) -> None:
    log = json.loads(FORMATS["sarif"](issues))

    jsonschema.validate(log, SARIF_SCHEMA)
    assert len(log["runs"][0]["results"]) == len(issues)


@pytest.mark.parametrize("issues", [(), HOSTILE], ids=["none", "hostile"])
def test_junit_fits_its_schema(issues: tuple[Issue, ...]) -> None:
    text = FORMATS["junit"](issues)

    JUNIT_SCHEMA.validate(text)
    report = ElementTree.fromstring(text)
    assert int(report.attrib["tests"]) == max(1, len(issues))
    assert (
        len(list(report.iter("failure")))
        == int(report.attrib["failures"])
        == sum(found.level is not Level.NOTICE for found in issues)
    )


def test_no_text_of_an_issue_can_start_an_annotation_of_its_own() -> None:
    text = FORMATS["github"](HOSTILE)

    assert len(text.splitlines()) == len(HOSTILE)
    assert "file=content/a b%25%3A%2C.md,line=3,title=KB101::bad" in text


def test_fingerprints_outlive_a_moved_line_and_tell_equal_issues_apart() -> None:
    def prints(*lines: int) -> list[str]:
        issues = [Issue("a.md", line, Level.WARNING, "KB301", "page 'x.md' does not exist") for line in lines]
        results = json.loads(FORMATS["sarif"](issues))["runs"][0]["results"]
        return [result["partialFingerprints"]["kbIssue/v1"] for result in results]

    assert prints(3, 9) == prints(5, 12)
    assert len(set(prints(3, 9))) == 2
