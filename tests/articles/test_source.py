from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.articles.source import (
    _innermost_pairs,
    _pairs,
    mask_code,
    source_anchors,
    source_headings,
    source_links,
)
from kb_builder.site.markdown import make_markdown


def hrefs(body: str) -> list[tuple[str, int]]:
    return [(link.href, link.line) for link in source_links(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("See [a](b.md).", ["b.md"]),
        ('[a](b.md "Title (x)")', ["b.md"]),
        ("[a](<b c.md>)", ["b c.md"]),
        ("[a](b c.md)", ["b c.md"]),
        ("[a](b_(c).md)", ["b_(c).md"]),
        ("[a [b] c](d.md)", ["d.md"]),
        ("[![a](i.png)](d.md)", ["d.md", "i.png"]),
        ("![a](i.png){width=400}", ["i.png"]),
        ("[a][r]\n\n[r]: d.md 'T'", ["d.md"]),
        ("[^1]: note", []),
        ("<https://example.com/a>", ["https://example.com/a"]),
        ('<a href="d.md">x</a> <img src=i.png>', ["d.md", "i.png"]),
        ("\\[a](b.md)", []),
        ("`[a](b.md)`", []),
        ("``[a](b.md)` x``", []),
        ("```\n[a](b.md)\n```", []),
        ("~~~ md\n[a](b.md)\n```\n~~~", []),
        ("> ```\n> [a](b.md)\n> ```", []),
        ("1. x\n\n    ```\n    [a](b.md)\n    ```", []),
        ("<!-- [a](b.md)\n\n[c](d.md) -->", []),
        ("<pre>[a](b.md)</pre>", []),
        ("Text\n\n    [a](b.md)", []),
        ("* Item\n\n    [a](b.md)", ["b.md"]),
        ("!!! note\n\n    [a](b.md)", ["b.md"]),
        ("Text\n    [a](b.md)", ["b.md"]),
        ("``` not closed\n[a](b.md)", ["b.md"]),
        ("<!-- not closed [a](b.md)", ["b.md"]),
        ("a ` b [a](b.md)\n\nc ` d", ["b.md"]),
        ("İİİİ <code>x</code>[a](b.md) <code>[c](d.md)</CODE>", ["b.md"]),
    ],
)
def test_links_are_found_as_the_converter_sees_them(body: str, expected: list[str]) -> None:
    assert sorted(link.href for link in source_links(body)) == sorted(expected)


def test_links_carry_their_line_and_whether_they_are_images() -> None:
    links = source_links("a\n\n```\n[x](y.md)\n```\n\n[b](c.md) and\n![d](e.png)\n")

    assert [(link.href, link.line, link.is_image) for link in links] == [("c.md", 7, False), ("e.png", 8, True)]


HEADINGS = """
# First `code` & more

## How do I *cancel* my order?

## How do I *cancel* my order?

### Größe & Länge – 2.0

## [A link](x.md) in it

## With id {#own-id}

## With class { .x #second }

## snake_case and __bold__

## Use `php -v` & <b>HTML</b>

## 日本語の見出し

## Order's "status" / x

## Trailing hashes ##

Underlined
----------

Twice underlined
================

## own id

* item

    ## in a list

```
## not a heading
```

## 1. Step one

## Ends in _1

## ???

## !!!
"""


def test_anchors_are_those_of_the_rendered_page() -> None:
    html = make_markdown().convert(HEADINGS)

    rendered = re.findall(r'<h[1-6][^>]*? id="([^"]+)"', html)

    assert [heading.anchor for heading in source_headings(HEADINGS)] == rendered


@given(st.lists(st.text("ab1 _-.'*`[]()é?", min_size=1, max_size=12).map(str.strip).filter(bool), max_size=6))
def test_anchors_of_plain_headings_agree_with_the_converter(titles: list[str]) -> None:
    titles = [re.sub(r"[*_`\[\]()]", "", title).strip(" -") or "x" for title in titles]
    body = "\n\n".join(f"## {title}" for title in titles)

    rendered = re.findall(r'<h2 id="([^"]+)"', make_markdown().convert(body))

    assert [heading.anchor for heading in source_headings(body)] == rendered


def test_headings_carry_their_line() -> None:
    assert [(h.level, h.text, h.line) for h in source_headings("a\n\n## B *c*\n\nD\n---\n")] == [
        (2, "B c", 3),
        (2, "D", 5),
    ]


def test_ids_of_attributes_html_and_footnotes_are_anchors_too() -> None:
    body = 'Text {#para}\n\n<a name="old"></a> <div id=raw></div>\n\nx[^1]\n\n[^1]: Note\n\n`{#code}`\n'

    assert source_anchors(body) == {"para", "old", "raw", "fn:1"}


@given(st.text("`~<>!-[](){}#=*\\ \t\nab1.", max_size=200))
def test_masking_keeps_length_and_lines(body: str) -> None:
    masked = mask_code(body)

    assert len(masked) == len(body)
    assert [n for n, c in enumerate(masked) if c == "\n"] == [n for n, c in enumerate(body) if c == "\n"]
    assert all(after in (before, " ") for before, after in zip(body, masked, strict=True))


HOSTILE = [
    "[",
    "![",
    "<a ",
    "<![",
    "](",
    "](a(b",
    '](a "',
    "`",
    "``x`",
    "```x\n",
    "~~~x\n",
    "<!--",
    "<pre",
    "{#",
    "<a href=",
    "[^",
    "* \n\n    ",
    "=\n",
    "(",
    "\\",
    "![](",
    "<x id=",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", HOSTILE)
def test_h06_text_made_of_openings_is_read_in_linear_time(piece: str) -> None:
    body = piece * 20_000

    source_links(body)
    source_anchors(body)


@pytest.mark.parametrize(
    "titles", [["a", "a", "a_5", "a", "a_5", "a", "a_1", ""], ["a_1", "a", "a", "a", "a_1"], ["", "_1", "", ""]]
)
def test_repeated_headings_are_numbered_as_on_the_page(titles: list[str]) -> None:
    body = "\n\n".join(f"## {title or '!'}" for title in titles)

    rendered = re.findall(r'<h2 id="([^"]+)"', make_markdown().convert(body))

    assert [heading.anchor for heading in source_headings(body)] == rendered


@pytest.mark.timeout(30)
def test_h28_thousands_of_equal_headings_have_anchors_of_their_own() -> None:
    headings = source_headings("## Same\n\n" * 20_000)

    assert len({heading.anchor for heading in headings}) == 20_000
    assert headings[-1].anchor == "same_19999"


@given(st.lists(st.sampled_from(["[", "]", "![", "](", "(", ")", "!", "\\", "a", "\n"]), max_size=20).map("".join))
def test_brackets_are_paired_alike_both_ways(masked):
    innermost = _innermost_pairs(masked)

    if innermost is not None:
        assert innermost == [pair for pair in _pairs(masked) if masked.startswith("(", pair[1] + 1)]


def test_brackets_inside_each_other_are_paired_one_by_one():
    assert _innermost_pairs("[![a](b)](c)") is None
    assert _innermost_pairs("[a] [b](c) ![d](e)") == [(4, 6), (11, 14)]
