"""Packed postings."""

from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.packing import pack, pack_sorted, unpack, unpack_sorted

IMPACTS = st.dictionaries(st.integers(0, 10**6), st.integers(1, 255), min_size=1)


@given(IMPACTS)
def test_the_postings_of_a_term_begin_with_their_highest_impact(impacts):
    highest = max(impacts.values())
    postings = tuple(sorted(impacts.items()))

    assert unpack(pack(highest, postings, highest=highest)) == (highest, postings)


@given(st.lists(st.text("abé𠮷1'", min_size=1, max_size=40), unique=True).map(sorted))
def test_sorted_texts_are_read_back(texts):
    assert unpack_sorted(pack_sorted(texts)) == texts


def test_the_examples_of_the_format():
    assert pack(11, [(1, 10), (2, 11)], highest=11) == ";2.1"
    assert pack_sorted(["ab", "ad", "ade"]) == "AabBdCe"
