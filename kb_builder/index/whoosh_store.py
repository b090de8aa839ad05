"""Index analysed documents with Whoosh, and read its postings back as plain data.

The only module that knows Whoosh. Its files are pickles, and opening a foreign index would run code: so an index lives
in the memory of the process that wrote it, what does not fit while it is sorted in a new private folder, and is gone
afterwards. Nothing that was there before is ever opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3PerDocReader
from whoosh.fields import FieldType, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.formats import Frequency
from whoosh.query import Or, Term
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from kb_builder.index.fields import FIELDS

_WRITER_MEGABYTES = 512
_POSTING_VALUE = (1).to_bytes(4, "big")  # Whoosh wants one; the frequency itself is the posting's weight


@dataclass(frozen=True, slots=True)
class Postings:
    """What the index knows: ``fields[field][term]`` is ``(document, frequency)`` pairs, ascending by document."""

    document_count: int
    fields: dict[str, dict[str, list[tuple[int, int]]]]


class WhooshIndex:
    """An open index; see `open_whoosh`."""

    def __init__(self, searcher: Searcher, document_count: int) -> None:
        self._searcher = searcher
        self._document_count = document_count

    def read_postings(self, first: int = 0) -> Postings:
        """Return every posting of every field; the terms of a field are in the order of their code points.

        Args:
            first: The number of the first document.
        """
        fields: dict[str, dict[str, list[tuple[int, int]]]] = {field: {} for field in FIELDS}
        reader = self._searcher.reader()
        for field, term in reader.all_terms():
            matcher = reader.postings(field, term)
            postings = []
            while matcher.is_active():
                postings.append((first + matcher.id(), int(matcher.weight())))
                matcher.next()
            fields[field][term.decode()] = postings
        return Postings(self._document_count, fields)

    def rank(self, terms: Sequence[str], *, boosts: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Rank documents by Whoosh's own BM25F for any of these terms in any field.

        Args:
            terms: Stemmed terms; each counts once.
            boosts: Factor of each field, 1 where it is missing.

        Returns:
            ``(document, score)`` pairs, best first, ties by document.
        """
        different = dict.fromkeys(terms)
        clauses = [Term(field, term, boost=boosts.get(field, 1.0)) for term in different for field in FIELDS]
        results = self._searcher.search(Or(clauses), limit=self._document_count or 1)
        ranked = sorted(((hit.docnum, float(hit.score)) for hit in results), key=lambda hit: (-hit[1], hit[0]))
        return ranked[:limit]


@contextmanager
def open_whoosh(
    documents: Sequence[Mapping[str, Mapping[str, int]]], *, ranks: bool, folder: Path | None = None
) -> Iterator[WhooshIndex]:
    """Index documents afresh and open the index for as long as the context lasts.

    Args:
        documents: For each document, for each of `FIELDS`, how often each term occurs in it.
        ranks: Whether `WhooshIndex.rank` will be asked. It needs stored field lengths, a quarter of the work.
        folder: Where the private folder is made; the system's temporary folder by default.
    """
    with tempfile.TemporaryDirectory(prefix="whoosh-", dir=folder) as private:
        index = _Memory(private).create_index(Schema(**{field: _Terms(ranks) for field in FIELDS}))
        writer = index.writer(limitmb=_WRITER_MEGABYTES, compound=False, codec=_Codec(ranks))
        for document in documents:
            writer.add_document(**document)
        writer.commit(merge=False)
        with index.searcher(weighting=BM25F()) as searcher:
            yield WhooshIndex(searcher, len(documents))


class _Codec(W3Codec):
    """Writes large blocks as they are, for postings are read once; looks for no field lengths where none are kept."""

    def __init__(self, ranks: bool) -> None:
        super().__init__(blocklimit=4096, compression=0)
        self._ranks = ranks

    def per_document_reader(self, storage: RamStorage, segment: Any) -> W3PerDocReader:
        return (W3PerDocReader if self._ranks else _WithoutLengths)(storage, segment)


class _WithoutLengths(W3PerDocReader):
    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return default


class _Memory(RamStorage):
    """Holds an index in memory, where it is read back at once. Sorting may need a folder."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def temp_storage(self, name: str | None = None) -> FileStorage:
        return FileStorage(self._folder).temp_storage(name)


class _Terms(FieldType):
    """A field whose value is a mapping of terms to frequencies: analysis has happened already."""

    def __init__(self, scorable: bool) -> None:
        super().__init__(format=Frequency(), analyzer=None, scorable=scorable)

    def index(self, value: Mapping[str, int], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, frequency in value.items():
            yield term.encode(), frequency, float(frequency), _POSTING_VALUE
