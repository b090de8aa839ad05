"""Time `kb serve` as a writer sees it: from the save of an article to the reloaded page in Chromium.

    python benchmarks/build/save_to_screen.py [--articles 1000] [--saves 10]

The page reloads itself. Printed are, for each save, milliseconds until the new sentence is on the screen and until the
browser says that the page is loaded; then the median and the most of both.
"""

from __future__ import annotations

import argparse
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "search"))

from generators import ROOT, generators
from playwright.sync_api import Page
from run import write_articles
from web import chromium

_SECONDS = 60
# When the page that is there was first painted and was loaded, by the clock; nothing until both are over.
_TIMES = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const [page] = performance.getEntriesByType("navigation");
  const times = [paint?.startTime, page.loadEventEnd];
  return times.every((at) => at > 0) && times.map((at) => performance.timeOrigin + at);
}"""


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=10)
    options = parser.parse_args()
    ours = generators(peers=False)["ours"]
    with tempfile.TemporaryDirectory(prefix="kb-serve-benchmark-") as work:
        folder = Path(work)
        write_articles(options.articles, folder / "content", ours.flavour)
        ours.lay_out(folder)
        times = _measure(folder, options.saves)
    for number, (seen, loaded) in enumerate(times, start=1):
        print(f"save {number}: on the screen after {seen:.0f} ms, loaded after {loaded:.0f} ms")
    for name, values in zip(("on the screen", "loaded"), zip(*times, strict=True), strict=True):
        print(f"{name}: median {statistics.median(values):.0f} ms, most {max(values):.0f} ms")


def _measure(folder: Path, saves: int) -> list[tuple[float, float]]:
    command = [sys.executable, "-m", "kb_builder", "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=folder, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            said = _Said(process)
            address = said.wait_for("Serving").split()[1]
            articles = sorted(path for path in (folder / "content").rglob("*.md") if path.name != "index.md")
            with chromium() as browser:
                page = browser.new_page()
                return [_save(page, said, address, folder / "content", articles[at]) for at in range(saves)]
        finally:
            process.terminate()


def _save(page: Page, said: _Said, address: str, content: Path, article: Path) -> tuple[float, float]:
    """Open the page of an article, save the article, and return the milliseconds until it is seen and loaded."""
    page.goto(f"{address}{article.relative_to(content).with_suffix('').as_posix()}/")
    page.wait_for_timeout(500)  # the page listens for news by now
    sentence = f"A sentence written at {time.time_ns()}."
    text = article.read_text("utf-8") + f"\n{sentence}\n"
    began = 1000 * time.time()
    with page.expect_event("load", timeout=_SECONDS * 1000):
        article.write_text(text, "utf-8")
    page.get_by_text(sentence).first.wait_for(timeout=_SECONDS * 1000)
    seen, loaded = page.wait_for_function(_TIMES).json_value()
    said.wait_for("Search is up to date")
    page.wait_for_timeout(1000)  # what kb check says has been looked for
    return seen - began, loaded - began


class _Said:
    """What a process says on standard error, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(process,), daemon=True).start()

    def wait_for(self, start: str) -> str:
        """Return the next line that starts so."""
        while not (line := self._lines.get(timeout=5 * _SECONDS)).startswith(start):
            pass
        return line

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        for line in process.stderr:
            self._lines.put(line)


if __name__ == "__main__":
    main()
