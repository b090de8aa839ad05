"""Documents in, postings and surface forms out: analysis and Whoosh, for many documents in several processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_builder.index.analyzer import known_stems, stemmer
from kb_builder.index.compounds import count_compound_parts, splits_compounds
from kb_builder.index.fields import FIELDS, analyze_documents
from kb_builder.index.model import Document
from kb_builder.index.synonyms import Target, count_phrases
from kb_builder.index.whoosh_store import Postings, open_whoosh
from kb_builder.workers import in_parts

FEWEST_DOCUMENTS = 500  # that a process of their own is worth it for


@dataclass(frozen=True, slots=True)
class Counted:
    """What is where.

    Attributes:
        postings: Of words, as stems, and of phrases.
        forms: For each term the surface forms it was seen in.
    """

    postings: Postings
    forms: dict[str, frozenset[str]]


def count_words(
    documents: Sequence[Document],
    targets: Sequence[Target],
    *,
    language: str,
    folder: Path | None = None,
    workers: int = 0,
) -> Counted:
    """Count stems and phrases in every field.

    Args:
        documents: In the order of their numbers, each URL once.
        targets: What synonyms lead to; phrases among them are counted.
        folder: Where Whoosh's private folder is made; the system's temporary folder by default.
        workers: How many processes, which changes no result; 0 is one a core, but one alone for few documents.

    Raises:
        KbError: A process came to an end before its work did.
    """

    def count_part(start: int, end: int) -> Counted:
        return _count(documents[start:end], start, targets, language, folder)

    if splits_compounds(language):
        workers = 1  # by the words of all documents
    counted = _merged(in_parts(count_part, len(documents), fewest=FEWEST_DOCUMENTS, workers=workers))
    stems = {word: term for term, words in counted.forms.items() for word in words}
    known_stems(language).update(stems)  # other processes have worked them out
    return counted


def _count(
    documents: Sequence[Document], first: int, targets: Sequence[Target], language: str, folder: Path | None
) -> Counted:
    stem = stemmer(language)
    plain = count_compound_parts(analyze_documents(documents, language=language), language=language, stem=stem)
    analyzed = count_phrases(plain, targets, language=language, stem=stem)
    with open_whoosh(analyzed.fields, ranks=False, folder=folder) as index:
        return Counted(index.read_postings(first), plain.forms)


def _merged(parts: Sequence[Counted]) -> Counted:
    """Join the parts in their order, so that postings stay ascending."""
    if len(parts) == 1:
        return parts[0]
    fields: dict[str, dict[str, list[tuple[int, int]]]] = {field: {} for field in FIELDS}
    forms: dict[str, set[str]] = {}
    for part in parts:
        for field, terms in part.postings.fields.items():
            for term, postings in terms.items():
                fields[field].setdefault(term, []).extend(postings)
        for term, words in part.forms.items():
            forms.setdefault(term, set()).update(words)
    count = sum(part.postings.document_count for part in parts)
    return Counted(Postings(count, fields), {term: frozenset(words) for term, words in forms.items()})
