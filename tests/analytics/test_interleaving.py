"""Two rankings are compared by visits, once the experiment is over, and by what was said before it began."""

import datetime as dt
from dataclasses import replace

import pytest

from kb_builder.analytics.interleaving import Experiment, preference
from kb_builder.analytics.wording import preferred

EXPERIMENT = Experiment("trial-0123abcd", "no boosts", 100, dt.date(2026, 3, 2), dt.date(2026, 3, 29), is_over=True)


def rows(*, numerator, denominator, day="2026-03-10", experiment=EXPERIMENT.id):
    counts = {"visits": 3 * denominator, "numerator": numerator, "denominator": denominator}
    return [{"experiment": experiment, "day": day, "locale": "en", "audience": "", **counts}]


def test_a_clear_preference_is_told_with_its_counts_and_interval():
    found = preference(rows(numerator=70, denominator=100), EXPERIMENT)

    assert (found.visits, found.prefers_other, found.decided, found.winner) == (300, 70, 100, "other")
    assert found.interval and found.interval.low > 0.5
    assert "The other ranking is preferred." in preferred(found)
    assert preference(rows(numerator=30, denominator=100), EXPERIMENT).winner == "present"


def test_what_may_be_chance_has_no_winner():
    found = preference(rows(numerator=55, denominator=100), EXPERIMENT)

    assert found.p_value == pytest.approx(0.3682, abs=1e-4)
    assert found.winner == ""
    assert "Neither ranking is clearly preferred." in preferred(found)


def test_nothing_is_told_before_the_last_day_is_past():
    running = replace(EXPERIMENT, is_over=False)

    found = preference(rows(numerator=100, denominator=100), running)

    assert (found.visits, found.prefers_other, found.decided, found.interval, found.winner) == (
        300,
        None,
        None,
        None,
        "",
    )
    assert "until then no result is told" in preferred(found)


def test_few_visits_with_a_preference_give_no_result():
    found = preference(rows(numerator=19, denominator=19), EXPERIMENT)

    assert found.decided is None
    assert "not enough data" in preferred(found)


def test_other_days_and_other_settings_do_not_count():
    counted = rows(numerator=10, denominator=30)
    early = rows(numerator=30, denominator=30, day="2026-03-01")
    late = rows(numerator=30, denominator=30, day="2026-03-30")
    changed = rows(numerator=30, denominator=30, experiment="trial-99999999")

    assert preference([*counted, *early, *late, *changed], EXPERIMENT).prefers_other == 10
