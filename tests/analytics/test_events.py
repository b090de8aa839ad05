"""The closed event schema: what fits, what does not, and that it is UBI."""

import json
from importlib import resources

import pytest
from event_makers import REQUIRED_BY_ACTION, make_event
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.analytics.event_decoder import as_values, decode_events, decode_records, encode_events
from kb_builder.analytics.events import FIELDS, MAX_QUERY, REQUIRED, Action, Fault, fault, json_schema

jsonschema = pytest.importorskip("jsonschema", reason="the test needs it to read JSON Schema")


def shipped(name):
    return json.loads((resources.files("kb_builder.analytics") / "schemas" / name).read_text("utf-8"))


ours = jsonschema.Draft202012Validator(json_schema())
ubi_event = jsonschema.Draft202012Validator(
    shipped("ubi-1.3.0-event.schema.json"), format_checker=jsonschema.FormatChecker()
)
ubi_query = jsonschema.Draft202012Validator(
    shipped("ubi-1.3.0-query.schema.json"), format_checker=jsonschema.FormatChecker()
)


@pytest.mark.parametrize("action", Action)
def test_every_action_is_a_valid_event_and_valid_ubi(action):
    event = make_event(action)

    assert fault(event) is None
    assert ours.is_valid(event)
    assert ubi_event.is_valid(event)
    assert ubi_query.is_valid(event) == (action is Action.QUERY)


@pytest.mark.parametrize("name", ["click", "view", "watch", "purchase", "click_through", "help_click"])
def test_the_corrected_ubi_schema_takes_the_standard_action_names(name):
    assert ubi_event.is_valid({"action_name": name, "timestamp": "2026-03-01T10:00:00.000Z"})


@pytest.mark.parametrize("position", [{}, {"ordinal": 1, "xy": {"x": 1, "y": 2}}, {"ordinal": {"index": 1}}])
def test_the_corrected_ubi_schema_still_refuses_a_wrong_position(position):
    event = make_event("click")
    event["event_attributes"] = {"position": position}

    assert not ubi_event.is_valid(event)


def test_the_shipped_schema_is_what_the_code_checks():
    """Mend with: python -m tools.write_reference"""
    assert shipped("event.schema.json") == json_schema()


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ([], (Fault.NOT_AN_EVENT, "list")),
        (7, (Fault.NOT_AN_EVENT, "int")),
        ({}, (Fault.MISSING_FIELD, "action_name")),
        (make_event() | {"__proto__": 1}, (Fault.UNKNOWN_FIELD, "__proto__")),
        (make_event() | {"x" * 10_000: 1}, (Fault.UNKNOWN_FIELD, "x" * 64)),
        (make_event(page=None), (Fault.MISSING_FIELD, "page")),
        (make_event(helpful="yes"), (Fault.WRONG_VALUE, "helpful")),
        (make_event(dwell_seconds=True), (Fault.WRONG_VALUE, "dwell_seconds")),
        (make_event(dwell_seconds=False), (Fault.WRONG_VALUE, "dwell_seconds")),
        (make_event(dwell_seconds=10.0), (Fault.WRONG_VALUE, "dwell_seconds")),
        (make_event(dwell_seconds=11), (Fault.WRONG_VALUE, "dwell_seconds")),
        (make_event("query", user_query="x" * (MAX_QUERY + 1)), (Fault.WRONG_VALUE, "user_query")),
        (make_event(at="2026-02-30T10:00:00.000Z"), (Fault.WRONG_VALUE, "timestamp")),
        (make_event(at="2026-03-01 10:00"), (Fault.WRONG_VALUE, "timestamp")),
        (make_event(session_id="a b c d e f"), (Fault.WRONG_VALUE, "session_id")),
        (make_event(session_id="session-1\n"), (Fault.WRONG_VALUE, "session_id")),
        (
            make_event("click", event_attributes={"position": {"ordinal": 1}}),
            (Fault.MISSING_FIELD, "event_attributes.object"),
        ),
        (make_event("click", event_attributes={"position": {"ordinal": 0}}), (Fault.WRONG_VALUE, "event_attributes")),
        (make_event(action_name="login"), (Fault.WRONG_VALUE, "action_name")),
    ],
)
def test_what_does_not_fit_is_named_without_its_value(event, expected):
    assert fault(event) == expected


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from(["event-00001", "en", "2026-03-01T10:00:00.000Z", "enter"]),
    st.lists(st.text(max_size=5), max_size=3),
    st.fixed_dictionaries({"result_count": st.integers(-1, 5)}),
)


@given(st.sampled_from(list(Action)), st.dictionaries(st.sampled_from([*FIELDS, "other"]), VALUES, max_size=4))
def test_the_quick_check_and_the_schema_agree(action, changes):
    event = make_event(action) | changes

    assert (fault(event) is None) == ours.is_valid(event)


def test_every_action_has_a_maker():
    assert set(REQUIRED_BY_ACTION) == set(Action)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2_000),
    st.floats(),
    st.text(max_size=9),
    st.text("0123456789abcdef-T:.Z", min_size=8, max_size=24),
    st.sampled_from(["query", "click", "article", "pause", "suggestions", "2026-03-01T10:00:00.000Z", "session-1\n"]),
    st.sampled_from(["a" * 256, "a" * 257, "\ud800", "\x00", 10, 10.0, 30, True, 604_800_000, 604_800_001, 10**30]),
    st.lists(st.text(max_size=3), max_size=22),
    st.dictionaries(
        st.sampled_from(["ordinal", "result_count", "position", "object", "object_id", "x"]), st.integers()
    ),
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), VALUES, max_size=6))
def test_the_compiled_decoder_takes_what_the_readable_check_takes(changes):
    event = make_event("query") | changes
    body = json.dumps([event]).encode()

    if fault(event) is None and "\\ud800" not in body.decode():  # That is no character.
        (decoded,) = decode_events(body)
        assert as_values(decoded) == event
        assert list(map(json.loads, encode_events([decoded]))) == [event]
    else:
        with pytest.raises(ValueError, match=r"."):
            decode_events(body)


@pytest.mark.parametrize("action", Action)
def test_the_compiled_decoder_knows_every_action_and_what_it_needs(action):
    event = make_event(action)

    assert as_values(decode_events(json.dumps(event).encode())[0]) == event
    for name in ("event_id", "timestamp", "action_name", *REQUIRED[action]):
        with pytest.raises(ValueError, match=r"."):
            decode_events(json.dumps({key: value for key, value in event.items() if key != name}).encode())


def test_one_text_cannot_pass_for_all_texts_of_another_record():
    """Texts of records are checked together, each on a line of its own."""
    moment = "2026-03-01T10:00:00.000Z"
    another = "\n".join(["chat", moment, "event-0002", moment, *[""] * 10])
    events = [make_event("query") | {"channel": channel} for channel in ("chat", another)]
    plain, forged = (
        json.dumps({"received": moment, "source": "collect", "event": event}, separators=(",", ":")).encode()
        for event in events
    )

    assert len(decode_records([plain, plain])) == 2
    with pytest.raises(ValueError, match="not as it is written"):
        decode_records([plain, forged])
