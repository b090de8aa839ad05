"""The probability that the first hit answers: what it rests on, and how far it can be trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import compile_words, make_document, make_index, open_files

from kb_builder.index.confidence import Grounds, confidence, find_grounds, fitted_coefficients
from kb_builder.index.evaluate import evaluate, measure_calibration
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.issues import KbError

BANKING = Path(__file__).parents[2].parent / "shared" / "relevance" / "banking-help"
ARTICLES = (
    make_document("a/", "Cancel an order", "You can until we pack.", questions=("stop my order",), category="Orders"),
    make_document("b/", "Return a jacket", "Send the jacket back in its sleeping bag.", category="Returns"),
    make_document("c/", "Wash a jacket", "Wash it cold. Pre-order spare zips.", category="Care"),
)
GROUNDS = st.builds(Grounds, st.integers(0, 1000), st.integers(0, 25500), st.integers(0, 1000))


@given(GROUNDS, st.integers(0, 500))
def test_a_wider_margin_and_more_matched_words_make_it_surer_and_absent_words_less(grounds: Grounds, more: int) -> None:
    coefficients = fitted_coefficients()
    before = confidence(grounds, coefficients)

    assert 0 <= before <= 97
    assert confidence(Grounds(grounds.margin + more, grounds.strength, grounds.absent), coefficients) >= before
    assert confidence(Grounds(grounds.margin, grounds.strength + more, grounds.absent), coefficients) >= before
    assert confidence(Grounds(grounds.margin, grounds.strength, grounds.absent + more), coefficients) <= before


def test_features_are_whole_numbers_of_the_scores() -> None:
    grounds = find_grounds(
        score=3000, next_score=1999, lexical_score=700, weight=900, absent=1, words=3, is_certain=False
    )

    assert grounds == Grounds(margin=333, strength=77, absent=333)
    assert find_grounds(
        score=0, next_score=0, lexical_score=0, weight=0, absent=0, words=0, is_certain=True
    ) == Grounds(0, 0, 0, is_certain=True)


def test_one_word_that_several_articles_are_about_has_no_answer_of_its_own() -> None:
    refunds = (
        make_document("a/", "Why is my refund less than I paid?", "Delivery is not refunded."),
        make_document("b/", "When will I get my refund?", "A refund takes five days."),
        make_document("c/", "Wash a jacket", "Wash it cold."),
    )
    index = make_index(*refunds)

    assert search(index, "refund").level == "open"
    assert search(index, "jacket").level == "sure"
    assert search(index, "refund less").level == "sure"
    assert (search(index, "refund").confidence, search(index, "refund").hits[0].url) == (69, "b/")


@pytest.mark.parametrize("query", ["Cancel an order", "stop my order", "wismo"])
def test_what_someone_wrote_down_is_certain(query: str) -> None:
    index = open_files(compile_words(ARTICLES, pins={"wismo": "c/"}))

    results = search(index, query)

    assert (results.confidence, results.level) == (97, "sure")
    assert results.grounds
    assert results.grounds.is_certain


@pytest.mark.parametrize(
    ("query", "absent"),
    [
        ("cancel jacket", 0),
        ("cancel bitcoin", 500),
        ("cansel jacket", 0),  # corrected
        ("sleepingbag jacket", 0),  # split
        ("jac ket wash", 0),  # joined
        ("pre-order zips", 0),  # the whole of a hyphenated word stands for its parts
        ("bitcoin ethereum", 1000),
    ],
)
def test_words_that_no_article_has_are_counted(query: str, absent: int) -> None:
    results = search(make_index(*ARTICLES), query)

    assert (results.grounds.absent if results.grounds else 1000) == absent


def test_one_unfinished_word_is_too_little_to_be_in_doubt_about() -> None:
    index = make_index(*ARTICLES)

    assert search(index, "bitcoin", finished=True).level == "unsure"
    assert search(index, "bitcoin", finished=False).level == "open"
    assert search(index, "buy bitcoin", finished=False).level == "unsure"
    assert search(index, "bitcoin").confidence == 0


def test_the_nearest_category_is_the_one_whose_hits_score_most() -> None:
    results = search(make_index(*ARTICLES), "jacket order zips cold")

    assert results.nearest_category
    assert (results.nearest_category.title, results.nearest_category.url) == ("Care", "/")
    assert search(make_index(), "jacket").nearest_category is None


def test_the_answer_is_the_beginning_of_an_article_asked_for_by_name_and_ends_with_a_sentence() -> None:
    text = "Short answer first. " + "More words follow about the parcel and what it holds. " * 20
    index = make_index(make_document("d/", "Where is it?", text), *ARTICLES)

    excerpt = search(index, "where is it").hits[0].excerpt
    quoted = "".join(part.text for part in excerpt.parts)

    assert quoted.startswith("Short answer first. More")
    assert quoted.endswith("what it holds.")
    assert 40 <= len(quoted.split()) <= 60


@pytest.mark.parametrize("value", [3, [1, 2], ["1", 2, 3, 4], [0.5, 1, 2, 3]])
def test_a_manifest_with_odd_coefficients_is_damaged(value: object) -> None:
    files = {file.path.removeprefix("search/"): file.data for file in compile_words(ARTICLES)}
    manifest = json.loads(files["manifest.json"]) | {"confidence": value}

    with pytest.raises(KbError, match=r"manifest\.json is damaged"):
        SearchIndex((files | {"manifest.json": json.dumps(manifest).encode()}).__getitem__)


def test_files_that_say_nothing_of_confidence_claim_nothing() -> None:
    files = {file.path.removeprefix("search/"): file.data for file in compile_words(ARTICLES)}
    manifest = json.loads(files["manifest.json"])
    del manifest["confidence"]

    results = search(SearchIndex((files | {"manifest.json": json.dumps(manifest).encode()}).__getitem__), "jacket bag")

    assert (results.confidence, results.level) == (50, "open")


def test_calibration_compares_claims_with_what_happened() -> None:
    found = measure_calibration([90, 90, 10, 50], [True, False, False, True])

    assert found.claimed == pytest.approx(0.6)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.01 + 0.25) / 4)
    assert found.calibration_error == pytest.approx((0.8 + 0.1 + 0.5) / 4)
    assert (found.sure, found.unsure) == ((2, 1), (1, 0))


@pytest.mark.skipif(not BANKING.is_dir(), reason="the shared judged set is not here")
def test_claims_on_the_judged_set_are_near_the_truth_and_better_than_one_claim_for_all() -> None:
    found = evaluate(*(BANKING / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")))

    print(found.calibration)
    assert found.calibration
    assert found.calibration.calibration_error <= 0.1
    assert found.calibration.brier < found.success_1 * (1 - found.success_1) - 0.02
    shown, right = found.calibration.sure
    assert right / shown >= 0.75
