"""The search benchmark measures what it says. Peers that are not installed are not asked for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "search"))

import engines  # noqa: E402
import run  # noqa: E402
from corpora import Corpus, pages_of, recombine, sentence_queries, short_queries  # noqa: E402
from demo_judged_set import write_demo_judged_set  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402
from relevance import MEASURES, score  # noqa: E402
from table import Row, markdown_table  # noqa: E402
from web import chromium, serve, visit  # noqa: E402
from wire_bytes import count_bytes  # noqa: E402

from kb_builder.index.browser_engine import run_browser  # noqa: E402
from kb_builder.index.evaluate import SHOWN  # noqa: E402
from kb_builder.index.judged_set import JudgedSet, read_judged_set  # noqa: E402
from kb_builder.index.model import Document, Section  # noqa: E402

TOPICS = ("tents", "boots", "ropes", "stoves", "packs", "maps", "lamps", "socks")
VERBS = ("Returning", "Washing", "Repairing")


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    documents = [
        Document(
            url=f"faq/{topic}/{verb.lower()}/",
            title=f"{verb} your {topic}",
            summary="",
            sections=(Section("", "", f"{verb} {topic} takes care & some time. " + " ".join(TOPICS[:number])),),
        )
        for number, topic in enumerate(TOPICS)
        for verb in VERBS
    ]
    return pages_of(documents, tmp_path / "pages")


@pytest.fixture
def judged_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "banking"
    folder.mkdir()
    articles = [("a", "Why is my card late?", "We post cards by mail."), ("b", "Close an account", "In the app.")]
    entries = [json.dumps({"_id": name, "title": title, "text": text}) for name, title, text in articles]
    (folder / "corpus.jsonl").write_text("\n".join(entries))
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "my card is late"}')
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    return folder


@pytest.mark.browser
def test_one_command_measures_every_part_and_prints_one_table(judged_folder, tmp_path, capsys):
    report = tmp_path / "report.json"

    status = run.main(["--quick", "--no-peers", "--judged", str(judged_folder), "--json", str(report)])

    printed = capsys.readouterr().out.splitlines()
    rows = json.loads(report.read_text())["rows"]
    assert status == 0
    assert re.match(r"\| measure \| kb_builder \d+\.\d+\.\d+ \| Whoosh 2\.7\.5 \|$", printed[0])
    assert [line.split(" | ")[0].removeprefix("| ") for line in printed[2 : 2 + len(rows)]] == [
        row["measure"] for row in rows
    ]
    assert {row["part"] for row in rows} == set(run.PARTS)
    ours = {row["measure"]: row["values"]["ours"] for row in rows}
    assert ours["banking, 1 queries, 2 articles: Success@1"] == [1.0]
    first, after = (ours[f"200 articles: {word} query, sentence, kB median / p95"] for word in ("first", "next"))
    (code,) = ours["200 articles: code alone, kB"]
    assert first[0] > code + after[0] / 2
    assert 0 < after[0] <= after[1] < first[1]


@pytest.mark.browser
def test_the_host_counts_what_kb_evaluate_counts(started, corpus, tmp_path):
    """Two ways to count: bodies that Chromium fetched, and files that the client asked for in Node."""
    published = engines.publish(engines.OURS, corpus, tmp_path / "ours")
    queries = ["wash my boots", "how do I repair ropes and lamps", "returning", "zebra"]

    counted = count_bytes(started, published, queries, shown=SHOWN)

    runs = run_browser(published.index / "search", [(query, query) for query in queries], limit=10)
    assert counted.first == tuple(run.first_bytes for run in runs)
    assert counted.following == tuple(run.next_bytes for run in [*runs[1:], runs[0]])


PEERS = [
    pytest.param(
        engine,
        id=engine.name,
        marks=pytest.mark.skipif(
            engine != engines.MATERIAL and not (engines.PEERS / "installed").is_file(),
            reason="the peers are not installed; benchmarks/search/run.py does",
        ),
    )
    for engine in engines.BROWSER_PEERS
]


@pytest.mark.browser
@pytest.mark.parametrize("engine", PEERS)
def test_a_peer_finds_an_article_by_its_title_and_never_more_than_was_asked_for(started, corpus, tmp_path, engine):
    published = engines.publish(engine, corpus, tmp_path / engine.name)

    with serve(published) as host, visit(started, host, published) as visitor:
        visitor.open()
        repairing, much, syntax = visitor.ask(["Repairing your ropes", "boots", 'title:- "ropes ~2 * +('], limit=2)

    assert repairing[0] == "faq/ropes/repairing/"
    assert len(much) <= (10 if engine == engines.PAGEFIND else 2)  # Pagefind gives those whose text is shown
    assert isinstance(syntax, list)


@pytest.mark.browser
def test_an_engine_that_loads_all_at_once_fetches_nothing_for_its_second_query(started, corpus, tmp_path):
    published = engines.publish(engines.MATERIAL, corpus, tmp_path / "material")

    counted = count_bytes(started, published, ["wash my boots", "returning", "ropes"])

    assert len(counted.first) == 1
    assert counted.first[0] > counted.code > 0
    assert counted.following == (0,)


def test_scores_are_means_over_the_queries():
    judged = JudgedSet((), {"q1": "", "q2": "", "q3": "", "q4": ""}, {f"q{i}": {"right": 1} for i in range(1, 5)})
    hits = {"q1": ["right"], "q2": ["wrong", "right"], "q3": ["wrong"] * 4 + ["right"], "q4": []}

    scores = dict(zip(MEASURES, score(judged, hits), strict=True))

    assert scores["Success@1"] == 1 / 4
    assert scores["Success@3"] == 2 / 4
    assert scores["MRR@10"] == (1 + 1 / 2 + 1 / 5) / 4
    assert scores["no result, share"] == 1 / 4


def test_articles_made_of_the_demo_are_many_different_and_always_the_same(tmp_path):
    for name in ("once", "again"):
        recombine(ROOT / "content", 60, tmp_path / name)

    once, again = (
        {path.name: path.read_text() for path in (tmp_path / name).rglob("*.md")} for name in ("once", "again")
    )
    assert once == again
    assert len({text.splitlines()[1] for text in once.values()}) == 60
    assert all(250 < len(text.split()) < 900 for text in once.values())
    assert all("\n## " in text for text in once.values())


def test_short_queries_are_words_of_titles_and_sentences_are_longer(corpus):
    numbered = [
        Document(f"{i}/", f"{one.title} (case {1000 + i})", "", one.sections) for i, one in enumerate(corpus.documents)
    ]

    short, sentences = short_queries(numbered, 10), sentence_queries(numbered, 10)

    assert short == short_queries(numbered[::-1], 10)
    assert sentences == sentence_queries(numbered[::-1], 10)
    assert len(short) == len(sentences) == 10
    assert all(2 <= len(query.split()) <= 3 for query in short)
    assert all(len(query.split()) >= 6 for query in sentences)
    assert not any("case" in query for query in short + sentences)


def test_the_demo_becomes_a_judged_set_with_every_judgment(tmp_path):
    folder = write_demo_judged_set(tmp_path)

    judged = read_judged_set(folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels.tsv")
    judgments = (ROOT / "search" / "judgments.yml").read_text()
    assert len(judged.queries) == len(re.findall(r"^- ", judgments, re.MULTILINE))
    assert {document.url for document in judged.documents} >= {next(iter(one)) for one in judged.qrels.values()}


def test_a_table_has_no_column_for_an_engine_without_values():
    rows = [Row("bytes", "first, kB median / p95", {"ours": (31.24, 1040.0)}), Row("build", "s", {"ours": (2.0,)}, 2)]

    assert markdown_table(rows, {"ours": "kb_builder 1", "other": "Other 2"}).splitlines() == [
        "| measure | kb_builder 1 |",
        "| --- | ---: |",
        "| first, kB median / p95 | 31.2 / 1,040.0 |",
        "| s | 2.00 |",
    ]


def test_peers_are_pinned_and_their_lock_file_names_no_host():
    folder = ROOT / "benchmarks" / "search" / "peers"
    package, lock = (json.loads((folder / name).read_text()) for name in ("package.json", "package-lock.json"))

    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert "resolved" not in (folder / "package-lock.json").read_text()
    assert all("==" in line for line in (folder / "requirements.txt").read_text().splitlines())
