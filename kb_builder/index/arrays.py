"""Arrays and texts as bytes and back, in numpy's format without pickles: data, whoever wrote it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def write_arrays(**arrays: Any) -> bytes:
    """Write arrays by name."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def read_arrays(written: bytes | None) -> dict[str, Array]:
    """Return arrays by name; none where nothing, or something else, was written."""
    if written is None:
        return {}
    try:
        with np.load(io.BytesIO(written), allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError, zlib.error):
        return {}


def bytes_of(texts: Sequence[str]) -> Array:
    """Write texts without line feeds as an array."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def lines_of(data: Array) -> list[str]:
    """Read what `bytes_of` wrote."""
    return data.tobytes().decode().split("\n") if len(data) else []
