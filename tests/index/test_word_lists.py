"""Synonyms and pins as editors write them, right and wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kb_builder.articles.model import Article, Category, Content, Kind, PolicyVersion
from kb_builder.index.word_lists import (
    Pin,
    SynonymRule,
    parse_pins,
    parse_synonyms,
    pin_issues,
    read_word_lists,
)

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 21)


def synonyms(text: str, language: str = "en"):
    rules, issues = parse_synonyms(text, "search/synonyms.yml", language=language)
    return rules, [(found.line, found.code) for found in issues]


def pins(text: str):
    found, issues = parse_pins(text, "search/pins.yml", language="en")
    return found, [(one.line, one.code) for one in issues]


def make_content(*articles: Article, drafts: tuple[Article, ...] = ()) -> Content:
    return Content(
        articles={article.path: article for article in articles},
        categories={},
        home=Category("", "", "Home"),
        drafts={article.path: article for article in drafts},
    )


def make_article(path: str, **fields) -> Article:
    kind = fields.pop("kind", Kind.FAQ)
    return Article(path, path.removesuffix(".md") + "/", kind, fields.pop("title", path), "text", **fields)


def test_a_list_works_both_ways_and_from_to_one_way():
    rules, issues = synonyms(
        "# Orders\n- [parcel, package, delivery  box]\n- {from: money back, to: [refund]}\n- {from: [a, b], to: c}\n"
    )

    both = ("parcel", "package", "delivery box")
    assert rules == (
        SynonymRule(both, both, 2),
        SynonymRule(("money back",), ("refund",), 3),
        SynonymRule(("a", "b"), ("c",), 4),
    )
    assert [rule.works_both_ways for rule in rules] == [True, False, False]
    assert issues == []


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "[]\n"])
def test_nothing_is_an_empty_list(text):
    assert synonyms(text) == ((), [])
    assert pins(text) == ((), [])


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("[]", "KB703"),
        ("[alone]", "KB703"),
        ("[a, [b]]", "KB703"),
        ("[a, {b: c}]", "KB703"),
        ("just text", "KB120"),
        ("{from: a}", "KB124"),
        ("{from: a, to: []}", "KB124"),
        ("{to: [a]}", "KB124"),
        ("{from: {a: b}, to: c}", "KB120"),
        ("[and, '&']", "KB706"),
        ("{from: '?!', to: [help]}", "KB706"),
        ("[one two three four five six seven eight nine, x]", "KB707"),
    ],
)
def test_an_entry_that_cannot_be_used_is_an_error_on_its_line_and_the_others_stay(entry, code):
    rules, issues = synonyms(f"- [good, fine]\n- {entry}\n- [bad, poor]\n")

    assert [rule.typed for rule in rules] == [("good", "fine"), ("bad", "poor")]
    assert issues == [(2, code)]


@pytest.mark.parametrize(
    "text", ["a: b\n", "text\n", "- [a, b\n", "- &x [a, b]\n", "- !!python/x [a]\n", "- a: 1\n  a: 2\n"]
)
def test_a_file_that_is_no_plain_list_gives_one_error_and_no_rules(text):
    rules, issues = synonyms(text)

    assert rules == ()
    assert [code[:3] for _, code in issues] == ["KB1"]


def test_forms_of_one_word_and_repeats_are_warnings_and_harmless():
    assert synonyms("- [order, orders, purchase]\n- [a, a, b]\n- {from: returned, to: [returns, refund]}\n") == (
        (
            SynonymRule(("order", "orders", "purchase"), ("order", "orders", "purchase"), 1),
            SynonymRule(("a", "a", "b"), ("a", "a", "b"), 2),
            SynonymRule(("returned",), ("returns", "refund"), 3),
        ),
        [(1, "KB708"), (2, "KB708"), (3, "KB708")],
    )


def test_one_way_synonyms_in_a_circle_are_reported_where_they_stand():
    _, issues = synonyms("- {from: a, to: [b]}\n- {from: b, to: [c]}\n- {from: c, to: [a, d]}\n- {from: d, to: [e]}\n")

    assert issues == [(1, "KB704"), (2, "KB704"), (3, "KB704")]
    assert synonyms("- [a, b]\n- [b, a]\n- {from: x, to: [y]}\n- {from: y, to: [z]}\n")[1] == []


def test_a_query_is_pinned_once_whatever_its_case_and_form():
    found, issues = pins(
        "- {query: Christmas returns, article: a.md}\n"
        "- {query: christmas return!, article: b.md}\n"
        "- {query: returns christmas, article: c.md}\n"
    )

    assert found == (Pin("Christmas returns", "a.md", 1), Pin("returns christmas", "c.md", 3))
    assert issues == [(2, "KB705")]


@pytest.mark.parametrize(
    ("entry", "code"),
    [("{query: x}", "KB124"), ("{article: a.md}", "KB124"), ("[x]", "KB120"), ("{query: '…', article: a.md}", "KB706")],
)
def test_a_pin_that_cannot_be_used_is_an_error(entry, code):
    assert pins(f"- {entry}\n") == ((), [(1, code)])


def test_a_pin_to_what_does_not_exist_offers_what_does():
    content = make_content(make_article("faq/returns/return-an-item.md"))

    (missing,) = pin_issues([Pin("a", "faq/returns/return-an-itm.md", 7)], content, "search/pins.yml", today=TODAY)
    (rooted,) = pin_issues([Pin("a", "content/faq/returns/return-an-item.md", 8)], content, "p", today=TODAY)

    assert str(missing).startswith("search/pins.yml:7: error KB701: article 'faq/returns/return-an-itm.md' does not")
    assert missing.hint == rooted.hint == "did you mean 'faq/returns/return-an-item.md'?"


def test_a_pin_to_what_search_cannot_find_says_why():
    old, new = PolicyVersion("1", dt.date(2020, 1, 1)), PolicyVersion("2", dt.date(2021, 1, 1), replaces="p/1.md")
    content = make_content(
        make_article("hidden.md", search_exclude=True),
        make_article("p/1.md", kind=Kind.POLICY, policy=old),
        make_article("p/2.md", kind=Kind.POLICY, policy=new),
        drafts=(make_article("draft.md"),),
    )

    issues = list(
        pin_issues([Pin(a, a, 1) for a in ("hidden.md", "p/1.md", "p/2.md", "draft.md")], content, "p", today=TODAY)
    )

    assert [found.code for found in issues] == ["KB702"] * 3
    reasons = " ".join(found.message for found in issues)
    assert "excludes from search" in reasons and "superseded" in reasons and "a draft" in reasons


def test_files_that_cannot_be_read_are_issues_and_missing_ones_are_none(tmp_path):
    (tmp_path / "synonyms.yml").write_bytes(b"- [caf\xe9, bar]\n")
    (tmp_path / "elsewhere.yml").write_text("- {query: a, article: b.md}\n")
    (tmp_path / "pins.yml").symlink_to(tmp_path / "elsewhere.yml")

    lists, issues = read_word_lists(tmp_path, shown="search", language="en")
    nothing = read_word_lists(tmp_path / "none", shown="search", language="en")

    assert (lists.synonyms, lists.pins) == ((), ())
    assert [(found.path, found.line, found.code) for found in issues] == [
        ("search/synonyms.yml", 1, "KB101"),
        ("search/pins.yml", 0, "KB201"),
    ]
    assert nothing == (lists, ())


def test_the_demos_own_lists_are_right():
    lists, issues = read_word_lists(ROOT / "search", shown="search", language="en")

    assert issues == ()
    assert len(lists.synonyms) > 40
    assert len(lists.pins) == 5
