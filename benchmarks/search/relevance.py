"""Ask every engine the queries of a judged set, and score what it finds first."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpora import pages_of
from engines import BROWSER_PEERS, publish, run_tantivy
from playwright.sync_api import Browser
from table import Row
from web import LIMIT, serve, visit

from kb_builder.index.evaluate import evaluate
from kb_builder.index.judged_set import JudgedSet, read_judged_set
from kb_builder.index.metrics import reciprocal_rank, success

MEASURES = ("Success@1", "Success@3", "MRR@10", "no result, share")


def measure_relevance(browser: Browser, folder: Path, *, name: str, peers: bool) -> list[Row]:
    """Return a row a measure for the judged set in a folder (``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv``)."""
    files = (folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels.tsv")
    judged = read_judged_set(*files)
    scores: dict[str, tuple[float, ...]] = {}
    for column, engine in (("ours", "browser"), ("whoosh", "whoosh")):
        done = evaluate(*files, engine=engine)
        scores[column] = (done.success_1, done.success_3, done.mrr_10, done.zero_result_rate)
    if peers:
        scores |= {engine: score(judged, hits) for engine, hits in _hits_of_peers(browser, judged).items()}
    title = f"{name}, {len(judged.queries):,} queries, {len(judged.documents):,} articles"
    return [
        Row("relevance", f"{title}: {measure}", {engine: (values[i],) for engine, values in scores.items()}, 3)
        for i, measure in enumerate(MEASURES)
    ]


def score(judged: JudgedSet, hits: Mapping[str, Sequence[str]]) -> tuple[float, ...]:
    """Return the means of `MEASURES` over the queries."""
    relevant = {query: {url for url, grade in grades.items() if grade > 0} for query, grades in judged.qrels.items()}
    return (
        statistics.fmean(success(hits[query], relevant[query], k=1) for query in judged.queries),
        statistics.fmean(success(hits[query], relevant[query], k=3) for query in judged.queries),
        statistics.fmean(reciprocal_rank(hits[query], relevant[query]) for query in judged.queries),
        statistics.fmean(not hits[query] for query in judged.queries),
    )


def _hits_of_peers(browser: Browser, judged: JudgedSet) -> dict[str, Mapping[str, Sequence[str]]]:
    queries = judged.queries
    with tempfile.TemporaryDirectory(prefix="kb-benchmark-") as work:
        corpus = pages_of(judged.documents, Path(work) / "pages")
        hits: dict[str, Mapping[str, Sequence[str]]] = {"tantivy": run_tantivy(corpus, queries.items(), limit=LIMIT)}
        for engine in BROWSER_PEERS:
            published = publish(engine, corpus, Path(work) / engine.name)
            with serve(published) as host, visit(browser, host, published) as visitor:
                visitor.open()
                hits[engine.name] = dict(zip(queries, visitor.ask([*queries.values()]), strict=True))
    return hits
