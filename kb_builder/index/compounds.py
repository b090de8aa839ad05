"""Find the words of a site that its compounds are made of, so that *Rücksendeetikett* is found by *Etikett*."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from kb_builder.index.fields import AnalyzedDocuments, forms_of
from kb_builder.index.function_words import function_words
from kb_builder.index.postings import summed

_LANGUAGES = frozenset(("da", "de", "nb", "nl", "nn", "no", "sv"))  # those that write compounds as one word
_SHORTEST_PART = 4
_MOST_PARTS = 3
# What stands between two parts, and what the first loses before another: Zahlung-s-art, Liefer(ung)-adresse.
_LINKS = ("s", "es", "n", "en", "er", "e")
_LOST = ("e", "n", "en", "ung")

Stem = Callable[[str], str]


def splits_compounds(language: str) -> bool:
    """Say whether a language (ISO 639-1) writes compounds as one word."""
    return language in _LANGUAGES


def count_compound_parts(analyzed: AnalyzedDocuments, *, language: str, stem: Stem) -> AnalyzedDocuments:
    """Count the parts of every compound: those of the text as often as it, those of all other fields as in headings.

    So an article with the word itself in its title comes before one with a compound of it. A part is a word of four
    letters or more that the site has by itself.

    Source: Koehn and Knight, "Empirical Methods for Compound Splitting", EACL 2003, section 3; instead of the parts'
    frequency, the longest shorter part decides.

    Returns:
        The same documents, with more counted in their fields; just those in a language that writes compounds apart.
    """
    if not splits_compounds(language):
        return analyzed
    forms_of_term = forms_of(analyzed.words.everywhere.terms, stem)
    words = {word: term for term, forms in forms_of_term.items() for word in forms if len(word) >= _SHORTEST_PART}
    compounds = _Compounds({word: words[word] for word in words.keys() - function_words(language)}, stem)
    parts = {term: compounds.parts(term, forms) for term, forms in forms_of_term.items()}
    counted = {name: [([*found.terms], found)] for name, found in analyzed.fields.items()}
    for name, found in analyzed.fields.items():
        also = counted["body" if name == "body" else "headings"]
        for at in range(_MOST_PARTS):
            rows = [row for row, term in enumerate(found.terms) if at < len(parts[term])]
            also.append(([parts[found.terms[row]][at] for row in rows], found.of_terms(rows)))
    return replace(analyzed, fields={name: summed(found) for name, found in counted.items()})


class _Compounds:
    """Splits words by the words of a site, each given with its term."""

    def __init__(self, words: dict[str, str], stem: Stem) -> None:
        self._words = words
        self._terms = frozenset(words.values())
        self._stem = stem

    def parts(self, term: str, forms: frozenset[str]) -> tuple[str, ...]:
        """Return the terms that the forms of a term are made of; none when it is no compound."""
        for word in sorted(forms):
            if word.isalpha() and (found := self._split(word, _MOST_PARTS)):
                return tuple(dict.fromkeys(part for part in found if part != term))
        return ()

    def _split(self, word: str, most: int) -> tuple[str, ...]:
        """Return the terms of a word's parts by the cut whose shorter part is longest, later ones first."""
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        for at in sorted(cuts, key=lambda at: (-min(at, len(word) - at), -at)):
            head = self._head(word[:at])
            if head and (tail := self._tail(word[at:], most - 1)):
                return (head, *tail)
        return ()

    def _tail(self, word: str, most: int) -> tuple[str, ...]:
        term = self._stem(word)
        if term in self._terms:
            return (term,)
        return self._split(word, most) if most > 1 else ()

    def _head(self, part: str) -> str:
        return next((self._words[form] for form in _heads(part) if form in self._words), "")


def _heads(part: str) -> Iterator[str]:
    """Yield the words that may stand as ``part`` before another, likeliest first."""
    yield part
    yield from (part.removesuffix(link) for link in _LINKS if part.endswith(link))
    yield from (part + lost for lost in _LOST)
    if part.endswith("e"):
        yield f"{part[:-1]}ung"
