"""Fit the probability that a first hit answers; write it down, with how reliable it is.

    kb build
    python -m tools.fit_confidence --judged-set ../shared/relevance/banking-help

A logistic model of three features of a ranking (see `Grounds`), fitted by Newton's method with a small ridge. It learns
from the demo's judgments and from a judged set, and from questions that neither answers:
``tools/confidence/unanswered.txt`` for both, and what customers ask the demo's outdoor shop but no bank. Each source
weighs what `WEIGHTS` says, whatever its size, so that a fifth of the questions have no answer. Queries that are an
article's title or question are left out: those have a confidence of their own.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb_builder.clock import build_day
from kb_builder.config import load_config
from kb_builder.index.compile import compile_search
from kb_builder.index.confidence import FITTED, Coefficients, Grounds, confidence
from kb_builder.index.evaluate import measure_calibration
from kb_builder.index.judged_set import read_judged_set
from kb_builder.index.judgments import read_judgments
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex, open_search
from kb_builder.pipeline import read_and_check

ROOT = Path(__file__).parents[1]
UNANSWERED = Path(__file__).parent / "confidence" / "unanswered.txt"
NOT_BANKING = re.compile("faq/(shipping|products|care|returns|orders)/|guides/")
WEIGHTS = {"demo": 2.0, "demo, unanswered": 0.5, "judged set": 2.0, "judged set, unanswered": 0.5}
SITES = {"demo": ("demo", "demo, unanswered"), "judged set": ("judged set", "judged set, unanswered")}
FOLDS = 5
RIDGE = 1e-3
NOTE = "Made by tools/fit_confidence.py, which says how. The base is in thousandths, the others in millionths a unit."

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A query's ranking, and whether its first hit answers."""

    source: str
    grounds: Grounds
    answered: bool


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judged-set", type=Path, required=True, help="folder of corpus, queries and qrels")
    parser.add_argument("--site-dir", type=Path, default=ROOT / "site", help="the built demo")
    parser.add_argument("--dry-run", action="store_true", help="print only")
    options = parser.parse_args()

    cases = read_cases(options.site_dir, options.judged_set)
    coefficients = fit(cases)
    found = {"note": NOTE, "coefficients": coefficients._asdict(), "reliability": reliability(cases)}
    text = json.dumps(found, indent=2) + "\n"
    print(text)
    if not options.dry_run:
        FITTED.write_text(text, encoding="utf-8")


def read_cases(site_dir: Path, judged_set: Path) -> list[Case]:
    """Ask both sites all questions."""
    config = load_config(ROOT / "mkdocs.yml")
    content = read_and_check(config, today=build_day())
    judgments, _ = read_judgments(config.search_dir, content, shown="search", language=config.language)
    demo = open_search(site_dir / "search")
    judged = read_judged_set(*(judged_set / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")))
    files = {file.path.removeprefix("search/"): file.data for file in compile_search(judged.documents)}
    other = SearchIndex(files.__getitem__)
    unanswered = UNANSWERED.read_text(encoding="utf-8").splitlines()
    foreign = [judgment.query for judgment in judgments if NOT_BANKING.match(judgment.article)]
    right = {
        query: {document for document, grade in grades.items() if grade > 0} for query, grades in judged.qrels.items()
    }
    return [
        *ask("demo", demo, [(j.query, {content.articles[j.article].url}) for j in judgments]),
        *ask("demo, unanswered", demo, [(query, ()) for query in unanswered]),
        *ask("judged set", other, [(text, right[query]) for query, text in judged.queries.items()]),
        *ask("judged set, unanswered", other, [(query, ()) for query in (*unanswered, *foreign)]),
    ]


def ask(source: str, index: SearchIndex, questions: Sequence[tuple[str, Collection[str]]]) -> Iterable[Case]:
    """Yield a case for each query with hits, unless its confidence is certain; ``questions`` hold the right URLs."""
    for query, right in questions:
        results = search(index, query, excerpts=0)
        if results.grounds and not results.grounds.is_certain:
            yield Case(source, results.grounds, results.hits[0].url in right)


def fit(cases: Sequence[Case]) -> Coefficients:
    """Fit the model, and round it to whole numbers."""
    features, answered, weights = arrays(cases)
    spread = features.std(axis=0)
    design = np.column_stack([np.ones(len(features)), features / spread])
    ridge = np.diag([0.0, *[RIDGE * weights.sum()] * features.shape[1]])
    found = np.zeros(design.shape[1])
    for _ in range(50):
        claimed = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (claimed - answered)) + ridge @ found
        found -= np.linalg.solve((design.T * (weights * claimed * (1 - claimed))) @ design + ridge, slope)
    return Coefficients(round(found[0] * 1000), *(round(c) for c in (found[1:] / spread * 1e6).tolist()))


def arrays(cases: Sequence[Case]) -> tuple[Floats, Floats, Floats]:
    """Return features, outcomes and weights; the cases of a source share its weight."""
    counts = {source: sum(case.source == source for case in cases) for source in WEIGHTS}
    features = np.array([[case.grounds.margin, case.grounds.strength, case.grounds.absent] for case in cases], float)
    weights = np.array([WEIGHTS[case.source] / counts[case.source] for case in cases])
    return features, np.array([case.answered for case in cases], float), weights * len(cases) / weights.sum()


def reliability(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Measure on queries the model did not learn from: by folds, and on one site what was learnt on the other."""
    held_out: list[tuple[Case, int]] = []
    for fold in range(FOLDS):
        learnt = fit([case for at, case in enumerate(cases) if at % FOLDS != fold])
        held_out += [(case, confidence(case.grounds, learnt)) for at, case in enumerate(cases) if at % FOLDS == fold]
    found = {"all, five folds": figures(held_out)}
    for source in WEIGHTS:
        of_source = [(case, claimed) for case, claimed in held_out if case.source == source]
        found[f"{source}, five folds"] = figures(of_source)
    for site, sources in SITES.items():
        learnt = fit([case for case in cases if case.source not in sources])
        found[f"{site}, learnt on the other"] = figures(
            [(case, confidence(case.grounds, learnt)) for case in cases if case.source in sources]
        )
    return found


def figures(claims: Sequence[tuple[Case, int]]) -> dict[str, float]:
    """Compare claims with what happened; shares are of queries, each counting once."""
    calibration = measure_calibration([claimed for _, claimed in claims], [case.answered for case, _ in claims])
    answered = sum(case.answered for case, _ in claims) / len(claims)
    return {"queries": len(claims), "answered": round(answered, 4), **calibration.as_json()}


if __name__ == "__main__":
    main()
