"""Arrays and texts as bytes and back: data, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_builder.index.postings import FieldPostings

Array = npt.NDArray[Any]

_NUMBERS = "biuf"  # kinds of arrays that are kept


def write_arrays(**arrays: Any) -> Iterator[bytes | memoryview]:
    """Yield arrays of numbers by name as bytes: how long the head is, the head, then one array after the other."""
    made = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    head = json.dumps([[name, array.dtype.str, array.shape] for name, array in made.items()]).encode()
    yield len(head).to_bytes(8, "little")
    yield head
    yield from (array.reshape(-1).view(np.uint8).data for array in made.values())


def read_arrays(written: bytes | memoryview | None) -> dict[str, Array]:
    """Return arrays by name, not to be written to; none where nothing, or something else, was written."""
    arrays: dict[str, Array] = {}
    try:
        start = 8 + int.from_bytes((written or b"")[:8], "little")
        for name, kind, shape in json.loads(bytes((written or b"")[8:start])):
            dtype = np.dtype(str(kind))
            if dtype.kind not in _NUMBERS:
                return {}
            array = np.frombuffer(written or b"", dtype, count=int(np.prod(shape, dtype=np.int64)), offset=start)
            arrays[str(name)] = array.reshape(shape)
            start += array.nbytes
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}
    return arrays


def bytes_of(texts: Sequence[str]) -> Array:
    """Write texts without line feeds as an array."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def lines_of(data: Array) -> list[str]:
    """Read what `bytes_of` wrote."""
    return str(data.data, "utf-8").split("\n") if len(data) else []


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
