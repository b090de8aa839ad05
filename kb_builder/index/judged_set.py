"""Read a judged set in the layout of BEIR: documents, queries, and which document answers which query.

Source of the layout: Thakur et al., "BEIR", NeurIPS Datasets and Benchmarks, 2021.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from kb_builder.index.model import Document, Section
from kb_builder.issues import KbError

_QRELS_HEADER = ["query-id", "corpus-id", "score"]
_SCORE = re.compile("-?[0-9]{1,9}")
_ID = re.compile(r"[^\s\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """What to search, what to ask, what is right.

    Attributes:
        documents: A document's URL is its ``_id``.
        queries: Text by id, in the order of the file; only those with a relevant document.
        qrels: For each of these queries the grade of each judged document.
    """

    documents: tuple[Document, ...]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def read_judged_set(corpus: Path, queries: Path, qrels: Path) -> JudgedSet:
    """Read and check the three files.

    Args:
        corpus: JSON lines with ``_id``, ``title`` (may be missing) and ``text``.
        queries: JSON lines with ``_id`` and ``text``.
        qrels: Tab-separated ``query-id``, ``corpus-id``, ``score``, under a header of these names.

    Raises:
        KbError: A file is missing or a line is wrong; the message names file and line.
    """
    documents: dict[str, Document] = {}
    for line, entry in _entries(corpus):
        name = _id(corpus, line, entry, documents)
        sections = (Section("", "", _string(corpus, line, entry, "text")),)
        title = _string(corpus, line, entry, "title", default="")
        documents[name] = Document(url=name, title=title, summary="", sections=sections)
    texts: dict[str, str] = {}
    for line, entry in _entries(queries):
        texts[_id(queries, line, entry, texts)] = _string(queries, line, entry, "text")
    grades = _read_qrels(qrels, documents, texts)
    answered = {query for query, of_query in grades.items() if max(of_query.values()) > 0}
    judged = {query: text for query, text in texts.items() if query in answered}
    if not judged:
        raise KbError(f"{qrels}: no query has a relevant document", hint="At least one line needs a score above 0.")
    return JudgedSet(tuple(documents.values()), judged, {query: grades[query] for query in judged})


def _read_qrels(path: Path, documents: dict[str, Document], queries: dict[str, str]) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    lines = _lines(path)
    line, header = next(lines, (1, ""))
    if header.split() != _QRELS_HEADER:
        _stop(path, line, f"expected the header {' '.join(_QRELS_HEADER)!r}, found {header!r}", "Tabs part them.")
    for line, text in lines:
        parts = text.split()
        if len(parts) != len(_QRELS_HEADER):
            _stop(path, line, f"expected 3 parts, found {len(parts)}: {text!r}", "They are parted by tabs.")
        query, document, score = parts
        if query not in queries:
            _stop(path, line, f"unknown query {query!r}", "Its _id must be in the queries file.")
        if document not in documents:
            _stop(path, line, f"unknown document {document!r}", "Its _id must be in the corpus file.")
        if document in grades.get(query, {}):
            _stop(path, line, f"query {query!r} and document {document!r} are judged twice", "Keep one of the lines.")
        if not _SCORE.fullmatch(score):
            _stop(path, line, f"score {score!r} is not a whole number", "Use 0 for not relevant, 1 or more else.")
        grades.setdefault(query, {})[document] = int(score)
    return grades


def _entries(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in _lines(path):
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError) as error:
            _stop(path, line, f"not JSON: {error}", "Each line is one JSON object.")
        if not isinstance(entry, dict):
            _stop(path, line, f"expected a JSON object, found {text[:40]!r}", 'Like: {"_id": "1", "text": "…"}')
        yield line, entry


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbers and texts of lines that are not blank."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KbError(f"cannot read {path}: {error.strerror or error}", hint="Check the path.") from error
    for line, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            _stop(path, line, f"not UTF-8 at byte {error.start + 1} of the line", "Save the file as UTF-8.")
        if text.strip():
            yield line, text


def _id(path: Path, line: int, entry: dict[str, Any], taken: dict[str, Any]) -> str:
    name = _string(path, line, entry, "_id")
    if not _ID.fullmatch(name):
        _stop(
            path,
            line,
            f"_id {name!r} is empty, has white space or is no Unicode",
            "Run files are split at white space.",
        )
    if name in taken:
        _stop(path, line, f"_id {name!r} is there twice", "Every _id is used once.")
    return name


def _string(path: Path, line: int, entry: dict[str, Any], key: str, default: str | None = None) -> str:
    value = entry.get(key, default)
    if value is None:
        _stop(path, line, f"no {key!r}", f"Every line has the key {key!r}.")
    if not isinstance(value, str):
        _stop(path, line, f"{key!r} is {value!r}, not a text", "Put it in quotation marks.")
    return value


def _stop(path: Path, line: int, message: str, hint: str) -> NoReturn:
    raise KbError(f"{path}:{line}: {message}", hint=hint)
