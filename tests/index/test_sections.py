"""Cutting an article's HTML into sections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.model import Section
from kb_builder.index.sections import split_sections


def test_headings_of_the_second_to_fourth_level_begin_sections():
    html = "<p>Intro.</p><h2 id='a'>First</h2><p>One.</p>"
    html += "<h3 id='b'>Second</h3><p>Two.</p><h5 id='c'>Small</h5><p>Three.</p>"

    assert split_sections(html) == (
        Section("", "", "Intro."),
        Section("a", "First", "One."),
        Section("b", "Second", "Two. Small · Three."),
    )


def test_permalinks_hidden_parts_scripts_and_styles_are_left_out():
    html = (
        "<h2 id='a'>Head<a class='headerlink' href='#a' title='Link'>¶</a></h2>"
        "<p>Seen<span aria-hidden='true'>→<span>deep</span></span><script>var x</script><style>p{}</style>"
        "<span hidden>no</span><svg><title>icon</title><path d=''/></svg> end</p>"
    )

    assert split_sections(html) == (Section("a", "Head", "Seen end"),)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>one</li><li>two<ul><li>three</li></ul></li></ul>", "one · two · three"),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a · b · c"),
        ("<p>one<br>two<hr>three</p>", "one two three"),
        ("<p>run <code>kb</code>, <b>b</b>old</p><pre><code>x = 1\n  y</code></pre>", "run kb, bold · x = 1 y"),
        ("<p>See <img src='x.png' alt='the return label'>here</p>", "See the return label here"),
        ("<p>a &lt;b&gt; &amp; &#xD800; c</p>", "a <b> & \ufffd c"),
        ("<details><summary>More</summary>inside</details>", "More · inside"),
        ("<p>unclosed <b>bold<p>next <br/> <i>x</p></div></span>", "unclosed bold · next · x"),
        ("<p>  white\n\t space\u00a0folds </p>", "white space folds"),
        ("<!-- comment -->text", "text"),
    ],
)
def test_text_of_a_section(html, text):
    assert [section.text for section in split_sections(html)] == [text]


def test_a_heading_without_id_has_no_anchor_and_an_empty_document_no_sections():
    assert split_sections("<h2>No id</h2>") == (Section("", "No id", ""),)
    assert split_sections("") == ()
    assert split_sections("<h2 id='x'></h2><p> </p>") == ()


def test_an_unclosed_heading_ends_at_the_next():
    sections = split_sections("<h2 id='a'>One<h2 id='b'>Two</h2>text")

    assert sections == (Section("a", "One", ""), Section("b", "Two", "text"))


def test_five_thousand_headings_are_five_thousand_sections():
    html = "".join(f"<h3 id='s{number}'>Heading {number}</h3><p>Text</p>" for number in range(5000))

    assert len(split_sections(html)) == 5000


@given(st.text(st.sampled_from("<>/h23 p='\"&;!-[]aé\n"), max_size=60))
def test_any_text_is_cut_without_a_crash(html):
    for section in split_sections(html):
        assert section.text == " ".join(section.text.split())
