"""Read visits as Matomo exports them (Live.getLastVisitsDetails as JSON): page views and site searches.

Source: https://developer.matomo.org/api-reference/reporting-api . Clicks on results are not recorded by Matomo, so
figures that need them have no data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kb_builder.analytics.imports.line import Line, Options, accept, dwell_bucket, identifier, page_of, parse_time


def read_matomo(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read the whole list of visits; every action of a visit counts as a line."""
    try:
        visits = json.loads(b"".join(lines))
    except (ValueError, RecursionError):
        yield Line(1, dropped=("not_json",))
        return
    number = 0
    for visit in visits if isinstance(visits, list) else [visits]:
        actions = visit.get("actionDetails") if isinstance(visit, dict) else None
        if not isinstance(actions, list):
            number += 1
            yield Line(number, dropped=("not_an_event",))
            continue
        for place, action in enumerate(actions):
            number += 1
            yield _action(number, visit, place, action, options)


def _action(number: int, visit: dict[str, Any], place: int, action: Any, options: Options) -> Line:
    if not isinstance(action, dict):
        return Line(number, dropped=("not_an_event",))
    kind = action.get("type")
    if kind not in ("action", "search"):
        return Line(number, dropped=("other_action",))
    time = parse_time(action.get("timestamp"), options.time_zone)
    if time is None:
        return Line(number, dropped=("not_a_time",))
    name = (visit.get("idSite"), visit.get("idVisit"))
    event: dict[str, Any] = {
        "event_id": identifier("matomo", *name, place, time, kind),
        "timestamp": time,
        "session_id": identifier("matomo", *name),
    }
    if kind == "action":
        event |= {
            "action_name": "view",
            "page": page_of(str(action.get("url") or "")),
            "dwell_seconds": dwell_bucket(_seconds(action.get("timeSpent"))),
        }
    else:
        found = action.get("siteSearchCount")
        if found in (None, "", False):
            return Line(number, dropped=("missing_field",))  # nobody knows whether anything was found
        event |= {
            "action_name": "query",
            "query_id": event["event_id"],
            "user_query": str(action.get("siteSearchKeyword") or ""),
            "query_response_hit_ids": [],
            "query_attributes": {"result_count": int(_seconds(found)), "committed_by": "enter"},
        }
    return accept(number, event, options, received=time)


def _seconds(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
