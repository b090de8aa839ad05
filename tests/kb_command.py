"""The commands of kb_builder, run as a user runs them: in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

KB = (sys.executable, "-m", "kb_builder")
MKDOCS = (sys.executable, "-c", "from mkdocs.__main__ import cli; cli()")  # or what stands in its place: `make upgrade`


def kb(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and return how it ended and what it said."""
    return subprocess.run([*KB, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def kb_done(*arguments: str, cwd: Path) -> str:
    """Run a command that must succeed; return what it printed."""
    done = kb(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built_site(root: Path, settings: str, pages: Mapping[str, str]) -> Path:
    """Write a help center's settings, and its pages by their path in the content, and build it; return its site."""
    for name, text in {"mkdocs.yml": settings, **{f"content/{path}": text for path, text in pages.items()}}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    kb_done("build", cwd=root)
    return root / "site"
