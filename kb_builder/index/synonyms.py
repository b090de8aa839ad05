"""Synonym rules and pins in, what each word of the dictionary leads to out.

Everything is worked out here, at compile time: phrases are counted in the articles like words, and each word that may
be typed carries the postings of its synonyms. search/FORMAT.md says what the browser does with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain

import numpy as np

from kb_builder.index.analyzer import analyze, analyze_query
from kb_builder.index.fields import AnalyzedDocuments, field_texts
from kb_builder.index.impacts import ImpactTerm, inverse_document_frequency
from kb_builder.index.postings import NO_NUMBERS, FieldPostings, Ints, summed
from kb_builder.index.word_lists import Stemmed, SynonymRule

Stem = Callable[[str], str]
Postings = tuple[tuple[int, int], ...]
WordsOf = Callable[[str], Iterable[str]]

_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")


@dataclass(frozen=True, slots=True)
class Target:
    """What a synonym leads to: a word, or a phrase whose words follow each other.

    Attributes:
        text: As the editor wrote it.
        term: Its name in the index; that of a phrase holds spaces, which no word does.
        variants: The ways it may be spelled, as stems, longest first: with a hyphen, a space or neither.
    """

    text: str
    term: str
    variants: tuple[Stemmed, ...]

    @property
    def is_phrase(self) -> bool:
        """Say whether it must be looked for in the texts, because no posting tells where words stand."""
        return " " in self.term


@dataclass(frozen=True, slots=True)
class Lead:
    """A word or phrase that may be typed, folded but not stemmed, and what it leads to."""

    words: tuple[str, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Synonym:
    """What counts for a word or phrase besides itself.

    Attributes:
        text: As the editor wrote it.
        forms: The words to mark in an article that is found by it.
        postings: ``(document, impact)`` pairs, ascending, as of any term.
    """

    text: str
    forms: tuple[str, ...]
    idf: int
    postings: Postings


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words behind the first of a phrase, each in all its forms, and the synonyms of the whole."""

    rest: tuple[tuple[str, ...], ...]
    synonyms: tuple[Synonym, ...]


@dataclass(frozen=True, slots=True)
class PinnedPhrase:
    """The words behind the first of a pinned query, each in all its forms, and the number of the article."""

    rest: tuple[tuple[str, ...], ...]
    document: int


