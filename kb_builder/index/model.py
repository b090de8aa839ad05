"""What the index room takes in: documents made of sections. Pages and judged corpora both become these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading. The text before the first heading has neither anchor nor heading."""

    anchor: str
    heading: str
    text: str  # plain text, white space folded


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
    sections: tuple[Section, ...]
    questions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: str = ""
    category: str = ""
    category_url: str = ""
    audience: tuple[str, ...] = ()
    boost: float = 1.0
