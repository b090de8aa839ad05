from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.articles.plain import cut_at_word, first_paragraph, leading_heading, plain_text, without_dialect


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**bold** *it* __b__ _i_ ~~del~~", "bold it b i del"),
        ("**a *b* c** ***d***", "a b c d"),
        ("snake_case and 5 * 3 * 2", "snake_case and 5 * 3 * 2"),
        ("`a*b*` **`<x>`**", "a*b* <x>"),
        ("[a](b.md) [c][1] ![d](e.png)", "a c"),
        ("see <https://example.com>", "see https://example.com"),
        ("CC <i@help.example>, <b>then</b> <a@b c>", "CC i@help.example, then"),
        ("<b>a</b> &amp; \\*b\\*", "a & *b*"),
        ("The [!DNL Fastly] tab {#id}", "The Fastly tab"),
        ("a  \n b", "a b"),
    ],
)
def test_markup_goes_and_words_stay(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_spans_of_another_dialect_are_replaced_by_their_words() -> None:
    assert without_dialect("Open [!UICONTROL Save] in [!DNL Admin]") == "Open Save in Admin"
    assert without_dialect("[!NOTE]") == "[!NOTE]"


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("# A *b* #\n\nText", ("A b", 10)),
        ("A\n===\nText", ("A", 6)),
        ("## A\n", None),
        ("Text\n\n# A\n", None),
        ("#hashtag\n", None),
        ("", None),
    ],
)
def test_only_a_first_level_heading_on_top_gives_the_title(body: str, heading: tuple[str, int] | None) -> None:
    assert leading_heading(body) == heading


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("One *two*\nthree.\n\nFour.", "One two three."),
        ("## H\n\n![x](y.png)\n\n> quote\n\n- item\n\n| a |\n\nText.", "Text."),
        ("> [!NOTE]\n> Note\n\nText.", "Text."),
        ("```\ncode\n\ncode\n```\nText.", "Text."),
        ("```\ncode", ""),
        ("    code\n\nText", "Text"),
        ("<div>\n\nText", "Text"),
        ("- item\n- item", ""),
        ("", ""),
    ],
)
def test_the_summary_is_the_first_paragraph_of_running_text(body: str, summary: str) -> None:
    assert first_paragraph(body) == summary


@given(st.text("ab cd ,é", max_size=400))
def test_a_summary_stays_under_160_characters_and_ends_at_a_word(body: str) -> None:
    words = " ".join(body.split())

    cut = cut_at_word(words, 160)

    assert len(cut) < 160
    assert cut == words or cut.endswith("…")
    if cut != words and " " in words[:150]:
        assert words.startswith(cut[:-1])


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["[", "![", "<a ", "`", "*", "_a", " _", "**a ", "~~", "\\", "{", "](", "&", "`a", "\x00"]
)
def test_h06_text_made_of_openings_is_cleaned_in_linear_time(piece: str) -> None:
    plain_text(piece * 20_000)
    first_paragraph(f"x{piece * 20_000}")
