"""Compare our search with its peers in one run: relevance, bytes, latency, index build. Prints a Markdown table.

    python benchmarks/search/run.py [--quick] [--json FILE]

See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from build_time import time_builds
from corpora import SHARED, Corpus, generated_corpus, sentence_queries, short_queries
from demo_judged_set import write_demo_judged_set
from engines import BROWSER_PEERS, OURS, Engine, Published, headings, install_peers, publish
from latency import SLOW_DOWN, p50_and_p95, time_queries
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError
from relevance import measure_relevance
from table import Row, markdown_table
from web import SHOWN, chromium
from wire_bytes import WireBytes, count_bytes

from kb_builder.index.browser_engine import find_node
from kb_builder.issues import KbError

PARTS = ("relevance", "bytes", "latency", "build")
TIMED = ("ours", "minisearch", "minisearch_tuned", "pagefind")  # the peers whose latency is worth a comparison
LATENCY_MEASURES = (
    "start",
    "query p50 / p95",
    "query asked again p50 / p95",
    f"longest task, CPU {SLOW_DOWN:.0f}x slower",
)
KINDS = {"short": short_queries, "sentence": sentence_queries}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    byte_sizes: tuple[int, ...]
    latency_size: int
    build_sizes: tuple[int, ...]
    build_runs: int
    queries: int


FULL = Scale(byte_sizes=(1000, 10_000), latency_size=10_000, build_sizes=(1000, 5000), build_runs=3, queries=40)
QUICK = Scale(byte_sizes=(200,), latency_size=200, build_sizes=(200,), build_runs=1, queries=8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, return the exit status."""
    options = _parser().parse_args(arguments)
    scale = QUICK if options.quick else FULL
    try:
        if options.peers:
            _tell("Installing the peers, unless they are there")
            install_peers()
        with chromium() as browser:
            rows = list(_rows(browser, options, scale))
            machine = _machine(browser)
    except KbError as error:
        print(f"{error}\n    {error.hint}" if error.hint else str(error), file=sys.stderr)
        return 1
    engines = headings(peers=options.peers)
    print(markdown_table(rows, engines))
    print(f"\n{machine}")
    if options.json:
        report = {"engines": engines, "machine": machine, "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0


def _rows(browser: Browser, options: argparse.Namespace, scale: Scale) -> Iterator[Row]:
    peers = options.peers
    if "relevance" in options.parts:
        with _judged_sets(options.judged) as sets:
            for name, folder in sets.items():
                _tell(f"Asking the queries of {name}")
                yield from measure_relevance(browser, folder, name=name, peers=peers)
    engines = [OURS, *(BROWSER_PEERS if peers else ())]
    for size in sorted({*scale.byte_sizes, scale.latency_size}):
        counted = "bytes" in options.parts and size in scale.byte_sizes
        timed = "latency" in options.parts and size == scale.latency_size
        if counted or timed:
            _tell(f"Making {size:,} articles")
            corpus = generated_corpus(size)
            yield from _rows_of_corpus(browser, corpus, engines, scale, counted=counted, timed=timed)
    if "build" in options.parts:
        for size in scale.build_sizes:
            _tell(f"Building the index of {size:,} articles, {scale.build_runs} times")
            yield from _build_rows(generated_corpus(size), runs=scale.build_runs, peers=peers)


def _rows_of_corpus(
    browser: Browser, corpus: Corpus, engines: Sequence[Engine], scale: Scale, *, counted: bool, timed: bool
) -> Iterator[Row]:
    queries = {kind: draw(corpus.documents, scale.queries) for kind, draw in KINDS.items()}
    sizes: dict[str, dict[str, WireBytes]] = {kind: {} for kind in KINDS}
    times: dict[str, tuple[tuple[float, ...], ...]] = {}
    for engine in engines:
        if not counted and engine.name not in TIMED:
            continue
        _tell(f"Searching {corpus.name} with {engine.label}")
        with tempfile.TemporaryDirectory(prefix="kb-benchmark-") as work, _excused(engine):
            published = publish(engine, corpus, Path(work) / engine.name)
            if counted:
                for kind, of_kind in _count(browser, published, queries).items():
                    sizes[kind][engine.name] = of_kind
            if timed and engine.name in TIMED:
                times[engine.name] = _latency(browser, published, queries)
    if counted:
        yield from _byte_rows(corpus, sizes)
    if timed:
        for i, measure in enumerate(LATENCY_MEASURES):
            yield Row("latency", f"{corpus.name}: {measure}, ms", {name: cells[i] for name, cells in times.items()})


@contextmanager
def _excused(engine: Engine) -> Iterator[None]:
    """Let a peer fail, and say so: some cannot hold the larger corpora. Its cells stay empty."""
    try:
        yield
    except (KbError, PlaywrightError) as error:
        if engine == OURS:
            raise
        _tell(f"{engine.label} failed: {str(error)[:500]}")


def _count(browser: Browser, published: Published, queries: Mapping[str, Sequence[str]]) -> dict[str, WireBytes]:
    """Count by kind of query; what an engine downloads at once is the same for both."""
    if published.engine.at_once:
        return dict.fromkeys(KINDS, count_bytes(browser, published, queries["sentence"]))
    return {kind: count_bytes(browser, published, queries[kind]) for kind in KINDS}


def _latency(
    browser: Browser, published: Published, queries: Mapping[str, Sequence[str]]
) -> tuple[tuple[float, ...], ...]:
    taken = time_queries(browser, published, [query for kind in KINDS for query in queries[kind]])
    return (taken.start,), p50_and_p95(taken.fresh), p50_and_p95(taken.again), (taken.longest_task,)


def _byte_rows(corpus: Corpus, sizes: Mapping[str, Mapping[str, WireBytes]]) -> Iterator[Row]:
    code = {engine: (counted.code / 1000,) for engine, counted in sizes["sentence"].items()}
    yield Row("bytes", f"{corpus.name}: code alone, kB", code)
    for kind, of_kind in sizes.items():
        for of_first, word in ((True, "first"), (False, "next")):
            values = {engine: counted.cell(of_first=of_first) for engine, counted in of_kind.items()}
            yield Row("bytes", f"{corpus.name}: {word} query, {kind}, kB median / p95", values)


def _build_rows(corpus: Corpus, *, runs: int, peers: bool) -> Iterator[Row]:
    seconds = time_builds(corpus, runs=runs, peers=peers)
    medians = {engine: statistics.median(values) for engine, values in seconds.items()}
    yield Row("build", f"{corpus.name}: index build, s median", {name: (value,) for name, value in medians.items()}, 2)
    if "pagefind" in medians:
        ratios = {name: (value / medians["pagefind"],) for name, value in medians.items()}
        yield Row("build", f"{corpus.name}: index build, Pagefind = 1", ratios, 2)


@contextmanager
def _judged_sets(given: Sequence[Path]) -> Iterator[dict[str, Path]]:
    """Give judged sets by name: those given, or else the banking one when it is there and always the demo."""
    if given:
        yield {folder.resolve().name: folder for folder in given}
        return
    banking = SHARED / "relevance" / "banking-help"
    with tempfile.TemporaryDirectory(prefix="kb-benchmark-") as work:
        demo = {"demo": write_demo_judged_set(Path(work))}
        yield {banking.name: banking} | demo if banking.is_dir() else demo


def _machine(browser: Browser) -> str:
    node = os.popen(f'"{find_node()}" --version').read().strip().lstrip("v")  # noqa: S605 - a version
    return (
        f"Python {platform.python_version()}, Node {node}, Chromium {browser.version}, {os.cpu_count()} cores. "
        f"kB are 1,000 bytes, gzip level 6, without headers; the texts of {SHOWN} hits are counted where an engine "
        "fetches them."
    )


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 articles and one run, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="install nothing: ours and Whoosh only")
    parser.add_argument(
        "--judged",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="a judged set (corpus.jsonl, queries.jsonl, qrels.tsv) in the place of the default ones; repeatable",
    )
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"only these of {', '.join(PARTS)}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
