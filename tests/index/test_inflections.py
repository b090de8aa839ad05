"""Inflected forms that a site does not have."""

import pytest
from makers import make_document, make_index

from kb_builder.index.analyzer import stemmer
from kb_builder.index.inflections import inflect
from kb_builder.index.ranking import search

STEM = stemmer("en")


def made(*forms: str) -> set[str]:
    return set(inflect(forms, term=STEM(forms[0]), language="en", stem=STEM))


@pytest.mark.parametrize(
    ("form", "others"),
    [
        ("refund", {"refunds", "refunded", "refunding"}),
        ("arrive", {"arrives", "arrived", "arriving"}),
        ("ship", {"ships", "shipped", "shipping"}),
        ("policy", {"policies"}),
        ("cancelled", {"cancel", "cancels", "cancelling", "canceled"}),
        ("installed", {"install", "installs", "installing"}),
        ("returning", {"return", "returns", "returned"}),
        ("cities", {"city"}),
        ("box", {"boxes", "boxed"}),
    ],
)
def test_regular_forms_are_made(form, others):
    assert others <= made(form)


@pytest.mark.parametrize("form", ["2.4.6", "lf4820193", "größe", "us", "返品"])
def test_what_is_no_english_word_is_left_alone(form):
    assert made(form) == set()


def test_every_form_has_the_stem_of_its_term_and_is_not_on_the_site():
    for word in ("delivery", "address", "size", "pay", "die", "news", "gas", "see", "begin", "organise", "bus", "use"):
        assert all(STEM(form) == STEM(word) and form != word for form in made(word))


def test_other_languages_have_the_forms_of_their_site():
    assert inflect({"paket"}, term="paket", language="de", stem=stemmer("de")) == frozenset()


@pytest.mark.parametrize("query", ["refunding", "refunded", "refunds", "Refund"])
def test_a_form_that_is_nowhere_on_the_site_finds_its_word(query):
    index = make_index(make_document("a/", "Getting a refund"), make_document("b/", "Something else"))

    results = search(index, query)

    assert [hit.url for hit in results.hits] == ["a/"]
    assert not results.hits[0].explain[0].is_completion
