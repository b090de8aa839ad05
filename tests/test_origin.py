"""CI installs the kb_builder that made a help center."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from kb_builder import __version__
from kb_builder.origin import requirement_of


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (
            {"url": "https://git.example/kb.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"kb-builder @ git+https://git.example/kb.git@{'a' * 40}",
        ),
        (
            {"url": "https://files.example/kb.whl", "archive_info": {"hashes": {"sha256": "ab"}}},
            "kb-builder @ https://files.example/kb.whl#sha256=ab",
        ),
        ({"url": "file:///home/me/kb.whl", "archive_info": {}}, f"kb-builder=={__version__}"),
        ({"url": "file:///nowhere", "dir_info": {"editable": True}}, f"kb-builder=={__version__}"),
        (
            {"url": "https://me:secret@git.example/kb.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"kb-builder=={__version__}",
        ),
    ],
)
def test_ci_installs_from_where_this_one_came(origin: dict[str, Any], expected: str) -> None:
    assert requirement_of(origin) == expected


@pytest.mark.parametrize("remote", ["https://git.example/kb.git", "git@git.example:a/kb.git", "/home/me/kb", ""])
def test_ci_installs_the_commit_of_a_clone_that_others_can_reach(tmp_path: Path, remote: str) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "start")
    git("remote", "add", "origin", remote)
    commit = git("rev-parse", "HEAD")
    known = {remote: f"git+{remote}", "git@git.example:a/kb.git": "git+ssh://git@git.example/a/kb.git"}

    found = requirement_of({"url": tmp_path.as_uri(), "dir_info": {"editable": True}})

    reachable = remote.startswith(("https:", "git@"))
    assert found == (f"kb-builder @ {known[remote]}@{commit}" if reachable else f"kb-builder=={__version__}")
