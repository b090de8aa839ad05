"""Boxes as other generators write them, rewritten as the admonitions that Python-Markdown knows.

``:::tip Title`` … ``:::`` of Docusaurus and VitePress, and ``<details>`` with Markdown inside, as GitHub shows it. A
box that is never closed stays as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = {
    "note": "note",
    "tip": "tip",
    "hint": "tip",
    "success": "success",
    "important": "info",
    "info": "info",
    "warning": "warning",
    "attention": "warning",
    "caution": "danger",
    "danger": "danger",
    "error": "danger",
    "example": "example",
    "question": "question",
    "quote": "quote",
}

_COLONS = re.compile(
    r" {0,3}(?P<fence>:{3,}) *(?P<kind>[A-Za-z]+)(?: *\[(?P<title>[^\]]*)\]| +(?P<words>[^{].*?))? *(?:\{[^}]*\})? *$"
)
_COLONS_END = re.compile(r" {0,3}:{3,} *$")
_DETAILS = re.compile(
    r" {0,3}<details(?P<open> +open)?[^<>]*> *(?:<summary>(?P<title>.*?)</summary>)? *$", re.IGNORECASE
)
_SUMMARY = re.compile(r" *<summary>(?P<title>.*?)</summary> *$", re.IGNORECASE)
_DETAILS_END = re.compile(r" *</details> *$", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class _Box:
    """A box from its first line to its last; ``head`` lines are replaced by ``opening``."""

    start: int
    end: int
    head: int
    opening: str


def rewrite_boxes(lines: Sequence[str]) -> list[str]:
    """Return the lines with every box as an admonition, its content indented.

    Args:
        lines: Markdown, with fenced code already set aside.
    """
    boxes = {box.start: box for box in _boxes(lines)}
    if not boxes:
        return [line if line.strip() else "" for line in lines]
    ends = {box.end for box in boxes.values()}
    out: list[str] = []
    depth = 0
    skipped = -1
    for number, line in enumerate(lines):
        if number in ends:
            depth -= 1
            out.append("")
        elif box := boxes.get(number):
            out += ["", _INDENT * depth + box.opening]
            depth += 1
            skipped = number + box.head
        elif number >= skipped:
            out.append(_INDENT * depth + line if line.strip() else "")
    return out


def _boxes(lines: Sequence[str]) -> list[_Box]:
    """Pair the first and last lines of boxes; inner boxes close first."""
    boxes: list[_Box] = []
    colons: list[tuple[int, str]] = []
    details: list[tuple[int, int, str]] = []
    for number, line in enumerate(lines):
        if ":::" in line:
            if match := _COLONS.match(line):
                colons.append((number, _opening(match["kind"], match["title"] or match["words"] or "")))
            elif _COLONS_END.match(line) and colons:
                start, opening = colons.pop()
                if opening:
                    boxes.append(_Box(start, number, 1, opening))
        elif "<" not in line:
            continue
        elif match := _DETAILS.match(line):
            summary = None if match["title"] else _SUMMARY.match(lines[number + 1]) if number + 1 < len(lines) else None
            title = match["title"] or (summary["title"] if summary else "")
            details.append(
                (number, 2 if summary else 1, f'???{"+" if match["open"] else ""} note "{_plain(title) or "…"}"')
            )
        elif _DETAILS_END.match(line) and details:
            start, head, opening = details.pop()
            if any(not inside.strip() for inside in lines[start + head : number]):
                boxes.append(_Box(start, number, head, opening))
    return boxes


def _opening(kind: str, title: str) -> str:
    """Return the first line of an admonition; empty for a kind that nobody knows."""
    if kind.lower() == "details":
        return f'??? note "{_plain(title) or "…"}"'
    style = KINDS.get(kind.lower())
    return f'!!! {style} "{_plain(title) or kind.capitalize()}"' if style else ""


def _plain(title: str) -> str:
    return html.escape(html.unescape(_TAG.sub("", title)).strip())
