"""The icons of the Material icon set, by name."""

from __future__ import annotations

import re
from functools import cache

from kb_builder.site.theme import MATERIAL_DIR

_ICONS = MATERIAL_DIR / ".icons"
_NAME = re.compile(r"[a-z0-9]+(?:[/-][a-z0-9]+)*")


@cache
def icon_svg(name: str) -> str:
    """Return an icon as inline SVG, such as ``material/truck-outline``; empty when the set has none of that name."""
    if not _NAME.fullmatch(name):
        return ""
    file = _ICONS / f"{name}.svg"
    return file.read_text("utf-8").strip() if file.is_file() else ""
