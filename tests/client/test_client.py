"""The browser client's own tests, in Node, and what the package says of its code."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
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


def code_lines(source: str) -> Iterator[str]:
    """Yield the lines of a module without comments, imports and the word export, read line by line."""
    end = ""  # of the comment or import that is being read
    for line in source.splitlines():
        text = line.strip()
        if text.startswith(("/**", "import ")):
            end = "*/" if text.startswith("/**") else ";"
        if not end and text and not text.startswith("//"):
            code = re.sub(r"/\*\* @type .*?\*/|^export ", "", text)
            yield code if re.search("//.*['\"`]", code) else code.split(" // ")[0]
        if end and text.endswith(end):
            end = ""


def test_the_code_readers_get_is_the_source_without_comments_and_space() -> None:
    """Text in quotation marks keeps its space."""
    (file,) = client_files()
    names = [*(name for name in MODULES if name != "main.js"), "main.js"]
    source = "\n".join(
        line for name in names for line in code_lines((bundled("search/client") / name).read_text(encoding="utf-8"))
    )
    shipped = file.data.decode().removesuffix("export { createSearch };\n")

    assert re.sub(r"\s", "", shipped) == re.sub(r"\s", "", source)
    quoted = [line[line.index("'") : line.rindex("'") + 1] for line in source.splitlines() if line.count("'") == 2]
    assert len(quoted) > 50
    assert [text for text in quoted if text not in shipped] == []


def test_the_code_readers_get_runs_in_one_scope_and_searches(tmp_path: Path) -> None:
    """A name declared at the top of two modules would be a syntax error."""
    (file,) = client_files()
    (tmp_path / "main.mjs").write_bytes(b"globalThis.document = { querySelector: () => null };\n" + file.data)
    (shop, *_) = json.loads((FOLDER.parent / "shared" / "ranking.json").read_text(encoding="utf-8"))["indexes"]
    (tmp_path / "shop.json").write_text(json.dumps(shop), encoding="utf-8")
    (tmp_path / "ask.mjs").write_text(
        """
        import assert from "node:assert/strict";
        import { readFileSync } from "node:fs";
        import { createSearch } from "./main.mjs";
        const { files, queries } = JSON.parse(readFileSync(new URL("shop.json", import.meta.url)));
        const fetch = async ({ pathname }) => new Response(files[pathname.slice(1)]);
        const engine = createSearch(new URL("https://help.example/"), { fetch });
        for (const { query, finished, hits } of queries) {
          const found = await engine.search(query, { finished });
          await found.withPassages(5);
          assert.deepEqual(found.hits.map(({ url, score }) => [url, score]), hits, query);
        }
        """,
        encoding="utf-8",
    )

    done = subprocess.run([find_node(), tmp_path / "ask.mjs"], capture_output=True, text=True, check=False)

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
