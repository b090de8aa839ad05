"""MkDocs 1.x is frozen: the same pages must come from ProperDocs, which goes on with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from kb_builder.files import differing_files
from kb_builder.init import init_project

BUILD = "from kb_builder.cli import main; main()"


ROOT = Path(__file__).parents[1]
PROPERDOCS = str(ROOT / "tests/properdocs")  # on the path, it puts ProperDocs in MkDocs' place


def build(root: Path, *path: str, site: Path) -> str:
    """Build in a process of its own, with more folders on its path; return which file it takes MkDocs from."""
    code = f"import mkdocs, sys; print(mkdocs.__file__, file=sys.stderr); {BUILD}"
    arguments = ["build", "--no-cache", "--site-dir", str(site)]
    others = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder not in ("", PROPERDOCS)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((*path, *others))}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[0]


@pytest.mark.skipif(find_spec("properdocs") is None, reason="ProperDocs is not installed")
def test_properdocs_gives_the_bytes_of_mkdocs(tmp_path: Path) -> None:
    init_project(tmp_path / "shop")

    one = build(tmp_path / "shop", site=tmp_path / "mkdocs")
    other = build(tmp_path / "shop", PROPERDOCS, site=tmp_path / "properdocs")

    assert Path(one).parent.name == "mkdocs" and Path(other).parent.name == "properdocs"
    assert (tmp_path / "mkdocs/index.html").is_file()
    assert differing_files(tmp_path / "mkdocs", tmp_path / "properdocs") == []


def test_what_comes_after_mkdocs_is_tried_for_each_change_and_stops_none() -> None:
    text = (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    jobs = yaml.safe_load(text)["jobs"]

    assert [(name, job.get("continue-on-error", False)) for name, job in jobs.items()] == [
        ("test", False),
        ("upgrade", True),
    ]
    assert [job["steps"][-1]["run"] for job in jobs.values()] == ["make test", "make upgrade"]
    assert set(re.findall(r"uses: [\w/-]+@([^ ]+)", text)) == set(re.findall(r"@([0-9a-f]{40}) # v", text))
