from __future__ import annotations

import os

import pytest

from kb_builder.articles.front_matter import read_yaml, split_front_matter


def values_of(yaml: str) -> object:
    value, issues, _ = read_yaml(yaml, "a.yml")
    assert issues == ()
    return value


def fault_of(yaml: str) -> tuple[str, int, str]:
    value, issues, _ = read_yaml(yaml, "a.yml")
    assert value == ""
    assert len(issues) == 1
    return issues[0].code, issues[0].line, issues[0].message


def test_h18_every_scalar_stays_the_text_it_was_written_as() -> None:
    yaml = "title: no\nversion: 1.10\ntime: 12:30:00\nday: 2026-02-30\nnull: ~\nflag: yes\noctal: 0o17\nmerge: <<\n"

    assert values_of(yaml) == {
        "title": "no",
        "version": "1.10",
        "time": "12:30:00",
        "day": "2026-02-30",
        "null": "~",
        "flag": "yes",
        "octal": "0o17",
        "merge": "<<",
    }


def test_h17_duplicate_keys_are_an_error_with_both_lines() -> None:
    assert fault_of("a: 1\nb: 2\na: 3\n") == ("KB112", 3, "key 'a' stands twice (first on line 1)")


def test_h17_duplicate_keys_are_found_inside_groups() -> None:
    assert fault_of("search:\n  boost: 1\n  boost: 2\n")[:2] == ("KB112", 3)


def test_h17_a_tab_as_indentation_is_an_error() -> None:
    assert fault_of("tags:\n\t- a\n")[:2] == ("KB115", 2)


def test_h17_unclosed_front_matter_is_an_error() -> None:
    parts = split_front_matter("---\ntitle: A\n\nText\n", "a.md")

    assert [(found.code, found.line) for found in parts.issues] == [("KB110", 1)]
    assert parts.values == {}


def test_h19_an_alias_bomb_is_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    assert fault_of(bomb) == ("KB113", 1, "anchor '&a'")
    assert fault_of("a: *b\n")[:2] == ("KB113", 1)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!ENV HOME", "!!str 1", "!custom {a: b}"])
def test_h20_tags_are_refused(tag: str) -> None:
    code, line, message = fault_of(f"ok: 1\nkey: {tag}\n")

    assert (code, line) == ("KB114", 2)
    assert os.environ["PATH"] not in message


def test_escaped_control_characters_and_surrogates_are_refused() -> None:
    assert fault_of('a: "x\\0y"\n')[0] in ("KB102", "KB111")
    assert fault_of('a: "\\ud800"\n')[0] in ("KB102", "KB111")


@pytest.mark.parametrize("yaml", ["a: b: c", "a: [1, 2", "- a\nb: c", "a: 'x", "%x", "a: @b"])
def test_h17_broken_yaml_is_one_error_with_a_line(yaml: str) -> None:
    code, line, _ = fault_of(f"ok: 1\n{yaml}\n")

    assert code == "KB111"
    assert line >= 1


def test_keys_that_are_not_text_are_refused() -> None:
    assert fault_of("? [a, b]\n: c\n")[0] == "KB116"


def test_deep_nesting_is_refused_without_recursion() -> None:
    assert fault_of("a: " + "[" * 5000 + "]" * 5000)[0] == "KB116"


def test_a_second_document_is_refused() -> None:
    assert fault_of("a: 1\n---\nb: 2\n")[:2] == ("KB116", 2)


def test_every_key_and_item_has_its_line_in_the_file() -> None:
    parts = split_front_matter("---\ntitle: A\ntags:\n  - x\n  - y\nsearch: {boost: 2}\n---\n\nText\n", "a.md")

    assert parts.lines == {"title": 2, "tags": 3, "tags.0": 4, "tags.1": 5, "search": 6, "search.boost": 6}
    assert (parts.body, parts.body_line) == ("Text\n", 9)


def test_a_file_without_front_matter_is_all_body() -> None:
    parts = split_front_matter("\n\nText\n\n---\n\nMore\n", "a.md")

    assert (parts.values, parts.body, parts.body_line, parts.issues) == ({}, "Text\n\n---\n\nMore\n", 3, ())


def test_a_rule_on_the_first_line_is_no_front_matter() -> None:
    parts = split_front_matter("---\n\nText without keys\n", "a.md")

    assert parts.issues == ()
    assert parts.body.startswith("---")


def test_blank_lines_before_the_front_matter_are_forgiven() -> None:
    parts = split_front_matter("\n---\ntitle: A\n---\nText\n", "a.md")

    assert (parts.values, parts.lines, parts.body_line) == ({"title": "A"}, {"title": 3}, 5)


def test_front_matter_that_is_a_list_is_an_error() -> None:
    parts = split_front_matter("---\n- a\n- b\n---\nText\n", "a.md")

    assert [(found.code, found.line) for found in parts.issues] == [("KB116", 2)]


def test_a_thematic_break_in_the_body_does_not_end_it() -> None:
    assert split_front_matter("---\na: b\n---\nx\n\n---\n\ny\n", "a.md").body == "x\n\n---\n\ny\n"
