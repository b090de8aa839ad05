"""Packed semantic postings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.index.semantic_list import MAX_PEAK, MAX_WEIGHT, SemanticList

POSTINGS = st.dictionaries(st.integers(0, 10**6), st.integers(1, MAX_WEIGHT), min_size=1).map(
    lambda weights: tuple(sorted(weights.items()))
)
LISTS = st.builds(SemanticList, st.integers(1, MAX_PEAK), POSTINGS)


@given(LISTS)
def test_what_is_packed_is_unpacked_again(semantic_list):
    assert SemanticList.unpack(semantic_list.pack()) == semantic_list


@given(LISTS)
def test_json_escapes_nothing_of_a_packed_list(semantic_list):
    assert not set(semantic_list.pack()) & set('"\\')


def test_the_example_of_the_format():
    assert SemanticList(11, ((1, 6), (2, 7))).pack() == ";2.1"


@pytest.mark.parametrize(
    "text", ["", "0", ".", "5\u0031\u0000", "5]", "5 1", "5" + "." * MAX_WEIGHT, "5" + "]" * 50 + "1"]
)
def test_damage_is_refused(text):
    with pytest.raises(ValueError, match="packed postings"):
        SemanticList.unpack(text)
