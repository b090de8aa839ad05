"""Lists indented as CommonMark has them come out as items, code and notes; other text is left alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb_builder.articles.front_matter import split_front_matter
from kb_builder.site.list_indentation import to_four_spaces
from kb_builder.site.markdown import make_markdown

Convert = Callable[[str], str]

PROJECT = Path(__file__).parents[2]
COMMERCE_KB = PROJECT.parent / "shared" / "corpora" / "commerce-kb" / "help"


@pytest.fixture(scope="module")
def convert() -> Convert:
    """Return what converts Markdown with our settings."""
    markdown = make_markdown()
    return lambda text: markdown.reset().convert(text)


class Outline(HTMLParser):
    """Lists, items, code and quotes of a page, and the words in them."""

    def __init__(self, *, words: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._words = words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul", "li", "pre", "blockquote"):
            self.parts.append(f"<{tag}>")
        if "admonition" in (dict(attrs).get("class") or "").split():
            self.parts.append("<note>")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul", "li", "pre", "blockquote"):
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._words:
            self.parts += data.split()


def outline(html: str, *, words: bool = True) -> str:
    parser = Outline(words=words)
    parser.feed(nh3.clean(html, attributes={"div": {"class"}}, link_rel=None))
    return " ".join(part for part in parser.parts if part != "¶")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        pytest.param(
            "1. a\n\n   ```sh\n   b\n     c\n   ```\n\n1. d",
            "<ol> <li> a <pre> b c </pre> </li> <li> d </li> </ol>",
            id="numbers go on after code",
        ),
        pytest.param(
            "1. a\n   ```\n   b\n   ```\n2. c",
            "<ol> <li> a <pre> b </pre> </li> <li> c </li> </ol>",
            id="code right below a step",
        ),
        pytest.param(
            "1. a\n\n   b\n\n    ```\n    c\n    ```\n\n   d\n\n1. e",
            "<ol> <li> a b <pre> c </pre> d </li> <li> e </li> </ol>",
            id="code one column further in than the text",
        ),
        pytest.param(
            "- ```\n  a\n  ```\n- b",
            "<ul> <li> <pre> a </pre> </li> <li> b </li> </ul>",
            id="code on the line of a marker",
        ),
        pytest.param("- a\n\n      b", "<ul> <li> a <pre> b </pre> </li> </ul>", id="indented code"),
        pytest.param(
            "- a\n  - b\n    - c\n  - d\n- e",
            "<ul> <li> a <ul> <li> b <ul> <li> c </li> </ul> </li> <li> d </li> </ul> </li> <li> e </li> </ul>",
            id="bullets nest by two columns",
        ),
        pytest.param(
            "10. a\n    - b\n11. c",
            "<ol> <li> a <ul> <li> b </li> </ul> </li> <li> c </li> </ol>",
            id="two digits",
        ),
        pytest.param(
            "100. a\n\n     b\n\n101. c", "<ol> <li> a b </li> <li> c </li> </ol>", id="three digits and a paragraph"
        ),
        pytest.param("1) a\n2) b", "<ol> <li> a </li> <li> b </li> </ol>", id="numbers with a bracket"),
        pytest.param("+ a\n\n  b\n  c\n\nd", "<ul> <li> a b c </li> </ul> d", id="two paragraphs in an item"),
        pytest.param("- a\nb\n\nc", "<ul> <li> a b </li> </ul> c", id="a lazy line"),
        pytest.param("a\n* b\n* c", "a <ul> <li> b </li> <li> c </li> </ul>", id="bullets right after a paragraph"),
        pytest.param("a\n1. b", "a <ol> <li> b </li> </ol>", id="number one right after a paragraph"),
        pytest.param("a\n2. b", "a 2. b", id="another number amid a paragraph is text"),
        pytest.param(
            "1. a\n\n   b\n2. c", "<ol> <li> a b </li> <li> c </li> </ol>", id="an item right after a paragraph in one"
        ),
        pytest.param(
            "- a\n\n  - b\n- c",
            "<ul> <li> a <ul> <li> b </li> </ul> </li> <li> c </li> </ul>",
            id="an item right after a deeper one",
        ),
        pytest.param("1. a\n- b", "<ol> <li> a </li> </ol> <ul> <li> b </li> </ul>", id="bullets right after numbers"),
        pytest.param(
            "1. a\n\n   > [!NOTE]\n   >\n   > b\n\n1. c",
            "<ol> <li> a <note> Note b </li> <li> c </li> </ol>",
            id="a note in an item",
        ),
        pytest.param(
            "1. a\n   > b\n   > - c\n   >   - d\n2. e",
            "<ol> <li> a <blockquote> b <ul> <li> c <ul> <li> d </li> </ul> </li> </ul> </blockquote> </li>"
            " <li> e </li> </ol>",
            id="a quote right below a step, with lists in it",
        ),
        pytest.param(
            "> a\n- b", "<blockquote> a </blockquote> <ul> <li> b </li> </ul>", id="a list right after a quote"
        ),
        pytest.param(
            "- a\n\n  !!! note\n      b\n\n      - c\n        - d\n\n- e",
            "<ul> <li> a <note> Note b <ul> <li> c <ul> <li> d </li> </ul> </li> </ul> </li> <li> e </li> </ul>",
            id="an admonition in an item",
        ),
        pytest.param("- [ ] a\n  - [x] b", "<ul> <li> a <ul> <li> b </li> </ul> </li> </ul>", id="tasks"),
        pytest.param(
            "- a\n\n  | b | c |\n  |---|---|\n  | d | e |\n- f",
            "<ul> <li> a b c d e </li> <li> f </li> </ul>",
            id="table",
        ),
    ],
)
def test_lists_have_the_structure_that_commonmark_gives_them(convert: Convert, markdown: str, expected: str):
    assert outline(convert(markdown)) == expected


def test_code_in_an_item_keeps_its_own_indentation(convert: Convert):
    html = convert("- a\n\n  ```\n  if b:\n      c\n\n    d\n  ```")

    assert "if b:\n    c\n\n  d\n" in re.sub("<[^>]+>", "", html)


@pytest.mark.parametrize(
    "markdown",
    [
        "1. a\n\n    ```sh\n    b\n    ```\n\n2. c\n\n    d",
        "- a\n    - b\n        - c\n\n            d\n\n                code\n\n- e",
        "*   a\n\n    b\n\n*   c",
        "100. a\n    - b",
        "- a\n  b\n    - c\n      d",
        "!!! note\n    a\n\n    - b\n        - c\n\n    ```\n    d\n    ```\n\ne",
        '??? tip "a"\n    - b\n        1. c',
        "- a\n\n    !!! note\n        b\n\n        - c",
        "a\n:   b\n\n    - c\n        - d\n\ne\n:   f",
        "a[^1]\n\n[^1]: b\n\n    c\n\n    - d\n        - e",
        "    - code\n      - more",
        "a\n\n    code",
        "```\n- a\n  - b\n```",
        "~~~\n1) a\n~~~\n\n- b",
        "```\n- never closed\n  - b",
        "<!--\n- a\n  - b\n-->",
        "<pre>\n- a\n  - b\n</pre>",
        "| a | b |\n|---|---|\n| - c | 1. d |",
        "> - a\n> - b\n>     - c",
        "a\n-\nb",
        "a\n---\n- b",
        "# a\n- b",
        "---\n- a",
        "* * *",
        "*[HTML]: a language",
        "**a**\n\n-1 b\n\n1.5 c",
        "- a\n\n\n- b\n\n<!-- c -->\n\n- d",
    ],
)
def test_what_python_markdown_reads_already_is_left_alone(markdown: str):
    assert to_four_spaces(markdown) == markdown


def test_the_demo_help_center_is_left_alone():
    bodies = {path: split_front_matter(path.read_text(), path.name).body for path in PROJECT.glob("content/**/*.md")}

    assert len(bodies) > 90
    assert [path.name for path, body in bodies.items() if to_four_spaces(body) != body] == []


LEADS = ["", "", "- ", "* ", "+ ", "1. ", "2. ", "10. ", "> ", "> - ", "# ", "```", "~~~", "!!! note", "<div>", "| "]


@st.composite
def rough_lines(draw: st.DrawFn) -> str:
    """Return a line that begins like some block, anywhere."""
    lead = draw(st.sampled_from(LEADS))
    return " " * draw(st.integers(0, 9)) + lead + draw(st.sampled_from(["", "a", "b c"]))


rough_texts = st.lists(rough_lines(), max_size=9).map("\n".join)


@given(rough_texts)
def test_no_word_is_lost_or_moved(text: str):
    def words(markdown: str) -> list[str]:
        return [word for word in markdown.split() if word.strip(">")]

    assert words(to_four_spaces(text)) == words(text)


@given(st.text())
def test_any_text_can_be_rewritten(text: str):
    assert "".join(to_four_spaces(text).split()) == "".join(re.sub(r"([0-9])\)", r"\1.", text).split()) or ")" in text


@given(st.text(alphabet="ab ,.\n"))
def test_text_without_markers_is_left_alone(text: str):
    assert to_four_spaces(text) == text


@st.composite
def lists(draw: st.DrawFn, *, deeper: int = 2) -> list[str]:
    """Return a list as CommonMark has it: several items, with paragraphs, code, quotes and lists in them."""
    marker = draw(st.sampled_from(["- ", "* ", "-  ", "1. ", "1.  "]))
    blank = draw(st.booleans())
    blocks: list[st.SearchStrategy[list[str]]] = [
        st.just(["", "text", "more"]),
        st.just(["", "```", "code", "", "  code", "```"]),
        st.just(["> quote", "> more"]),
        st.just(["", "> quote", ""]),
        st.just(["", "    code", ""]),
    ]
    if deeper:
        blocks.append(lists(deeper=deeper - 1))
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        content = ["item", *(line for block in draw(st.lists(st.one_of(blocks), max_size=3)) for line in block)]
        lines += [marker + content[0], *(" " * len(marker) + line if line else "" for line in content[1:])]
        lines += [""] if blank else []
    return lines


@settings(deadline=None)
@given(lists())
def test_lists_are_those_that_a_commonmark_parser_finds(convert: Convert, lines: list[str]):
    markdown = "\n".join(lines)

    def joined(html: str) -> str:
        """Join quotes, and lists with different bullets, as Python-Markdown does."""
        return re.sub("</(blockquote|ul)> <\\1> ", "", outline(html))

    assert joined(convert(markdown)) == joined(MarkdownIt("commonmark").render(markdown))


@given(lists())
def test_a_second_time_changes_nothing(lines: list[str]):
    once = to_four_spaces("\n".join(lines))

    assert to_four_spaces(once) == once


def test_deep_nesting_costs_no_more_than_its_length():
    on_a_line = "- " * 20_000 + "a"
    by_lines = "\n".join("  " * depth + "- a" for depth in range(700))

    assert to_four_spaces(on_a_line) == on_a_line
    assert len(to_four_spaces(by_lines)) <= 2 * len(by_lines)
    assert to_four_spaces(">" * 20_000 + " - a").endswith("> - a")


@pytest.mark.skipif(not COMMERCE_KB.is_dir(), reason="the commerce-kb corpus is not here")
def test_every_list_of_another_teams_articles_is_found(convert: Convert):
    articles = {path: split_front_matter(path.read_text(), path.name).body for path in COMMERCE_KB.glob("**/*.md")}
    parser = MarkdownIt("commonmark").enable("table")

    def lists_and_code(html: str) -> list[str]:
        return re.findall("</?(?:ol|ul|li|pre)>", outline(html, words=False))

    differing = [
        str(path.relative_to(COMMERCE_KB))
        for path, body in articles.items()
        if lists_and_code(convert(body)) != lists_and_code(parser.render(body))
    ]

    assert len(articles) > 200
    assert differing == []
