"""Where this kb_builder came from: the line of ``requirements.txt`` by which CI installs the same. Edge: disk, git."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb_builder import __version__

_FROM_INDEX = f"kb-builder=={__version__}"
_SCP = re.compile(r"(?P<host>[\w.@-]+):(?P<path>(?!//)\S+)")
_REMOTE = re.compile(r"(?:https|ssh)://\S+")
_SECONDS = 10


def requirement() -> str:
    """Return a requirement as PEP 508 writes it: the same commit, or file, or the same version of the package index."""
    try:
        written = distribution("kb-builder").read_text("direct_url.json")
    except PackageNotFoundError:
        return _FROM_INDEX
    return requirement_of(json.loads(written)) if written else _FROM_INDEX


def requirement_of(origin: dict[str, Any]) -> str:
    """Return the same from what pip noted of an installation that was not from an index.

    A folder that was installed counts as a clone: CI gets its commit from where the clone came from. What is on this
    machine alone becomes the version, which somebody has to give an index, or a file.

    Source: PEP 610, ``direct_url.json``.
    """
    url = str(origin.get("url", ""))
    if "vcs_info" in origin:
        return _from_git(url, str(origin["vcs_info"]["commit_id"])) or _FROM_INDEX
    if "dir_info" in origin:
        folder = Path(unquote(urlsplit(url).path))
        return _from_git(_git(folder, "remote", "get-url", "origin"), _git(folder, "rev-parse", "HEAD")) or _FROM_INDEX
    if not url.startswith("https://"):
        return _FROM_INDEX
    hashes = origin.get("archive_info", {}).get("hashes", {})
    return f"kb-builder @ {url}" + (f"#sha256={hashes['sha256']}" if "sha256" in hashes else "")


def _from_git(url: str, commit: str) -> str:
    """Return the requirement of a commit; nothing when only this machine has it, or its address holds a password."""
    if scp := _SCP.fullmatch(url):
        url = f"ssh://{scp['host']}/{scp['path']}"
    if not _REMOTE.fullmatch(url) or urlsplit(url).password or not re.fullmatch("[0-9a-f]{40,64}", commit):
        return ""
    return f"kb-builder @ git+{url}@{commit}"


def _git(folder: Path, *arguments: str) -> str:
    """Ask git about a folder that is a clone itself, not a part of one; return nothing when it cannot say."""
    if not (folder / ".git").exists():
        return ""
    try:
        done = subprocess.run(  # noqa: S603  (no shell, our own arguments)
            ["git", *arguments],  # noqa: S607  (the git of whoever runs this)
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
