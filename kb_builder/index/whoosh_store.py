"""Index analysed documents with Whoosh, and read its postings back as plain data.

The only module that knows Whoosh. Its files are pickles, and opening a foreign index would run code: so an index lives
in the memory of the process that wrote it, what does not fit while it is sorted in a new private folder, and is gone
afterwards. Nothing that was there before is ever opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PerDocReader, W3TermInfo
from whoosh.fields import FieldType, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.formats import Frequency
from whoosh.query import Or, Term
from whoosh.reading import SegmentReader
from whoosh.scoring import BM25F
from whoosh.searching import Searcher
from whoosh.system import pack_ushort

from kb_builder.index.fields import FIELDS
from kb_builder.index.postings import NO_POSTINGS, FieldPostings, Postings

_WRITER_MEGABYTES = 512
_POSTING_VALUE = (1).to_bytes(4, "big")  # Whoosh wants one; the frequency itself is the posting's weight


class WhooshIndex:
    """An open index; see `open_whoosh`."""

    def __init__(self, searcher: Searcher, document_count: int) -> None:
        self._searcher = searcher
        self._document_count = document_count

    def read_postings(self) -> Postings:
        """Return every posting of every field of an index that does not rank."""
        fields = dict.fromkeys(FIELDS, NO_POSTINGS)
        if self._document_count:
            reader, start = self._searcher.reader(), 0
            pairs = np.frombuffer(_written_postings(reader), np.int32).reshape(-1, 2)
            for field, found in groupby(reader, key=lambda item: str(item[0][0])):
                terms, counts = zip(*((term.decode(), info.doc_frequency()) for (_, term), info in found), strict=True)
                ends = np.cumsum(counts)
                documents, frequencies = pairs[start : start + ends[-1]].T
                fields[field] = FieldPostings(terms, ends, documents, frequencies)
                start += ends[-1]
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
    fields: Mapping[str, FieldPostings], document_count: int, *, ranks: bool, folder: Path | None = None
) -> Iterator[WhooshIndex]:
    """Index documents afresh and open the index for as long as the context lasts.

    Args:
        fields: How often each document has each term in each of `FIELDS`.
        document_count: How many documents there are.
        ranks: Whether `WhooshIndex.rank` will be asked. It needs stored field lengths, a quarter of the work.
        folder: Where the private folder is made; the system's temporary folder by default.
    """
    with tempfile.TemporaryDirectory(prefix="whoosh-", dir=folder) as private:
        index = _Memory(private).create_index(Schema(**{field: _Terms(ranks) for field in FIELDS}))
        if ranks:
            writer = index.writer(limitmb=_WRITER_MEGABYTES, compound=False)
            for document in _by_document(fields, document_count):
                writer.add_document(**document)
        else:
            writer = index.writer(compound=False, codec=_Codec())
            for _ in range(document_count):
                writer.add_document()
            writer.pool = _Pool(fields)
        writer.commit(merge=False)
        with index.searcher(weighting=BM25F()) as searcher:
            yield WhooshIndex(searcher, document_count)


def _by_document(fields: Mapping[str, FieldPostings], document_count: int) -> list[dict[str, dict[str, int]]]:
    documents: list[dict[str, dict[str, int]]] = [{field: {} for field in fields} for _ in range(document_count)]
    for field, postings in fields.items():
        for term, found in postings.pairs().items():
            for document, frequency in found:
                documents[document][field][term] = frequency
    return documents


class _Codec(W3Codec):
    """Writes the postings of a field at once, for they are read once; keeps no field lengths."""

    def field_writer(self, storage: RamStorage, segment: Any) -> W3FieldWriter:
        return _WholeTerms(self, storage, segment)

    def per_document_reader(self, storage: RamStorage, segment: Any) -> W3PerDocReader:
        return _WithoutLengths(storage, segment)


class _Pool:
    """Stands for the pool in which Whoosh sorts single postings: these are sorted, all of a term together."""

    def __init__(self, fields: Mapping[str, FieldPostings]) -> None:
        self._fields = fields

    def iter_postings(self) -> Iterator[tuple[str, FieldPostings]]:
        yield from sorted(self._fields.items())

    def cleanup(self) -> None:
        """Leave nothing behind, as there is nothing on disk."""


class _WholeTerms(W3FieldWriter):
    def add_postings(self, schema: Schema, lengths: object, items: Iterable[tuple[str, FieldPostings]]) -> None:
        for field, postings in items:
            self.start_field(field, schema[field])
            if postings.terms:
                self._write(postings)
            self.finish_field()

    def _write(self, postings: FieldPostings) -> None:
        """Write each posting as its document and its frequency, then for each term where its own are."""
        offset, field = self._postfile.tell(), pack_ushort(self._fieldid)
        pairs = np.stack([postings.documents, postings.frequencies], axis=1)
        self._postfile.write(pairs.data)
        starts = postings.ends - postings.counts
        columns = (
            starts,
            postings.counts,
            np.add.reduceat(postings.frequencies, starts),
            np.maximum.reduceat(postings.frequencies, starts),
            postings.documents[starts],
            postings.documents[postings.ends - 1],
        )
        rows = zip(postings.terms, *(column.tolist() for column in columns), strict=True)
        for term, start, count, weight, heaviest, first, last in rows:
            info = W3TermInfo(weight=weight, df=count, maxweight=heaviest, minid=first, maxid=last)
            info.set_extent(offset + start * pairs[0].nbytes, count * pairs[0].nbytes)
            self._tindex.add(field + term.encode(), info.to_bytes())


def _written_postings(reader: SegmentReader) -> bytes:
    """Return what `_WholeTerms` wrote, of all fields."""
    written: bytes = reader.storage().files[reader.segment().make_filename(_Codec.POSTS_EXT)]  # `open_file` copies it
    return written


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
