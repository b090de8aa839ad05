"""Lists as GitHub shows them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.site.list_indentation import to_four_spaces

Convert = Callable[[str], str]


def outline(html: str) -> str:
    """Return the tags and words of HTML without white space, ids and classes."""
    bare = re.sub(r"\s+", " ", re.sub(r"<(\w+)[^>]*>", r"<\1>", html))
    return re.sub(r" (?=</)|(?<=>) (?=<)", "", bare).strip()


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_items_nest_by_two_three_or_four_columns(convert: Convert, indent: int):
    step = " " * indent

    html = convert(f"- a\n{step}- b\n{step * 2}- c\n- d")

    assert outline(html) == "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


def test_a_list_may_follow_a_line_of_text(convert: Convert):
    assert outline(convert("Bring:\n- boots\n- socks")) == "<p>Bring:</p><ul><li>boots</li><li>socks</li></ul>"


def test_a_number_in_running_text_starts_no_list(convert: Convert):
    assert (
        outline(convert("It was built in\n1986. It still stands.")) == "<p>It was built in 1986. It still stands.</p>"
    )


def test_numbers_may_end_in_a_bracket(convert: Convert):
    assert outline(convert("1) one\n2) two")) == "<ol><li>one</li><li>two</li></ol>"


def test_code_right_below_a_step_belongs_to_it(convert: Convert):
    html = outline(convert("1. Run:\n   ```sh\n   make\n   ```\n2. Done"))

    assert html.count("<ol>") == 1
    assert html.index("make") < html.index("</li>") < html.index("Done")


def test_paragraphs_and_pictures_of_an_item_stay_in_it(convert: Convert):
    html = outline(convert("1. One\n\n   More\n\n   ![p](p.png)\n\n1. Two\n\nAfter"))

    assert html == "<ol><li><p>One</p><p>More</p><p><img></p></li><li><p>Two</p></li></ol><p>After</p>"


def test_a_line_that_is_not_indented_goes_on_with_the_item(convert: Convert):
    assert outline(convert("- one\ntwo\n\nthree")) == "<ul><li>one two</li></ul><p>three</p>"


def test_lists_in_quotes_nest_too(convert: Convert):
    html = outline(convert("> text\n> 1. a\n>    - b"))

    assert html.startswith("<blockquote><p>text</p><ol><li>")
    assert html.count("<ul>") == 1


def test_a_hard_break_in_a_quote_stays(convert: Convert):
    assert "one<br>" in convert("> one  \n> two")


def test_text_below_an_empty_line_of_a_quote_is_no_part_of_it(convert: Convert):
    assert outline(convert("> quoted\n>\ntext")) == "<blockquote><p>quoted</p></blockquote><p>text</p>"


def test_an_item_after_a_deeper_one_is_not_taken_into_it(convert: Convert):
    html = outline(convert("- a\n\n    para\n\n    - b\n        - c\n- d"))

    assert html.endswith("<li><p>d</p></li></ul>")


def test_lists_in_admonitions_keep_their_place(convert: Convert):
    html = outline(convert("!!! note\n    - x\n      - y\n\n    text\n\nafter"))

    assert "<ul><li>x<ul><li>y</li></ul></li></ul><p>text</p></div><p>after</p>" in html


@pytest.mark.parametrize(
    "text",
    [
        "    - indented code\n      stays",
        "<pre>\n- raw\n  - html\n</pre>",
        "* * *",
        "Title\n---\n\ntext",
        "a | b\n--|--\n1 | 2",
        "*[HTML]: a language",
    ],
)
def test_what_is_no_list_is_left_alone(text: str):
    assert to_four_spaces(text) == text


@given(
    st.lists(
        st.sampled_from(["- a", "  - b", "1. c", "   d", "", "text", "> q", ">   - r", "    e", "<p>", "!!! note"])
    )
)
def test_no_word_is_lost_or_moved(lines: list[str]):
    words = [word for line in lines for word in re.findall(r"[a-z]+", line)]

    assert re.findall(r"[a-z]+", to_four_spaces("\n".join(lines))) == words


@given(st.lists(st.integers(0, 4)))
def test_lists_that_python_markdown_understands_are_left_alone(depths: list[int]):
    lines: list[str] = []
    above = -1
    for depth in depths:
        above = min(depth, above + 1)
        lines.append(f"{' ' * 4 * above}- item")

    assert to_four_spaces("\n".join(lines)).split("\n") == (lines or [""])
