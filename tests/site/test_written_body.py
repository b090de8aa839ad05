"""A text comes back from its bytes as it was; bytes of anything else are not taken for one."""

import pytest

from kb_builder.issues import Fix, Issue, Level
from kb_builder.site.views import Body, Heading
from kb_builder.site.written_body import WrittenBody

BODY = Body(
    html="<h2 id='a'>A – \ud800</h2>",
    headings=(Heading("A", "a", 2),),
    image_origins=frozenset(("https://b.example", "https://a.example")),
    issues=(
        Issue("a.md", 3, Level.WARNING, "KB603", "<x> was removed", "Leave it out.", (Fix("x", "y", literal=True),)),
    ),
    links=(('<a href="b.md">', '<a href="../b/">'),),
    markdown="## A –\n",
)


@pytest.mark.parametrize("body", [BODY, Body("")])
def test_a_text_comes_back_as_it_was(body):
    written = WrittenBody.of(body)
    kept = WrittenBody.kept(written.data)

    assert kept is not None
    assert written.read() == kept[1] == body
    assert (written.html, written.markdown) == (body.html, body.markdown)
    assert (kept[0].checksum, kept[0].images, kept[0].issues) == (written.checksum, written.images, body.issues)


def test_texts_that_differ_have_different_checksums():
    one, other = WrittenBody.of(Body("ab", markdown="c")), WrittenBody.of(Body("a", markdown="bc"))

    assert one.checksum != other.checksum


@pytest.mark.parametrize("data", [b"", b"1 2", b"x y\n", b"1 1\nab", b"0 0\n[]", b'0 0\n{"headings": 1}', b"1" * 5000])
def test_bytes_of_something_else_are_no_text(data):
    assert WrittenBody.kept(data) is None
