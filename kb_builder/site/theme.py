"""Where the theme is, in the form MkDocs asks for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import material  # type: ignore[import-untyped]  # it ships no types

from kb_builder.bundled import bundled

THEME_NAME = "help_center"
THEME_DIR = bundled("themes/help_center")
MATERIAL_DIR = Path(material.__file__).parent / "templates"

# MkDocs expects a theme to be a Python package and asks the loaded entry point for one thing only, the folder of its
# `__file__`. Ours is a folder of templates that no one imports, so an object with that attribute stands in for it.
help_center = SimpleNamespace(__file__=str(THEME_DIR / "__init__.py"))
