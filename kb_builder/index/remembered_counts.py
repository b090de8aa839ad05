"""What was counted of the same documents before: only others are analysed and indexed again.

Kept are arrays and words, in numpy's format without pickles: data, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from kb_builder.cache import Cache
from kb_builder.index.arrays import Array, bytes_of, lines_of, read_arrays, write_arrays
from kb_builder.index.compounds import splits_compounds
from kb_builder.index.counting import Count, Counted, count_words, merged
from kb_builder.index.fields import FIELDS
from kb_builder.index.model import Document
from kb_builder.index.postings import FieldPostings
from kb_builder.index.remembered import checksum
from kb_builder.index.synonyms import Target
from kb_builder.index.whoosh_store import Postings
from kb_builder.index.word_vectors import WordVectors


def remembered_counting(name: str, key: str, cache: Cache, *, checksum: Callable[[Document], str] = checksum) -> Count:
    """Return what counts like `count_words`, and keeps what it counted.

    Args:
        name: What the documents are of.
        key: Digest of all that counts depend on besides the documents.
        checksum: Tells documents apart.
    """

    cache.keep(name)  # for builds in which no text has changed, too

    def count(
        documents: Sequence[Document],
        targets: Sequence[Target],
        *,
        language: str,
        vectors: WordVectors | None = None,
        folder: Path | None = None,
    ) -> Counted:
        if splits_compounds(language):  # the parts of a word depend on the words of all documents
            return count_words(documents, targets, language=language, vectors=vectors, folder=folder)
        checksums = [checksum(document) for document in documents]
        old = _read(cache.get(name, key))
        numbers = {checksum: number for number, checksum in enumerate(checksums)}
        moved = [numbers.pop(checksum, -1) for checksum in old[0]] if old else []
        fresh = sorted(numbers.values())
        counted = count_words(
            [documents[number] for number in fresh], targets, language=language, vectors=vectors, folder=folder
        )
        if old:
            counted = merged([old[1], counted], [np.array(moved, np.int32), np.array(fresh, np.int32)])
        cache.put(name, key, _written(checksums, counted))
        return counted

    return count


def _written(checksums: Sequence[str], counted: Counted) -> bytes:
    arrays: dict[str, Array] = {"checksums": bytes_of(checksums)}
    for name, field in (*counted.postings.fields.items(), ("words", counted.words)):
        values = (bytes_of(field.terms), field.ends, field.documents, field.frequencies)
        arrays |= zip(_names(name), values, strict=True)
    if counted.vectors is not None:
        arrays["vectors"] = counted.vectors
    return write_arrays(**arrays)


def _read(kept: bytes | None) -> tuple[list[str], Counted] | None:
    """Read what `_written` made; nothing when it is not that."""
    arrays = read_arrays(kept)
    try:
        checksums = lines_of(arrays["checksums"])
        fields = {name: _field(name, arrays) for name in FIELDS}
        return checksums, Counted(Postings(len(checksums), fields), _field("words", arrays), arrays.get("vectors"))
    except (KeyError, ValueError):
        return None


def _field(name: str, arrays: Mapping[str, Array]) -> FieldPostings:
    terms, ends, documents, frequencies = (arrays[part] for part in _names(name))
    return FieldPostings(tuple(lines_of(terms)), ends, documents, frequencies)


def _names(field: str) -> list[str]:
    return [f"{field} {part}" for part in ("terms", "ends", "documents", "frequencies")]
