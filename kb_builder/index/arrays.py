"""Arrays and texts as bytes and back, in numpy's format without pickles: data, whoever wrote it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from kb_builder.index.postings import FieldPostings

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


def write_field(name: str, field: FieldPostings) -> dict[str, Array]:
    """Return the postings of a field as arrays, whose names begin with that of the field."""
    values = (bytes_of(field.terms), field.ends, field.documents, _narrow(field.frequencies))
    return dict(zip(_names(name), values, strict=True))


def read_field(name: str, arrays: Mapping[str, Array]) -> FieldPostings:
    """Return the postings of which `write_field` made these arrays.

    Raises:
        KeyError: They are not there.
    """
    terms, ends, documents, frequencies = (arrays[part] for part in _names(name))
    return FieldPostings(tuple(lines_of(terms)), ends, documents, frequencies.astype(np.int32))


def _narrow(numbers: Array) -> Array:
    """Write numbers in a byte each, if all are so small."""
    return numbers.astype(np.uint8) if numbers.max(initial=0) < 256 else numbers


def _names(field: str) -> list[str]:
    return [f"{field} {part}" for part in ("terms", "ends", "documents", "frequencies")]
