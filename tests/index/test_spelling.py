"""Mistyped words: what they are compared with, and what they are taken for."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.spelling import Candidate, can_be_misspelled, nearest, splits
from kb_builder.index.vocabulary import cut_vocabulary, vocabulary_key

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


@given(st.text(LETTERS, min_size=4, max_size=7), st.sets(st.text(LETTERS, min_size=3, max_size=8), min_size=1))
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
    is_word = {"sleeping", "sleep", "s", "bag"}.__contains__

    assert splits("sleepingbag", is_word) == [("sleep", "ingbag"), ("sleeping", "bag")]
    assert splits("bagsleeping", is_word) == [("bag", "sleeping")]
    assert splits("sleepingb", is_word) == [("sleep", "ingb")]


def many_words(first: str, *, shortest: int, longest: int, count: int) -> dict[str, int]:
    draw = random.Random(1)
    return {
        first + "".join(draw.choices("abcdefgh", k=draw.randint(shortest, longest) - 1)): number
        for number in range(count)
    }


def file_for(files, typed):
    return [file for file in files if file.first <= vocabulary_key(typed[0], len(typed))][-1]


def test_one_file_has_every_word_that_a_typed_one_may_stand_for():
    words = {
        **many_words("s", shortest=3, longest=16, count=3000),
        **many_words("t", shortest=3, longest=9, count=900),
        **many_words("c", shortest=3, longest=9, count=40),
        **many_words("d", shortest=3, longest=9, count=40),
    }

    files = cut_vocabulary(words)

    assert len(files) > 5
    assert [file.first for file in files] == sorted({file.first for file in files})
    assert all(sum(len(word) + 1 for group in file.groups for word in group) <= 16_000 for file in files)
    for typed in ("scab", "sabcdef", "sabcdefg", "shgfedcbah", "s" + "a" * 15, "tabcd", "tabcdefgh", "cabc", "dabcdef"):
        here = {word for group in file_for(files, typed).groups for word in group}
        reach = 2 if len(typed) >= 8 else 1
        assert {word for word in words if word[0] == typed[0] and abs(len(word) - len(typed)) <= reach} <= here


def test_too_many_words_of_a_length_lose_the_rarest():
    words = many_words("s", shortest=7, longest=7, count=9000)

    kept = {word for group in file_for(cut_vocabulary(words), "sabcdef").groups for word in group}

    assert 1900 < len(kept) <= 2000
    assert max(count for word, count in words.items() if word not in kept) < min(words[word] for word in kept)


def test_letters_with_few_words_share_a_file():
    assert [file.first for file in cut_vocabulary(SITE)] == ["c"]
    assert cut_vocabulary({}) == []
    assert groups_of(SITE)[0] == ("returning",)
    assert groups_of(SITE)[5] == ("marcel", "orders", "return")
