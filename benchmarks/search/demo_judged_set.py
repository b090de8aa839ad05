"""Turn this repository's help center and its search/judgments.yml into a judged set in the layout of BEIR.

    python benchmarks/search/demo_judged_set.py FOLDER

An article's summary and its other ways to ask become part of its text, so that every engine reads the same words.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml
from corpora import ROOT, html_of

from kb_builder.articles.model import Article
from kb_builder.articles.read import read_content
from kb_builder.index.sections import split_sections


def write_demo_judged_set(folder: Path, *, root: Path = ROOT) -> Path:
    """Write ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` into a folder; return it."""
    content = read_content(root / "content", today=dt.datetime.now(dt.UTC).date())
    articles = [article for article in content.articles.values() if not article.search_exclude]
    known = {article.path for article in articles}
    judgments = yaml.safe_load((root / "search" / "judgments.yml").read_text("utf-8"))
    asked = [(f"q{number}", one) for number, one in enumerate(judgments) if one["article"] in known]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "corpus.jsonl", (json.dumps(_entry(article)) for article in articles))
    _write(folder / "queries.jsonl", (json.dumps({"_id": name, "text": one["query"]}) for name, one in asked))
    qrels = (f"{name}\t{one['article']}\t1" for name, one in asked)
    _write(folder / "qrels.tsv", ["query-id\tcorpus-id\tscore", *qrels])
    return folder


def _entry(article: Article) -> dict[str, str]:
    sections = split_sections(html_of(article.body))
    body = [part for section in sections for part in (section.heading, section.text)]
    parts = [article.summary, *article.questions, *body]
    return {"_id": article.path, "title": article.title, "text": "\n".join(filter(None, parts))}


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    print(write_demo_judged_set(Path(sys.argv[1])))
