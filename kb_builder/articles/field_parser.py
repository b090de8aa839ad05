"""Text values of a file in; a typed model and issues out, each at its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from kb_builder.articles.codes import issue
from kb_builder.articles.front_matter import Lines, describe
from kb_builder.articles.schema import FIELDS_BY_KIND
from kb_builder.issues import Fix, Issue

M = TypeVar("M", bound=BaseModel)

_NEAR = 75  # similarity in percent from which a key is taken for a misspelling
_SYNONYMS = {"description": "summary"}


def parse_fields(
    model: type[M], values: Mapping[str, Any], lines: Lines, path: str
) -> tuple[M | None, tuple[Issue, ...]]:
    """Turn text values into a typed model.

    Args:
        model: One of the models of this module.
        values: Keys and text values. A key without a value counts as not given.
        lines: Line of each key by dotted name.
        path: Content path, for messages.

    Returns:
        The model and the issues, all of them. A key with a wrong value is an error and takes its default; None is
        returned only when a key that has no default is missing or wrong.
    """
    given = _given(values)
    issues = list(_unknown_key_issues(model, values, lines, path))
    try:
        return model.model_validate(given), tuple(issues)
    except ValidationError as error:
        faults = error.errors()
    issues.extend(_fault_issue(model, fault, lines, path) for fault in faults)
    wrong = {str(fault["loc"][0]) for fault in faults}
    try:
        return model.model_validate({key: value for key, value in given.items() if key not in wrong}), tuple(issues)
    except ValidationError:
        return None, tuple(issues)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out keys and list items without a value, and give synonyms their proper name."""
    given: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            given[key] = _given(value)
        elif isinstance(value, list):
            given[key] = [_given(item) if isinstance(item, dict) else item for item in value if item != ""]
        else:
            given[key] = value
    given = {key: value for key, value in given.items() if value not in ("", [], {})}
    for synonym, name in _SYNONYMS.items():
        if name not in given and synonym in given:
            given[name] = given[synonym]
    return given


def _unknown_key_issues(model: type[BaseModel], values: Mapping[str, Any], lines: Lines, path: str) -> Iterator[Issue]:
    strangers: list[str] = []
    for name, key, owner in _unknown_keys(model, values, ""):
        line = _line(name, lines)
        if kinds := [kind for kind, fields in FIELDS_BY_KIND.items() if key in fields.model_fields and "." not in name]:
            yield issue("KB125", path, line, f"'{key}' belongs to {' and '.join(kinds)} articles; this is not one")
        elif near := process.extractOne(key.lower(), list(owner.model_fields), scorer=fuzz.ratio, score_cutoff=_NEAR):
            fix = Fix(f"{key}:", f"{near[0]}:", literal=True)
            yield issue("KB122", path, line, f"unknown key '{name}'", f"did you mean '{near[0]}'?", fix)
        else:
            strangers.append(name)
    if strangers:
        listed = ", ".join(repr(name) for name in sorted(strangers))
        yield issue("KB123", path, _line(strangers[0], lines), f"ignored {listed}: not keys of this help center")


def _unknown_keys(
    model: type[BaseModel], values: Mapping[str, Any], trail: str
) -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Yield dotted name, key and the model that should have it, for every key that no model has."""
    for key, value in values.items():
        name = f"{trail}{key}"
        if key not in model.model_fields:
            if _SYNONYMS.get(key) not in model.model_fields:
                yield name, key, model
        elif inner := _model_inside(model.model_fields[key].annotation):
            for position, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    yield from _unknown_keys(
                        inner, item, f"{name}.{position}." if isinstance(value, list) else f"{name}."
                    )


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    """Find the model in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_inside(part))), None)


def _fault_issue(model: type[BaseModel], fault: ErrorDetails, lines: Lines, path: str) -> Issue:
    name = ".".join(str(part) for part in fault["loc"])
    line, hint = _line(name, lines), _description(model, fault["loc"])
    if fault["type"] == "missing":
        return issue("KB124", path, line, f"'{name}' is missing", hint)
    if fault["type"] == "date":
        return issue("KB121", path, line, f"'{name}' {fault['msg']}")
    if fault["type"] == "value":
        return issue("KB120", path, line, f"'{name}' {fault['msg']}", hint)
    found = fault["input"]
    shown = repr(found) if isinstance(found, str | int | float) else describe(found)
    return issue("KB120", path, line, f"'{name}': {shown}: {fault['msg'][:1].lower()}{fault['msg'][1:]}", hint)


def _line(name: str, lines: Lines) -> int:
    """Return the line of the longest known part of a dotted name; 0 when not even its first part has one."""
    while name not in lines and "." in name:
        name = name.rpartition(".")[0]
    return lines.get(name, 0)


def _description(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Return what the schema says about the key at a location, or an empty string."""
    owner: type[BaseModel] | None = model
    text = ""
    for part in location:
        if isinstance(part, str) and owner and part in owner.model_fields:
            text = owner.model_fields[part].description or ""
            owner = _model_inside(owner.model_fields[part].annotation)
    return text
