"""Time how long an index takes: the same folder of HTML pages in, search files on disk out, a process each.

    python benchmarks/search/build_time.py PAGES OUT

does it once with ours, for `time_builds` to time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpora import Corpus, read_pages
from engines import run_pagefind

from kb_builder.files import write_files
from kb_builder.index.compile import compile_search


def time_builds(corpus: Corpus, *, runs: int, peers: bool) -> dict[str, tuple[float, ...]]:
    """Return wall seconds by engine, a value a run; engines take turns, so that a drift of the machine meets both."""
    builders: dict[str, Callable[[Path, Path], None]] = {"ours": _run_ours}
    if peers:
        builders["pagefind"] = run_pagefind
    seconds: dict[str, list[float]] = {engine: [] for engine in builders}
    # Nothing is deleted between runs: some file systems are slow to make files where many were deleted a moment ago.
    with tempfile.TemporaryDirectory(prefix="kb-benchmark-") as out:
        for run in range(runs):
            for engine, build in builders.items():
                began = time.perf_counter()
                build(corpus.pages, Path(out) / f"{engine}-{run}")
                seconds[engine].append(time.perf_counter() - began)
    return {engine: tuple(values) for engine, values in seconds.items()}


def _run_ours(pages: Path, out: Path) -> None:
    subprocess.run([sys.executable, __file__, str(pages), str(out)], check=True)  # noqa: S603 - this file


if __name__ == "__main__":
    write_files(Path(sys.argv[2]), compile_search(read_pages(Path(sys.argv[1]))))
