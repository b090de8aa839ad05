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
    """Each line of it is a line of the source, less the space before it, comments, and the words import and export."""
    (file,) = client_files()
    shipped = file.data.decode().splitlines()
    source = "\n".join((bundled("search/client") / name).read_text(encoding="utf-8") for name in MODULES)
    known = {re.sub(r"^\s*(export )?|/\*\* @type .*?\*/ ?| // [^'\"`]*$", "", line) for line in source.splitlines()}

    assert shipped.pop() == "export { createSearch };"
    assert [line for line in shipped if line not in known] == []
    assert not any(re.search(r"/\*|^//|^import\b|^\s", line) for line in shipped)


def test_the_code_readers_get_runs_in_one_scope(tmp_path: Path) -> None:
    """A name declared at the top of two modules would be a syntax error."""
    (file,) = client_files()
    script = tmp_path / "main.mjs"
    script.write_bytes(b"globalThis.document = { querySelector: () => null };\n" + file.data)

    done = subprocess.run([find_node(), script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_all_of_the_client_is_at_most_12_kilobytes() -> None:
    (file,) = client_files()

    assert len(gzip.compress(file.data, 6)) <= 12_000


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
