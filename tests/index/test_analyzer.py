"""Folding and splitting; the cases that JavaScript shares are in tests/shared/analyzer.json."""

import unicodedata
from collections import Counter

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.analyzer import (
    WORD_CODE_POINTS,
    analyze,
    analyze_query,
    different_words,
    is_spaceless,
    stemmer,
    tokens_with_spans,
    word_counts,
)

LANGUAGES = st.sampled_from(["en", "de", "fr", "it", "ja", "th", "ar", "tr", "xx"])
SCRIPTS = st.text(
    st.one_of(
        st.sampled_from("aZ1'’‘-‐. \t\u00a0…“–—•·£€→éßﬁŒİıſ"),
        st.characters(min_codepoint=0x300, max_codepoint=0x36F),  # combining marks
        st.characters(min_codepoint=0x370, max_codepoint=0x5FF),  # Greek, Cyrillic, Hebrew
        st.characters(min_codepoint=0x600, max_codepoint=0x6FF),  # Arabic
        st.characters(min_codepoint=0x900, max_codepoint=0xDFF),  # India
        st.characters(min_codepoint=0xE00, max_codepoint=0x109F),  # Thai, Lao, Tibetan, Myanmar
        st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),  # Hangul, taken apart
        st.characters(min_codepoint=0x1780, max_codepoint=0x17FF),  # Khmer
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),  # Kana
        st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF),  # Han
        st.characters(min_codepoint=0xFB00, max_codepoint=0xFFEF),  # ligatures, full-width, half-width
        st.characters(),
    ),
    max_size=30,
)


@given(SCRIPTS, LANGUAGES)
def test_words_with_spans_are_the_words_without(text, language):
    tokens = tokens_with_spans(text, language)

    assert [token.word for token in tokens] == analyze(text, language)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)


@given(SCRIPTS, LANGUAGES)
def test_a_span_never_parts_a_character_from_its_marks(text, language):
    for token in tokens_with_spans(text, language):
        if token.end < len(text):
            assert not regex.match(r"[\u0300-\u036f]", text[token.end])
        if token.start > 0:
            assert not regex.match(r"[\u0300-\u036f]", text[token.start])


@given(SCRIPTS, LANGUAGES)
def test_composed_and_decomposed_text_give_the_same_words(text, language):
    assert analyze(unicodedata.normalize("NFC", text), language) == analyze(text, language)
    assert analyze(unicodedata.normalize("NFD", text), language) == analyze(text, language)


@given(SCRIPTS, LANGUAGES)
def test_words_are_short_and_hold_nothing_but_letters_marks_digits_and_stops(text, language):
    for word in analyze(text, language):
        assert 1 <= len(word) <= WORD_CODE_POINTS
        assert regex.fullmatch(r"[\p{L}\p{M}\p{N}.]+", word)
        assert word.encode()  # no lone surrogate


@given(SCRIPTS, LANGUAGES)
def test_fast_path_for_plain_text_gives_what_the_slow_one_gives(text, language):
    plain = text.encode("ascii", "ignore").decode()

    words = analyze(plain, language)

    assert analyze(plain + " é", language) == [*words, "e"]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("What's İ in STRASSE or Straße?", "en", ["what", "i", "in", "strasse", "or", "strasse"]),
        ("don't can’t rock 'n' roll", "en", ["dont", "cant", "rock", "n", "roll"]),
        ("Geht's", "de", ["gehts"]),
        ("l'adresse d’Anne", "fr", ["l", "adresse", "d", "anne"]),
        ("e-mail 2-4 days", "en", ["e", "mail", "email", "2", "4", "days"]),
        ("version 2.4.6, price 3.95.", "en", ["version", "2.4.6", "price", "3.95"]),
        ("返品ポリシー", "ja", ["返品", "品ポ", "ポリ", "リシ", "シー"]),
        ("貨", "zh", ["貨"]),
        ("คืน", "th", ["คืน"]),
        ("Новый Ёж", "ru", ["новый", "еж"]),
    ],
)
def test_words_of_a_text(text, language, words):
    assert analyze(text, language) == words


def test_spans_point_into_the_original_text():
    text = "Ｅ-Mail: ﬁnd Cafe\u0301s ½"

    found = [(token.word, text[token.start : token.end]) for token in tokens_with_spans(text, "en")]

    assert found == [
        ("e", "Ｅ"),
        ("mail", "Mail"),
        ("email", "Ｅ-Mail"),
        ("find", "ﬁnd"),
        ("cafes", "Cafe\u0301s"),
        ("1", "½"),
        ("2", "½"),
    ]


def test_a_query_is_cut_at_256_code_points_and_32_different_words():
    assert analyze_query("a" * 250 + " bb cccc dd", "en") == ["a" * 40, "bb", "cc"]
    assert different_words([str(number % 40) for number in range(100)]) == [str(number) for number in range(32)]


@given(st.text(st.sampled_from("aB1'’-. é東\n")) | SCRIPTS, LANGUAGES)
def test_words_that_are_counted_are_those_that_are_listed(text, language):
    counted, listed = word_counts(text + "b" * 50, language), Counter(analyze(text + "b" * 50, language))

    assert counted == listed


def test_stems_join_the_forms_of_a_word_and_leave_unknown_languages_alone():
    english, unknown = stemmer("en"), stemmer("xx")

    assert {english(word) for word in ("return", "returns", "returned", "returning")} == {"return"}
    assert unknown("returns") == "returns"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "ru", "ar", "hi", "el", "tr", "sv", "fi"])
def test_languages_with_a_stemmer_shorten_something(language):
    words = "returning rücksendungen commandes pedidos ordini pedidos bestellingen заказами الطلبات लड़कियों επιστροφων"
    words += " siparişler beställningar tilaukset"

    stem = stemmer(language)

    assert any(stem(word) != word for word in analyze(words, language))


def test_scripts_without_spaces_are_known_by_their_first_character():
    assert is_spaceless("返") and is_spaceless("คืน") and is_spaceless("ー")
    assert not is_spaceless("refund") and not is_spaceless("заказ")
