"""Read User Behavior Insights 1.2.0 and 1.3.0: queries and events as lines, as an array, or as OpenSearch answers.

Source: https://github.com/o19s/ubi , schema folders 1.2.0 and 1.3.0. What others write is taken as far as it has a
meaning here: a click without a position, or a query whose number of results is not told, is dropped with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kb_builder.analytics.events import MAX_HITS, Action
from kb_builder.analytics.imports.line import (
    Line,
    Options,
    accept,
    as_id,
    dwell_bucket,
    identifier,
    page_of,
    parse_time,
)

_SAME_FIELDS = (
    *("application", "locale", "audience", "arm", "experiment", "team", "index_hash", "build"),
    *("reason", "message", "channel", "helpful", "looked_first", "age_ms"),
)
_ACTIONS = {action.value: action.value for action in Action} | {"click_through": "click", "search": "query"}


def read_ubi(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read one record a line."""
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            yield Line(number)
            continue
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            yield Line(number, dropped=("not_json",))
            continue
        yield _record(number, value, options)


def read_ubi_array(chunks: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read one JSON document: an array of records, or what OpenSearch answers to a search."""
    try:
        value = json.loads(b"".join(chunks))
        records = value["hits"]["hits"] if isinstance(value, dict) else value
    except (ValueError, RecursionError, KeyError, TypeError):
        records = None
    if not isinstance(records, list):
        yield Line(1, dropped=("not_json",))
        return
    for number, record in enumerate(records, start=1):
        yield _record(number, record, options)


def _record(number: int, value: Any, options: Options) -> Line:
    if isinstance(value, dict) and isinstance(value.get("_source"), dict):
        value = value["_source"]
    if not isinstance(value, dict) or not ("action_name" in value or "user_query" in value):
        return Line(number, dropped=("not_an_event",))
    action = _ACTIONS.get(str(value.get("action_name", "query")))
    if action is None:
        return Line(number, dropped=("other_action",))
    time = parse_time(value.get("timestamp"), options.time_zone)
    if time is None:
        return Line(number, dropped=("not_a_time",))
    event: dict[str, Any] = {name: value[name] for name in _SAME_FIELDS if value.get(name) not in (None, "")}
    event |= {"timestamp": time, "action_name": action}
    event |= _ids(value, time)
    attributes = value.get("event_attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    clicked = _object_id(attributes)
    if action == "query":
        event |= _query(value)
    if page := value.get("page") or (clicked if action == "view" else ""):
        event["page"] = page_of(str(page))
    if action == "view":
        event["dwell_seconds"] = dwell_bucket(_number(value.get("dwell_seconds")))
    if action in ("click", "impression", "suggestion_click") and (position := _ordinal(attributes)):
        event["event_attributes"] = {"position": {"ordinal": position}}
        if clicked:
            event["event_attributes"]["object"] = {"object_id": page_of(clicked)}
    if action == "suggestion_shown":
        event["query_response_hit_ids"] = _hits(value) or []
    return accept(number, event, options, received=time)


def _ids(value: dict[str, Any], time: str) -> dict[str, str]:
    ids = {
        "event_id": as_id(value.get("event_id")) or identifier("ubi", time, value),
        "query_id": as_id(value.get("query_id")),
        "session_id": as_id(value.get("session_id")) or _client(value.get("client_id")),
        "form_token": as_id(value.get("form_token")),
    }
    return {name: found for name, found in ids.items() if found}


def _client(value: Any) -> str | None:
    """Tell visits apart by the client when there is no session; who it is, is not kept."""
    return identifier("client", value) if value else None


def _query(value: dict[str, Any]) -> dict[str, Any]:
    attributes = value.get("query_attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    hits = _hits(value)
    count = attributes.get("result_count", None if hits is None else len(hits))
    about = {
        "result_count": count,
        "committed_by": attributes.get("committed_by"),
        "prefixes": attributes.get("prefixes"),
    }
    found: dict[str, Any] = {"user_query": str(value.get("user_query") or ""), "query_response_hit_ids": hits or []}
    if count is not None:
        found["query_attributes"] = {name: item for name, item in about.items() if item is not None}
    if not value.get("query_id"):
        found["query_id"] = identifier("query", value)
    return found


def _hits(value: dict[str, Any]) -> list[str] | None:
    hits = value.get("query_response_hit_ids")
    return [page_of(str(hit)) for hit in hits[:MAX_HITS]] if isinstance(hits, list) else None


def _object_id(attributes: dict[str, Any]) -> str:
    found = attributes.get("object")
    return str(found.get("object_id") or "") if isinstance(found, dict) else ""


def _ordinal(attributes: dict[str, Any]) -> int | None:
    """Return the place in the list: a number in 1.3.0 and in OpenSearch, an object with ``index`` in 1.2.0."""
    position = attributes.get("position")
    ordinal = position.get("ordinal") if isinstance(position, dict) else None
    if isinstance(ordinal, dict):
        ordinal = ordinal.get("index")
    return ordinal if type(ordinal) is int else None


def _number(value: Any) -> float:
    return float(value) if type(value) in (int, float) else 0.0
