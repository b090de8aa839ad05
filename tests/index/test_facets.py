"""Narrowing down: what is packed, what passes, how much there is of each; against slow, obvious code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import compile_words, make_document, open_files

from kb_builder.index.facets import check_filters, count_values, find_facets, keep_matching, pack_facets, unpack_facets
from kb_builder.index.model import Document
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.issues import KbError

KINDS, AUDIENCES = ("faq", "guide", ""), ("b2b", "b2c")
FOLDERS = ("", "faq/", "faq/orders/", "faq/orders/eu/", "guides/")


@st.composite
def documents(draw) -> list[Document]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        folder = draw(st.sampled_from(FOLDERS))
        made.append(
            make_document(
                f"{folder}{number:02}/",
                "Order",
                kind=draw(st.sampled_from(KINDS)),
                category=folder and f"Title of {folder}",
                category_url=folder,
                audience=tuple(sorted(draw(st.sets(st.sampled_from(AUDIENCES))))),
            )
        )
    return made


FILTERS = st.fixed_dictionaries(
    {
        "kind": st.lists(st.sampled_from([*KINDS, "nothing"]), max_size=2),
        "category": st.lists(st.sampled_from([folder.rstrip("/") for folder in FOLDERS]), max_size=2),
        "audience": st.lists(st.sampled_from([*AUDIENCES, "agent"]), max_size=2),
    }
)


def values_of(document: Document, name: str, everything: list[Document]) -> set[str]:
    """Say by the article itself what it can be chosen by."""
    if name == "kind":
        return {document.kind} - {""}
    if name == "category":
        named = {other.category_url for other in everything if other.category}
        return {folder.rstrip("/") for folder in named if document.category_url.startswith(folder)}
    everyone = {"b2b", "b2c"} if any(other.audience for other in everything) else set()
    return set(document.audience) or everyone


@given(documents(), FILTERS)
def test_what_passes_and_is_counted_is_what_the_articles_themselves_say(
    articles: list[Document], filters: dict[str, list[str]]
) -> None:
    facets = unpack_facets(json.loads(json.dumps(pack_facets(find_facets(articles)))))
    active = {facet.name: filters[facet.name] for facet in facets}
    all_numbers = range(len(articles))

    def passes(number: int, names: set[str]) -> bool:
        return all(
            not active[name] or set(active[name]) & values_of(articles[number], name, articles) for name in names
        )

    assert keep_matching(all_numbers, facets, filters) == [n for n in all_numbers if passes(n, set(active))]
    for name, counts in count_values(all_numbers, facets, filters).items():
        passed = [n for n in all_numbers if passes(n, set(active) - {name})]
        assert counts == {
            value: sum(value in values_of(articles[n], name, articles) for n in passed) for value in counts
        }


def test_what_does_not_part_the_articles_is_no_facet() -> None:
    same = [make_document(f"faq/{n}/", "Order", kind="faq", category="FAQ", category_url="faq/") for n in range(3)]

    assert find_facets(same) == ()
    assert json.loads(compile_words(same)[-1].data)["facets"] == ""


def test_filters_rank_all_matching_articles_and_not_only_those_shown() -> None:
    articles = [make_document(f"a{n:02}/", "Order order", "order " * 9, kind="faq") for n in range(30)]
    last = make_document("z/", "Something else", "Many words besides, and one order.", kind="guide")
    index = open_files(compile_words([*articles, last]))

    plain, narrowed = search(index, "order"), search(index, "order", filters={"kind": ["guide"]})

    assert "z/" not in [hit.url for hit in plain.hits]
    assert [hit.url for hit in narrowed.hits] == ["z/"]
    assert (plain.total, narrowed.total) == (31, 1)
    assert narrowed.counts == {"kind": {"faq": 30, "guide": 1}}


def test_a_pin_that_does_not_pass_does_not_show() -> None:
    articles = [make_document("a/", "Order", kind="faq"), make_document("b/", "Boots", kind="guide")]
    index = open_files(compile_words(articles, pins={"order": "b/"}))

    assert [hit.url for hit in search(index, "order").hits] == ["b/", "a/"]
    assert [hit.url for hit in search(index, "order", filters={"kind": ["faq"]}).hits] == ["a/"]


def test_an_unknown_value_is_named_with_the_nearest() -> None:
    articles = [make_document(f"{kind}/", "Order", kind=kind) for kind in ("faq", "guide")]
    facets = find_facets(articles)

    check_filters(facets, {"kind": ["faq", "guide"]})
    with pytest.raises(KbError, match="no article has the kind 'guides'") as near:
        check_filters(facets, {"kind": ["guides"]})
    with pytest.raises(KbError, match="no article has the kind 'x'") as far:
        check_filters(facets, {"kind": ["x"]})
    with pytest.raises(KbError, match="all articles have the same audience"):
        check_filters(facets, {"audience": ["b2b"]})
    assert near.value.hint == "Did you mean 'guide'?"
    assert far.value.hint == "Choose one of faq, guide."


@pytest.mark.parametrize(
    "facets",
    [
        None,
        [1],
        [{"name": "kind", "values": ["faq"], "titles": [], "runs": [[3, 0]]}],  # there are two articles
        [{"name": "kind", "values": ["faq"], "titles": [], "runs": [[10**12, 0]]}],
        [{"name": "kind", "values": ["faq"], "titles": [], "runs": [[2, 1]]}],
        [{"name": "kind", "values": ["faq"], "titles": ["a", "b"], "runs": [[2, 0]]}],
        [{"name": "colour", "values": ["faq"], "titles": [], "runs": [[2, 0]]}],
        [{"name": "kind", "values": [["faq"]], "titles": [], "runs": [[2, 0]]}],
    ],
)
def test_a_damaged_file_is_named(facets: object) -> None:
    files = compile_words([make_document(f"{kind}/", "Order", kind=kind) for kind in ("faq", "guide")])
    data = {file.path.removeprefix("search/"): file.data for file in files}
    (name,) = (name for name in data if name.startswith("facets-"))
    index = SearchIndex((data | {name: json.dumps({"facets": facets}).encode()}).__getitem__)

    with pytest.raises(KbError, match=f"search/{name} is damaged"):
        index.facets()
