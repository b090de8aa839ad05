"""Impacts against the formula, and what their settings do."""

import math

from makers import make_document, make_index

from kb_builder.index.fields import FIELDS
from kb_builder.index.impacts import (
    MAX_BOOSTED_IMPACT,
    MAX_IMPACT,
    ImpactTable,
    Ranking,
    compute_impacts,
    inverse_document_frequency,
)
from kb_builder.index.postings import FieldPostings
from kb_builder.index.ranking import search
from kb_builder.index.whoosh_store import Postings

FLAT = Ranking(
    weights={"title": 2.0, "questions": 1.0, "headings": 1.0, "body": 1.0, "tags": 1.0},
    length_norms={"title": 0.0, "questions": 0.0, "headings": 0.0, "body": 0.5, "tags": 0.0},
    saturation=1.0,
    function_word_weight=0.5,
)


def postings_of(**fields):
    """Make postings of two documents from ``(document, frequency)`` pairs by field and term."""
    return Postings(
        2,
        {
            name: FieldPostings.of_counts(
                [{term: dict(p)[at] for term, p in fields.get(name, {}).items() if at in dict(p)} for at in range(2)]
            )
            for name in FIELDS
        },
    )


def test_impacts_follow_the_formula_of_bm25f():
    postings = postings_of(title={"order": [(0, 1)]}, body={"order": [(0, 2), (1, 1)], "the": [(1, 1), (0, 4)]})

    impacts = compute_impacts(postings, boosts=[1.0, 1.0], ranking=FLAT)
    terms = [*ImpactTable(impacts, function_words=frozenset({"the"}), ranking=FLAT)]

    # Bodies have 6 and 2 words, 4 on average: factors 1 / (.5 + .5 * 6 / 4) = .8 and 1 / (.5 + .5 * 2 / 4) = 4 / 3.
    order = [2 + 2 * 0.8, 4 / 3]
    the = [4 * 0.8, 4 / 3]
    largest = order[0] / (1 + order[0])
    assert [(term.term, dict(term.postings)) for term in terms] == [
        (name, {number: round(MAX_IMPACT * value / (1 + value) / largest) for number, value in enumerate(values)})
        for name, values in (("order", order), ("the", the))
    ]
    assert [term.idf for term in terms] == [round(1000 * math.log(1.2)), round(500 * math.log(1.2))]


def test_a_boost_multiplies_impacts_leaves_those_of_others_and_none_falls_to_nothing():
    postings = postings_of(title={"order": [(0, 1), (1, 1)]})

    found = [
        impacts.postings.pairs()["order"]
        for boost in (1.0, 2.0, 10.0, 0.01)
        for impacts in [compute_impacts(postings, boosts=[boost, 1.0], ranking=FLAT)]
    ]

    assert list(map(dict, found)) == [
        {0: MAX_IMPACT, 1: MAX_IMPACT},
        {0: 2 * MAX_IMPACT, 1: MAX_IMPACT},
        {0: MAX_BOOSTED_IMPACT, 1: MAX_IMPACT},
        {0: 1, 1: MAX_IMPACT},
    ]


def test_rare_terms_have_a_larger_idf_and_all_have_one():
    values = [inverse_document_frequency(1000, count) for count in (1, 10, 100, 1000)]

    assert values == sorted(values, reverse=True)
    assert values[-1] >= 1


def test_a_word_in_the_title_counts_more_than_in_a_tag_and_that_more_than_in_the_body():
    index = make_index(
        make_document("a/", "Nothing", text="parcel " + "filler words here"),
        make_document("b/", "Nothing", text="filler words here", tags=("parcel",)),
        make_document("c/", "Parcel", text="filler words here"),
        make_document("d/", "Nothing", text="filler words here", questions=("parcel",)),
    )

    order = [hit.url for hit in search(index, "parcel").hits]

    assert order.index("a/") == 3 and order.index("b/") == 2
