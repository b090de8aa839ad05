"""Find how words with umlauts are written on keyboards without them: *Rückgabe* as *Rueckgabe*."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain

from kb_builder.index.analyzer import analyze
from kb_builder.index.fields import field_texts
from kb_builder.index.model import Document

_NORDIC = {"ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "å": "aa"}
_LETTERS = {
    **{"de": {"ä": "ae", "ö": "oe", "ü": "ue"}},
    **dict.fromkeys(("da", "fi", "nb", "nn", "no", "sv"), _NORDIC),
}


def has_transcriptions(language: str) -> bool:
    """Say whether a language has letters that not every keyboard has."""
    return language in _LETTERS


def transcriptions(
    documents: Iterable[Document], *, language: str, stem: Callable[[str], str]
) -> dict[str, frozenset[str]]:
    """Return by term the words that people type who have no key for a letter of it.

    Folding makes *ruckgabe* of *Rückgabe*, as of *Ruckgabe*; *rueckgabe* has to be in the dictionary by itself.

    Args:
        documents: Their words are looked at as they are written.
        language: ISO 639-1; German and the Nordic languages have such letters.
        stem: The language's stemmer.
    """
    letters = _LETTERS.get(language)
    if not letters:
        return {}
    special = re.compile(rf"\w*[{''.join(letters)}]\w*")
    table = str.maketrans(letters)
    texts = chain(*(texts for document in documents for _, texts in field_texts(document)))
    written = {word for text in texts for word in special.findall(unicodedata.normalize("NFKC", text).lower())}
    found: dict[str, set[str]] = {}
    for word in written:
        plain, typed = analyze(word, language), analyze(word.translate(table), language)
        if len(plain) == len(typed) == 1 and plain != typed:
            found.setdefault(stem(plain[0]), set()).add(typed[0])
    return {term: frozenset(words) for term, words in found.items()}
