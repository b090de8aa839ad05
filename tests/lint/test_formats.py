"""A planted mistake is on its line in every form of output, and the forms fit their schemas."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from kb_builder.config import load_config
from kb_builder.issues import Issue, Level
from kb_builder.lint.check import check
from kb_builder.lint.formats import FORMATS

from .planted import PLANTED as NEW
from .planted import plant
from .planted_before import BUILD_PLANTED

TODAY = dt.date(2026, 6, 1)
PLANTED = {**BUILD_PLANTED, **NEW}
SCHEMAS = Path(__file__).parents[1] / "schemas"
SARIF_SCHEMA = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
JUNIT_SCHEMA = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
HOSTILE = (
    Issue("content/a b%:,.md", 3, Level.ERROR, "KB101", "bad\x1b[31m\x00 <b>&\n::error::x\u202e", "100 %\r\nsure"),
    Issue("content/a b%:,.md", 0, Level.NOTICE, "KB105", "empty", ""),
    Issue("content/ü.md", 9, Level.WARNING, "KB106", "\ufffe x", "do"),
)


@cache
def issues_of(code: str) -> tuple[Issue, ...]:
    planted = PLANTED[code]
    with TemporaryDirectory() as folder:
        config = load_config(plant(Path(folder), planted))
        return check(config, today=TODAY, with_search=planted.needs_pages).issues


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


READERS = {"sarif": places_in_sarif, "junit": places_in_junit, "github": places_in_github}


@pytest.mark.parametrize("code", sorted(PLANTED))
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_planted_mistake_is_on_its_line_in_every_form(form: str, code: str) -> None:
    planted = PLANTED[code]

    text = FORMATS[form](issues_of(code))

    assert (code, planted.path, planted.line) in READERS[form](text)


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
