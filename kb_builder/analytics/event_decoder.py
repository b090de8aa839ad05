"""JSON of events in, checked events out, in compiled code: what `events.fault` says, far sooner, but not why.

The only room that imports msgspec. An event is a struct with an attribute for each of `FIELDS`; what it does not say is
an empty text or `UNSET`, and is left out when it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, Literal, Union

import msgspec

from kb_builder.analytics.events import FIELDS, MAX_EVENTS, REQUIRED_FIELDS, WITH_OBJECT, Action

UNSET = msgspec.UNSET

_encoder = msgspec.json.Encoder()
_SHAPED = tuple(name for name, field in FIELDS.items() if "pattern" in field.schema)
_shaped_texts = attrgetter(*_SHAPED)
_recorded_texts = attrgetter("received", *(f"event.{name}" for name in _SHAPED))
# One expression for all fields of an event that have a pattern: a call for each would take three times as long.
_shapes = "\n".join(f"(?:{FIELDS[name].schema['pattern'][1:-1]}|)" for name in _SHAPED)
_recorded_shapes = f"{FIELDS['timestamp'].schema['pattern'][1:-1]}\n{_shapes}"
_have_shapes = re.compile(f"{_shapes}(?:\n{_shapes})*+", re.ASCII).fullmatch
_records_have_shapes = re.compile(f"{_recorded_shapes}(?:\n{_recorded_shapes})*+", re.ASCII).fullmatch
_PLAIN = {"string": str, "integer": int, "boolean": bool}
_LIMITS = {"maxLength": "max_length", "maxItems": "max_length", "minimum": "ge", "maximum": "le"}


def _type(name: str, schema: Mapping[str, Any]) -> Any:
    """Turn the JSON Schema of a field into the same type, but for the pattern of a text."""
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "pattern" in schema:
        return Annotated[str, msgspec.Meta(min_length=1)]
    if schema["type"] == "object":
        return _struct(name, schema["properties"], schema["required"])
    limits = {ours: schema[theirs] for theirs, ours in _LIMITS.items() if theirs in schema}
    # Types made at run time are more than mypy can follow.
    kind: Any = list[_type(name, schema["items"])] if schema["type"] == "array" else _PLAIN[schema["type"]]  # type: ignore[misc]
    return Annotated[kind, msgspec.Meta(**limits)]


def _struct(name: str, properties: Mapping[str, Any], required: Any, action: str | None = None) -> Any:
    fields: list[Any] = []
    for field in sorted(properties, key=lambda field: field not in required):
        kind = _type(field, properties[field])
        if field in required:
            fields.append((field, kind))
        elif "pattern" in properties[field]:
            fields.append((field, kind, ""))
        else:
            fields.append((field, Union[kind, msgspec.UnsetType], UNSET))  # noqa: UP007  # of values
    tag = None if action is None else "action_name"
    return msgspec.defstruct(
        name, fields, tag_field=tag, tag=action, forbid_unknown_fields=True, omit_defaults=True, gc=False
    )


def _event(action: Action) -> Any:
    properties = {name: dict(field.schema) for name, field in FIELDS.items() if name != "action_name"}
    if action in WITH_OBJECT:
        properties["event_attributes"] |= {"required": ["position", "object"]}
    required = set(REQUIRED_FIELDS[action]) - {"action_name"}
    return _struct(f"event_{action}", properties, required, action.value)


Event: Any = Union[tuple(map(_event, Action))]  # noqa: UP007  # made here
Record: Any = msgspec.defstruct(
    "Record",
    [("received", str), ("source", str), ("event", Event), ("visit", str, ""), ("bot", str, "")],
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
)
_SeveralEvents: Any = Annotated[list[Event], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)]
_body = msgspec.json.Decoder(_SeveralEvents | Event)
_records = msgspec.json.Decoder(list[Record])


def decode_events(body: bytes) -> list[Any]:
    """Return the events of a request's body, one or an array of them.

    Raises:
        ValueError: It is something else, or one of them is none; see `decode_values` and `fault`.
    """
    value = _body.decode(body)
    events = value if type(value) is list else [value]
    texts = "\n".join(map("\n".join, map(_shaped_texts, events)))
    are_lines = texts.count("\n") + 1 == len(events) * len(_SHAPED)  # else one text may pass for several
    if not (are_lines and _have_shapes(texts)):
        raise ValueError("a text of another shape")
    return events


def decode_values(data: bytes) -> Any:
    """Return whatever JSON holds.

    Raises:
        ValueError: It is no JSON, or nested too deeply.
    """
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode_records(records: Sequence[bytes]) -> list[Any]:
    """Return records of a segment with their events, as `kb collect` writes them.

    Raises:
        ValueError: One is none, or is written in more words than are needed: twice the same field, say.
    """
    data = b"[%b]" % b",".join(records)
    found: list[Any] = _records.decode(data)
    texts = "\n".join(map("\n".join, map(_recorded_texts, found)))
    are_lines = texts.count("\n") + 1 == len(found) * (1 + len(_SHAPED))  # else one text may pass for several
    is_same = len(_encoder.encode(found)) == len(data) and len(found) == len(records)
    if not (are_lines and is_same and _records_have_shapes(texts)):
        raise ValueError("not as it is written")
    return found


def as_event(values: dict[str, Any]) -> Any:
    """Return the event of values in which `fault` finds nothing wrong."""
    return msgspec.convert(values, Event)


def as_values(event: Any) -> dict[str, Any]:
    """Return what an event says, as JSON knows it."""
    values: dict[str, Any] = msgspec.to_builtins(event)
    return values


def encode_events(events: Sequence[Any]) -> list[bytes]:
    """Return each event as one line of JSON."""
    return _encoder.encode_lines(events).split(b"\n")[:-1]
