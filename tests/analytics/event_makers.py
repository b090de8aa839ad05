"""Small makers of valid events for the tests of the analytics."""

from __future__ import annotations

from typing import Any

REQUIRED_BY_ACTION: dict[str, dict[str, Any]] = {
    "query": {
        "query_id": "query-0001",
        "user_query": "cancel my order",
        "query_response_hit_ids": ["faq/orders/cancel/"],
        "query_attributes": {"result_count": 1},
    },
    "impression": {"query_id": "query-0001", "event_attributes": {"position": {"ordinal": 3}}},
    "click": {
        "query_id": "query-0001",
        "event_attributes": {
            "object": {"object_id": "faq/orders/cancel/", "object_id_type": "article"},
            "position": {"ordinal": 1},
        },
    },
    "view": {"page": "faq/orders/cancel/", "dwell_seconds": 30},
    "feedback": {"page": "faq/orders/cancel/", "helpful": False, "reason": "outdated"},
    "suggestion_shown": {"query_response_hit_ids": ["faq/orders/cancel/"], "form_token": "token-0001"},
    "suggestion_click": {
        "event_attributes": {"object": {"object_id": "faq/orders/cancel/"}, "position": {"ordinal": 1}},
        "form_token": "token-0001",
    },
    "suggestion_solved": {"form_token": "token-0001"},
    "contact_start": {"form_token": "token-0001", "arm": "suggestions"},
    "contact_submit": {"form_token": "token-0001", "looked_first": True},
    "contact_channel_click": {"channel": "phone"},
}


def make_event(action: str = "view", *, at: str = "2026-03-01T10:00:00.000Z", **fields: Any) -> dict[str, Any]:
    """Return a valid event; a field given as None is left out."""
    event = {
        "event_id": f"event-{action}",
        "timestamp": at,
        "action_name": str(action),
        "session_id": "session-1",
        "locale": "en",
        **REQUIRED_BY_ACTION[action],
        **fields,
    }
    return {name: value for name, value in event.items() if value is not None}
