"""What one event may say: the closed schema that browsers send, the collector accepts and imports are turned into.

An event is a User Behavior Insights 1.3.0 event; a ``query`` is a UBI event and a UBI query record at once. What UBI
has no name for stands in further top-level fields, which UBI allows. The table `FIELDS` is the schema: `fault` checks
an event against it and says what is wrong, `event_decoder` does it in compiled code, `json_schema` writes it down for
others, docs/reference/events.md explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_BODY_BYTES = 65_536
MAX_EVENT_BYTES = 8_192
MAX_EVENTS = 100
MAX_QUERY = 256
MAX_MESSAGE = 500
MAX_HITS = 20


class Action(StrEnum):
    """What a person did; the values are UBI's ``action_name``."""

    QUERY = "query"
    IMPRESSION = "impression"
    CLICK = "click"
    VIEW = "view"
    FEEDBACK = "feedback"
    SUGGESTION_SHOWN = "suggestion_shown"
    SUGGESTION_CLICK = "suggestion_click"
    SUGGESTION_SOLVED = "suggestion_solved"
    CONTACT_START = "contact_start"
    CONTACT_SUBMIT = "contact_submit"
    CONTACT_CHANNEL_CLICK = "contact_channel_click"


class Fault(StrEnum):
    """Why a body, an event or a line was not taken; the names are used in counters and bad-event files."""

    NOT_JSON = "not_json"
    NOT_AN_EVENT = "not_an_event"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    WRONG_VALUE = "wrong_value"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event.

    Attributes:
        fits: Says whether a value may stand in it.
        schema: The same rule as JSON Schema.
        meaning: One sentence for the reference.
    """

    fits: Callable[[Any], bool]
    schema: Mapping[str, Any]
    meaning: str


def _text(limit: int, meaning: str) -> Field:
    return Field(
        lambda value: type(value) is str and len(value) <= limit,
        {"type": "string", "maxLength": limit},
        meaning,
    )


def _matching(pattern: str, meaning: str) -> Field:
    match = re.compile(pattern, re.ASCII).fullmatch
    return Field(
        lambda value: type(value) is str and match(value) is not None,
        {"type": "string", "pattern": f"^(?:{pattern})$"},
        meaning,
    )


def _whole(low: int, high: int, meaning: str) -> Field:
    return Field(
        lambda value: type(value) is int and low <= value <= high,
        {"type": "integer", "minimum": low, "maximum": high},
        meaning,
    )


def _one_of(values: tuple[str, ...] | tuple[int, ...], meaning: str) -> Field:
    allowed = frozenset(values)
    kind: type = type(values[0])
    return Field(
        lambda value: type(value) is kind and value in allowed,
        {"enum": list(values)},
        meaning,
    )


def _object(fields: Mapping[str, Field], required: tuple[str, ...], meaning: str) -> Field:
    def fits(value: Any) -> bool:
        return (
            type(value) is dict
            and all(key in value for key in required)
            and all(key in fields and fields[key].fits(item) for key, item in value.items())
        )

    return Field(
        fits,
        {
            "type": "object",
            "additionalProperties": False,
            "required": list(required),
            "properties": {key: {**field.schema, "description": field.meaning} for key, field in fields.items()},
        },
        meaning,
    )


def _list(item: Field, limit: int, meaning: str) -> Field:
    return Field(
        lambda value: type(value) is list and len(value) <= limit and all(map(item.fits, value)),
        {"type": "array", "maxItems": limit, "items": dict(item.schema)},
        meaning,
    )


_YES_OR_NO = {"type": "boolean"}
_ID = r"[A-Za-z0-9_-]{8,64}"
_SLUG = r"[a-z0-9][a-z0-9_-]{0,39}"
_DAY = (  # every day of the calendar from 2000 to 2099, and no other
    r"(?:20[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|20(?:[02468][048]|[13579][26])-02-29)"
)
_TIME = _DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
DWELL_SECONDS = (0, 10, 30, 60, 180)

_page = _text(256, "Address of a page relative to the site's root, such as `faq/orders/cancel-my-order/`.")

FIELDS: dict[str, Field] = {
    "event_id": _matching(_ID, "Made once in the page for this action; the same id is counted once."),
    "timestamp": _matching(_TIME, "When it happened by the reader's clock: UTC, milliseconds, `Z`."),
    "age_ms": _whole(
        0, 604_800_000, "Milliseconds between the action and its sending; a server's clock less this is the true time."
    ),
    "action_name": _one_of(tuple(action.value for action in Action), "What was done."),
    "session_id": _matching(
        _ID, "Random, held in page memory for one visit; left out under Global Privacy Control or Do Not Track."
    ),
    "application": _matching(
        _SLUG,
        "Where on the site: `search-box`, `results-page`, `assistant`, `article`, `home`, `contact-form`, `embed`.",
    ),
    "page": _text(256, "Address of the page it happened on, relative to the site's root; of the article for a `view`."),
    "locale": _matching(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", "Language of the page, such as `en`."),
    "audience": _matching(_SLUG, "Audience of the page or view, such as `b2c`; left out when it is for everyone."),
    "arm": _one_of(
        ("suggestions", "holdout"), "Whether this visit's contact form shows suggestions; on form events only."
    ),
    "experiment": _matching(
        _SLUG, "Experiment in which the list was drafted from two rankings; on a `query` and its clicks."
    ),
    "team": _one_of(
        ("present", "other"), "Ranking that drafted the clicked result; left out for what both rankings begin with."
    ),
    "index_hash": _matching(r"[0-9a-f]{6,64}", "Hash in the name of the search files that answered."),
    "build": _matching(r"[0-9a-f]{6,64}", "Commit or hash of the published content."),
    "query_id": _matching(_ID, "One a committed query; paging and filters keep it."),
    "user_query": _text(MAX_QUERY, "The committed query as typed, personal data already replaced by markers."),
    "query_response_hit_ids": _list(_page, MAX_HITS, "Pages shown, best first; empty when nothing was found."),
    "query_attributes": _object(
        {
            "result_count": _whole(0, 10_000_000, "How many pages were found."),
            "committed_by": _one_of(("click", "enter", "close", "pause"), "What made it a committed query."),
            "prefixes": _whole(0, 10_000, "Searches run while it was being typed."),
        },
        ("result_count",),
        "About a query.",
    ),
    "event_attributes": _object(
        {
            "object": _object(
                {
                    "object_id": _text(256, "Page that was clicked, relative to the site's root."),
                    "object_id_type": _one_of(("article",), "Always `article`."),
                },
                ("object_id",),
                "What was clicked.",
            ),
            "position": _object(
                {"ordinal": _whole(1, 1000, "Place in the list, 1 is first; for an `impression` the last place seen.")},
                ("ordinal",),
                "Where it was.",
            ),
        },
        ("position",),
        "What was clicked and where in the list; UBI wants a position whenever this stands.",
    ),
    "dwell_seconds": _one_of(
        DWELL_SECONDS, "Reading time of a `view` in visible seconds, the lower end of its bucket."
    ),
    "helpful": Field(lambda value: type(value) is bool, _YES_OR_NO, "The vote of a `feedback`."),
    "reason": _matching(_SLUG, "Code of the reason chosen with a vote, such as `outdated`."),
    "message": _text(MAX_MESSAGE, "Comment written with a vote, personal data already replaced by markers."),
    "form_token": _matching(
        _ID, "One-time token of one contact form; the only thing a ticket may be joined by. On form events."
    ),
    "channel": _matching(_SLUG, "`id` of the channel in contact.yml."),
    "looked_first": Field(
        lambda value: type(value) is bool, _YES_OR_NO, "Answer to `did you look in the help center first?`."
    ),
}

REQUIRED: dict[Action, tuple[str, ...]] = {
    Action.QUERY: ("query_id", "user_query", "query_response_hit_ids", "query_attributes"),
    Action.IMPRESSION: ("query_id", "event_attributes"),
    Action.CLICK: ("query_id", "event_attributes"),
    Action.VIEW: ("page", "dwell_seconds"),
    Action.FEEDBACK: ("page", "helpful"),
    Action.SUGGESTION_SHOWN: ("query_response_hit_ids",),
    Action.SUGGESTION_CLICK: ("event_attributes",),
    Action.SUGGESTION_SOLVED: (),
    Action.CONTACT_START: (),
    Action.CONTACT_SUBMIT: (),
    Action.CONTACT_CHANNEL_CLICK: ("channel",),
}
_ALWAYS = ("event_id", "timestamp", "action_name")
REQUIRED_FIELDS = {action.value: (*_ALWAYS, *fields) for action, fields in REQUIRED.items()}
"""The fields without which an event of an action says nothing."""
WITH_OBJECT = frozenset({Action.CLICK.value, Action.SUGGESTION_CLICK.value})
"""Actions on something: their ``event_attributes`` need an ``object``."""
_FITS = {name: field.fits for name, field in FIELDS.items()}


def fault(event: Any) -> tuple[Fault, str] | None:
    """Say what is wrong with an event; None when it may be kept.

    Args:
        event: Any parsed JSON value.

    Returns:
        The first fault found and the name of the field, cut at 64 characters; the value itself is never repeated,
        because it may be personal.
    """
    if type(event) is not dict:
        return Fault.NOT_AN_EVENT, type(event).__name__
    for name, value in event.items():
        fits = _FITS.get(name)
        if fits is None:
            return Fault.UNKNOWN_FIELD, name[:64]
        if not fits(value):
            return Fault.WRONG_VALUE, name
    missing = _missing(event)
    return (Fault.MISSING_FIELD, missing) if missing else None


def _missing(event: dict[str, Any]) -> str | None:
    """Return the first field that an event of its action needs and has not."""
    action = event.get("action_name")
    if action is None:
        return "action_name"
    for name in REQUIRED_FIELDS[action]:
        if name not in event:
            return name
    if action in WITH_OBJECT and "object" not in event["event_attributes"]:
        return "event_attributes.object"
    return None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one event, as published for those who send events of their own."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kb_builder event",
        "description": "A UBI 1.3.0 event; with action_name query also a UBI 1.3.0 query.",
        "type": "object",
        "additionalProperties": False,
        "required": list(_ALWAYS),
        "properties": {name: {**field.schema, "description": field.meaning} for name, field in FIELDS.items()},
        "allOf": [
            {
                "if": {"properties": {"action_name": {"const": action.value}}},
                "then": {"required": list(fields), **_with_object(action)},
            }
            for action, fields in REQUIRED.items()
            if fields
        ],
    }


def _with_object(action: Action) -> dict[str, Any]:
    return {"properties": {"event_attributes": {"required": ["object"]}}} if action in WITH_OBJECT else {}
