"""Import what only an extra of the package brings, or say how to install it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from kb_builder.issues import KbError


def need(module: str, *, extra: str) -> ModuleType:
    """Return the module; raise `KbError` with the command that installs it when it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise KbError(
            f"this needs {error.name}, which is not installed", hint=f"Install it: pip install 'kb_builder[{extra}]'"
        ) from None
