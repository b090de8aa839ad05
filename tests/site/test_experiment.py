"""An experiment with the ranking: what the settings must say, what pages get of it, and when a check speaks up."""

import datetime as dt
import json
import re
from html import unescape

import pytest

from kb_builder.config import parse_settings
from kb_builder.experiment import experiment_issues, experiment_of
from kb_builder.issues import ConfigError
from kb_builder.site.page_events import experiment

TRIAL = {"name": "less-meaning", "meaning_percent": 30, "first_day": "2026-03-02", "last_day": "2026-03-29"}


def settings(*, counted=True, **changes):
    trial = {name: value for name, value in {**TRIAL, **changes}.items() if value is not None}
    return parse_settings({"search": {"experiment": trial}, "analytics": {"endpoint": "/events"} if counted else {}})


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"last_day": None}, "last_day", "needs a first_day and a last_day"),
        ({"first_day": None}, "last_day", "needs a first_day and a last_day"),
        ({"last_day": "2026-03-01"}, "last_day", "not before it"),
        ({"last_day": "soon"}, "last_day", "soon"),
        ({"meaning_percent": None}, "last_day", "needs another ranking"),
        ({"meaning_percent": 100}, "meaning_percent", "100"),
        ({"name": "<b>"}, "name", "<b>"),
        ({"percent": 0}, "percent", "0"),
    ],
)
def test_an_experiment_says_before_it_begins_what_it_compares_and_when_it_ends(changes, where, what):
    with pytest.raises(ConfigError, match=rf"plugins\.kb\.search\.experiment\.{where}: .*{what}"):
        settings(**changes)


def test_other_settings_are_another_experiment():
    ids = [settings(**change).search.experiment.id for change in ({}, {}, {"last_day": "2026-04-05"}, {"percent": 50})]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"less-meaning-[0-9a-f]{8}", each) for each in ids)


def test_pages_are_told_only_where_clicks_are_counted():
    told = json.loads(experiment(settings(boosts=False)))

    assert told.pop("id").startswith("less-meaning-")
    assert told == {"first": "2026-03-02", "last": "2026-03-29", "percent": 100, "meaning": 30, "boosts": False}
    assert experiment(settings(counted=False)) == ""
    assert experiment(parse_settings({"analytics": {"endpoint": "/events"}})) == ""


@pytest.mark.parametrize(
    ("counted", "day", "messages"),
    [
        (True, "2026-03-29", []),
        (True, "2026-03-30", ["search.experiment: 'less-meaning' was over on 2026-03-29"]),
        (False, "2026-03-02", ["search.experiment: 'less-meaning' does not run: pages tell nobody what is clicked"]),
    ],
)
def test_a_check_says_that_an_experiment_is_over_or_not_counted(counted, day, messages):
    found = experiment_issues(settings(counted=counted), file="mkdocs.yml", today=dt.date.fromisoformat(day))

    assert [(each.code, each.path, each.message) for each in found] == [
        ("KB714", "mkdocs.yml", text) for text in messages
    ]


def test_the_report_knows_what_was_registered():
    trial = experiment_of(settings(boosts=False), today=dt.date(2026, 3, 29))

    assert trial and not trial.is_over
    assert trial.other == "meanings make 30 % of a score, no boosts"
    assert experiment_of(parse_settings({}), today=dt.date(2026, 3, 29)) is None


def test_every_search_form_says_which_experiment_runs(help_center):
    trial = "experiment: {name: no-boosts, boosts: false, first_day: 2026-03-02, last_day: 2026-03-29}"
    help_center.settings(f"      search: {{{trial}}}\n      analytics: {{endpoint: /events}}")
    built = help_center.write("index.md", "# Help\n").write("faq/orders/track.md", "# Track it\n").build()

    for page in ("", "faq/orders/track/", "search/"):
        (content,) = re.findall(r'data-kb-experiment="([^"]*)"', built.page(page))
        assert json.loads(unescape(content))["boosts"] is False
