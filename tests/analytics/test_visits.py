"""A visit is known by nobody's address, and on one day only."""

from __future__ import annotations

from kb_builder.analytics.visits import visit_of


def test_one_visitor_is_one_visit_on_one_day_only():
    today, tomorrow = b"a" * 32, b"b" * 32

    visit = visit_of(today, "192.0.2.7", "Firefox")

    assert visit == visit_of(today, "192.0.2.7", "Firefox")
    assert len({visit, visit_of(tomorrow, "192.0.2.7", "Firefox"), visit_of(today, "192.0.2.8", "Firefox")}) == 3
    assert len({visit, visit_of(today, "192.0.2.7", "Chrome")}) == 2
    assert "192" not in visit and len(visit) == 16
