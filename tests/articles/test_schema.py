from __future__ import annotations

import datetime as dt
import json

import pytest

from kb_builder.articles.field_parser import parse_fields
from kb_builder.articles.front_matter import read_yaml
from kb_builder.articles.model import Audience, Severity
from kb_builder.articles.schema import (
    AnnouncementFields,
    CategoryFields,
    ContactFields,
    FaqFields,
    PolicyFields,
    json_schemas,
)
from kb_builder.issues import Issue, Level


def parse(model: type, yaml: str) -> tuple[object, tuple[Issue, ...]]:
    values, issues, lines = read_yaml(yaml, "a.md")
    assert issues == ()
    assert isinstance(values, dict)
    return parse_fields(model, values, lines, "a.md")


def only(issues: tuple[Issue, ...]) -> Issue:
    assert len(issues) == 1, issues
    return issues[0]


def test_text_becomes_typed_values() -> None:
    fields, issues = parse(
        FaqFields,
        "title: no\nquestions: [a, b]\ntags: x, y\naudience: B2B\nreviewed: 2026-02-28\ndraft: yes\n"
        "popular: 3\nsearch: {boost: 1.5, exclude: false}\n",
    )

    assert issues == ()
    assert isinstance(fields, FaqFields)
    assert (fields.title, fields.questions, fields.tags) == ("no", ("a", "b"), ("x", "y"))
    assert (fields.audience, fields.reviewed, fields.draft) == ((Audience.B2B,), dt.date(2026, 2, 28), True)
    assert (fields.popular, fields.search and fields.search.boost) == (3, 1.5)


def test_h18_a_version_keeps_its_last_zero() -> None:
    fields, _ = parse(PolicyFields, "version: 1.10\neffective: 2026-01-01\nnotice: 30 days\n")

    assert isinstance(fields, PolicyFields)
    assert (fields.version, fields.notice) == ("1.10", 30)


@pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01", "20260101", "2026-W01-1", "1767225600", "yesterday"])
def test_h18_an_impossible_date_is_an_error_on_its_line(value: str) -> None:
    fields, issues = parse(FaqFields, f"title: A\nreviewed: {value}\n")

    assert isinstance(fields, FaqFields)
    assert fields.reviewed is None
    assert fields.title == "A"
    assert (only(issues).code, only(issues).line) == ("KB121", 2)
    assert value in only(issues).message


@pytest.mark.parametrize(
    "yaml",
    [
        "title: [a]",
        "title: {a: b}",
        "questions: {a: b}",
        "questions: [[a]]",
        "draft: maybe",
        "popular: 1.5",
        "popular: -1",
        "popular: 1_000",
        "audience: [everyone]",
        "search: fast",
        "search: {boost: nan}",
        "search: {boost: 0}",
        "order: '١'",
    ],
)
def test_h17_a_value_of_the_wrong_type_is_an_error_with_its_line(yaml: str) -> None:
    _, issues = parse(FaqFields, f"owner: x\n{yaml}\n")

    found = only(issues)
    assert (found.code, found.level, found.line) == ("KB120", Level.ERROR, 2)


def test_all_faults_are_reported_at_once() -> None:
    _, issues = parse(FaqFields, "draft: maybe\nreviewed: x\ntitel: A\n")

    assert sorted(found.code for found in issues) == ["KB120", "KB121", "KB122"]


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    found = only(parse(FaqFields, "title: A\nsumary: B\n")[1])

    assert (found.code, found.level, found.line) == ("KB122", Level.WARNING, 2)
    assert found.hint == "did you mean 'summary'?"


def test_unknown_keys_of_other_tools_are_one_warning_a_file() -> None:
    found = only(parse(FaqFields, "title: A\nexl-id: 1\nfeature: Cloud\nrole: Admin\n")[1])

    assert (found.code, found.level) == ("KB123", Level.WARNING)
    assert all(key in found.message for key in ("exl-id", "feature", "role"))


