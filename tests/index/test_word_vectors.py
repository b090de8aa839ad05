"""Word vectors, and words that are not whole in them."""

import numpy as np
import pytest

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.word_vectors import WordVectors, load_word_vectors, split_pieces


def cosine(first, second):
    return first @ second / np.sqrt((first @ first) * (second @ second))


def make_vectors():
    levels = np.array([[1, 0], [0, 2], [3, 3]], dtype=np.int8)
    return WordVectors(["re", "order", "##order"], levels, np.array([10, 1, 100]), common=1, listed=1)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("order", ["order"]),
        ("reorder", ["re", "##order"]),
        ("orderre", []),  # no piece continues with "re"
        ("reorders", []),
        ("re2", []),
        ("re" + "order" * 3, ["re", *["##order"] * 3]),
        ("re" + "order" * 4, []),  # five pieces
        ("", []),
    ],
)
def test_a_word_is_cut_into_the_longest_known_pieces(word, pieces):
    assert split_pieces(word, {"re", "order", "##order"}) == pieces


def test_a_word_is_the_sum_of_its_pieces_and_an_unknown_one_is_nothing():
    vectors = make_vectors()

    assert vectors.vectors(["reorder", "order", "zzz"]).tolist() == [[10 + 300, 300], [0, 2], [0, 0]]
    assert (vectors.dimensions, vectors.common_words, vectors.listed_words) == (2, ("re",), ("order",))


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("refund", "reimburse", "tent"),
        ("parcel", "package", "password"),
        ("broken", "damaged", "invoice"),
        ("shoes", "boots", "shipping"),
        ("cheap", "inexpensive", "waterproof"),
    ],
)
def test_english_words_that_mean_the_same_are_nearer_than_others(word, near, far):
    first, second, third = load_word_vectors("en").vectors([word, near, far]).astype(float)

    assert cosine(first, second) > cosine(first, third) + 0.1


def test_listed_words_of_one_stem_share_a_group():
    vectors, stem = load_word_vectors("en"), stemmer("en")
    pairs = list(zip(vectors.listed_words, vectors.listed_groups, strict=True))[::25]

    assert len({stem(word) for word, _ in pairs}) == len({group for _, group in pairs})
    assert len({(stem(word), group) for word, group in pairs}) == len({group for _, group in pairs})


def test_the_words_are_as_the_analyzer_gives_them():
    vectors = load_word_vectors("en")
    words = [*vectors.common_words, *vectors.listed_words]

    assert len(set(words)) == len(words) > 30_000
    assert [word for word in words if analyze(word, "en") != [word]] == []


@pytest.mark.parametrize("language", ["xx", "", "../data/en", "e.n"])
def test_a_language_without_vectors_has_none(language):
    assert load_word_vectors(language) is None
