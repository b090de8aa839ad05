"""Time builds beside those of other generators: cold, after one edit of a text, after one edit of a title.

    python benchmarks/build/run.py [--articles 1000 5000] [--runs 3] [--json FILE]
    python benchmarks/build/run.py --growth 1000 20000

Each generator builds the same articles with its search index, in turns, so that a drift of the machine meets all.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "search"))

from corpora import SHARED, recombine
from generators import ROOT, Generator, generators

_PR_SET_CHILD_SUBREAPER = 36  # of linux/prctl.h
STEPS = ("cold", "text edit", "title edit")


@dataclass(frozen=True, slots=True)
class Build:
    """One build: seconds on the clock, of processor time of all processes, and the largest process's memory."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> None:
    """Measure what the command line asks for, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", nargs="+", type=int, default=[1000, 5000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="only ours")
    parser.add_argument("--growth", nargs=2, type=int, metavar=("FEW", "MANY"), help="ours, cold, at two sizes")
    parser.add_argument("--json", type=Path, help="write every measurement there")
    options = parser.parse_args()
    _adopt_orphans()
    if options.growth:
        print(_growth(*options.growth, runs=options.runs))
        return
    everything: dict[str, dict[str, dict[str, list[Build]]]] = {}
    for articles in options.articles:
        measured = _measure(articles, generators(peers=not options.no_peers), runs=options.runs)
        everything[str(articles)] = measured
        print(_table(articles, measured, generators(peers=not options.no_peers)), flush=True)
    if options.json:
        options.json.write_text(json.dumps(everything, default=asdict, indent=1))


def _measure(
    articles: int, measured: dict[str, Generator], *, runs: int, steps: Sequence[str] = STEPS
) -> dict[str, dict[str, list[Build]]]:
    """Return the builds by generator and step, one a run."""
    builds: dict[str, dict[str, list[Build]]] = {name: {step: [] for step in steps} for name in measured}
    with tempfile.TemporaryDirectory(prefix="kb-build-benchmark-") as work:
        for name, generator in measured.items():
            write_articles(articles, Path(work, name, "content"), generator.flavour)
            generator.lay_out(Path(work, name))
        for run in range(runs):
            for step in steps:
                for name, generator in measured.items():
                    folder = Path(work, name)
                    _prepare(step, folder, generator, run)
                    builds[name][step].append(_build(generator, folder))
    return builds


def write_articles(articles: int, out: Path, flavour: str) -> None:
    """Make articles with the generator of ../shared where that is, else of this help center's own paragraphs."""
    maker = SHARED / "measure" / "make_corpus.py"
    if maker.is_file():
        command = [sys.executable, str(maker), str(articles), str(out), "--flavour", flavour]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the generator beside us
    else:
        recombine(ROOT / "content", articles, out)


def _prepare(step: str, folder: Path, generator: Generator, run: int) -> None:
    if step == "cold":
        for made in generator.made:
            path = folder / made
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return
    pages = sorted(path for path in (folder / "content").rglob("*.md") if not path.name.endswith("index.md"))
    article = pages[7 + run]
    text = article.read_text("utf-8")
    if step == "text edit":
        text += f"\nA sentence that run {run} added.\n"
    else:
        text = re.sub(r'^title: "', f'title: "Edited in run {run}: ', text, count=1, flags=re.MULTILINE)
    article.write_text(text, "utf-8")


def _build(generator: Generator, folder: Path) -> Build:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages are compiled, so ours may be, too
    seconds = cpu = megabytes = 0.0
    for command in generator.commands:
        began = time.perf_counter()
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)  # noqa: S603  (ours)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{generator.label} failed:\n{(folder / 'log.txt').read_text()[-2000:]}")
        seconds += time.perf_counter() - began
        for usage in (used, *_orphans()):
            cpu += usage.ru_utime + usage.ru_stime
            megabytes = max(megabytes, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
    return Build(seconds, cpu, megabytes)


def _adopt_orphans() -> None:
    """Let processes that a command leaves behind become ours, so that what they used is counted. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans() -> Iterator[resource.struct_rusage]:
    """Wait for what a command has left behind; yield what each process used."""
    while True:
        try:
            yield os.wait4(-1, 0)[2]
        except ChildProcessError:
            return


def _table(articles: int, builds: dict[str, dict[str, list[Build]]], measured: dict[str, Generator]) -> str:
    """Return a Markdown table: medians of wall seconds with their spread, CPU seconds, and ours as a share of each."""
    lines = [
        f"{articles:,} articles: median wall seconds (least-most), CPU seconds; ours / theirs of both",
        "",
        f"| generator | {' | '.join(STEPS)} | largest process MB |",
        f"|{' --- |' * (len(STEPS) + 2)}",
    ]
    for name, steps in builds.items():
        cells = []
        for step, done in steps.items():
            wall, cpu = (statistics.median(values) for values in _values(done))
            ours, our_cpu = (statistics.median(values) for values in _values(builds["ours"][step]))
            spread = f"{min(b.seconds for b in done):.1f}-{max(b.seconds for b in done):.1f}"
            ratio = "" if name == "ours" else f"; {ours / wall:.2f}, {our_cpu / cpu:.2f}"
            cells.append(f"{wall:.1f} ({spread}), {cpu:.1f}{ratio}")
        largest = max(build.megabytes for done in steps.values() for build in done)
        lines.append(f"| {measured[name].label} | {' | '.join(cells)} | {largest:.0f} |")
    return "\n".join(lines) + "\n"


def _values(builds: Sequence[Build]) -> tuple[list[float], list[float]]:
    return [build.seconds for build in builds], [build.cpu_seconds for build in builds]


def _growth(few: int, many: int, *, runs: int) -> str:
    """Return the exponent with which processor time grows, and the memory at the larger size."""
    lines, seconds = [], []
    for articles in (few, many):
        builds = _measure(articles, dict(generators(peers=False)), runs=runs, steps=STEPS[:1])["ours"]["cold"]
        seconds.append(statistics.median(build.cpu_seconds for build in builds))
        megabytes = max(build.megabytes for build in builds)
        lines.append(f"{articles:,} articles: {seconds[-1]:.1f} CPU seconds, largest process {megabytes:.0f} MB")
    exponent = math.log(seconds[1] / seconds[0]) / math.log(many / few)
    return "\n".join([*lines, f"CPU time grows with the number of articles to the power of {exponent:.2f}"])


if __name__ == "__main__":
    main()
