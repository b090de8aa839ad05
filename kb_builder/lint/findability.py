"""Rules on search as it would be published: is every article found by its own words, and at what cost."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput
from kb_builder.workers import in_parts

WITHIN = 3
MOST_QUERIES = 1000
_WEIGHED_QUERIES = 3
_QUERIES_OF_A_PROCESS = 50


@dataclass(frozen=True, slots=True)
class OwnQuery:
    """A title or a line of ``questions:``, its line, and the article it must find with its address in the index."""

    text: str
    article: Article
    url: str
    code: str
    line: int


def own_queries(lint: LintInput, urls: Mapping[str, str]) -> tuple[OwnQuery, ...]:
    """Return the queries to run: every title and question of what search holds, at most ``MOST_QUERIES``.

    On a large site the same ones are taken each time, spread evenly, as each takes milliseconds.

    Args:
        lint: What the rules may depend on.
        urls: Address of each article that search holds, by content path.
    """
    queries = []
    for reading in lint.articles():
        article = reading.article
        if url := urls.get(article.path):
            queries.append(OwnQuery(article.title, article, url, "KB712", article.lines.get("title", 0)))
            for position, question in enumerate(article.questions):
                line = article.lines.get(f"questions.{position}", article.lines.get("questions", 0))
                queries.append(OwnQuery(question, article, url, "KB713", line))
    if len(queries) > MOST_QUERIES:
        queries.sort(key=lambda query: zlib.crc32(f"{query.article.path} {query.text}".encode()))
    return tuple(queries[:MOST_QUERIES])


def lost_articles(lint: LintInput, index: SearchIndex, queries: Sequence[OwnQuery]) -> list[Issue]:
    """Find articles that their own title or questions do not find among the first three, in several processes."""

    def lost(start: int, end: int) -> list[Issue]:
        return list(_lost(lint, index, queries[start:end]))

    return [*chain.from_iterable(in_parts(lost, len(queries), fewest=_QUERIES_OF_A_PROCESS))]


def _lost(lint: LintInput, index: SearchIndex, queries: Sequence[OwnQuery]) -> Iterator[Issue]:
    for query in queries:
        hits = search(index, query.text, excerpts=0).hits[:WITHIN]
        if query.url not in [hit.url for hit in hits]:
            first = f"'{hits[0].title}' comes first" if hits else "nothing is found"
            message = f"'{query.text}' does not find this article: {first}"
            yield issue(query.code, lint.at(query.article.path), query.line, message)


def heavy_search(lint: LintInput, files: Mapping[str, bytes], queries: Sequence[OwnQuery]) -> Iterator[Issue]:
    """Find a query that loads more than the limit, among the longest of the articles' own."""
    limit = lint.limits.search_kilobytes
    for query in sorted(queries, key=lambda query: -len(query.text))[:_WEIGHED_QUERIES]:
        wire = _Wire(files)
        search(SearchIndex(wire), query.text)
        if wire.loaded_bytes > limit * 1000:
            message = (
                f"'{query.text}' loads {round(wire.loaded_bytes / 1000)} kB to be answered; the limit is {limit} kB"
            )
            yield issue("KB631", lint.at(query.article.path), query.line, message)
            return


class _Wire:
    """Reads files and counts their bytes as a web server would send them, each once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._sizes: dict[str, int] = {}

    def __call__(self, name: str) -> bytes:
        data = self._files[name]
        self._sizes[name] = len(gzip.compress(data, 6))
        return data

    @property
    def loaded_bytes(self) -> int:
        return sum(self._sizes.values())
