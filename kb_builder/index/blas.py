"""Keep numpy's matrix products to one thread while other processes are at work: theirs would wait for each other.

numpy has no word for this, so the OpenBLAS that comes with it is asked itself.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np


@contextmanager
def one_thread() -> Iterator[None]:
    """Let matrix products use one thread as long as the context lasts; with another library nothing changes."""
    found = _thread_functions()
    if found is None:
        yield
        return
    count, set_count = found
    before = count()
    set_count(1)
    try:
        yield
    finally:
        set_count(before)


@cache
def _thread_functions() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """Return what tells and what sets how many threads OpenBLAS uses; nothing where numpy comes without it."""
    for path in Path(np.__file__).parents[1].glob("numpy.libs/*openblas*"):
        try:
            library = ctypes.CDLL(str(path))
            return library.scipy_openblas_get_num_threads64_, library.scipy_openblas_set_num_threads64_
        except (OSError, AttributeError):
            continue
    return None
