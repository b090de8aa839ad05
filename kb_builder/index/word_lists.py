"""``synonyms.yml`` and ``pins.yml`` in, typed rules and everything wrong with them out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, create_model

from kb_builder.articles.codes import issue
from kb_builder.articles.field_values import Text, Texts
from kb_builder.articles.model import Content
from kb_builder.articles.policies import PolicyState, policy_versions
from kb_builder.index.analyzer import analyze_query, stemmer
from kb_builder.index.yaml_lists import (
    Item,
    ItemFields,
    article_issues,
    dropped_words,
    list_schema,
    parse_item,
    parse_list,
    read_list,
)
from kb_builder.issues import Issue

SYNONYMS_FILE = "synonyms.yml"
PINS_FILE = "pins.yml"
PHRASE_WORDS = 8

Stemmed = tuple[str, ...]

# A class statement cannot have a field called "from", and mypy cannot read one that is given by name.
OneWayFields: Any = create_model(  # type: ignore[call-overload]
    "OneWayFields",
    __base__=ItemFields,
    __doc__="Words that also find others, but are not found by them.",
    **{
        "from": (Texts, Field(description="What a customer types: a word or phrase, or a list of them.")),
        "to": (Texts, Field(description="What is found too: words or phrases of the articles.")),
    },
)


class PinFields(ItemFields):
    """An article that comes first for a query."""

    query: Text = Field(description="The query, all of it; inflected forms of its words count too.")
    article: Text = Field(description="Its file, relative to the content folder.")


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """Whoever types one of ``typed`` also finds what holds one of ``found``; all are as the editor wrote them."""

    typed: tuple[str, ...]
    found: tuple[str, ...]
    line: int

    @property
    def works_both_ways(self) -> bool:
        """Say whether the rule is a group of words that mean the same."""
        return self.typed == self.found


@dataclass(frozen=True, slots=True)
class Pin:
    """An article, by its content path, that comes first for a query."""

    query: str
    article: str
    line: int


@dataclass(frozen=True, slots=True)
class WordLists:
    """What editors decided about search."""

    synonyms: tuple[SynonymRule, ...] = ()
    pins: tuple[Pin, ...] = ()


def read_word_lists(folder: Path, *, shown: str, language: str) -> tuple[WordLists, tuple[Issue, ...]]:
    """Read the two files of the search folder; one that is missing is empty. Edge: disk.

    Args:
        folder: The search folder.
        shown: What paths in issues start with.
        language: ISO 639-1 of the content.

    Returns:
        The rules that can be used, and what is wrong with the others.
    """
    synonyms_text, unread_synonyms = read_list(folder, SYNONYMS_FILE, shown=shown)
    pins_text, unread_pins = read_list(folder, PINS_FILE, shown=shown)
    synonyms, wrong_synonyms = parse_synonyms(synonyms_text, f"{shown}/{SYNONYMS_FILE}", language=language)
    pins, wrong_pins = parse_pins(pins_text, f"{shown}/{PINS_FILE}", language=language)
    return WordLists(synonyms, pins), (*unread_synonyms, *unread_pins, *wrong_synonyms, *wrong_pins)


def parse_synonyms(text: str, path: str, *, language: str) -> tuple[tuple[SynonymRule, ...], tuple[Issue, ...]]:
    """Read synonyms: each entry a list of words that mean the same, or ``{from: …, to: […]}``."""
    items, wrong = parse_list(text, path)
    issues = list(wrong)
    rules = []
    for item in items:
        rule, found = _parse_rule(item, path, language)
        issues += found
        if rule:
            rules.append(rule)
    stem = stemmer(language)
    issues += _circle_issues(rules, path, lambda words: stemmed(words, language, stem))
    return tuple(rules), tuple(issues)


def parse_pins(text: str, path: str, *, language: str) -> tuple[tuple[Pin, ...], tuple[Issue, ...]]:
    """Read pins: each entry a query and an article."""
    items, wrong = parse_list(text, path)
    issues = list(wrong)
    pins: dict[Stemmed, Pin] = {}
    stem = stemmer(language)
    for item in items:
        fields, found = parse_item(PinFields, item, path)
        issues += found
        if fields is None:
            continue
        if unusable := _unusable((fields.query,), path, item.line, language):
            issues += unusable
            continue
        pin = Pin(fields.query, fields.article, item.line)
        before = pins.setdefault(stemmed(pin.query, language, stem), pin)
        if before is not pin:
            message = f"query '{pin.query}' is pinned twice (first on line {before.line}, as '{before.query}')"
            issues.append(issue("KB705", path, pin.line, message))
    return tuple(pins.values()), tuple(issues)


def pin_issues(pins: Iterable[Pin], content: Content, path: str, *, today: dt.date) -> Iterator[Issue]:
    """Yield pins whose article does not exist, or cannot be found on this day."""
    for pin in pins:
        yield from article_issues(pin.article, content, path, pin.line)
        if reason := not_in_search(pin.article, content, today=today):
            yield issue("KB702", path, pin.line, f"'{pin.query}' is pinned to '{pin.article}', {reason}")


def not_in_search(article: str, content: Content, *, today: dt.date) -> str:
    """Say why search cannot find an article that exists; nothing when it can."""
    if article in content.drafts and article not in content.articles:
        return "which is a draft"
    if article not in content.articles:
        return ""
    if content.articles[article].search_exclude:
        return "which its front matter excludes from search"
    state = next((v.state for v in policy_versions(content.articles, today).get(article, ()) if v.path == article), "")
    return f"which is {state} and not the current version" if state not in ("", PolicyState.CURRENT) else ""


def synonyms_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``synonyms.yml``."""
    words = {"type": "string", "minLength": 1}
    group = {
        "type": "array",
        "items": words,
        "minItems": 2,
        "description": "Words and phrases that mean the same: whoever types one finds the others too.",
    }
    one_way = OneWayFields.model_json_schema()
    for name, value in one_way["properties"].items():
        one_way["properties"][name] = {
            "anyOf": [words, {"type": "array", "items": words, "minItems": 1}],
            "description": value["description"],
        }
    return list_schema("Synonyms", group, one_way)


