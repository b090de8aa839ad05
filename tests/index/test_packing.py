"""Packed postings."""

from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.packing import pack, unpack

IMPACTS = st.dictionaries(st.integers(0, 10**6), st.integers(1, 255), min_size=1)


@given(IMPACTS)
def test_the_postings_of_a_term_begin_with_their_highest_impact(impacts):
    highest = max(impacts.values())
    postings = tuple(sorted(impacts.items()))

    assert unpack(pack(highest, postings, highest=highest)) == (highest, postings)


def test_the_example_of_the_format():
    assert pack(11, [(1, 10), (2, 11)], highest=11) == ";2.1"
