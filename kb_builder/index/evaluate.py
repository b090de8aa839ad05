"""Measure an engine on a judged set: what it finds, and what that costs a visitor."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb_builder.client_code import client_files, scripts_for
from kb_builder.files import SiteFile, write_files
from kb_builder.index.analyzer import analyze_query, different_words, stemmer
from kb_builder.index.blocks import HITS
from kb_builder.index.compile import compile_search
from kb_builder.index.confidence import Level, find_level
from kb_builder.index.fields import analyze_documents
from kb_builder.index.impacts import Ranking
from kb_builder.index.json_files import FOLDER
from kb_builder.index.judged_set import JudgedSet, read_judged_set
from kb_builder.index.metrics import brier_score, calibration_error, ndcg, percentile, reciprocal_rank, success
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.index.teacher import Encode
from kb_builder.index.whoosh_store import open_whoosh
from kb_builder.issues import KbError

ENGINES = ("python", "whoosh", "browser")
GZIP_LEVEL = 6  # what hosts compress with by default
SHOWN = 5  # hits that the search box shows with their text; the same in search/client/search_box.js

Ranked = list[tuple[str, float]]  # URLs and scores, best first


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the confidence in first hits compares with whether they were relevant.

    Attributes:
        claimed: Mean confidence.
        sure: How many first hits were shown as the answer, and in how many of them that was right.
        unsure: How many queries were offered other ways, and in how many of them the first hit was right all the same.
    """

    claimed: float
    brier: float
    calibration_error: float
    sure: tuple[int, int]
    unsure: tuple[int, int]

    def as_json(self) -> dict[str, float | int]:
        """Return the figures under the keys of ``kb evaluate --json``."""
        return {
            "claimed": round(self.claimed, 4),
            "brier": round(self.brier, 4),
            "calibration_error": round(self.calibration_error, 4),
            "sure": self.sure[0],
            "sure_right": self.sure[1],
            "unsure": self.unsure[0],
            "unsure_right": self.unsure[1],
        }


