"""A vote as a plain HTML form posts it in, the event that it is out. Pure: no disk, no clock."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from kb_builder.analytics.events import Fault

FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
_TAKEN = ("page", "locale", "audience", "reason", "message")  # as the event names them; the rest of a form is left


def parse_vote(body: bytes, *, event_id: str, timestamp: str) -> tuple[dict[str, Any] | Fault, str | None]:
    """Return the event of a vote, yet to be checked like any other, and where the form wants its reader to go.

    A script, which leads nobody anywhere, wants nothing (None); a form may say nothing of where (empty).

    Args:
        body: Of the form on article pages, which says ``helpful=yes`` or ``no``.
        event_id: For the event; a page without script has none to give.
        timestamp: When it came, as events write it.
    """
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Fault.NOT_AN_EVENT, None
    given = {name: values[0].strip() for name, values in fields.items() if len(values) == 1}
    if given.get("helpful") not in ("yes", "no"):
        return Fault.NOT_AN_EVENT, None
    event: dict[str, Any] = {
        "event_id": event_id,
        "timestamp": timestamp,
        "action_name": "feedback",
        "application": "article",
        "helpful": given["helpful"] == "yes",
    }
    return event | {name: given[name] for name in _TAKEN if given.get(name)}, given.get("thanks")


def thanks_address(wanted: str, origin: str) -> str:
    """Return where to send a reader after a vote: the wanted page if it is one of the site that asked, else its root.

    Args:
        wanted: As the form says; anything.
        origin: Of the page with the form, one of those that may send.
    """
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return f"{origin}/"
    is_own = f"{parts.scheme}://{parts.netloc}".lower() == origin
    return origin + quote(parts.path or "/", safe="/%") if is_own and parts.path.startswith("/") else f"{origin}/"
