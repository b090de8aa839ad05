"""How long do import, rebuild and report take, and does an event cost more in a larger log?

    python benchmarks/analytics/large_log.py --events 1000000 10000000

A log is drawn once (see `simulate`), 2,000 needs over twelve weeks, and copied with other ids, and with texts of its
own for one in twenty events, until it is large enough. Each step is a process of its own, so that its processor time
and the most memory it held can be read. Figures count start and end of Python, too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import platform
import random
import re
import shutil
import sys
import tempfile
import time
import zlib
from itertools import count
from pathlib import Path

import duckdb

from kb_builder.analytics.segments import pack, segment_files, segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate

FIRST_DAY = dt.date(2026, 3, 2)
DAYS = 84
NEEDS = 2000
DRAWN_VISITS = 12_000
IMPORT_BYTES = 200_000_000
_ID = re.compile(rb'"(?:event_id|session_id|query_id|form_token|visit)":"([0-9a-f]+)')
_TEXT = re.compile(rb'"user_query":"[^"]*')
_KB = "from kb_builder.cli import main; main()"
_INGEST = (
    "import sys; from pathlib import Path; from kb_builder.analytics.ingest import ingest_file; "
    "print(ingest_file(Path(sys.argv[1]), Path(sys.argv[2])))"
)


def scenario() -> Scenario:
    """Return customers with many needs, common and rare, whose words have nothing in common."""
    draw = random.Random("words")  # noqa: S311  # a simulation, not a secret
    words = ["".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)) for _ in range(3 * NEEDS)]
    topics = (
        Topic(
            f"faq/category-{number % 40}/article-{number}/",
            f"{words[3 * number]} {words[3 * number + 1]}",
            finds=number % 7 != 0,
            better_words=f"{words[3 * number]} {words[3 * number + 2]}",
            better_finds=number % 21 != 0,
            weight=1000 / (number + 10),
            rank=1 + number % 5,
            contact=0.05 + 0.3 * draw.random(),
        )
        for number in range(NEEDS)
    )
    return Scenario(tuple(topics), locales=(("en", 0.7), ("de", 0.3)))


def write_log(raw: Path, events: int) -> int:
    """Write day segments of at least so many records; return how many."""
    days: dict[str, list[tuple[bytes, tuple[int, ...]]]] = {}
    for day, line in simulate(scenario(), seed=1, visits=DRAWN_VISITS, first_day=FIRST_DAY, days=DAYS):
        record = line[9:-1].replace(b"%", b"%%")
        ids = [(found[1], found.span(1)) for found in _ID.finditer(record)]
        template = record
        for number, (start, end) in reversed(ids):
            template = template[:start] + b"%%0%dx" % len(number) + template[end:]
        if zlib.crc32(record.partition(b'"event_id":')[2][:26]) % 20 == 0:
            template = _TEXT.sub(lambda text: text[0] + b" %(own)s", template)
        days.setdefault(day, []).append((template, tuple(int(number, 16) for number, _ in ids)))
    total = 0
    for copy in count():
        mask = random.Random(copy).getrandbits(64)  # noqa: S311  # a simulation, not a secret
        for day, templates in days.items():
            path = segment_path(raw, day, f"copy-{copy // 20}")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.writelines(
                    pack(template.replace(b"%(own)s", b"%x" % copy) % tuple(number ^ mask for number in numbers))
                    for template, numbers in templates
                )
            total += len(templates)
        if total >= events:
            return total
    raise AssertionError


def run(code: str, arguments: list[str], folder: Path) -> tuple[float, float, float]:
    """Run Python in a process of its own; return wall seconds, processor seconds, and the most megabytes it held.

    Raises:
        SystemExit: It failed.
    """
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.chdir(folder)
        os.dup2(os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.execv(sys.executable, [sys.executable, "-c", code, *arguments])  # noqa: S606  # ourselves
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{arguments} failed: {(folder / 'output.txt').read_text('utf-8')}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def measure(events: int, folder: Path, import_bytes: float) -> None:
    """Print the rows of one size, of which so many bytes are imported once more."""
    (folder / "mkdocs.yml").write_text("site_name: Large\nsite_url: https://help.example/\nplugins:\n  - kb\n", "utf-8")
    analytics = folder / "analytics"
    total = write_log(analytics / "raw", events)
    joined = folder / "joined.seg"
    with joined.open("wb") as target:
        for path in segment_files(analytics / "raw"):
            if target.tell() < import_bytes:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, target)
    for name, code, arguments in (
        ("rebuild", _KB, ["analytics", "rebuild"]),
        ("report", _KB, ["report", "--out", "report"]),
        ("ingest", _INGEST, [str(joined), str(folder / "other")]),
    ):
        wall, processor, megabytes = run(code, arguments, folder)
        of = total
        note = ""
        if name == "ingest":
            with joined.open("rb") as file:
                of = sum(1 for _ in file)
            note = f"{joined.stat().st_size / 1e6 / processor:.0f} MB a core second"
        row = (f"{of:,}", f"{wall:.1f}", f"{processor:.1f}", f"{1e6 * processor / of:.1f}", f"{megabytes:.0f}")
        print("| " + " | ".join((name, *row, note)) + " |", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, help="Where the logs are made (some 6 GB for 10 million events).")
    parser.add_argument("--ingest-all", action="store_true", help="Import the whole log once more (twice the disk).")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}\n"
    )
    print("| step | events | wall s | core s | core µs an event | MB most | |\n|" + " --- |" * 7)
    for events in options.events:
        with tempfile.TemporaryDirectory(prefix="kb-large-", dir=options.folder) as folder:
            measure(events, Path(folder), math.inf if options.ingest_all else IMPORT_BYTES)


if __name__ == "__main__":
    main()
