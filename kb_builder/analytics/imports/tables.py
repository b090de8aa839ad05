"""Read exports that are tables: tickets of Zendesk, Freshdesk and Intercom (CSV or JSON), and Plausible's pages (CSV).

A ticket is joined to a visit by the one-time token of the form it came from, and by nothing else: names, addresses and
texts of tickets are not even read. A ticket without a token counts as a contact of its day.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kb_builder.analytics.imports.line import (
    MAX_LINE_BYTES,
    Imported,
    Line,
    Options,
    as_id,
    identifier,
    page_of,
    parse_time,
)

# Column or key of each product, most specific first: id, time of creation, channel.
TICKET_COLUMNS = {
    "id": ("ticket id", "conversation id", "conversation_id", "id", "#"),
    "created": (
        "created at",
        "created time",
        "created_at",
        "requested",
        "conversation started at (utc)",
        "conversation started at",
        "started at",
    ),
    "channel": ("channel", "via", "source", "initial channel"),
}
_PLAUSIBLE = {"date", "page", "pageviews"}
_WRAPPERS = ("tickets", "conversations", "results", "data")


def is_ticket_table(header: Iterable[str]) -> bool:
    """Say whether columns are those of tickets: an id and a time of creation."""
    names = {name.strip().lower() for name in header}
    return all(names & set(TICKET_COLUMNS[field]) for field in ("id", "created"))


def is_plausible_table(header: Iterable[str]) -> bool:
    """Say whether columns are those of Plausible's table of pages."""
    return {name.strip().lower() for name in header} >= _PLAUSIBLE


def read_ticket_csv(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read tickets from a CSV file with a header."""
    for number, row in _rows(lines):
        yield Line(number) if row is None else _ticket(number, row, options)


def read_ticket_json(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read tickets from JSON: a list, an object that holds one (``tickets``), or one object a line."""
    data = b"".join(lines)
    try:
        tickets = json.loads(data)
    except (ValueError, RecursionError):
        yield from _ticket_lines(data, options)
        return
    if isinstance(tickets, dict):
        tickets = next((tickets[name] for name in _WRAPPERS if isinstance(tickets.get(name), list)), [tickets])
    for number, ticket in enumerate(tickets if isinstance(tickets, list) else [tickets], start=1):
        yield _ticket(number, ticket, options)


def read_plausible(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read page views a day; without visits, they are totals for comparison and join no figure of visits."""
    for number, row in _rows(lines):
        if row is None:
            yield Line(number)
            continue
        time = parse_time(row.get("date"), options.time_zone)
        views = str(row.get("pageviews", ""))
        if time is None:
            yield Line(number, dropped=("not_a_time",))
        elif not re.fullmatch(r"\d{1,12}", views, re.ASCII):
            yield Line(number, dropped=("wrong_value",))
        else:
            page = page_of(str(row.get("page", "")))
            event = {
                "event_id": identifier("plausible", time, page, row.get("hostname")),
                "timestamp": time,
                "action_name": "total",
                "page": page,
                "count": int(views),
            }
            yield Line(number, (Imported(event, time),))


def _ticket_lines(data: bytes, options: Options) -> Iterator[Line]:
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _ticket(number, json.loads(line), options)
        except (ValueError, RecursionError):
            yield Line(number, dropped=("not_json",))


def _ticket(number: int, ticket: Any, options: Options) -> Line:
    if not isinstance(ticket, dict):
        return Line(number, dropped=("not_an_event",))
    row = {str(key).strip().lower(): value for key, value in ticket.items()}
    name = _first(row, "id")
    time = parse_time(_first(row, "created"), options.time_zone)
    if name in (None, ""):
        return Line(number, dropped=("missing_field",))
    if time is None:
        return Line(number, dropped=("not_a_time",))
    event = {"event_id": identifier("ticket", name), "timestamp": time, "action_name": "ticket"}
    if token := as_id(_token(row, options.token_field.lower())):
        event["form_token"] = token
    if channel := _channel(_first(row, "channel")):
        event["channel"] = channel
    return Line(number, (Imported(event, time),))


def _first(row: dict[str, Any], field: str) -> Any:
    return next((row[name] for name in TICKET_COLUMNS[field] if row.get(name) not in (None, "")), None)


def _token(row: dict[str, Any], field: str) -> Any:
    """Find the token: a column of that name, or a custom field of that name or number, as each product nests them."""
    if row.get(field):
        return row[field]
    for name in ("custom_fields", "custom_attributes", "fields"):
        inner = row.get(name)
        if isinstance(inner, dict):
            for key, value in inner.items():
                if str(key).lower() in (field, f"cf_{field}"):
                    return value
        for item in inner if isinstance(inner, list) else ():
            if isinstance(item, dict) and field in (str(item.get("id")).lower(), str(item.get("name")).lower()):
                return item.get("value")
    return None


def _channel(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("channel") or value.get("type")
    return re.sub(r"[^a-z0-9]+", "-", str(value or "").lower()).strip("-")[:40]


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield rows by column name, all lower case; None stands for the header."""
    csv.field_size_limit(MAX_LINE_BYTES)
    reader = csv.reader(line.decode("utf-8", "replace").removeprefix("\ufeff") for line in lines)
    header: list[str] | None = None
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, {}
            continue
        if header is None:
            header = [name.strip().lower() for name in row]
            yield reader.line_num, None
        elif row:
            yield reader.line_num, dict(zip(header, row, strict=False))
