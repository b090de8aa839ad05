"""What is kept of a request, and what is not."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from event_makers import make_event

from kb_builder.analytics.collect import intake as intake_module
from kb_builder.analytics.collect.intake import Sender, parse
from kb_builder.analytics.collect.recent_ids import RecentIds, recent_ids
from kb_builder.analytics.events import MAX_EVENTS, Fault
from kb_builder.analytics.segments import is_whole, segment_path

TODAY = dt.date(2026, 3, 1)
PERSON = Sender("2026-03-01T10:00:00.000Z", "0123456789abcdef", "")


def take(values, sender, recent, **options):
    return intake_module.take(parse(json.dumps(values).encode()), sender, recent, **options)


def records(intake):
    lines = intake.lines.splitlines(keepends=True)
    assert all(map(is_whole, lines))
    return [json.loads(line[9:]) for line in lines]


def test_a_good_event_becomes_a_line_with_what_the_server_knows():
    intake = take([make_event("view")], PERSON, RecentIds())

    assert records(intake) == [
        {"received": PERSON.received, "source": "collect", "visit": PERSON.visit, "event": make_event("view")}
    ]
    assert intake.counts == {"kept": 1}


def test_a_program_is_kept_under_its_name():
    (record,) = records(take([make_event("view")], Sender(PERSON.received, "", "curl"), RecentIds()))

    assert record["bot"] == "curl"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault.NOT_JSON),
        (b"[{]", Fault.NOT_JSON),
        (b'{"a": NaN}', Fault.NOT_JSON),
        (b"\xff\xfe", Fault.NOT_JSON),
        (b"[" * 50_000, Fault.NOT_JSON),
        (b'[{"event_id": "\\ud800"}]', Fault.NOT_JSON),
        (b"5", Fault.NOT_AN_EVENT),
        (b"[]", Fault.NOT_AN_EVENT),
        (b"null", Fault.NOT_AN_EVENT),
        (b"[" + b",".join([b"{}"] * (MAX_EVENTS + 1)) + b"]", Fault.TOO_MANY),
    ],
)
def test_a_body_that_is_no_list_of_events_is_named_by_its_fault(body, fault):
    assert parse(body) is fault


@pytest.mark.parametrize(
    "event",
    [
        5,
        [],
        {"__proto__": {"admin": True}},
        make_event("view", nonsense="x" * 100),
        {**make_event("view"), **{f"field{number}": number for number in range(10_000)}},
        make_event("view", dwell_seconds="10"),
        make_event("query", user_query={"$gt": ""}),
        make_event("query", user_query="x" * 257),
        make_event("view", page=None),
        make_event("view", event_id="../../etc"),
    ],
)
def test_a_bad_event_is_never_kept_and_does_not_stop_the_good_ones(event):
    intake = take([make_event("view"), event, make_event("feedback")], PERSON, RecentIds())

    assert [record["event"]["action_name"] for record in records(intake)] == ["view", "feedback"]
    assert intake.counts == {"kept": 2, "bad": 1}
    assert len(intake.bad[0][1]) <= 64


def test_an_event_that_is_too_large_is_bad():
    event = make_event("suggestion_shown", query_response_hit_ids=["é" * 256] * 20)

    assert take([event], PERSON, RecentIds()).bad == [(Fault.TOO_LARGE, "")]


def test_personal_data_is_replaced_before_anything_is_written():
    query = make_event("query", user_query="LF-4820193 for jo@mail.example, 4111 1111 1111 1111")
    vote = make_event("feedback", message="call +44 1539 496 0123\r\n\x1b[31mnow")

    intake = take([query, vote], PERSON, RecentIds(), patterns=["LF-#######"])

    first, second = (record["event"] for record in records(intake))
    assert first["user_query"] == "[order] for [email], [card]"
    assert second["message"] == "call [phone] [31mnow"
    assert intake.lines.count(b"\n") == len(intake.kept)


def test_a_reader_who_asked_for_privacy_leaves_nothing_that_joins_two_events():
    private = Sender(PERSON.received, "", "", private=True)
    events = [make_event("view"), make_event("query"), make_event("click"), make_event("feedback", message="hm")]

    intake = take(events, private, RecentIds())

    kept = records(intake)
    assert [record["event"]["action_name"] for record in kept] == ["view", "feedback"]
    assert intake.counts == {"kept": 2, "private": 2}
    for record in kept:
        assert not {"session_id", "query_id", "user_query", "message", "form_token"} & record["event"].keys()
        assert "visit" not in record


def keep(events, recent, day=TODAY):
    intake = take(events, PERSON, recent)
    recent.add(day, intake.kept)
    return intake


def test_the_same_event_is_kept_once_in_seven_days():
    recent = RecentIds()
    event = make_event("view")

    counts = [keep([event, event], recent).counts, *(keep([event], recent).counts for _ in range(1000))]
    later = keep([event], recent, TODAY + dt.timedelta(days=6)).counts

    assert counts[0] == {"kept": 1, "duplicate": 1}
    assert all(count == {"duplicate": 1} for count in [*counts[1:], later])


def test_an_id_that_comes_back_with_other_content_is_a_conflict():
    recent = RecentIds()
    keep([make_event("view", page="a/")], recent)

    assert keep([make_event("view", page="b/")], recent).counts == {"conflict": 1}


def test_after_seven_days_an_id_is_forgotten():
    recent = RecentIds()
    keep([make_event("view", event_id="id-old-00")], recent)
    keep([make_event("view", event_id="id-new-00")], recent, TODAY + dt.timedelta(days=7))

    assert keep([make_event("view", event_id="id-old-00")], recent).counts == {"kept": 1}
    assert keep([make_event("view", event_id="id-new-00")], recent).counts == {"duplicate": 1}


def test_more_ids_than_fit_push_out_the_oldest():
    recent = RecentIds(max_ids=800)
    for number in range(5000):
        recent.add(TODAY, [(f"id-{number:08}", b"")])

    assert len(recent) <= 800
    assert recent.is_known("id-00004999", b"")[0]
    assert not recent.is_known("id-00000000", b"")[0]


def test_a_restart_knows_the_events_of_the_window(tmp_path):
    intake = take([make_event("query", user_query='"event_id":"not-this-one"')], PERSON, RecentIds())
    for day in (TODAY - dt.timedelta(days=6), TODAY - dt.timedelta(days=7)):
        path = segment_path(tmp_path, day.isoformat(), f"collect-{day:%d}")
        path.parent.mkdir()
        path.write_bytes(intake.lines.replace(b"event-query", f"event-q-{day:%d}".encode()))
    path = segment_path(tmp_path, TODAY.isoformat(), "collect-x")
    path.parent.mkdir()
    path.write_bytes(intake.lines + intake.lines[:20])

    recent = recent_ids(tmp_path, TODAY)

    assert recent.is_known("event-query", intake.kept[0][1]) == (True, False)
    assert len(recent) == 1  # of the changed lines the checksum is wrong, and of the torn one
