"""``judgments.yml`` in, the rank at which a built index finds each judged article out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from kb_builder.articles.codes import issue
from kb_builder.articles.field_values import Text, WholeNumber
from kb_builder.articles.model import Content
from kb_builder.index.analyzer import analyze_query
from kb_builder.index.blocks import HITS
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.index.yaml_lists import (
    ItemFields,
    article_issues,
    dropped_words,
    list_schema,
    parse_item,
    parse_list,
    read_list,
)
from kb_builder.issues import Issue

JUDGMENTS_FILE = "judgments.yml"
DEEPEST_RANK = 100


class JudgmentFields(ItemFields):
    """A query and the article that must be found for it."""

    query: Text = Field(description="What a customer types, typing errors included.")
    article: Text = Field(description="File of the article that answers it, relative to the content folder.")
    within: WholeNumber = Field(3, ge=1, le=HITS, description="The rank it must have at least; 1 is the first.")
    status: Literal["open"] | None = Field(
        None, description="'open' says that search is known not to manage this yet: it is counted, and fails nothing."
    )


@dataclass(frozen=True, slots=True)
class Judgment:
    """A query and the content path of the article that must be among the first ``within`` hits."""

    query: str
    article: str
    within: int
    is_open: bool
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a built index finds a judged article.

    Attributes:
        rank: 1 is the first; None when it is not among the first `DEEPEST_RANK`.
        hits: Content paths of the first `HITS`, best first.
    """

    judgment: Judgment
    rank: int | None
    hits: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Say whether the article is where it should be."""
        return self.rank is not None and self.rank <= self.judgment.within


def read_judgments(
    folder: Path, content: Content, *, shown: str, language: str
) -> tuple[tuple[Judgment, ...], tuple[Issue, ...]]:
    """Read the judgments of the search folder; a missing file holds none. Edge: disk.

    Args:
        folder: The search folder.
        content: Every judged article must be in it; drafts count.
        shown: What paths in issues start with.
        language: ISO 639-1 of the content.

    Returns:
        The judgments that can be run, in the order of the file, and what is wrong with the others.
    """
    text, unread = read_list(folder, JUDGMENTS_FILE, shown=shown)
    path = f"{shown}/{JUDGMENTS_FILE}"
    judgments, wrong = parse_judgments(text, path, language=language)
    known: list[Judgment] = []
    unknown: list[Issue] = []
    for judgment in judgments:
        if found := article_issues(judgment.article, content, path, judgment.line):
            unknown += found
        else:
            known.append(judgment)
    return tuple(known), (*unread, *wrong, *unknown)


def parse_judgments(text: str, path: str, *, language: str) -> tuple[tuple[Judgment, ...], tuple[Issue, ...]]:
    """Read judgments: each entry ``query``, ``article``, ``within``, and ``status: open`` where search fails so far."""
    items, wrong = parse_list(text, path)
    issues = list(wrong)
    judgments: dict[tuple[tuple[str, ...], str], Judgment] = {}
    for item in items:
        fields, found = parse_item(JudgmentFields, item, path)
        issues += found
        if fields is None:
            continue
        if dropped := dropped_words((fields.query,), path, item.line, language=language):
            issues += dropped
            continue
        judgment = Judgment(fields.query, fields.article, fields.within, fields.status == "open", item.line)
        before = judgments.setdefault((tuple(analyze_query(judgment.query, language)), judgment.article), judgment)
        if before is not judgment:
            message = f"'{judgment.query}' is judged twice for '{judgment.article}' (first on line {before.line})"
            issues.append(issue("KB711", path, judgment.line, message))
    return tuple(judgments.values()), tuple(issues)


def judgments_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``judgments.yml``."""
    return list_schema("Judgments", JudgmentFields.model_json_schema())


def run_judgments(index: SearchIndex, judgments: Sequence[Judgment], urls: Mapping[str, str]) -> tuple[Outcome, ...]:
    """Ask an index every judged query, as a customer who has typed all of it.

    Args:
        urls: URL of each article by its content path.
    """
    paths = {url: path for path, url in urls.items()}
    outcomes = []
    for judgment in judgments:
        hits = _hits(index, judgment.query, HITS, paths)
        deep = hits if judgment.article in hits else _hits(index, judgment.query, DEEPEST_RANK, paths)
        rank = deep.index(judgment.article) + 1 if judgment.article in deep else None
        outcomes.append(Outcome(judgment, rank, hits))
    return tuple(outcomes)


def failure_issues(outcomes: Iterable[Outcome], path: str) -> Iterator[Issue]:
    """Yield an error for every judgment that fails and is not open."""
    for outcome in outcomes:
        judgment = outcome.judgment
        if not outcome.passes and not judgment.is_open:
            where = f"it is at {outcome.rank}" if outcome.rank else f"it is not among the first {DEEPEST_RANK}"
            first = f" (first: {outcome.hits[0]})" if outcome.hits else " (nothing is found)"
            message = f"'{judgment.query}' should find {judgment.article} within {judgment.within}; {where}{first}"
            yield issue("KB710", path, judgment.line, message)


def _hits(index: SearchIndex, query: str, limit: int, paths: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(paths.get(hit.url, hit.url) for hit in search(index, query, limit=limit, excerpts=0).hits)
