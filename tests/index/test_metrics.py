"""Metrics against values worked out by hand."""

import math

import pytest

from kb_builder.index.metrics import ndcg, percentile, reciprocal_rank, success


def test_success_counts_a_relevant_hit_among_the_first():
    assert success(["a", "b", "c"], {"b"}, k=1) == 0
    assert success(["a", "b", "c"], {"b", "z"}, k=2) == 1
    assert success([], {"b"}, k=3) == 0


def test_reciprocal_rank_is_of_the_first_relevant_hit():
    assert reciprocal_rank(["a", "b", "c"], {"c", "b"}) == 1 / 2
    assert reciprocal_rank([str(number) for number in range(20)], {"10"}) == 0
    assert reciprocal_rank([str(number) for number in range(20)], {"9"}) == 1 / 10


def test_ndcg_discounts_by_rank_and_compares_with_the_best_order():
    gained = 1 / math.log2(2) + 3 / math.log2(4)
    best = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)

    assert ndcg(["a", "x", "c"], {"a": 1, "b": 2, "c": 3, "d": 0}) == pytest.approx(gained / best)
    assert ndcg(["c", "b", "a"], {"a": 1, "b": 2, "c": 3}) == 1
    assert ndcg(["x"], {"a": 0, "b": -1}) == 0


def test_percentile_is_the_nearest_rank():
    assert percentile([15, 20, 35, 40, 50], 50) == 35
    assert percentile([15, 20, 35, 40, 50], 95) == 50
    assert percentile([7], 50) == 7
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
