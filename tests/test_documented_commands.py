"""Every command that the manual shows in a block runs, in the order of its page, in a made-up help center.

What needs a network, an account, a terminal or minutes is left out, each with its reason.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb_builder.analytics.demo import TOPICS
from kb_builder.analytics.segments import segment_path
from kb_builder.analytics.simulate import Scenario, simulate

from .importers.exports import SAMPLES, write_export

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.DOTALL | re.MULTILINE)
LEFT_OUT = {
    r"make (site|test|upgrade)\b": "installs kb_builder; this test runs in what it makes",
    r"(git clone .*|cd) kb_builder": "kb_builder is here already",
    r"git ls-remote ": "asks another host",
    r"(\S*python -m )?pip install ": "asks a registry",
    r'python -m pip wheel |echo "\./kb_builder-': "stands in the folder of kb_builder; see test_container.py",
    r"\.venv/bin/kb report --demo": "the same stands in docs/how-to/report.md",
    r"kb new( *#.*)?$": "asks on a terminal; see test_new_command.py",
    r"kb (serve|collect|mcp)\b": "runs until it is stopped; see preview/, analytics/ and test_mcp.py",
    r"kb check --external": "asks other hosts; see lint/test_external.py",
    r"(netlify|wrangler) ": "needs an account",
    r"(hashed=|rclone )": "needs a bucket; see test_recipes.py",
    r"python benchmarks/search/run.py": "builds with the peers for minutes; see benchmarks/",
    r"kb evaluate .* --encoder ": "needs 90 MB of weights; see index/test_encoder.py",
    r"python tools/make_word_vectors.py": "needs a model; see index/test_own_vectors.py",
    r"kb report --engine spark": "starts Java for half a minute; see analytics/test_spark.py",
}


def blocks(page: str) -> list[str]:
    return BLOCK.findall((ROOT / page).read_text("utf-8"))


def commands(page: str) -> list[str]:
    """Return the lines of a page that can run here."""
    joined = "".join(blocks(page)).replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if not any(re.match(pattern, line) for pattern in LEFT_OUT)]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def make_help_center(root: Path) -> None:
    """Fill a help center with what the manual's examples speak of."""
    run("kb init help && cd help && kb build && kb publish /var/www/help", cwd=root.parent, home=root.parent)
    settings = root / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace("kb: {}", "kb: {content: {languages: [de]}}"))
    articles = {
        "faq/orders/cancel-my-order.md": "# Cancel my order\n\nYou can cancel before it ships.\n",
        "de/faq/orders/cancel-my-order.md": "# Bestellung stornieren\n\nVor dem Versand geht das.\n",
        "policies/refunds.md": "---\ntitle: Refunds\nversion: 1\neffective: 2026-01-01\n---\n"
        "You can send it back and have your money back. Whatever is late or lost: your parcel is insured.\n",
    }
    for name, text in articles.items():
        (root / "content" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "content" / name).write_text(text, "utf-8")


def make_logs(root: Path) -> None:
    scenario = Scenario(TOPICS)
    for day, line in simulate(scenario, seed=1, visits=300, first_day=dt.date(2026, 9, 1), days=45):
        path = segment_path(root / "analytics/raw", day, "t")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(line)
    first = sorted((root / "analytics/raw").rglob("*.seg"))[0]
    (root / "collected/2026-03-01").mkdir(parents=True)
    shutil.copy(first, root / "collected/2026-03-01/a.seg")
    (root / "logs").mkdir()
    request = '192.0.2.7 - - [01/Sep/2026:10:00:00 +0000] "GET /faq/ HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    (root / "logs/access.log.gz").write_bytes(gzip.compress(request.encode()))
    (root / "tickets.csv").write_text("Ticket ID,Subject,Created Time,Source,help_token\n1,x,2026-09-01 10:00,Email,\n")


def make_judged_set(root: Path) -> None:
    lines = {
        "corpus.jsonl": {"_id": "1", "title": "Refunds", "text": "Your money comes back in five days."},
        "queries.jsonl": {"_id": "q", "text": "money back"},
    }
    for name, value in lines.items():
        (root / name).write_text(json.dumps(value) + "\n")
    (root / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")


def make_surroundings(world: Path) -> None:
    (world / "checkout").mkdir()
    (world / "old-docs").mkdir()
    (world / "old-docs/track.md").write_text("# Track a parcel\n\nOpen the link in the mail.\n")
    write_export(world / "zendesk-export", SAMPLES["zendesk"])
    (world / "website/docs").mkdir(parents=True)
    git(world / "website", "init", "-q")
    for version, month in enumerate(("March", "April"), start=1):
        for name in ("returns", "privacy"):
            text = f"# {name.title()}\n\nEffective date: 1 {month} 2026\n\nYou have {version} days.\n"
            (world / "website/docs" / f"{name}.md").write_text(text)
        git(world / "website", "add", "-A")
        git(world / "website", "commit", "-qm", month)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a help center in git that is built already, and with all that is imported into one."""
    world = tmp_path_factory.mktemp("world")
    make_surroundings(world)
    make_help_center(world / "help")
    make_logs(world / "help")
    make_judged_set(world / "help")
    run("kb build", cwd=world / "help", home=world)
    git(world / "help", "init", "-q")
    git(world / "help", "add", "-A")
    git(world / "help", "commit", "-qm", "start")
    git(world / "help", "update-ref", "refs/remotes/origin/main", "HEAD")
    return world


def run(script: str, *, cwd: Path, home: Path) -> None:
    """Run lines in a shell that stops at the first that fails; /var/www is a folder in ``home``."""
    (home / "bin").mkdir(exist_ok=True)
    (home / "bin/kb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb_builder "$@"\n')
    (home / "bin/kb").chmod(0o755)
    path = f"{home / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script.replace("/var/www", f"{home}/var-www")],
        cwd=cwd,
        env={**os.environ, "PATH": path, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_the_commands_of_a_page_run(page: str, world: Path, tmp_path: Path) -> None:
    shutil.copytree(world, tmp_path, dirs_exist_ok=True, symlinks=True)
    lines = commands(page)
    if page == "docs/reference/commands.md":  # it has the examples of the other pages again
        elsewhere = {line for other in PAGES if other != page for line in commands(other)}
        lines = [line for line in lines if line not in elsewhere]
    begins_outside = any("kb init" in line for line in commands(page)[:2])

    run("\n".join(lines), cwd=tmp_path / ("checkout" if begins_outside else "help"), home=tmp_path)


@pytest.mark.parametrize("pattern", LEFT_OUT)
def test_what_is_left_out_is_still_in_the_manual(pattern: str) -> None:
    lines = "".join(text for page in PAGES for text in blocks(page)).splitlines()

    assert any(re.match(pattern, line) for line in lines)
