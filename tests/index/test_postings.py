"""Postings of a field that are joined are those of all its documents."""

from collections import Counter
from dataclasses import astuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index import postings
from kb_builder.index.postings import FieldPostings, joined, summed

WORDS = st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 5), max_size=5)


@given(st.lists(WORDS, min_size=1, max_size=40), st.lists(WORDS, max_size=2), st.randoms(use_true_random=False))
def test_a_few_documents_join_many_as_any_others_do(many, few, random):
    numbers = random.sample(range(len(many) + len(few)), len(many) + len(few))
    parts = [
        FieldPostings.of_counts(counts).renumbered(np.array(sorted(own), np.int32))
        for counts, own in ((many, numbers[: len(many)]), (few, numbers[len(many) :]))
    ]
    all_in_order = dict(zip([*sorted(numbers[: len(many)]), *sorted(numbers[len(many) :])], [*many, *few], strict=True))
    anew = FieldPostings.of_counts([all_in_order[number] for number in sorted(all_in_order)])

    for found in (joined(parts), postings._with_few(*parts)):
        assert [np.array(part).tolist() for part in astuple(found)] == [
            np.array(part).tolist() for part in astuple(anew)
        ]
        assert [part.dtype for part in astuple(found)[1:]] == [part.dtype for part in astuple(anew)[1:]]


@given(st.lists(WORDS, max_size=8), st.sets(st.integers(0, 7)))
def test_documents_that_are_left_out_leave_the_others_as_they_are(documents, out):
    numbers = np.array([-1 if number in out else number for number in range(len(documents))], np.int32)

    found = FieldPostings.of_counts(documents).renumbered(numbers)

    anew = FieldPostings.of_counts([{} if number in out else counts for number, counts in enumerate(documents)])
    assert [np.array(part).tolist() for part in astuple(found)] == [np.array(part).tolist() for part in astuple(anew)]
    assert [part.dtype for part in astuple(found)[1:]] == [part.dtype for part in astuple(anew)[1:]]


@given(st.lists(WORDS, max_size=8), st.sets(st.integers(0, 7)))
def test_the_postings_of_some_documents_are_found(documents, wanted):
    found = FieldPostings.of_counts(documents).of_documents(np.array(sorted(wanted), np.int32))

    assert sorted(found) == sorted(
        (word, number, times)
        for number, counts in enumerate(documents)
        if number in wanted
        for word, times in counts.items()
    )


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(WORDS, min_size=8, max_size=8))
def test_postings_of_the_same_documents_are_added_up_under_new_names(one, other):
    def renamed(word):
        return word if word < "e" else "xyz"["efghijkl".index(word) % 3]

    parts = [FieldPostings.of_counts(counts) for counts in (one, other)]

    found = summed([([*map(renamed, part.terms)], part) for part in parts])

    expected = [Counter() for _ in other]
    for counts in (one, other):
        for total, count in zip(expected, counts, strict=False):
            for word, times in count.items():
                total[renamed(word)] += times
    anew = FieldPostings.of_counts(expected)
    assert [np.array(part).tolist() for part in astuple(found)] == [np.array(part).tolist() for part in astuple(anew)]
    assert [part.dtype for part in astuple(found)[1:]] == [part.dtype for part in astuple(anew)[1:]]
