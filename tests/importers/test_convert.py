"""What the elements of imported texts become in Markdown."""

from __future__ import annotations

import pytest

pytest.importorskip("markdownify", reason="the extra 'import' is not installed")

from kb_builder.importers.convert import to_markdown
from kb_builder.importers.documents import read_document

from .exports import docx


def markdown_of(html: str) -> str:
    return to_markdown(html, link=str, picture=str).markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>H<sub>2</sub>O, 5 m<sup>2</sup><sup> </sup></p>", "H<sub>2</sub>O, 5 m<sup>2</sup>\n"),
        ("<h1>A</h1><h2>B</h2><h6>C</h6>", "## A\n\n### B\n\n###### C\n"),
        ("<h2>A</h2><h3>B</h3>", "## A\n\n### B\n"),
    ],
)
def test_elements_keep_what_they_mean(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


def test_footnotes_of_a_document_are_footnotes() -> None:
    """Their HTML is mammoth's."""
    call = '<sup><a href="#{kind}-{id}" id="{kind}-ref-{id}">[{number}]</a></sup>'
    calls = (call.format(kind="footnote", id=21, number=1), call.format(kind="endnote", id=2, number=2))
    notes = (
        '<li id="footnote-21"><p>Both <b>sides</b>. <a href="#footnote-ref-21">↑</a></p></li>'
        '<li id="endnote-2"><p>One.</p><p>Two. <a href="#endnote-ref-2">↑</a></p></li>'
    )

    found = markdown_of(f"<p>Sign{calls[0]} and send{calls[1]}.</p><ol>{notes}</ol>")

    assert found == "Sign[^1] and send[^2].\n\n[^1]: Both **sides**.\n[^2]: One.\n\n    Two.\n"


def test_the_title_of_a_document_is_the_articles() -> None:
    heading = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>'
    quote = '<w:p><w:pPr><w:pStyle w:val="Quote"/></w:pPr><w:r><w:t>Said.</w:t></w:r></w:p>'

    document = read_document(docx("Returns policy", heading, quote, style="Title"), name="a")

    assert document is not None
    assert document.title == "Returns policy"
    assert markdown_of(document.html) == "## Scope\n\n> Said.\n"
    assert not document.messages
