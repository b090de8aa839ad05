"""What the index room takes in: documents made of sections. Pages and judged corpora both become these."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading. The text before the first heading has neither anchor nor heading."""

    anchor: str
    heading: str
    text: str  # plain text, white space folded


class StoredSections(Sequence[Section]):
    """Sections as the JSON of a text file has them, loaded and read when one is asked for: of most nobody asks.

    Attributes:
        key: Tells them apart from others.
    """

    __slots__ = ("_load", "_read", "key")

    def __init__(self, key: str, load: Callable[[], bytes]) -> None:
        """Take what gives a list of ``[anchor, heading, text]``, in UTF-8."""
        self.key, self._load = key, load
        self._read: tuple[Section, ...] | None = None

    @staticmethod
    def write(sections: Sequence[Section]) -> bytes:
        """Write sections; a lone surrogate has no UTF-8 and becomes a question mark."""
        rows = [[section.anchor, section.heading, section.text] for section in sections]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    @property
    def written(self) -> bytes:
        """As they lie in the text file, loaded now."""
        return self._load()

    def __eq__(self, other: object) -> bool:
        """Say whether these are the same sections."""
        return isinstance(other, StoredSections) and self.written == other.written

    __hash__ = None  # type: ignore[assignment]  # mypy does not know that this says "no hash"

    def _sections(self) -> tuple[Section, ...]:
        if self._read is None:
            self._read = tuple(Section(*row) for row in json.loads(self.written))
        return self._read

    def __iter__(self) -> Iterator[Section]:
        return iter(self._sections())

    def __len__(self) -> int:
        return len(self._sections())

    @overload
    def __getitem__(self, at: int) -> Section: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Section]: ...
    def __getitem__(self, at: int | slice) -> Section | Sequence[Section]:
        return self._sections()[at]


@dataclass(frozen=True, slots=True)
class Document:
    """One thing a search can find.

    Attributes:
        url: Relative to the site's root; unique.
        kind: ``faq``, ``guide``, ``policy`` or ``announcement``; shown as a label.
        category: Title of its category; shown as a label.
        category_url: Where the page of its category is, relative to the site's root (``faq/orders/``).
        audience: Who it is for: ``b2c``, ``b2b``, ``agent``; without any, everyone.
        boost: Factor on its score; 1 is neutral.
    """

    url: str
    title: str
    summary: str
    sections: Sequence[Section]
    questions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: str = ""
    category: str = ""
    category_url: str = ""
    audience: tuple[str, ...] = ()
    boost: float = 1.0