def pins_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``pins.yml``."""
    return list_schema("Pins", PinFields.model_json_schema())


def stemmed(text: str, language: str, stem: Callable[[str], str]) -> Stemmed:
    """Give the words of a text as stems, in order, repeats kept."""
    return tuple(stem(word) for word in analyze_query(text, language))


def _parse_rule(item: Item, path: str, language: str) -> tuple[SynonymRule | None, tuple[Issue, ...]]:
    if isinstance(item.value, list):
        rule, issues = _parse_group(item, path)
    else:
        fields, issues = parse_item(OneWayFields, item, path)
        given = fields.model_dump() if fields else {}
        rule = SynonymRule(given["from"], given["to"], item.line) if fields else None
    if rule is None:
        return None, issues
    texts = tuple(dict.fromkeys((*rule.typed, *rule.found)))
    if unusable := _unusable(texts, path, item.line, language):
        return None, (*issues, *unusable)
    return rule, (*issues, *_same_word_issues(rule, texts, path, language))


def _parse_group(item: Item, path: str) -> tuple[SynonymRule | None, tuple[Issue, ...]]:
    words = [" ".join(word.split()) for word in item.value if isinstance(word, str) and word.strip()]
    if any(not isinstance(word, str) for word in item.value):
        message = "a list of synonyms must hold words and phrases only"
        return None, (issue("KB703", path, item.line, message, "Write: - [parcel, package, delivery box]"),)
    if len(words) < 2:
        message = f"a list of synonyms needs at least two words; this one has {len(words)}"
        return None, (issue("KB703", path, item.line, message),)
    return SynonymRule(tuple(words), tuple(words), item.line), ()


def _unusable(texts: tuple[str, ...], path: str, line: int, language: str) -> tuple[Issue, ...]:
    long = [
        issue("KB707", path, line, f"'{text}' has more than {PHRASE_WORDS} words")
        for text in texts
        if len(analyze_query(text.replace("-", " "), language)) > PHRASE_WORDS
    ]
    return (*dropped_words(texts, path, line, language=language), *long)


def _same_word_issues(rule: SynonymRule, texts: tuple[str, ...], path: str, language: str) -> Iterator[Issue]:
    """Yield words of a rule that search takes for one anyway."""
    stem = stemmer(language)
    counts = Counter(rule.typed if rule.works_both_ways else (*rule.typed, *rule.found))
    for text, count in counts.items():
        if count > 1:
            yield issue("KB708", path, rule.line, f"'{text}' stands twice")
    first: dict[Stemmed, str] = {}
    for text in texts:
        before = first.setdefault(stemmed(text, language, stem), text)
        if before != text:
            yield issue("KB708", path, rule.line, f"'{before}' and '{text}' are one word to search")


def _circle_issues(rules: Iterable[SynonymRule], path: str, key: Callable[[str], Stemmed]) -> Iterator[Issue]:
    """Yield one-way rules whose words lead back to where they started."""
    one_way = [rule for rule in rules if not rule.works_both_ways]
    leads: dict[Stemmed, set[Stemmed]] = {}
    for rule in one_way:
        for typed in rule.typed:
            leads.setdefault(key(typed), set()).update(map(key, rule.found))
    for rule in one_way:
        for typed in rule.typed:
            start = key(typed)
            others = [found for found in rule.found if key(found) != start]
            if back := next((found for found in others if _reaches(leads, key(found), start)), ""):
                message = f"'{typed}' leads to '{back}', which leads back to '{typed}'"
                yield issue("KB704", path, rule.line, message)


def _reaches(leads: dict[Stemmed, set[Stemmed]], start: Stemmed, end: Stemmed) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        fresh = leads.get(here, set()) - seen
        seen |= fresh
        waiting += fresh
    return False
