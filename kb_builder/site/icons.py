"""The icons of the Material icon set, by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import material

_ICONS = Path(material.__file__).parent / "templates" / ".icons"
_NAME = re.compile(r"[a-z0-9]+(?:[/-][a-z0-9]+)*")


@cache
def icon_svg(name: str) -> str:
    """Return an icon as inline SVG, such as ``material/truck-outline``; empty when the set has none of that name."""
    if not _NAME.fullmatch(name):
        return ""
    file = _ICONS / f"{name}.svg"
    return file.read_text("utf-8").strip() if file.is_file() else ""
