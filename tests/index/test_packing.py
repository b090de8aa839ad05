"""Packed postings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.packing import pack, pack_all, pack_sorted, unpack, unpack_sorted

IMPACTS = st.dictionaries(st.integers(0, 10**6), st.integers(1, 255), min_size=1)


@given(IMPACTS)
def test_the_postings_of_a_term_begin_with_their_highest_impact(impacts):
    highest = max(impacts.values())
    postings = tuple(sorted(impacts.items()))

    assert unpack(pack(highest, postings, highest=highest)) == (highest, postings)


@given(st.lists(st.dictionaries(st.integers(0, 10**6), st.integers(1, 255))))
def test_many_are_packed_as_each_by_itself(lists):
    lists = [sorted(impacts.items()) for impacts in lists]
    highest = np.array([max((weight for _, weight in pairs), default=1) for pairs in lists], dtype=np.int64)
    every = np.array([pair for pairs in lists for pair in pairs], dtype=np.int64).reshape(-1, 2)
    counts = np.array([len(pairs) for pairs in lists], dtype=np.int64)

    assert pack_all(highest, counts, every[:, 0], every[:, 1], highest=highest) == [
        pack(int(first), pairs, highest=int(first)) if pairs else ""
        for first, pairs in zip(highest, lists, strict=True)
    ]


@given(st.lists(st.text("abé𠮷1'", min_size=1, max_size=40), unique=True).map(sorted))
def test_sorted_texts_are_read_back(texts):
    assert unpack_sorted(pack_sorted(texts)) == texts


def test_the_examples_of_the_format():
    assert pack(11, [(1, 10), (2, 11)], highest=11) == ";2.1"
    assert pack_sorted(["ab", "ad", "ade"]) == "AabBdCe"
