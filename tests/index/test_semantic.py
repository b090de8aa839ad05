"""Semantic postings: against slow, obvious code, and what they let customers find."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kb_builder.index import semantic
from kb_builder.index.compile import compile_search
from kb_builder.index.ranking import search
from kb_builder.index.semantic import Meaning, semantic_lists, static_space
from kb_builder.index.semantic_list import MAX_PEAK, MAX_WEIGHT, SemanticList
from tests.index.makers import compile_words, make_document, open_files
from tests.shared.help_centers import SHOP
from tests.shared.topics import TOPICS, topic_vectors

WORDS = [word for word in TOPICS if word.isalpha()]
EXACT_WORDS = [word for word in WORDS if max(TOPICS[word]) == 7]  # seven levels hold such a vector as it is
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
PLAIN = Meaning(articles=100, least_share=0.0, whitening=0.0)


def lists_of(documents, words=WORDS, meaning=PLAIN):
    groups = [[word] for word in words]
    space = static_space(documents, topic_vectors("en"), language="en")
    packed = semantic_lists(lambda: groups, space, meaning=meaning).packed()
    return {word: SemanticList.unpack(text) for word, text in packed.items()}


def unit(vector):
    length = math.hypot(*vector)
    return [value / length if length else value for value in vector]


def text_vector(words):
    vectors = topic_vectors("en").vectors(words).tolist()
    return [sum(column) for column in zip(*vectors, strict=True)] or [0.0] * 6


def similarities_by_brute_force(documents, word):
    """For each document the product of the word's vector with what sets the document apart."""
    articles = []
    for document in documents:
        head = document.title.split()
        body = " ".join(section.text for section in document.sections).split()
        halves = (unit(unit(text_vector(head))), unit(text_vector([*head, *body])))
        articles.append([(one + other) / 2 for one, other in zip(*halves, strict=True)])
    mean = [sum(column) / len(articles) for column in zip(*articles, strict=True)]
    word_vector = text_vector([word])
    return [sum(w * (a - m) for w, a, m in zip(word_vector, of, mean, strict=True)) for of in articles]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=8), st.sampled_from(EXACT_WORDS))
def test_weights_are_the_positive_similarities(texts, word):
    documents = [make_document(f"{number}/", title, text) for number, (title, text) in enumerate(texts)]

    expected = similarities_by_brute_force(documents, word)
    best = max(expected)
    assume(best <= 0 or best > 0.05 * math.hypot(*text_vector([word])))  # rounding decides about less

    found = lists_of(documents, [word]).get(word)

    weights = dict(found.postings) if found else {}
    for number, similarity in enumerate(expected):
        exact = similarity / best * MAX_WEIGHT if best > 1e-6 else 0
        assert weights.get(number, 0) == pytest.approx(max(0, exact), abs=1.1)


def test_the_heaviest_posting_of_all_words_has_the_largest_peak():
    lists = lists_of(SHOP)

    assert max(found.peak for found in lists.values()) == MAX_PEAK
    assert all(max(weight for _, weight in found.postings) == MAX_WEIGHT for found in lists.values())


@pytest.mark.parametrize("count", [1, 3])
def test_a_word_keeps_its_strongest_articles_only(count):
    everything, cut = lists_of(SHOP), lists_of(SHOP, meaning=Meaning(articles=count, least_share=0, whitening=0))

    assert cut
    for word, found in cut.items():
        weakest = min(weight for _, weight in found.postings)
        left_out = set(everything[word].postings) - set(found.postings)
        assert len(found.postings) <= count
        assert all(weight <= weakest for _, weight in left_out)


def test_words_of_a_group_share_the_list_of_their_mean():
    space = static_space(SHOP, topic_vectors("en"), language="en")

    lists = semantic_lists(lambda: [["cash", "costs"], ["money"]], space, meaning=PLAIN).packed()

    assert lists["cash"] is lists["costs"]
    assert lists["cash"] != lists["money"]


def test_how_many_words_are_multiplied_at_once_changes_nothing(monkeypatch):
    whole = lists_of(SHOP)
    monkeypatch.setattr(semantic, "_CHUNK_WORDS", 1)

    assert lists_of(SHOP) == whole


@pytest.mark.parametrize("count", [5, 60, 1000], ids=["few", "some", "many"])
@pytest.mark.parametrize("values", [3, 50, 10**6], ids=["nearly all tie", "many tie", "few tie"])
def test_the_strongest_of_a_row_are_those_above_the_first_that_is_left_out(count, values):
    products = np.random.default_rng(count).integers(-values, values, (9, count)).astype(np.float32)

    behind, rows, columns, found = semantic._largest(products, 10)

    first_left_out = [sorted(row, reverse=True)[10] if count > 10 else -np.inf for row in products.tolist()]
    assert behind.tolist() == first_left_out
    above = [(row, column) for row, column in np.ndindex(products.shape) if products[row, column] > first_left_out[row]]
    assert [*zip(rows.tolist(), columns.tolist(), strict=True)] == above
    assert found.tolist() == [products[place] for place in above]


@pytest.mark.parametrize(
    "documents",
    [(), (make_document("a/", "zebra"), make_document("b/", "zebra")), (make_document("a/", ""),) * 3],
    ids=["none", "two that are unknown", "three without words"],
)
def test_where_nothing_is_known_no_word_means_anything(documents):
    assert lists_of(documents) == {}


def test_articles_alike_lead_nowhere_by_meaning():
    assert lists_of([make_document("a/", "refund"), make_document("b/", "refund")]) == {}


@pytest.mark.parametrize(
    ("query", "article"),
    [("reimbursement", "faq/returns/refund/"), ("couriers", "faq/shipping/time/"), ("postage", "faq/shipping/cost/")],
)
def test_an_english_word_that_no_article_has_leads_to_what_it_means(query, article):
    index = open_files(compile_search(SHOP))

    assert article in [hit.url for hit in search(index, query).hits[:3]]


def test_a_language_without_vectors_is_searched_by_its_words_alone():
    documents = [make_document("a/", "Rücksendung"), make_document("b/", "Lieferung")]

    assert compile_search(documents, language="de") == compile_words(documents, language="de")
