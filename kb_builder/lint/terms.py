"""The list of terms: which word to use, and which ones not, as the writers of ``terms.yml`` decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kb_builder.articles.field_values import Text, Texts
from kb_builder.articles.model import Kind
from kb_builder.index.yaml_lists import ItemFields, list_schema, parse_item, parse_list
from kb_builder.issues import Issue


class TermFields(ItemFields):
    """A word to use in place of others."""

    say: Text = Field(description="The word to use.")
    instead_of: Texts = Field(description="Words that it replaces; whole words, in any case.")
    but_not_in: Texts = Field((), description="Phrases in which a replaced word is right, such as 'shipment ID'.")
    kinds: tuple[Annotated[Kind, BeforeValidator(str.lower)], ...] = Field(
        (), description="Kinds of articles to look at: faq, guide, policy, announcement. All, when not given."
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A word to use in place of others; ``pattern`` finds those, and the phrases in which they are ``allowed``."""

    say: str
    pattern: re.Pattern[str]
    allowed: frozenset[str]
    kinds: frozenset[Kind]


def parse_terms(text: str, path: str) -> tuple[tuple[Term, ...], tuple[Issue, ...]]:
    """Read ``terms.yml``; entries that are none are left out, and each is an issue at its line."""
    items, issues = parse_list(text, path)
    found = list(issues)
    terms: list[Term] = []
    for item in items:
        fields, faults = parse_item(TermFields, item, path)
        found += faults
        if fields:
            terms.append(_term(fields))
    return tuple(terms), tuple(found)


def terms_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``terms.yml``."""
    return list_schema("Terms", TermFields.model_json_schema())


def _term(fields: TermFields) -> Term:
    phrases = sorted((*fields.instead_of, *fields.but_not_in, fields.say), key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return Term(
        say=fields.say,
        pattern=re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE),
        allowed=frozenset(_folded(phrase) for phrase in (*fields.but_not_in, fields.say)),
        kinds=frozenset(fields.kinds),
    )


def find_terms(text: str, terms: tuple[Term, ...], kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield each word of a text that the list replaces, and the word to use, written like it."""
    for term in terms:
        if not term.kinds or kind in term.kinds:
            for match in term.pattern.finditer(text):
                if _folded(match.group()) not in term.allowed:
                    yield match.group(), _like(term.say, match.group())


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _like(word: str, model: str) -> str:
    """Write a word in capitals like another one."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
