"""The browser client's own tests, in Node, and what the package says of its code."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from kb_builder.bundled import bundled
from kb_builder.client_code import client_files
from kb_builder.index.browser_engine import find_node

FOLDER = Path(__file__).parent
MODULES = sorted(path.name for path in bundled("search/client").glob("*.js"))


@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_the_client_passes_its_tests_in_node(file: str) -> None:
    done = subprocess.run(
        [find_node(), "--test", "--test-reporter=dot", FOLDER / file], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_readers_get_is_the_source_without_comments() -> None:
    for file in client_files():
        source = (bundled("search/client") / file.path).read_text(encoding="utf-8")
        shipped = file.data.decode()

        assert "/**" not in re.sub(r"/\*\* @type .*?\*/", "", shipped), file.path
        kept = [line for line in shipped.splitlines() if line.strip()]
        assert [line for line in source.splitlines() if line in set(kept)] == kept


def test_all_of_the_client_is_at_most_15_kilobytes() -> None:
    sizes = {file.path: len(gzip.compress(file.data, 6)) for file in client_files()}

    assert sum(sizes.values()) <= 15_000, sizes


def test_the_entry_names_every_module_so_that_none_waits_for_another() -> None:
    entry = (bundled("search/client") / "main.js").read_text(encoding="utf-8")

    assert sorted(re.findall(r"'\./(\w+\.js)'", entry)) == [name for name in MODULES if name != "main.js"]


@pytest.mark.parametrize("name", MODULES)
def test_the_client_makes_no_markup_and_runs_no_text(name: str) -> None:
    source = (bundled("search/client") / name).read_text(encoding="utf-8")

    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "localStorage",
    ):
        assert forbidden not in source
