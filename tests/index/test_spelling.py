"""Mistyped words: what they are compared with, and what they are taken for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.spelling import Candidate, can_be_misspelled, cut_vocabulary, nearest, splits

SITE = {"cancel": 12, "order": 40, "orders": 31, "return": 22, "returned": 6, "returning": 0, "parcel": 9, "marcel": 30}
LETTERS = "abc"


def groups_of(article_counts):
    (file,) = cut_vocabulary(article_counts)
    return file.groups


def one_edit_away(word: str) -> set[str]:
    """Return every string that one edit makes of a word, by making them all."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + letter + right for left, right in cuts for letter in LETTERS),
        *(left + right[1:] for left, right in cuts if right),
        *(left + letter + right[1:] for left, right in cuts if right for letter in LETTERS),
        *(left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1),
    }


@pytest.mark.parametrize(
    "typed", ["cancl", "cancell", "canxel", "cacnel", "ancel", "acncel", "cansel"], ids=lambda typed: typed
)
def test_one_edit_of_any_kind_is_undone(typed):
    assert nearest(typed, groups_of(SITE)) == [Candidate("cancel", 1)]


@pytest.mark.parametrize(
    ("typed", "found"), [("retrunde", "returned"), ("rturnd", None), ("cnl", None), ("crcel", None)]
)
def test_two_edits_are_undone_from_eight_letters_on(typed, found):
    assert [candidate.word for candidate in nearest(typed, groups_of(SITE))] == ([found] if found else [])


@given(st.text(LETTERS, min_size=4, max_size=7), st.sets(st.text(LETTERS, min_size=1, max_size=8), min_size=1))
def test_every_word_one_edit_away_is_found_and_no_other(typed, words):
    reachable = words & one_edit_away(typed) if typed not in words else {typed}

    found = {candidate.word for candidate in nearest(typed, groups_of(dict.fromkeys(words, 1)))}

    assert found <= reachable
    assert len(found) == min(3, len(reachable))


def test_the_same_first_letter_goes_before_the_commoner_word():
    assert [candidate.word for candidate in nearest("parcl", groups_of(SITE))] == ["parcel"]
    assert [candidate.word for candidate in nearest("narcel", groups_of(SITE))] == ["marcel", "parcel"]
    assert [candidate.word for candidate in nearest("pparcel", groups_of(SITE))] == ["parcel"]
    assert [candidate.word for candidate in nearest("orde", groups_of({"ordem": 1, "order": 4, "wrde": 9}))] == [
        *("order", "ordem", "wrde")
    ]


def test_a_word_of_an_article_goes_before_one_that_only_leads_there():
    assert [candidate.word for candidate in nearest("bookxd", groups_of({"booked": 0, "bookad": 1}))] == [
        *("bookad", "booked")
    ]


@pytest.mark.parametrize("word", ["abc", "abc1", "12345", "lf-123", "返品返品", "คืนสินค้า", "𐐨𐐩𐐪𐐫", "v2.4.6"])
def test_short_words_numbers_and_scripts_without_spaces_are_left_alone(word):
    assert not can_be_misspelled(word)
    assert len(word) < 4 or cut_vocabulary({word: 3}) == []


def test_a_missing_space_is_looked_for_where_a_known_word_ends():
    groups = groups_of({"sleeping": 3, "sleep": 2, "s": 9, "bag": 4})

    assert splits("sleepingbag", groups) == [("sleep", "ingbag"), ("sleeping", "bag")]
    assert splits("bagsleeping", groups) == [("bag", "sleeping")]
    assert splits("sleepingb", groups) == [("sleep", "ingb")]


def test_files_are_cut_between_letters_and_hold_the_commonest_words_of_a_large_one():
    words = {
        f"{first}{number:04d}".translate(str.maketrans("0123456789", "abcdefghij")): number
        for first in "xyz"
        for number in range(9000)
    }

    files = cut_vocabulary(words)

    assert [file.first for file in files] == ["x", "y", "z"]
    for file in files:
        kept = [word for group in file.groups for word in group]
        assert len(json.dumps(file.groups)) < 40_000
        assert {word[0] for word in kept} == {file.first}
        assert min(words[word] for word in kept) > 9000 - len(kept) - 1


def test_small_letters_share_a_file_in_the_order_of_their_letters():
    assert [file.first for file in cut_vocabulary(SITE)] == ["c"]
    assert cut_vocabulary({}) == []
    assert groups_of(SITE)[0] == ("returning",)
    assert groups_of(SITE)[5] == ("marcel", "orders", "return")
