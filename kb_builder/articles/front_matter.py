"""Front matter in, text values out: YAML read without its guesses, its references and its tags.

The only module of this room that knows PyYAML. Values are ``str``, ``list`` and ``dict`` only: ``title: no`` stays
``"no"`` and ``version: 1.10`` stays ``"1.10"``; what they mean is decided by the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue

Value = str | list[Any] | dict[str, Any]
Lines = dict[str, int]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel carries it: ten times faster
_MAX_DEPTH = 20
_MAX_CHARACTERS = 100_000
_FENCE = re.compile(r"---[ \t]*")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"""["']?[A-Za-z_][\w -]*["']?[ \t]*:(?:\s|$)""")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*+")
# YAML can spell any code point as an escape: "\0", "\ud800".
_REFUSED_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAB_INDENT = re.compile(r"^ *\t[ \t]*\S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A content file cut in two.

    Attributes:
        values: Keys and text values; empty when there is no front matter or it could not be read.
        lines: Line of the file for every key, list item (``tags.0``) and nested key (``search.boost``).
        body: Everything after the front matter, without leading blank lines.
        body_line: Line of the file on which ``body`` starts.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: Lines = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    issues: tuple[Issue, ...] = ()


def split_front_matter(text: str, path: str) -> FrontMatter:
    """Cut a content file into front matter and body.

    Args:
        text: The file, with ``\\n`` line ends. Front matter stands between a first line ``---`` and the next line
            ``---`` or ``...``; blank lines before it are forgiven.
        path: Content path, for messages.

    Returns:
        The parts. A file without front matter is all body. Front matter with any problem gives no values.
    """
    start = len(text) - len(text.lstrip("\n"))
    first_line = text[start:].partition("\n")[0]
    if not _FENCE.fullmatch(first_line):
        return _with_body(text, 0)
    inside = start + len(first_line) + 1
    closing = _CLOSING.search(text, inside)
    if closing is None:
        if not _KEY_LINE.match(text[inside:].lstrip("\n")):
            return _with_body(text, 0)  # a rule, not front matter
        line = text.count("\n", 0, start) + 1
        found = issue("KB110", path, line, "front matter opens with '---' and is not closed")
        return FrontMatter(body_line=line, issues=(found,))
    body = _with_body(text, closing.end() + 1)
    values, issues, lines = read_yaml(text[inside : closing.start()], path, first_line=text.count("\n", 0, inside) + 1)
    if not issues and values != "" and not isinstance(values, dict):
        message = f"front matter must be keys and values; this is {describe(values)}"
        issues = (issue("KB116", path, text.count("\n", 0, inside) + 1, message),)
    return FrontMatter(values if isinstance(values, dict) else {}, lines, body.body, body.body_line, issues)


def read_yaml(
    text: str, path: str, *, first_line: int = 1, most_characters: int = _MAX_CHARACTERS
) -> tuple[Value, tuple[Issue, ...], Lines]:
    """Read one YAML document with every scalar as text.

    Args:
        text: The document.
        path: For messages.
        first_line: Line of the file on which ``text`` starts.
        most_characters: A longer document is a problem.

    Returns:
        The value (an empty string when there is none or something is wrong), the first problem if there is one, and
        the line of every key and item by its dotted name. Anchors, aliases, tags, duplicate keys, keys that are not
        text, tabs as indentation, a second document and more than 20 levels are problems.
    """
    if len(text) > most_characters:
        message = f"{len(text)} characters of YAML; the limit is {most_characters}"
        return "", (issue("KB116", path, first_line, message),), {}
    if tab := _TAB_INDENT.search(text):
        line = first_line + text.count("\n", 0, tab.start())
        return "", (issue("KB115", path, line, "a tab indents this line"),), {}
    builder = _Builder(yaml.parse(text, Loader=_LOADER), first_line)
    try:
        return builder.document(), (), builder.lines
    except _Refused as refused:
        return "", (issue(refused.code, path, refused.line, refused.message),), {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        context = f"{error.context}: " if error.context else ""
        return "", (issue("KB111", path, line, f"not valid YAML: {context}{error.problem}"),), {}
    except yaml.YAMLError as error:
        return "", (issue("KB111", path, first_line, f"not valid YAML: {str(error).splitlines()[0]}"),), {}


def describe(value: Value) -> str:
    """Name the shape of a value for a message."""
    if isinstance(value, dict):
        return "a group of keys"
    return "a list" if isinstance(value, list) else f"the text {value[:60]!r}"


def _with_body(text: str, start: int) -> FrontMatter:
    blank_lines = _BLANK_LINES.match(text, start)
    start = blank_lines.end() if blank_lines else start
    return FrontMatter(body=text[start:], body_line=text.count("\n", 0, start) + 1)


class _Refused(Exception):
    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.code, self.line, self.message = code, line, message


class _Builder:
    """Build plain values from YAML's event stream, which neither resolves aliases nor constructs objects."""

    def __init__(self, events: Iterator[Any], first_line: int) -> None:
        self.lines: Lines = {}
        self._events = events
        self._first_line = first_line

    def document(self) -> Value:
        next(self._events)  # stream start
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return ""
        value = self._value(next(self._events), "", 0)
        next(self._events)  # document end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Refused("KB116", self._line(after), "a second YAML document starts here")
        return value

    def _line(self, event: Any) -> int:
        return self._first_line + int(event.start_mark.line)

    def _value(self, event: Any, name: str, depth: int) -> Value:
        self._refuse_references(event)
        if depth > _MAX_DEPTH:
            raise _Refused("KB116", self._line(event), f"values are nested more than {_MAX_DEPTH} deep")
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event)
        return self._list(name, depth) if isinstance(event, yaml.SequenceStartEvent) else self._group(name, depth)

    def _text(self, event: Any) -> str:
        if match := _REFUSED_TEXT.search(event.value):
            raise _Refused("KB102", self._line(event), f"control character U+{ord(match.group()):04X} in a value")
        return str(event.value)

    def _refuse_references(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _Refused("KB113", self._line(event), f"alias '*{event.anchor}'")
        if event.anchor is not None:
            raise _Refused("KB113", self._line(event), f"anchor '&{event.anchor}'")
        if event.tag is not None:
            raise _Refused("KB114", self._line(event), f"tag '{event.tag}'")

    def _list(self, name: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item_name = f"{name}.{len(items)}" if name else str(len(items))
            self.lines[item_name] = self._line(event)
            items.append(self._value(event, item_name, depth + 1))
        return items

    def _group(self, name: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._refuse_references(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused("KB116", self._line(event), "a key must be plain text")
            key = self._text(event)
            if key in values:
                key_name = f"{name}.{key}" if name else key
                raise _Refused(
                    "KB112", self._line(event), f"key '{key}' stands twice (first on line {self.lines[key_name]})"
                )
            key_name = f"{name}.{key}" if name else key
            self.lines[key_name] = self._line(event)
            values[key] = self._value(next(self._events), key_name, depth + 1)
        return values
