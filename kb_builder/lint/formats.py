"""Issues in the forms that other programs read: SARIF, JUnit and GitHub's annotations."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from urllib.parse import quote
from xml.etree import ElementTree as xml

from kb_builder import __version__
from kb_builder.articles.codes import CODES
from kb_builder.issues import Issue, Level
from kb_builder.manual import issue_page
from kb_builder.terminal import printable

_SARIF_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
_NOT_XML = re.compile("[\ufffe\uffff]")


def sarif(issues: Sequence[Issue]) -> str:
    """Write a SARIF 2.1.0 log, as code scanning of GitHub, GitLab and editors reads it.

    Fingerprints hold neither lines nor levels, so that an issue stays the same one while text above it changes.
    """
    used = sorted({found.code for found in issues})
    seen: Counter[tuple[str, str, str]] = Counter()
    results = []
    for found in issues:
        key = (found.code, found.path, found.message)
        seen[key] += 1
        fingerprint = hashlib.sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest()
        place: dict[str, object] = {"artifactLocation": {"uri": quote(found.path), "uriBaseId": "%SRCROOT%"}}
        if found.line:
            place["region"] = {"startLine": found.line}
        results.append(
            {
                "ruleId": found.code,
                "ruleIndex": used.index(found.code),
                "level": _SARIF_LEVELS[found.level],
                "message": {"text": f"{_sentence(found.message)} {found.hint}".strip()},
                "locations": [{"physicalLocation": place}],
                "partialFingerprints": {"kbIssue/v1": fingerprint},
            }
        )
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].meaning},
            "help": {"text": CODES[code].remedy, "markdown": issue_page(code)},
            "defaultConfiguration": {"level": _SARIF_LEVELS.get(CODES[code].level, "none")},
        }
        for code in used
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "kb_builder", "semanticVersion": __version__, "rules": rules}},
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def junit(issues: Sequence[Issue]) -> str:
    """Write a JUnit report: a suite for each file, a case for each issue; a notice is a skipped case.

    Without issues there is one case that passes, as some readers take an empty report for a broken one.
    """
    root = xml.Element("testsuites", name="kb check", tests=str(len(issues) or 1), failures=str(_failures(issues)))
    for path, together in groupby(issues, key=lambda found: found.path):
        cases = list(together)
        skipped = len(cases) - _failures(cases)
        counts = {"tests": len(cases), "failures": _failures(cases), "errors": 0, "skipped": skipped}
        suite = xml.SubElement(root, "testsuite", {name: str(count) for name, count in counts.items()})
        suite.set("name", _clean(path))
        suite.set("file", _clean(path))
        for found in cases:
            where = f"{found.path}:{found.line}" if found.line else found.path
            case = xml.SubElement(suite, "testcase", classname=found.code, name=_clean(f"{where} {found.message}"))
            kind = "skipped" if found.level is Level.NOTICE else "failure"
            result = xml.SubElement(case, kind, type=str(found.level), message=_clean(found.message))
            result.text = _clean(f"{where}: {found.message}\n{found.hint}")
    if not issues:
        suite = xml.SubElement(root, "testsuite", name="kb check", tests="1", failures="0", errors="0")
        xml.SubElement(suite, "testcase", classname="kb", name="no issues")
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, encoding="unicode")}\n'


def github(issues: Sequence[Issue]) -> str:
    """Write workflow commands that GitHub shows as annotations at the lines of a pull request."""
    return "".join(f"{_annotation(found)}\n" for found in issues)


FORMATS: dict[str, Callable[[Sequence[Issue]], str]] = {"sarif": sarif, "junit": junit, "github": github}


def _annotation(found: Issue) -> str:
    where = {"file": found.path, "line": str(found.line) if found.line else "", "title": found.code}
    properties = ",".join(f"{name}={_property(value)}" for name, value in where.items() if value)
    text = "\n".join(filter(None, (printable(found.message), printable(found.hint))))
    return f"::{found.level} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _failures(issues: Sequence[Issue]) -> int:
    return sum(found.level is not Level.NOTICE for found in issues)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _clean(text: str) -> str:
    """Leave out what XML cannot hold; a line end stays."""
    return "\n".join(_NOT_XML.sub("", printable(line)) for line in text.split("\n"))
