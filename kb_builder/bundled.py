"""Find the theme, the browser client and the pages of issue codes, in a checkout or inside the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the folder of that name (``themes/help_center``, ``search/client``).

    An installed wheel carries them in ``_bundled``; a checkout has them beside the package.
    """
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name
