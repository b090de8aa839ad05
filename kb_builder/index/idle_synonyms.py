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
    block = index.find_block(first)
    term = block.find(first) if block else None
    if block is None or term is None:
        return False
    leading = [block.synonyms.get(term, ())] if not rest else []
    leading += [p.synonyms for p in block.phrases.get(term, ()) if len(p.rest) == len(rest) and p.follows(rest)]
    return any(synonym.text in found for synonyms in leading for synonym in synonyms)