def measure_calibration(percents: Sequence[int], right: Sequence[bool]) -> Calibration:
    """Compare the confidence in each query's first hit, in percent, with whether that was right.

    Raises:
        ValueError: There are no queries.
    """
    by_level: dict[Level, list[bool]] = {"sure": [], "open": [], "unsure": []}
    for percent, was_right in zip(percents, right, strict=True):
        by_level[find_level(percent)].append(was_right)
    return Calibration(
        claimed=_mean(percent / 100 for percent in percents),
        brier=brier_score(percents, right),
        calibration_error=calibration_error(percents, right),
        sure=(len(by_level["sure"]), sum(by_level["sure"])),
        unsure=(len(by_level["unsure"]), sum(by_level["unsure"])),
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How an engine did. Rates are means over the judged queries; bytes are gzip (level 6), none for Whoosh.

    Attributes:
        queries: How many were asked: those with a relevant document.
        first_query_bytes: Median over the queries, each as the first of a visit with nothing cached: client, manifest,
            blocks, cards of the hits, and the texts of those that the search box shows.
        next_query_bytes_p50: Median of what a query fetches when the one before it in the file was asked just before.
        calibration: How far the confidence in the first hits can be trusted; None for Whoosh, which has none.
    """

    queries: int
    success_1: float
    success_3: float
    mrr_10: float
    ndcg_10: float
    zero_result_rate: float
    first_query_bytes: int | None
    next_query_bytes_p50: int | None
    next_query_bytes_p95: int | None
    calibration: Calibration | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the figures under the keys of ``kb evaluate --json``."""
        return {
            "queries": self.queries,
            "success@1": round(self.success_1, 4),
            "success@3": round(self.success_3, 4),
            "mrr@10": round(self.mrr_10, 4),
            "ndcg@10": round(self.ndcg_10, 4),
            "zero_result_rate": round(self.zero_result_rate, 4),
            "first_query_bytes": self.first_query_bytes,
            "next_query_bytes_p50": self.next_query_bytes_p50,
            "next_query_bytes_p95": self.next_query_bytes_p95,
            "calibration": self.calibration and self.calibration.as_json(),
        }


@dataclass(frozen=True, slots=True)
class _Run:
    """What an engine answered: hits by query, the confidence in the first, bytes in the order of the queries."""

    hits: dict[str, Ranked]
    confidence: dict[str, int] = field(default_factory=dict)
    first_bytes: tuple[int, ...] = ()
    next_bytes: tuple[int, ...] = ()


def evaluate(
    corpus: Path,
    queries: Path,
    qrels: Path,
    *,
    engine: str = "python",
    run_file: Path | None = None,
    language: str = "en",
    ranking: Ranking | None = None,
    encode: Encode | None = None,
) -> Evaluation:
    """Index a judged set, ask its queries, and compare the answers with its judgments.

    Args:
        corpus: See `read_judged_set`, as for ``queries`` and ``qrels``.
        engine: ``python`` and ``browser`` search the files a site would publish; ``whoosh`` is Whoosh's own BM25F.
        encode: A sentence encoder to fit the semantic postings to.
        run_file: Where to write what was found, as TREC run lines ``qid Q0 docid rank score tag``.

    Raises:
        KbError: The engine is unknown, a file is missing or damaged, or the run file cannot be written.
    """
    if engine not in ENGINES:
        raise KbError(f"unknown engine {engine!r}", hint=f"Choose one of {', '.join(ENGINES)}.", exit_code=2)
    judged = read_judged_set(corpus, queries, qrels)
    ranking = ranking or Ranking()
    if engine == "whoosh":
        run = _run_whoosh(judged, language=language, ranking=ranking)
    else:
        files = compile_search(judged.documents, language=language, ranking=ranking, encode=encode)
        run = _run_python(judged, files) if engine == "python" else _run_browser(judged, files)
    if run_file:
        _write_run(run_file, run.hits, tag=f"kb-{engine}")
    return _measure(judged, run)


def _run_python(judged: JudgedSet, files: Sequence[SiteFile]) -> _Run:
    data = {file.path.removeprefix(f"{FOLDER}/"): file.data for file in files}
    scripts = {file.path: file.data for file in client_files()}
    sizes = {name: _gzip_bytes(content) for name, content in (data | scripts).items()}
    index = SearchIndex(data.__getitem__)
    hits: dict[str, Ranked] = {}
    percents: dict[str, int] = {}
    first_bytes, next_bytes = [], []
    before: frozenset[str] | None = None
    for query, text in judged.queries.items():
        index.forget_used()
        results = search(index, text, excerpts=SHOWN)
        hits[query] = [(hit.url, float(hit.score)) for hit in results.hits]
        percents[query] = results.confidence
        used = index.used | {"manifest.json"} | scripts_for(index.used)
        first_bytes.append(sum(sizes[name] for name in used))
        if before is not None:
            next_bytes.append(sum(sizes[name] for name in used - before))
        before = used
    return _Run(hits, percents, tuple(first_bytes), tuple(next_bytes))


def _run_whoosh(judged: JudgedSet, *, language: str, ranking: Ranking) -> _Run:
    analyzed = analyze_documents(judged.documents, language=language)
    stem = stemmer(language)
    hits: dict[str, Ranked] = {}
    with open_whoosh(analyzed.fields, len(analyzed.documents), ranks=True) as index:
        for query, text in judged.queries.items():
            terms = [stem(word) for word in different_words(analyze_query(text, language))]
            ranked = index.rank(terms, boosts=ranking.weights, limit=HITS)
            hits[query] = [(analyzed.documents[document].url, score) for document, score in ranked]
    return _Run(hits)


def _run_browser(judged: JudgedSet, files: Sequence[SiteFile]) -> _Run:
    from kb_builder.index.browser_engine import run_browser  # only this engine needs Node or a browser

    with tempfile.TemporaryDirectory(prefix="kb-evaluate-") as folder:
        write_files(Path(folder), files)
        runs = run_browser(Path(folder) / FOLDER, list(judged.queries.items()), limit=HITS)
    return _Run(
        {run.query_id: list(run.hits) for run in runs},
        {run.query_id: run.confidence for run in runs},
        tuple(run.first_bytes for run in runs),
        tuple(run.next_bytes for run in runs[1:]),
    )


def _measure(judged: JudgedSet, run: _Run) -> Evaluation:
    ranked = {query: [url for url, _ in run.hits.get(query, [])] for query in judged.queries}
    relevant = {query: {url for url, grade in grades.items() if grade > 0} for query, grades in judged.qrels.items()}
    calibration = None
    if run.confidence:
        first_right = [success(hits, relevant[query], k=1) > 0 for query, hits in ranked.items()]
        calibration = measure_calibration([run.confidence[query] for query in ranked], first_right)
    return Evaluation(
        queries=len(ranked),
        success_1=_mean(success(hits, relevant[query], k=1) for query, hits in ranked.items()),
        success_3=_mean(success(hits, relevant[query], k=3) for query, hits in ranked.items()),
        mrr_10=_mean(reciprocal_rank(hits, relevant[query]) for query, hits in ranked.items()),
        ndcg_10=_mean(ndcg(hits, judged.qrels[query]) for query, hits in ranked.items()),
        zero_result_rate=_mean(float(not hits) for hits in ranked.values()),
        first_query_bytes=percentile(run.first_bytes, 50) if run.first_bytes else None,
        next_query_bytes_p50=percentile(run.next_bytes, 50) if run.next_bytes else None,
        next_query_bytes_p95=percentile(run.next_bytes, 95) if run.next_bytes else None,
        calibration=calibration,
    )


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)


def _write_run(path: Path, hits: Mapping[str, Ranked], *, tag: str) -> None:
    """Write run lines. Tools sort by score, so an exact title gets the best score of its list, and ties are parted."""
    lines = []
    for query, ranked in hits.items():
        for rank, (url, _) in enumerate(ranked, start=1):
            score = max(score for _, score in ranked[rank - 1 :])
            lines.append(f"{query} Q0 {url} {rank} {score + (len(ranked) - rank) / 1000:.6f} {tag}\n")
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise KbError(f"cannot write {path}: {error.strerror or error}", hint="Choose another file.") from error


def _gzip_bytes(data: bytes) -> int:
    return len(gzip.compress(data, compresslevel=GZIP_LEVEL, mtime=0))
