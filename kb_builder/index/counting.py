"""Documents in, postings, words and vectors out: analysis and Whoosh, for many documents in several processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from kb_builder.index.analyzer import stemmer
from kb_builder.index.blas import one_thread
from kb_builder.index.compounds import count_compound_parts, splits_compounds
from kb_builder.index.fields import FIELDS, analyze_documents
from kb_builder.index.model import Document
from kb_builder.index.postings import FieldPostings, Ints, Postings, joined
from kb_builder.index.semantic import Vectors, article_vectors
from kb_builder.index.synonyms import Target, count_phrases
from kb_builder.index.word_vectors import WordVectors
from kb_builder.workers import in_parts

FEWEST_DOCUMENTS = 500  # that a process of their own is worth it for


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What is where.

    Attributes:
        postings: Of words, as stems, and of phrases.
        words: In which documents each surface form is.
        vectors: A row a document; nothing in a language without word vectors.
    """

    postings: Postings
    words: FieldPostings
    vectors: Vectors | None


@dataclass(frozen=True, eq=False)
class Recounted:
    """What is where, of which a few documents were counted and the others are known.

    Attributes:
        words: As of `Counted`.
        vectors: Likewise.
        state: Names the documents as they are now.
        before: Names them as they were: then these were as many, and those that are the same had the same numbers.
            Empty when that is not so.
        changed: The numbers of the others.
        fresh: The postings of these alone, by their numbers.
        added: Words that no document had before.
        removed: Words that no document has any more.
        load_postings: Gives the postings of all.
    """

    words: FieldPostings
    vectors: Vectors | None
    state: str
    before: str
    changed: Ints
    fresh: Postings
    added: frozenset[str]
    removed: frozenset[str]
    load_postings: Callable[[], Postings]

    @cached_property
    def postings(self) -> Postings:
        """As of `Counted`; seldom asked for."""
        return self.load_postings()


class Count(Protocol):
    """Counts as `count_words` does."""

    def __call__(
        self,
        documents: Sequence[Document],
        targets: Sequence[Target],
        *,
        language: str,
        vectors: WordVectors | None = None,
        folder: Path | None = None,
    ) -> Counted | Recounted:
        """Count stems and phrases in every field, and place documents among the vectors of words."""


def count_words(
    documents: Sequence[Document],
    targets: Sequence[Target],
    *,
    language: str,
    vectors: WordVectors | None = None,
    folder: Path | None = None,
    workers: int = 0,
    indexed: bool = True,
) -> Counted:
    """Count stems and phrases in every field, and place documents among the vectors of words.

    Args:
        documents: In the order of their numbers, each URL once.
        targets: What synonyms lead to; phrases among them are counted.
        vectors: Those of the language.
        folder: Where Whoosh's private folder is made; the system's temporary folder by default.
        workers: How many processes, which changes no result; 0 is one a core, but one alone for few documents.
        indexed: Whether Whoosh indexes them. Without, counts are arranged as they are: the same postings, and for a few
            documents Whoosh takes longer to load than to count.

    Raises:
        KbError: A process came to an end before its work did.
    """

    def count_part(start: int, end: int) -> Counted:
        with one_thread():
            return _count(documents[start:end], targets, language, vectors)

    if splits_compounds(language):
        workers = 1  # by the words of all documents
    parts = in_parts(count_part, len(documents), fewest=FEWEST_DOCUMENTS, workers=workers)
    ends = np.cumsum([part.postings.document_count for part in parts])
    counted = merged(parts, np.split(np.arange(len(documents), dtype=np.int32), ends[:-1]))
    return replace(counted, postings=by_whoosh(folder, counted.postings)) if indexed else counted


def merged(parts: Sequence[Counted], numbers: Sequence[Ints]) -> Counted:
    """Join what was counted of different documents.

    Args:
        numbers: For each part the new numbers of its documents; those below 0 are left out.
    """
    return Counted(
        merged_postings([part.postings for part in parts], numbers),
        merged_field([part.words for part in parts], numbers),
        merged_vectors([part.vectors for part in parts], numbers),
    )


def merged_postings(parts: Sequence[Postings], numbers: Sequence[Ints], *, count: int = 0) -> Postings:
    """Join postings of different documents, as `merged` does; with ``count``, there are so many documents in all."""
    fields = {name: merged_field([part.fields[name] for part in parts], numbers) for name in FIELDS}
    return Postings(count or _count_of(numbers), fields)


def merged_field(parts: Sequence[FieldPostings], numbers: Sequence[Ints]) -> FieldPostings:
    """Join the postings of one field, as `merged` does."""
    return joined([part.renumbered(own) for part, own in zip(parts, numbers, strict=True)])


def merged_vectors(parts: Sequence[Vectors | None], numbers: Sequence[Ints]) -> Vectors | None:
    """Join vectors, as `merged` does."""
    vectors: Vectors | None = None
    for part, own in zip(parts, numbers, strict=True):
        if part is not None:
            if vectors is None:
                vectors = np.zeros((_count_of(numbers), part.shape[1]), part.dtype)
            vectors[own[own >= 0]] = part[own >= 0]
    return vectors


def _count_of(numbers: Sequence[Ints]) -> int:
    return sum(int(np.count_nonzero(own >= 0)) for own in numbers)


def _count(
    documents: Sequence[Document], targets: Sequence[Target], language: str, vectors: WordVectors | None
) -> Counted:
    stem = stemmer(language)
    plain = count_compound_parts(analyze_documents(documents, language=language), language=language, stem=stem)
    analyzed = count_phrases(plain, targets, language=language, stem=stem)
    placed = article_vectors(plain.words, vectors) if vectors else None
    return Counted(Postings(len(documents), analyzed.fields), plain.words.everywhere, placed)


def by_whoosh(folder: Path | None, postings: Postings) -> Postings:
    """Index what was counted, and read it back; arguments as for `count_words`."""
    from kb_builder.index.whoosh_store import open_whoosh  # it takes its time to load

    with open_whoosh(postings.fields, postings.document_count, ranks=False, folder=folder) as index:
        return index.read_postings()