def test_a_key_of_another_kind_is_named_as_such() -> None:
    found = only(parse(FaqFields, "title: A\neffective: 2026-01-01\n")[1])

    assert found.code == "KB125"
    assert "policy" in found.message


def test_an_unknown_nested_key_is_found() -> None:
    found = only(parse(FaqFields, "search:\n  bost: 2\n")[1])

    assert (found.code, found.line, found.hint) == ("KB122", 2, "did you mean 'boost'?")


def test_description_is_another_name_for_summary() -> None:
    fields, issues = parse(FaqFields, "description: D\n")

    assert issues == ()
    assert isinstance(fields, FaqFields)
    assert fields.summary == "D"


def test_a_key_without_a_value_counts_as_not_given() -> None:
    fields, issues = parse(FaqFields, "title:\nquestions:\n  -\nreviewed:\nsearch: {boost: }\n")

    assert issues == ()
    assert isinstance(fields, FaqFields)
    assert (fields.title, fields.questions, fields.reviewed) == (None, (), None)


def test_an_unknown_key_without_a_value_is_not_swallowed() -> None:
    assert only(parse(FaqFields, "title: A\nsumary:\n")[1]).code == "KB122"


def test_a_missing_key_is_named_with_what_it_is_for() -> None:
    found = only(parse(FaqFields, "title: A\nvideo:\n  src: a.mp4\n  title: T\n")[1])

    assert (found.code, found.line) == ("KB124", 2)
    assert "'video.captions' is missing" in found.message
    assert "WebVTT" in found.hint


def test_times_without_an_offset_are_utc_and_a_last_day_counts_to_its_end() -> None:
    fields, issues = parse(AnnouncementFields, "starts: 2026-12-01\nends: 2026-12-24\nseverity: Warning\n")

    assert issues == ()
    assert isinstance(fields, AnnouncementFields)
    assert fields.starts == dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert fields.ends == dt.datetime(2026, 12, 24, 23, 59, 59, tzinfo=dt.UTC)
    assert fields.severity is Severity.WARNING


@pytest.mark.parametrize("icon", ["../../etc/passwd", "material/../x", "Material/Truck", "truck", "/material/truck"])
def test_an_icon_is_a_name_and_never_a_path(icon: str) -> None:
    assert only(parse(CategoryFields, f"icon: {icon}\n")[1]).code == "KB120"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("[sat, sun]", (5, 6)),
        ("Sat-Mon", (0, 5, 6)),
        ("wednesday", (2,)),
        ("'mon, wed'", (0, 2)),
    ],
)
def test_opening_days_are_read_as_people_write_them(days: str, expected: tuple[int, ...]) -> None:
    fields, issues = parse(ContactFields, contact(f"{{days: {days}, opens: 9:00, closes: '17:30'}}"))

    assert issues == ()
    assert isinstance(fields, ContactFields)
    hours = fields.channels[0].hours[0]
    assert (hours.days, hours.opens, hours.closes) == (expected, "09:00", "17:30")


@pytest.mark.parametrize(
    "hours", ["{days: x, opens: '9:00', closes: '10:00'}", "{days: mon, opens: '9:00', closes: '25:00'}"]
)
def test_impossible_hours_are_an_error(hours: str) -> None:
    assert only(parse(ContactFields, contact(hours))[1]).code == "KB120"


def contact(hours: str) -> str:
    return f"channels:\n  - {{id: a, kind: phone, title: T, href: 'tel:1', action: Call, hours: [{hours}]}}\n"


def test_there_is_a_json_schema_for_each_kind_of_file_with_every_key_described() -> None:
    schemas = json_schemas()

    assert sorted(schemas) == ["announcement", "category", "contact", "faq", "guide", "policy"]
    for schema in schemas.values():
        json.dumps(schema)
        assert schema["$schema"].endswith("2020-12/schema")
        for definition in (schema, *schema.get("$defs", {}).values()):
            assert definition["description"]
            assert all(key.get("description") for key in definition.get("properties", {}).values())
