"""The recipes for CI that ``kb init`` lays down, by running their steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from kb_builder import __version__
from kb_builder.init import init_project

CHECK, PUBLISH = ".github/workflows/check.yml", ".github/workflows/publish.yml"
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


@pytest.mark.parametrize("name", [CHECK, PUBLISH])
def test_actions_are_pinned_by_commit(machine: Machine, name: str) -> None:
    used = re.findall(r"uses: (\S+)(.*)", (machine.root / name).read_text("utf-8"))

    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action, _ in used)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", comment) for _, comment in used)


def test_the_program_that_ci_installs_is_this_one(machine: Machine) -> None:
    assert f"kb-builder=={__version__}" in (machine.root / "requirements.txt").read_text("utf-8").splitlines()


def test_recipes_can_be_left_out(tmp_path: Path) -> None:
    files = {path.as_posix() for path in init_project(tmp_path / "bare", ci=())}

    assert not any(name.startswith((".github", ".gitlab", ".pre-commit", "Containerfile")) for name in files)
