"""The browser client's own tests, in Node, and what the package says of its code."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from kb_builder import client_code
from kb_builder.bundled import bundled
from kb_builder.cache import Cache
from kb_builder.client_code import client_files, remembered_scripts, widget_code
from kb_builder.index.browser_engine import find_node

FOLDER = Path(__file__).parent
MODULES = sorted(path.name for path in bundled("search/client").glob("*.js"))


@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_the_client_passes_its_tests_in_node(file: str) -> None:
    done = subprocess.run(
        [find_node(), "--test", "--test-reporter=dot", FOLDER / file], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_readers_get_has_no_comments_and_keeps_its_words() -> None:
    shipped = "".join(file.data.decode() for file in client_files())

    assert "/**" not in shipped
    assert all(text in shipped for text in ("Search suggestions", "Use the up and down arrow keys to choose."))


def test_what_few_visits_need_is_loaded_by_the_file_that_pages_load_or_one_that_this_loads() -> None:
    main, *others = client_files()

    assert main.path == "main.js"
    code = b"".join(file.data for file in (main, *others)).decode()
    assert {file.path for file in others} == set(re.findall(r"""import\(["']\./(.*?)["']\)""", code)) != set()


def test_the_code_readers_get_runs_in_one_scope_and_searches(tmp_path: Path) -> None:
    """A name declared at the top of two modules would be a syntax error; so is one that a file does not export."""
    for file in client_files():
        (tmp_path / file.path).write_bytes(file.data)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (shop, *_) = json.loads((FOLDER.parent / "shared" / "ranking.json").read_text(encoding="utf-8"))["indexes"]
    (tmp_path / "shop.json").write_text(json.dumps(shop), encoding="utf-8")
    (tmp_path / "ask.mjs").write_text(
        """
        import assert from "node:assert/strict";
        import { readdirSync, readFileSync } from "node:fs";
        globalThis.document = { querySelector: () => null };
        const { createSearch } = await import("./main.js");
        const { files, queries } = JSON.parse(readFileSync(new URL("shop.json", import.meta.url)));
        const fetch = async ({ pathname }) => new Response(files[pathname.slice(1)]);
        const engine = createSearch(new URL("https://help.example/"), { fetch });
        for (const { query, finished, hits, corrections } of queries) {
          const found = await engine.search(query, { finished });
          await found.withPassages(5);
          assert.deepEqual(found.hits.map(({ url, score }) => [url, score]), hits, query);
          assert.deepEqual(found.corrections, corrections, query);
        }
        assert(queries.some(({ corrections }) => corrections.length));
        for (const name of readdirSync(new URL(".", import.meta.url))) {
          if (name.endsWith(".js") && name !== "events.js") await import(`./${name}`); // That one needs a page.
        }
        """,
        encoding="utf-8",
    )

    done = subprocess.run([find_node(), tmp_path / "ask.mjs"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_typing_error_is_told_as_an_unknown_word_when_the_code_to_correct_it_is_gone(tmp_path: Path) -> None:
    """A page that is open while the site is deployed anew asks for files that are not there any more."""
    (tmp_path / "main.mjs").write_bytes(client_files()[0].data)
    (shop, *_) = json.loads((FOLDER.parent / "shared" / "ranking.json").read_text(encoding="utf-8"))["indexes"]
    (misspelled, *_) = [query["query"] for query in shop["queries"] if query["corrections"]]
    job = json.dumps({"files": shop["files"], "query": misspelled})
    (tmp_path / "ask.mjs").write_text(
        f"const {{ files, query }} = {job};"
        """
        globalThis.document = { querySelector: () => null };
        const { createSearch } = await import("./main.mjs");
        const fetch = async ({ pathname }) => new Response(files[pathname.slice(1)]);
        const { unknown, corrections } = await createSearch(new URL("https://help.example/"), { fetch }).search(query);
        if (!unknown.length || corrections.length) throw new Error(query);
        """,
        encoding="utf-8",
    )

    done = subprocess.run([find_node(), tmp_path / "ask.mjs"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_query_in_the_box_needs_at_most_12_kilobytes_of_code_and_what_else_may_come_little() -> None:
    """Events are a help center's choice, and have limits of their own."""
    sizes = {file.path: len(gzip.compress(file.data, 6)) for file in client_files()}
    main, redact = (sizes.pop(name) for name in ("main.js", "redact.js"))
    assistant, rephrase = (sizes.pop(name) for name in ("assistant.js", "rephrase.js"))  # come when they are asked for

    assert main <= 12_000
    assert assistant <= 5_000
    assert rephrase <= 2_500
    assert max(sizes.values()) <= 2_000
    assert redact <= 1_000


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


def test_scripts_are_minified_once(tmp_path, monkeypatch):
    made = []
    minified = client_code._minified
    monkeypatch.setattr(client_code, "_minified", lambda *a, **named: made.append(a) or minified(*a, **named))

    for _ in range(2):
        cache = Cache(tmp_path, maker=lambda: "test")
        scripts = remembered_scripts(cache)
        cache.save()
        cache.close()

    assert [script.data for script in scripts] == [*(file.data for file in client_files()), widget_code()]
    assert len(made) == 2 * len(scripts)


def test_scripts_are_minified_again_when_their_code_was_changed(tmp_path, monkeypatch):
    cache = Cache(tmp_path, maker=lambda: "test")
    remembered_scripts(cache)
    cache.save()
    cache.close()
    modules = client_code._modules()
    modules["main.js"] += "document.title = 'changed';\n"
    monkeypatch.setattr(client_code, "_modules", lambda: dict(modules))

    again = remembered_scripts(Cache(tmp_path, maker=lambda: "test"))

    assert b"'changed'" in again[0].data or b'"changed"' in again[0].data
