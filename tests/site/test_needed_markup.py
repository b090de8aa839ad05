"""Markup must be found where Python-Markdown finds it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.treeprocessors import InlineProcessor

from kb_builder.site.markdown import make_markdown
from kb_builder.site.needed_markup import _NEEDED_IN_BLOCKS, _NEEDED_INLINE

OURS = make_markdown()


def _theirs() -> Markdown:
    markdown = make_markdown()
    markdown.treeprocessors.register(InlineProcessor(markdown), "inline", 20)
    del markdown.parser.parseBlocks  # ours stands before that of the class
    return markdown


THEIRS = _theirs()

LINES = r"""
`code`|``a`b``|\*|\|[!DNL Admin]|[!UICONTROL *Save*]|[!VIDEO](https://a.example/b)|[^1]|[a](b.md)|[a][ref]|[ref]
![a](b.png)|![a][ref]|![ref]|<https://a.example>|<FTP://a.example>|<help@a.example>|<b>|</b>|<!-- c -->
https://a.example/b|HTTP://a.example|www.a.example|wWw.a.example|WwW.a.example|a.b@c.example|&amp;|&#169;|&copy
*a*|**b**|_c_|__d__|***|~~gone~~|~|word| |(|)|]|> |- |* |+ |1. |12. |# |## a ##|=====|---|___|* * *|: a|:   b
*[word]: A thing|[^2]: A note.|[ref2]: d.md "Title"|!!! note|??? tip "T"
"""
PIECES = (
    *LINES.strip().replace("\n", "|").split("|"),
    "\n",
    "\n\n",
    "\\\n",
    "  \n",
    "    ",
    "| a | b |\n| - | - |\n| c |",
    "a|b\n-|-",
)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=400, deadline=None)
def test_any_mix_of_markup_gives_what_python_markdown_gives(pieces):
    text = "".join(pieces) + "\n\n[ref]: c.md\n\n[^1]: A note with *stress*.\n"

    ours, theirs = (markdown.reset().convert(text) for markdown in (OURS, THEIRS))

    assert ours == theirs


@pytest.mark.parametrize("piece", PIECES)
def test_each_piece_of_markup_inside_a_sentence(piece):
    text = f"Before {piece} after\n\n[ref]: c.md\n\n[^1]: A note.\n"

    ours, theirs = (markdown.reset().convert(text) for markdown in (OURS, THEIRS))

    assert ours == theirs


def test_every_pattern_is_known():
    """An unknown one is right but slow; a name that no pattern has any more says that something was renamed."""
    unknown_blocks = {"admonition", "details", "empty", "indent", "defindent", "code", "paragraph"}  # always looked for

    assert set(OURS.inlinePatterns._data) == set(_NEEDED_INLINE)
    assert set(OURS.parser.blockprocessors._data) == set(_NEEDED_IN_BLOCKS) | unknown_blocks


def test_the_search_is_ours():
    """Python-Markdown calls the step by a private name: were it renamed, every pattern would be tried again."""
    tried = []
    processor = OURS.treeprocessors["inline"]
    apply = processor._InlineProcessor__applyPattern
    processor._InlineProcessor__applyPattern = lambda *given: tried.append(given) or apply(*given)

    try:
        OURS.reset().convert("A sentence with no markup.\n\nOne with *stress*.")
    finally:
        del processor._InlineProcessor__applyPattern

    assert [data for _, data, *_ in tried][:1] == ["One with *stress*."]