@dataclass(frozen=True, slots=True)
class TermLeads:
    """What a term leads to: by itself, and as the first word of phrases."""

    synonyms: tuple[Synonym, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    pins: tuple[PinnedPhrase, ...] = ()


NO_LEADS = TermLeads()


def plan_synonyms(rules: Iterable[SynonymRule], *, language: str, stem: Stem) -> tuple[Lead, ...]:
    """Give every spelling of everything that may be typed, and what it leads to: one step, never further.

    A word never leads to itself or another form of itself.
    """
    targets: dict[tuple[str, ...], dict[str, Target]] = {}
    for rule in rules:
        found = [_target(text, language, stem) for text in rule.found]
        for typed in rule.typed:
            own = {tuple(map(stem, words)) for words in spellings(typed, language)}
            for words in spellings(typed, language):
                of_words = targets.setdefault(words, {})
                of_words.update({target.term: target for target in found if not own & set(target.variants)})
    return tuple(Lead(words, tuple(of_words.values())) for words, of_words in targets.items() if of_words)


def count_phrases(
    analyzed: AnalyzedDocuments, targets: Iterable[Target], *, language: str, stem: Stem
) -> AnalyzedDocuments:
    """Count in every field how often each phrase occurs, as if it were one word.

    Its words must follow each other in one text. That all of them are somewhere in the article says little: "log in"
    would be every article with "log".

    Returns:
        The same documents, with the phrases among the terms of their fields.
    """
    phrases = {target.term: target for target in targets if target.is_phrase}
    if not phrases:
        return analyzed
    by_first: dict[str, list[tuple[Stemmed, str]]] = {}
    for term, target in phrases.items():
        for variant in target.variants:
            by_first.setdefault(variant[0], []).append((variant, term))
    for variants in by_first.values():
        variants.sort(key=lambda pair: (-len(pair[0]), pair))
    numbers = _that_may_have(list(chain(*by_first.values())), analyzed.fields.values())
    counts: dict[str, list[dict[str, int]]] = {name: [] for name in analyzed.fields}
    for number in numbers.tolist():
        for name, texts in field_texts(analyzed.documents[number]):
            counts[name].append(_count(texts, by_first, language, stem))
    fields = {}
    for name, known in analyzed.fields.items():
        counted = FieldPostings.of_counts(counts[name]).renumbered(numbers)
        fields[name] = summed([(known.terms, known), (counted.terms, counted)])
    return replace(analyzed, fields=fields)


def _that_may_have(variants: Iterable[tuple[Stemmed, str]], fields: Collection[FieldPostings]) -> Ints:
    """Return the numbers of the documents that have every word of a phrase, wherever."""
    found: Ints = NO_NUMBERS
    for words, _ in variants:
        having = (np.concatenate([field.documents_of(word) for field in fields]) for word in words)
        found = np.union1d(found, reduce(np.intersect1d, having))
    return found


def lead_terms(
    leads: Sequence[Lead],
    pins: Iterable[tuple[str, int]],
    *,
    impact_of: Callable[[str], ImpactTerm | None],
    words_of: WordsOf,
    seen_of: WordsOf,
    function_words: frozenset[str],
    language: str,
    stem: Stem,
) -> dict[str, TermLeads]:
    """Work out what each term leads to.

    Args:
        leads: As `plan_synonyms` gives them.
        pins: Queries and the numbers of their articles.
        impact_of: Gives a term, or a phrase, with its impacts, if any document has it.
        words_of: Gives every word that leads to a term; those of leads and pins are among them.
        seen_of: Gives the words of a term that the site has, to mark.
        function_words: Terms that are not marked for a phrase which has others.

    Returns:
        By term; only terms that lead to something.
    """
    found: dict[str, TermLeads] = {}
    for lead in leads:
        first, *rest = map(stem, lead.words)
        synonyms = [
            _synonym(target, impact, seen_of, function_words)
            for target in lead.targets
            if (impact := impact_of(target.term))
        ]
        before = found.get(first, NO_LEADS)
        if rest:
            phrase = Phrase(_forms_of(rest, words_of), _without_weaker(synonyms, ()))
            changed = replace(before, phrases=(*before.phrases, phrase)) if phrase.synonyms else before
        else:
            changed = replace(before, synonyms=_merge(before.synonyms, synonyms, impact_of(first)))
        if changed != NO_LEADS:
            found[first] = changed
    for query, document in pins:
        first, *rest = (stem(word) for word in analyze_query(query, language))
        before = found.get(first, NO_LEADS)
        found[first] = replace(before, pins=(*before.pins, PinnedPhrase(_forms_of(rest, words_of), document)))
    return found


def lessened(value: int) -> int:
    """Return what a value of a synonym is worth for the word that was typed: eight tenths."""
    return value * 8 // 10


def spellings(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a text as it is, and with its hyphens as spaces and left out."""
    ways = (text, _HYPHEN.sub(" ", text), _HYPHEN.sub("", text))
    return tuple(dict.fromkeys(words for way in ways if (words := tuple(analyze_query(way, language)))))


def _target(text: str, language: str, stem: Stem) -> Target:
    stems = {tuple(map(stem, words)) for words in spellings(text, language)}
    variants = sorted(stems, key=lambda variant: (-len(variant), variant))
    return Target(text, " ".join(variants[0]), tuple(variants))


def _count(
    texts: Iterable[str], by_first: Mapping[str, Sequence[tuple[Stemmed, str]]], language: str, stem: Stem
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in texts:
        stems = tuple(stem(word) for word in analyze(text, language))
        behind: dict[str, int] = {}  # where the last occurrence of each phrase ended: "pre-order" is one, not two
        for at, first in enumerate(stems):
            for variant, term in by_first.get(first, ()):
                if stems[at : at + len(variant)] == variant and at >= behind.get(term, 0):
                    counts[term] = counts.get(term, 0) + 1
                    behind[term] = at + len(variant)
    return counts


def _synonym(target: Target, impact: ImpactTerm, seen_of: WordsOf, function_words: frozenset[str]) -> Synonym:
    stems = {stem for variant in target.variants for stem in variant}
    marked = stems - function_words or stems
    return Synonym(
        target.text,
        tuple(sorted({form for stem in marked for form in seen_of(stem)})),
        impact.idf,
        impact.postings,
    )


def _forms_of(stems: Iterable[str], words_of: WordsOf) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(sorted(words_of(stem))) for stem in stems)


def _merge(known: Sequence[Synonym], more: Sequence[Synonym], own: ImpactTerm | None) -> tuple[Synonym, ...]:
    different = {synonym.text: synonym for synonym in (*known, *more)}
    own_scores = {document: own.idf * impact for document, impact in own.postings} if own else {}
    return _without_weaker(list(different.values()), own_scores.items())


def _without_weaker(synonyms: Sequence[Synonym], own: Iterable[tuple[int, int]]) -> tuple[Synonym, ...]:
    """Leave out postings that another synonym, or the word itself, beats: only the largest counts.

    Args:
        own: Documents and what the word itself gives them.
    """
    best = dict(own)
    winner: dict[int, Synonym] = {}
    for synonym in synonyms:
        for document, impact in synonym.postings:
            score = lessened(synonym.idf * impact)
            if score > best.get(document, 0):
                best[document] = score
                winner[document] = synonym
    kept = (
        replace(synonym, postings=tuple(pair for pair in synonym.postings if winner.get(pair[0]) is synonym))
        for synonym in synonyms
    )
    return tuple(synonym for synonym in kept if synonym.postings)


def unwritten_term(term: str, leads: TermLeads, document_count: int) -> ImpactTerm:
    """Make the term of a word that no article has: as common as all that its synonyms find."""
    found = {document for synonym in leads.synonyms for document, _ in synonym.postings}
    return ImpactTerm(term, inverse_document_frequency(document_count, len(found)), 0, NO_NUMBERS, NO_NUMBERS)


def lead_words(leads: Iterable[Lead], pins: Iterable[str], *, language: str) -> Iterator[str]:
    """Yield every word that may be typed on account of a synonym or a pin; the site need not have it."""
    for lead in leads:
        yield from lead.words
    for query in pins:
        yield from analyze_query(query, language)
