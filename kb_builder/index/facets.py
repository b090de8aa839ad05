"""What results can be narrowed down by: kind, category and audience of each article, packed for the browser.

The twin is search/client/filters.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rapidfuzz import process

from kb_builder.index.model import Document
from kb_builder.issues import KbError

PUBLIC = frozenset(("b2c", "b2b"))  # who reads what is for everyone, besides those that articles name
FACETS = ("kind", "category", "audience")
Filters = Mapping[str, Collection[str]]  # chosen values by the name of their facet; none chosen lets all pass


@dataclass(frozen=True, slots=True)
class Facet:
    """A property by which articles can be told apart.

    Attributes:
        name: One of `FACETS`.
        values: In the order in which they are offered. A category is its folder (``faq/orders``).
        titles: How readers know the values, of categories only.
        of_articles: For each article the places of its values, ascending. One in a category is in those above it too;
            one without an audience is for every one.
    """

    name: str
    values: tuple[str, ...]
    titles: tuple[str, ...]
    of_articles: tuple[tuple[int, ...], ...]


def find_facets(documents: Sequence[Document]) -> tuple[Facet, ...]:
    """Return the facets of documents, in the order of these; only those that part them."""
    titles = {_folder(document): document.category for document in documents if document.category_url}
    named = {audience for document in documents for audience in document.audience}
    audiences = tuple(named | PUBLIC if named else ())
    found = (
        _facet("kind", [(document.kind,) if document.kind else () for document in documents]),
        _facet("category", [_with_those_above(document, titles) for document in documents], titles),
        _facet("audience", [document.audience or audiences for document in documents]),
    )
    return tuple(facet for facet in found if len(set(facet.of_articles)) > 1)


def pack_facets(facets: Iterable[Facet]) -> list[dict[str, Any]]:
    """Write facets: how many neighbours have the same values, and which."""
    return [
        {
            "name": facet.name,
            "values": facet.values,
            "titles": facet.titles,
            "runs": [[len(list(run)), *places] for places, run in groupby(facet.of_articles)],
        }
        for facet in facets
    ]


def unpack_facets(packed: Iterable[Mapping[str, Any]]) -> tuple[Facet, ...]:
    """Read what `pack_facets` wrote; nothing is checked."""
    return tuple(
        Facet(
            name=facet["name"],
            values=tuple(facet["values"]),
            titles=tuple(facet["titles"]),
            of_articles=tuple(tuple(places) for count, *places in facet["runs"] for _ in range(count)),
        )
        for facet in packed
    )


def keep_matching(articles: Iterable[int], facets: Sequence[Facet], filters: Filters) -> list[int]:
    """Return the articles that have one of the chosen values of each facet that has any, in their order."""
    wanted = [
        (facet, {place for place, value in enumerate(facet.values) if value in filters[facet.name]})
        for facet in facets
        if filters.get(facet.name)
    ]
    return [
        article
        for article in articles
        if all(not places.isdisjoint(facet.of_articles[article]) for facet, places in wanted)
    ]


def count_values(articles: Collection[int], facets: Sequence[Facet], filters: Filters) -> dict[str, dict[str, int]]:
    """Count for each value the articles that have it, of those that the filters of the other facets let pass."""
    counts: dict[str, dict[str, int]] = {}
    for facet in facets:
        others = {name: chosen for name, chosen in filters.items() if name != facet.name}
        counts[facet.name] = dict.fromkeys(facet.values, 0)
        for article in keep_matching(articles, facets, others):
            for place in facet.of_articles[article]:
                counts[facet.name][facet.values[place]] += 1
    return counts


def check_filters(facets: Sequence[Facet], filters: Filters) -> None:
    """Stop at a value that no article has.

    Raises:
        KbError: It is named, with the nearest that there is.
    """
    known = {facet.name: facet for facet in facets}
    for name, chosen in filters.items():
        for value in chosen:
            if name not in known:
                raise KbError(f"{name} {value!r}: all articles have the same {name}", hint=f"Leave out --{name}.")
            if value not in known[name].values:
                near = process.extractOne(value, known[name].values, score_cutoff=60)
                others = f"Choose one of {', '.join(known[name].values)}."
                raise KbError(
                    f"no article has the {name} {value!r}", hint=f"Did you mean {near[0]!r}?" if near else others
                )


def _facet(name: str, of_documents: Sequence[Collection[str]], titles: Mapping[str, str] | None = None) -> Facet:
    values = sorted({value for values in of_documents for value in values})
    places = {value: place for place, value in enumerate(values)}
    return Facet(
        name=name,
        values=tuple(values),
        titles=tuple(titles[value] for value in values) if titles else (),
        of_articles=tuple(tuple(sorted(places[value] for value in values)) for values in of_documents),
    )


def _folder(document: Document) -> str:
    return document.category_url.rstrip("/")


def _with_those_above(document: Document, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folder of a document and those above it that hold documents too."""
    parts = _folder(document).split("/")
    folders = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return tuple(folder for folder in folders if folder in titles)
