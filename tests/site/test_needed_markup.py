"""Markup must be found where Python-Markdown finds it."""

from itertools import product
from xml.etree import ElementTree as etree

import pygments
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions.toc import TocExtension
from markdown.serializers import to_html_string
from pygments.lexers.fortran import FortranLexer
from pygments.lexers.special import TextLexer

from kb_builder.site.markdown import _BlockFormatter, load_lexers, make_markdown, markdown_settings
from kb_builder.site.needed_markup import _NEEDED_IN_BLOCKS, _NEEDED_INLINE, NeededMarkupExtension
from kb_builder.site.quick_steps import _NEEDED_IN_HTML, _NEEDED_IN_TEXT, QuickStepsExtension, to_html

BlockHtmlFormatter = _BlockFormatter.__bases__[0]

OURS = make_markdown()


def _theirs() -> Markdown:
    """Make a converter of the same extensions that does every step as Python-Markdown does."""
    extensions, configs = markdown_settings()
    quick = (NeededMarkupExtension, QuickStepsExtension)
    theirs = [
        TocExtension(**extension.getConfigs()) if isinstance(extension, TocExtension) else extension
        for extension in extensions
        if not isinstance(extension, quick)
    ]
    return Markdown(extensions=theirs, extension_configs=configs, output_format="html")


THEIRS = _theirs()

LINES = r"""
`code`|``a`b``|\*|\|[!DNL Admin]|[!UICONTROL *Save*]|[!VIDEO](https://a.example/b)|[^1]|[a](b.md)|[a][ref]|[ref]
![a](b.png)|![a][ref]|![ref]|<https://a.example>|<FTP://a.example>|<help@a.example>|<b>|</b>|<!-- c -->
https://a.example/b|HTTP://a.example|www.a.example|wWw.a.example|WwW.a.example|a.b@c.example|&amp;|&#169;|&copy
*a*|**b**|_c_|__d__|***|~~gone~~|~|word| |(|)|]|> |- |* |+ |1. |12. |# |## a ##|=====|---|___|* * *|: a|:   b
*[word]: A thing|[^2]: A note.|[ref2]: d.md "Title"|!!! note|??? tip "T"
{#id}|{.c d=e checked f=}|{: title="f"}|## `b` *c* & d {#x}|## [ref]|## A [^1]|## A|- [x] done|- [ ]|1. [X] so|> [!NOTE]
> [!tip] b
:::|:::tip A "b" & c|[a [b] c](d.md "e")|[a](<b c.md>)|[a](b(c).md)|[a]( b.md )|[a](b.md 'c)|[a\](b.md)|![a [b]](c.png)
***|**[!UICONTROL Save]**|<details>|</details>|<summary>S</summary>|<script>|&lt;b&gt;|" > '|\#|***a** b*|<br>
<img alt="">
"""
PIECES = (
    *LINES.strip().replace("\n", "|").split("|"),
    "\n",
    "\n\n",
    "\\\n",
    "  \n",
    "\t",
    "\r\n",
    "    ",
    "| a | b |\n| - | - |\n| c |",
    "a|b\n-|-",
    "```\ncode <b> & 'c'\n\n```",
    "~~~ python\nif a:\n    b\n~~~",
    "        code\n",
)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=400, deadline=None)
def test_any_mix_of_markup_gives_what_python_markdown_gives(pieces):
    text = "".join(pieces) + "\n\n[ref]: c.md\n\n[^1]: A note with *stress*.\n"

    ours, theirs = (markdown.reset().convert(text) for markdown in (OURS, THEIRS))

    assert ours == theirs


PLAIN = ("[a](b)", "`c`", "*d*", "**e f**", "*d *", "`", "*", "!", "[", "]", " ", "g")
MARKS = ("^", "\\", "_", "~", "<", ">", "&amp;", "{.g}", "'", '"', "://", "www.h.example", "(", "](", "  \n", "\u00a0")


@pytest.mark.parametrize("first", PLAIN)
def test_what_stands_right_beside_plain_markup(first):
    texts = [f"A {first}{second}{third}{fourth}" for second, third, fourth in product(PLAIN, PLAIN, ("", "*", ")"))]

    assert [OURS.reset().convert(text) for text in texts] == [THEIRS.reset().convert(text) for text in texts]


@given(st.lists(st.sampled_from((*PLAIN, *MARKS)), max_size=14))
@settings(max_examples=500, deadline=None)
def test_what_stands_near_plain_markup(pieces):
    text = "A" + "".join(pieces)

    ours, theirs = (markdown.reset().convert(text) for markdown in (OURS, THEIRS))

    assert ours == theirs


@pytest.mark.parametrize("piece", PIECES)
def test_each_piece_of_markup_inside_a_sentence(piece):
    text = f"Before {piece} after\n\n[ref]: c.md\n\n[^1]: A note.\n"

    ours, theirs = (markdown.reset().convert(text) for markdown in (OURS, THEIRS))

    assert ours == theirs


def test_every_pattern_is_known():
    """An unknown one is right but slow; a name that no pattern has any more says that something was renamed."""
    always = {"empty", "paragraph"}
    steps = {*OURS.preprocessors._data, *OURS.treeprocessors._data, *OURS.postprocessors._data}

    assert set(OURS.inlinePatterns._data) == set(_NEEDED_INLINE)
    assert set(OURS.parser.blockprocessors._data) == set(_NEEDED_IN_BLOCKS) | always
    assert set(_NEEDED_IN_TEXT) | set(_NEEDED_IN_HTML) <= steps


def test_texts_without_markup_are_left_as_they_are():
    tried = []
    processor = OURS.treeprocessors["inline"]
    put_aside = processor._put_aside
    processor._put_aside = lambda *given: tried.append(given) or put_aside(*given)

    try:
        OURS.reset().convert("A sentence with no markup.\n\nOne with *stress* in it.\n\nOne with _stress_.")
    finally:
        del processor._put_aside

    assert [data for *_, data in tried] == ["One with _stress_."]


def test_the_lexers_of_many_texts_are_made_beforehand():
    made = "_tokens"  # what pygments works out when it first needs a lexer
    assert made not in vars(FortranLexer)

    load_lexers(["Some ```code```.\n\n```\nend\n```\n", "~~~ Fortran\nend\n~~~\n\n```no-such-language\na\n```\n"])

    assert made in vars(FortranLexer)


@pytest.mark.parametrize("options", [{}, {"filename": "a.txt"}, {"hl_lines": [1]}, {"linenos": "table"}])
@pytest.mark.parametrize("code", ["", "a", 'a <b> & "c"\n\n  d\n', "\n\na\n\n", "\ufeffa\r\nb"])
def test_plain_code_is_written_as_pygments_writes_it(code, options):
    formatters = (
        kind(cssclass="highlight", wrapcode=True, **options) for kind in (_BlockFormatter, BlockHtmlFormatter)
    )

    ours, theirs = (pygments.highlight(code, TextLexer(), formatter) for formatter in formatters)

    assert ours == theirs


def test_a_tree_with_a_comment_is_written_as_python_markdown_writes_it():
    tree = etree.fromstring("<div><p id='a'>b &lt; c</p><br/>d</div>")
    tree.insert(1, etree.Comment("e"))

    assert to_html(tree) == to_html_string(tree)
