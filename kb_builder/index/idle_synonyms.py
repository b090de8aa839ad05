"""A built index and its synonym rules in, the rules that change nothing out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from kb_builder.articles.codes import issue
from kb_builder.index.analyzer import analyze_query
from kb_builder.index.reader import SearchIndex
from kb_builder.index.word_lists import SynonymRule
from kb_builder.issues import Issue


def idle_synonym_issues(index: SearchIndex, rules: Iterable[SynonymRule], path: str) -> Iterator[Issue]:
    """Yield rules of which no typed word leads to any article that it would not find by itself."""
    for rule in rules:
        if not any(_leads(index, typed, rule.found) for typed in rule.typed):
            listed = ", ".join(f"'{text}'" for text in rule.found)
            yield issue("KB709", path, rule.line, f"no search finds more by this synonym: {listed}")


def _leads(index: SearchIndex, typed: str, found: Collection[str]) -> bool:
    first, *rest = analyze_query(typed, index.language)
    entry = index.find(first)
    if entry is None or entry.term is None:
        return False
    leads = (lead for lead in entry.leads if len(lead.rest) == len(rest) and lead.follows(rest))
    return any(synonym.text in found for lead in leads for synonym in lead.synonyms)
