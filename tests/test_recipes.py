"""The recipes for CI that ``kb init`` lays down, by running their steps."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from kb_builder.analytics.segments import segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate
from kb_builder.init import init_project
from kb_builder.origin import requirement

CHECK, PUBLISH = ".github/workflows/check.yml", ".github/workflows/publish.yml"
INSIGHTS = ".github/workflows/insights.yml"
INSTALL = "python -m pip install --requirement requirements.txt"


class Machine:
    """A clone of a help center on a machine that has kb and git."""

    def __init__(self, root: Path) -> None:
        self.root = root / "clone"
        init_project(self.root)
        programs = root / "bin"
        programs.mkdir()
        (programs / "kb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb_builder "$@"\n')
        (programs / "kb").chmod(0o755)
        self.env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SUMMARY": str(root / "summary.md")}
        self.env |= {"GITHUB_STEP_SUMMARY": self.env["SUMMARY"]}
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", "start")
        base = self.git("rev-parse", "HEAD").strip()
        self.env |= {"BASE": base, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout

    def read(self, name: str) -> dict[str, Any]:
        return yaml.safe_load((self.root / name).read_text("utf-8"))

    def run(self, *commands: str) -> subprocess.CompletedProcess[str]:
        script = "\n".join(commands)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


def steps(workflow: dict[str, Any], job: str) -> list[str]:
    """Return the commands of a job, without the one that installs, which is as it must be."""
    commands = [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]
    assert commands[0] == INSTALL
    return commands[1:]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("ci"))


def test_the_check_of_a_pull_request_passes_and_reports(machine: Machine) -> None:
    done = machine.run(*steps(machine.read(CHECK), "check"))

    assert done.returncode == 0, done.stderr
    assert "# Changes since" in Path(machine.env["SUMMARY"]).read_text("utf-8")


def test_the_check_fails_at_the_line(machine: Machine) -> None:
    page = machine.root / "content/faq/orders/wrong.md"
    page.write_text("---\ntitle: Wrong\n---\n[gone](nowhere.md)\n")
    try:
        done = machine.run(*steps(machine.read(CHECK), "check"))
        hook = machine.run(machine.read(".pre-commit-config.yaml")["repos"][0]["hooks"][0]["entry"])
    finally:
        page.unlink()

    assert done.returncode == 1
    assert "::warning file=content/faq/orders/wrong.md,line=4,title=KB301::" in done.stdout
    assert hook.returncode == 1
    assert "content/faq/orders/wrong.md:4" in hook.stderr


def test_the_commit_hook_passes_where_nothing_is_wrong(machine: Machine) -> None:
    done = machine.run(machine.read(".pre-commit-config.yaml")["repos"][0]["hooks"][0]["entry"])

    assert done.returncode == 0, done.stderr


def test_publishing_makes_the_site_that_is_uploaded(machine: Machine) -> None:
    workflow = machine.read(PUBLISH)
    done = machine.run(*steps(workflow, "build"))
    upload = workflow["jobs"]["build"]["steps"][-1]

    assert done.returncode == 0, done.stderr
    assert (machine.root / upload["with"]["path"] / "search" / "manifest.json").is_file()


def test_gitlab_checks_and_publishes(machine: Machine) -> None:
    recipe = machine.read(".gitlab-ci.yml")
    assert recipe["default"]["before_script"] == [INSTALL]

    done = machine.run(*recipe["check"]["script"], *recipe["pages"]["script"])

    assert done.returncode == 0, done.stderr
    report = recipe["check"]["artifacts"]["reports"]["junit"]
    assert ElementTree.parse(machine.root / report).getroot().tag == "testsuites"
    assert (machine.root / recipe["pages"]["artifacts"]["paths"][0] / "index.html").is_file()


class Log:
    """A repository with a log of searches beside it, and where its pushes go."""

    def __init__(self, root: Path) -> None:
        self.machine = Machine(root)
        self.remote = root / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True)
        subprocess.run(["git", "-C", self.remote, "config", "receive.advertisePushOptions", "true"], check=True)
        self.machine.git("remote", "add", "origin", str(self.remote))
        self.machine.git("push", "-q", "origin", "main")
        raw = root / "log/raw"
        topic = Topic("faq/orders/none/", "invoice vat number", finds=False, contact=0.7)
        other = Topic("faq/orders/cancel-my-order/", "cancel order", contact=0.05)
        day = dt.date(2026, 3, 1)
        for name, line in simulate(Scenario((topic, other), bots=0), seed=5, visits=300, first_day=day, days=20):
            path = segment_path(raw, name, "simulated")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(line)
        (root / "bin/gh").write_text(f'#!/bin/sh\necho "$@" >> "{root}/gh.txt"\n')
        (root / "bin/gh").chmod(0o755)
        self.machine.env |= {
            "FETCH_EVENTS": f"mkdir -p analytics && cp -r '{raw}' analytics/",
            "SOURCE_DATE_EPOCH": str(int(dt.datetime(2026, 4, 1, tzinfo=dt.UTC).timestamp())),
            "GITHUB_OUTPUT": str(root / "output.txt"),
        }

    def pushed(self) -> str:
        """Return what was pushed, beside the main branch."""
        show = ["git", "-C", str(self.remote), "diff", "main", "kb-suggestions"]
        return subprocess.run(show, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(find_spec("duckdb") is None, reason="the extra 'analytics' is not installed")
def test_each_week_suggestions_become_a_pull_request(tmp_path: Path) -> None:
    log = Log(tmp_path)
    jobs = log.machine.read(INSIGHTS)["jobs"]
    install, *commands = [step["run"] for step in jobs["suggest"]["steps"] if "run" in step]
    (propose,) = [step["run"] for step in jobs["propose"]["steps"] if "run" in step]

    suggested = log.machine.run(*commands)
    proposed = log.machine.run(propose)

    assert install == f'{INSTALL} "kb-builder[analytics]"'
    assert suggested.returncode == 0, suggested.stderr
    assert (tmp_path / "output.txt").read_text() == "found=yes\n"
    assert proposed.returncode == 0, proposed.stderr
    assert "+++ b/content/faq/invoice-vat-number.md" in log.pushed()
    assert (tmp_path / "gh.txt").read_text().startswith("pr create --head kb-suggestions")
    assert all(line.startswith("    ") for line in (log.machine.root / ".kb/suggested/why.md").read_text().splitlines())


@pytest.mark.skipif(find_spec("duckdb") is None, reason="the extra 'analytics' is not installed")
def test_each_week_gitlab_pushes_suggestions_as_a_merge_request(tmp_path: Path) -> None:
    log = Log(tmp_path)
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{log.remote}"]\n  insteadOf = https://kb:token@gitlab.example/a/shop.git\n')
    log.machine.env |= {"GIT_CONFIG_GLOBAL": str(settings), "CI_DEFAULT_BRANCH": "main", "KB_PUSH_TOKEN": "token"}
    log.machine.env |= {"CI_SERVER_HOST": "gitlab.example", "CI_PROJECT_PATH": "a/shop"}

    done = log.machine.run(*log.machine.read(".gitlab-ci.yml")["insights"]["script"])

    assert done.returncode == 0, done.stderr
    assert "+++ b/content/faq/invoice-vat-number.md" in log.pushed()


def test_who_may_write_for_insights_runs_nothing_of_ours(machine: Machine) -> None:
    workflow = machine.read(INSIGHTS)
    (script,) = [step["run"] for step in workflow["jobs"]["propose"]["steps"] if "run" in step]

    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == ["propose"]
    assert {line.split()[0] for line in script.splitlines()} == {"git", "gh", "||"}
    assert not any("${{" in step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])


def test_what_runs_for_strangers_can_write_nothing_and_knows_no_secret(machine: Machine) -> None:
    text = (machine.root / CHECK).read_text("utf-8")
    workflow = machine.read(CHECK)

    assert workflow[True] == "pull_request"  # YAML 1.1 reads the key 'on' as yes
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert "secrets." not in text and "pull_request_target" not in text
    assert "${{" not in "".join(step.get("run", "") for step in workflow["jobs"]["check"]["steps"])


def test_only_the_default_branch_is_published_and_only_one_job_may(machine: Machine) -> None:
    workflow = machine.read(PUBLISH)

    assert "pull_request" not in workflow[True]
    assert "default_branch" in workflow["jobs"]["build"]["if"]
    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == ["publish"]
    assert not any("run" in step for step in workflow["jobs"]["publish"]["steps"])


def test_only_publishing_saves_what_it_made_and_pull_requests_read_it(machine: Machine) -> None:
    kept = {
        name: [
            (uses.partition("@")[0], step["with"])
            for step in job["steps"]
            if "/cache" in (uses := step.get("uses", ""))
        ]
        for name, job in (machine.read(CHECK)["jobs"] | machine.read(PUBLISH)["jobs"]).items()
    }
    here = {name: job["cache"] for name, job in machine.read(".gitlab-ci.yml").items() if "cache" in job}

    ((reads, what),), ((saves, same),) = kept["check"], kept["build"]
    assert (reads, saves, kept["publish"]) == ("actions/cache/restore", "actions/cache", [])
    assert what == same
    assert what["path"].split() == [".kb/cache", "site"]
    assert here == {"pages": {"key": "kb-published", "paths": [".kb/cache", "public"]}}


def test_what_is_kept_is_used_by_the_next_job_in_a_fresh_clone(machine: Machine, tmp_path: Path) -> None:
    assert machine.run("kb build").returncode == 0
    subprocess.run(["git", "clone", "-q", machine.root, tmp_path / "next"], check=True)
    for name in (".kb/cache", "site"):
        shutil.copytree(machine.root / name, tmp_path / "next" / name)
    page, made = tmp_path / "next/site/index.html", machine.root / "site/index.html"
    before = page.stat().st_ino

    done = machine.run(f"cd '{tmp_path / 'next'}'", "kb build")

    assert done.returncode == 0, done.stderr
    assert "was not used" not in done.stderr
    assert page.stat().st_ino == before  # the very file, and not a new one
    assert page.read_bytes() == made.read_bytes()


@pytest.mark.parametrize("name", [CHECK, PUBLISH, INSIGHTS])
def test_actions_are_pinned_by_commit(machine: Machine, name: str) -> None:
    used = re.findall(r"uses: (\S+)(.*)", (machine.root / name).read_text("utf-8"))

    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action, _ in used)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", comment) for _, comment in used)


def test_the_program_that_ci_installs_is_this_one(machine: Machine) -> None:
    assert (machine.root / "requirements.txt").read_text("utf-8").splitlines()[-1] == requirement()


def test_recipes_can_be_left_out(tmp_path: Path) -> None:
    files = {path.as_posix() for path in init_project(tmp_path / "bare", ci=())}

    assert not any(name.startswith((".github", ".gitlab", ".pre-commit", "Containerfile")) for name in files)


@pytest.mark.skipif(shutil.which("rclone") is None, reason="rclone is not installed")
def test_a_bucket_gets_what_pages_need_before_the_pages_and_manifests_last(tmp_path: Path) -> None:
    """Folders take the place of buckets: what each command copies into an empty one."""
    manual = (Path(__file__).parents[1] / "docs/how-to/host.md").read_text("utf-8")
    hashed, *steps = re.findall(r"^(?:hashed=|rclone copy ).*", manual, re.MULTILINE)
    for name in (
        *("index.html", "assets/theme.js", "assets/a-logo.png", "guides/search/manifest.json/index.html"),
        *("assets/kb-0a1b2c3d4e/main.js", "assets/theme-0a1b2c3d4e.css"),
        *(f"{folder}search/text-0a1b2c3d4e.json" for folder in ("", "de/")),
        *(f"{folder}search/words-0a1b2c3d4e/0.json" for folder in ("", "de/")),
        *(f"{folder}search/{page}" for folder in ("", "de/") for page in ("index.html", "manifest.json")),
    ):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(name)

    copied = []
    for number, step in enumerate(steps):
        script = f"{hashed}\n{step.replace('remote:bucket', f'bucket-{number}')}"
        subprocess.run(["bash", "-euc", script], cwd=tmp_path, check=True, capture_output=True)
        bucket = tmp_path / f"bucket-{number}"
        copied.append({path.relative_to(bucket).as_posix() for path in bucket.rglob("*") if path.is_file()})

    assert copied[0] == {name for name in set().union(*copied) if "0a1b2c3d4e" in name}
    assert copied[2] == {"search/manifest.json", "de/search/manifest.json"}
    site = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert copied[1] == site - copied[0] - copied[2]
    assert ["immutable" in step for step in steps] == [True, False, False]
