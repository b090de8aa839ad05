"""Time ``kb check`` in several ways: ``python benchmarks/check/run.py [--articles 5000] [--from FOLDER]``."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
KB = (sys.executable, "-m", "kb_builder", "-q")


def main() -> None:
    """Make help centers of Markdown that is there and of made articles, and check each in several ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5000, help="How many articles to make; 0 makes none.")
    parser.add_argument("--from", dest="source", type=Path, default=SHARED / "corpora/commerce-kb/help")
    options = parser.parse_args()
    print(f"{'':32} {'wall s':>8} {'cpu s':>8}")
    with tempfile.TemporaryDirectory(prefix="kb-check-") as folder:
        sources = {"as it is": options.source} if options.source.is_dir() else {}
        if options.articles:
            sources[f"{options.articles} made"] = _made(options.articles, Path(folder, "made"))
        for name, source in sources.items():
            _measure(name, source, Path(folder, name.replace(" ", "-")))


def _made(articles: int, folder: Path) -> Path:
    maker = SHARED / "measure/make_corpus.py"
    if not maker.is_file():
        raise SystemExit(f"{maker}: is not there; try --articles 0 --from content")
    subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, maker, str(articles), folder, "--flavour", "gfm"], check=True, capture_output=True
    )
    return folder


def _measure(name: str, source: Path, center: Path) -> None:
    subprocess.run([*KB, "init", center, "--from", source], check=True, capture_output=True)  # noqa: S603  (our own program, or git)
    git = ("git", "-c", "user.name=b", "-c", "user.email=b@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        subprocess.run([*git, *command], cwd=center, check=True, capture_output=True)  # noqa: S603  (our own program, or git)
    page = next(path for path in sorted(center.glob("content/**/*.md")) if path.name != "index.md")
    _time(f"{name}: cold", center, "check")
    _time(f"{name}: content only", center, "check", "--no-search")
    _time(f"{name}: build", center, "build")
    _time(f"{name}: warm, after a build", center, "check")
    page.write_text(f"{page.read_text('utf-8')}\nOne more line.\n", "utf-8")
    _time(f"{name}: --changed-since HEAD", center, "check", "--changed-since", "HEAD")


def _time(name: str, center: Path, *arguments: str) -> None:
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*KB, *arguments], cwd=center, capture_output=True, env=os.environ, check=False)  # noqa: S603  (our own program, or git)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:32} {wall:8.1f} {cpu:8.1f}", flush=True)


if __name__ == "__main__":
    main()
