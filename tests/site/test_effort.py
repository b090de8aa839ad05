"""Pages that would keep Python-Markdown busy for minutes (H06), and ordinary ones beside them."""

from __future__ import annotations

import pytest

from kb_builder.articles.links import LinkTargets
from kb_builder.site.body import Body, BodyRenderer
from kb_builder.site.effort import unfinished_brackets
from kb_builder.site.links import SiteMap


def render(text: str) -> Body:
    site = SiteMap(LinkTargets(), {}, frozenset(), "", lambda path: None)
    return BodyRenderer(site).render(text, path="faq/a.md", url="faq/a/", first_line=5)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["[", "![", "<a ", "<![", "[a](", "![a](", "[^", "[!DNL ", "[a][", '<a href="', "<!--"]
)
def test_twenty_thousand_open_brackets_are_an_error_of_their_page(piece: str):
    body = render("A line\n\n" + piece * 20_000)

    assert [(issue.code, issue.path, issue.line) for issue in body.issues] == [("KB611", "faq/a.md", 7)]
    assert body.html == ""


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["[]", "*", "_a", "`", "(", "<", "&", "**a ", "~~a", "|", "\\", "{#a ", "http://", "a@", "</div>"]
)
def test_twenty_thousand_of_anything_else_are_rendered(piece: str):
    body = render(piece * 20_000)

    assert body.issues == ()
    assert body.html


def test_nesting_without_end_is_an_error_of_its_page_and_the_next_page_is_fine():
    site = SiteMap(LinkTargets(), {}, frozenset(), "", lambda path: None)
    renderer = BodyRenderer(site)

    nested = renderer.render("- " * 3_000 + "x", path="faq/a.md", url="faq/a/", first_line=1)
    ordinary = renderer.render("Text", path="faq/b.md", url="faq/b/", first_line=1)

    assert [issue.code for issue in nested.issues] == ["KB610"]
    assert ordinary == Body("<p>Text</p>", markdown="Text")


def test_a_long_table_of_links_costs_nothing():
    rows = "| [a](b.md) | [see [this]](c.md) | (x) |\n" * 2_000

    assert unfinished_brackets(f"| a | b | c |\n|---|---|---|\n{rows}") == 0


def test_brackets_in_code_cost_nothing():
    assert unfinished_brackets("```\n" + "[" * 20_000 + "\n```\n") == 0


def test_five_thousand_headings_have_anchors_of_their_own():
    body = render("## Same\n\n" * 5_000)

    assert len({heading.anchor for heading in body.headings}) == 5_000
