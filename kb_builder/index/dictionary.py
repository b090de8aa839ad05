"""The dictionary: terms with their words and packed postings, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from kb_builder.index.fields import forms_of
from kb_builder.index.impacts import ImpactTable, ImpactTerm
from kb_builder.index.inflections import inflect
from kb_builder.index.packing import pack_all
from kb_builder.index.postings import NO_NUMBERS
from kb_builder.index.synonyms import NO_LEADS, TermLeads, unwritten_term

Stem = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Forms:
    """What may be typed for each term.

    Attributes:
        terms: Ascending.
        words: Of each term, ascending, with single spaces between.
        seen: Likewise, those that are in an article.
    """

    terms: list[str]
    words: list[str]
    seen: list[str]

    def words_of(self, term: str) -> list[str]:
        """Return the words of a term."""
        return self._of(term, self.words)

    def seen_of(self, term: str) -> list[str]:
        """Return those words of a term that are in an article."""
        return self._of(term, self.seen)

    def _of(self, term: str, words: Sequence[str]) -> list[str]:
        row = bisect_left(self.terms, term)
        return words[row].split() if self.terms[row : row + 1] == [term] else []


def find_forms(
    seen: Iterable[str],
    also: Iterable[str],
    transcribed: Mapping[str, frozenset[str]],
    *,
    function_words: frozenset[str],
    language: str,
    stem: Stem,
) -> Forms:
    """Give each term every word that may be typed for it.

    Args:
        seen: The words of the site.
        also: Words that lead somewhere.
        transcribed: How words of a term are written without umlauts.
        function_words: Terms without other inflections than the site has.
    """
    site = forms_of(seen, stem)
    forms = {term: set(words) for term, words in site.items()}
    for word in also:
        forms.setdefault(stem(word), set()).add(word)
    known = set(chain(*forms.values()))
    for term in forms.keys() - function_words:
        forms[term] |= inflect(forms[term], term=term, language=language, stem=stem)
    for term, words in transcribed.items():
        forms[term] |= words - known
    terms = sorted(forms)
    return Forms(
        terms, [" ".join(sorted(forms[term])) for term in terms], [" ".join(sorted(site.get(t, ()))) for t in terms]
    )


def changed_forms(
    known: Forms,
    added: Collection[str],
    removed: Collection[str],
    also: Iterable[str],
    *,
    function_words: frozenset[str],
    language: str,
    stem: Stem,
) -> Forms:
    """Return what `find_forms` would after some words joined those of the site and others left; none is transcribed."""
    if not added and not removed:
        return known
    changed = {stem(word) for word in (*added, *removed)}
    seen = {word for term in changed for word in known.seen_of(term)}
    part = find_forms(
        seen.union(added).difference(removed),
        [word for word in also if stem(word) in changed],
        {},
        function_words=function_words,
        language=language,
        stem=stem,
    )
    merged = {term: (words, seen) for term, words, seen in zip(known.terms, known.words, known.seen, strict=True)}
    for term in changed:
        merged.pop(term, None)
    merged |= {term: (words, seen) for term, words, seen in zip(part.terms, part.words, part.seen, strict=True)}
    terms = sorted(merged)
    return Forms(terms, [merged[term][0] for term in terms], [merged[term][1] for term in terms])


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Terms with all that they bring, in the order of their code points.

    Attributes:
        forms: The terms and their words; no word belongs to two.
        impacts: Of every term that an article has.
        hot: Terms that are in the block of common words.
        leads: Synonyms, phrases and pins, by the term that they begin with.
        document_count: How many articles there are.
    """

    forms: Forms
    impacts: ImpactTable
    hot: frozenset[str]
    leads: Mapping[str, TermLeads]
    document_count: int

    def idf(self, term: str) -> int:
        """Return the idf of a term; that of one which no article has is that of all its synonyms find."""
        if self.impacts.count(term):
            return self.impacts.idf(term)
        return unwritten_term(term, self.leads.get(term, NO_LEADS), self.document_count).idf

    def pack(self, terms: Iterable[str], most: int) -> list[str]:
        """Write the postings of terms, the strongest ``most`` of each."""
        found = (self.impacts.get(term) for term in terms)
        return _packed([_strongest(one, most) if one else None for one in found])

    def pack_hot(self, terms: Sequence[str], most_bytes: int, size: Callable[[str, str], int]) -> list[str]:
        """Write the postings of terms; those that have most lose their weakest until all are no longer than that.

        Args:
            size: Tells how long a term is with its packed postings.
        """
        found = [self.impacts.get(term) for term in terms]
        count = max((len(one.documents) for one in found if one), default=0)
        while True:
            if (
                sum(len(one.documents) for one in found if one) <= most_bytes or not count
            ):  # a posting has a byte at least
                packed = _packed(found)
                if not count or sum(map(size, terms, packed)) <= most_bytes:
                    return packed
            count = count * 4 // 5
            found = [_strongest(one, count) if one else None for one in found]


def _strongest(term: ImpactTerm, count: int) -> ImpactTerm:
    """Keep at most ``count`` postings; those of equal impact stay or go together."""
    documents, impacts = term.documents, term.impacts
    place = len(impacts) - count - 1
    if place < 0:
        return term
    kept = impacts > np.partition(impacts, place)[place]
    return replace(term, documents=documents[kept], impacts=impacts[kept])


def _packed(terms: Sequence[ImpactTerm | None]) -> list[str]:
    highest = np.array([term.impacts.max(initial=0) if term else 0 for term in terms], dtype=np.int64)
    return pack_all(
        highest,
        np.array([len(term.documents) if term else 0 for term in terms], dtype=np.int64),
        np.concatenate([NO_NUMBERS, *(term.documents for term in terms if term)]),
        np.concatenate([NO_NUMBERS, *(term.impacts for term in terms if term)]),
        highest=highest,
    )
