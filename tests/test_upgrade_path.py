"""MkDocs 1.x is frozen: the same pages must come from ProperDocs, which goes on with it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kb_builder.files import differing_files
from kb_builder.init import init_project

BUILD = "from kb_builder.cli import main; main()"


def build(root: Path, *, before: str, site: Path) -> str:
    """Build in a process of its own; ``before`` runs first, so that it can put another program in MkDocs' place."""
    code = f"{before}; import mkdocs, sys; print(mkdocs.__file__, file=sys.stderr); {BUILD}"
    arguments = ["build", "--no-cache", "--site-dir", str(site)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[0]


@pytest.mark.skipif(find_spec("properdocs") is None, reason="ProperDocs is not installed")
def test_properdocs_gives_the_bytes_of_mkdocs(tmp_path: Path) -> None:
    init_project(tmp_path / "shop")

    one = build(tmp_path / "shop", before="pass", site=tmp_path / "mkdocs")
    other = build(tmp_path / "shop", before="import properdocs.replacement", site=tmp_path / "properdocs")

    assert Path(one).parent.name == "mkdocs" and Path(other).parent.name == "properdocs"
    assert (tmp_path / "mkdocs/index.html").is_file()
    assert differing_files(tmp_path / "mkdocs", tmp_path / "properdocs") == []
