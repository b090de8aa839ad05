"""Two runs of the judgments in, which query moved and what may have moved it out.

The last run is kept in ``.kb/judgments.json``. It is data: whatever is damaged in it is forgotten, and trusted for
nothing but this comparison.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kb_builder.index.analyzer import stemmer
from kb_builder.index.judgments import Outcome
from kb_builder.index.model import Document
from kb_builder.index.word_lists import Stemmed, WordLists, stemmed

RANKS_FILE = "judgments.json"
_FORMAT = 1
_MAX_BYTES = 20_000_000
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the judgments found, and what search was made from.

    Attributes:
        ranks: For each query, for each judged article, its rank; None is not found.
        articles: Hash of what search knows of each article, by content path.
        synonyms: Each rule as text: the words typed, and the words found.
        pins: Each pinned query as text, and its article.
    """

    ranks: dict[str, dict[str, int | None]] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """A judged article whose rank differs from the last run. ``causes`` are sentences without a full stop."""

    query: str
    article: str
    before: int | None
    now: int | None
    causes: tuple[str, ...]


def make_run(outcomes: Iterable[Outcome], documents: Mapping[str, Document], lists: WordLists) -> Run:
    """Sum up a run.

    Args:
        documents: What search knows of each article, by content path.
    """
    ranks: dict[str, dict[str, int | None]] = {}
    for outcome in outcomes:
        ranks.setdefault(outcome.judgment.query, {})[outcome.judgment.article] = outcome.rank
    return Run(
        ranks=ranks,
        articles={path: _hash(document) for path, document in sorted(documents.items())},
        synonyms={_rule_text(rule.typed, rule.found): list(rule.typed) for rule in lists.synonyms},
        pins={pin.query: pin.article for pin in lists.pins},
    )


def moves(before: Run, now: Run, outcomes: Sequence[Outcome], *, language: str) -> tuple[Move, ...]:
    """Return the judgments whose rank changed, in the order of the file.

    A cause is a change that bears on the query: its pin, a synonym of its words, an article among its hits. When there
    is none, what else changed is counted: it moved the weights of words.
    """
    stem = stemmer(language)

    def key(text: str) -> Stemmed:
        return stemmed(text, language, stem)

    found = []
    for outcome in outcomes:
        query, article = outcome.judgment.query, outcome.judgment.article
        known = before.ranks.get(query, {})
        if article in known and known[article] != outcome.rank:
            causes = [
                *_pin_causes(before, now, key(query), key),
                *_synonym_causes(before, now, key(query), key),
                *_article_causes(before, now, (article, *outcome.hits)),
            ]
            found.append(
                Move(query, article, known[article], outcome.rank, tuple(causes or _other_causes(before, now)))
            )
    return tuple(found)


def load_run(folder: Path) -> Run:
    """Read the last run from ``.kb/``; an empty one when there is none or it is damaged. Edge: disk."""
    try:
        with (folder / RANKS_FILE).open("rb") as file:
            return _parse(file.read(_MAX_BYTES))
    except OSError:
        return Run()


def save_run(run: Run, folder: Path) -> bool:
    """Keep a run for the next comparison; say whether that was possible. Edge: disk."""
    data = json.dumps({"format": _FORMAT, **asdict(run)}, ensure_ascii=False, indent=1, sort_keys=True)
    new = folder / f".{RANKS_FILE}.{os.getpid()}"
    try:
        folder.mkdir(exist_ok=True)
        new.write_text(data, encoding="utf-8", errors="replace")
        new.replace(folder / RANKS_FILE)
    except OSError:
        return False
    return True


def _hash(document: Document) -> str:
    read = replace(document, sections=tuple(document.sections))
    text = json.dumps(asdict(read), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rule_text(typed: Sequence[str], found: Sequence[str]) -> str:
    return " = ".join(typed) if typed == found else f"{', '.join(typed)} → {', '.join(found)}"


def _pin_causes(before: Run, now: Run, words: Stemmed, key: Callable[[str], Stemmed]) -> Iterator[str]:
    old = {query: article for query, article in before.pins.items() if key(query) == words}
    new = {query: article for query, article in now.pins.items() if key(query) == words}
    if sorted(old.values()) != sorted(new.values()):
        for query, article in new.items():
            yield f"'{query}' is now pinned to {article}"
        if not new:
            yield from (f"'{query}' is no longer pinned to {article}" for query, article in old.items())


def _synonym_causes(before: Run, now: Run, words: Stemmed, key: Callable[[str], Stemmed]) -> Iterator[str]:
    for change, rules, others in (("new", now.synonyms, before.synonyms), ("gone", before.synonyms, now.synonyms)):
        for rule, typed in rules.items():
            if rule not in others and any(_is_inside(key(text), words) for text in typed):
                yield f"synonym {rule} is {change}"


def _is_inside(part: Stemmed, whole: Stemmed) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _article_causes(before: Run, now: Run, articles: Iterable[str]) -> Iterator[str]:
    for article in dict.fromkeys(articles):
        old, new = before.articles.get(article), now.articles.get(article)
        if old != new:
            yield f"{article} {'is new' if old is None else 'is gone' if new is None else 'changed'}"


def _other_causes(before: Run, now: Run) -> Iterator[str]:
    articles = {
        path
        for path in before.articles.keys() | now.articles.keys()
        if before.articles.get(path) != now.articles.get(path)
    }
    rules = before.synonyms.keys() ^ now.synonyms.keys()
    if articles:
        shown = ", ".join(sorted(articles)[:_NAMED])
        rest = f" and {len(articles) - _NAMED} more" if len(articles) > _NAMED else ""
        yield f"the weights of words moved with {shown}{rest}"
    if rules:
        yield f"{len(rules)} {'synonym' if len(rules) == 1 else 'synonyms'} of other words changed"
    if not articles and not rules:
        yield "neither content nor search files changed, so kb_builder did"


def _parse(data: bytes) -> Run:
    """Take what has the right shape, all or nothing."""
    try:
        value = json.loads(data)
        if value["format"] != _FORMAT:
            return Run()
        return Run(
            {query: _checked(of_query, int, type(None)) for query, of_query in _checked(value["ranks"], dict).items()},
            _checked(value["articles"], str),
            {rule: _texts(typed) for rule, typed in _checked(value["synonyms"], list).items()},
            _checked(value["pins"], str),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Run()


def _checked(value: Any, *types: type) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(type(item) in types for item in value.values()):
        raise TypeError("not a group of such values")
    return value


def _texts(value: list[Any]) -> list[str]:
    if not all(isinstance(item, str) for item in value):
        raise TypeError("not a list of texts")
    return value
