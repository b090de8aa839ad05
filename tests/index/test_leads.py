"""Synonyms and pins in the published files: what is found, in which order, and why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import compile_words, make_document, open_files

from kb_builder.index.idle_synonyms import idle_synonym_issues
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.index.synonyms import lessened
from kb_builder.index.word_lists import SynonymRule
from kb_builder.index.words_blocks import BlockSizes

SMALL = BlockSizes(words_bytes=60, hot_bytes=10**6, postings=10**6)
WORDS = ["order", "return", "refund", "parcel", "größe", "返品", "the", "zzz"]
SHOP = (
    make_document("cancel/", "Stop an order", "Press Cancel."),
    make_document("refund/", "When is my refund here?", "Refunds take a week. We book the refund on a Monday."),
    make_document("parcel/", "Late parcels", "Your parcel is late."),
    make_document("stock/", "Sold out", "It is out of stock, and in stock on Monday."),
)


def group(*words: str) -> SynonymRule:
    return SynonymRule(words, words, 1)


def one_way(typed: str, *found: str) -> SynonymRule:
    return SynonymRule((typed,), found, 1)


def index(*rules: SynonymRule, documents=SHOP, pins: dict[str, str] | None = None) -> SearchIndex:
    return open_files(compile_words(documents, synonyms=rules, pins=pins, sizes=SMALL))


def urls(found: SearchIndex, query: str, **options) -> list[str]:
    return [hit.url for hit in search(found, query, **options).hits]


def test_a_word_that_no_article_has_finds_its_synonym_and_so_do_its_forms():
    shop = index(one_way("reimburse", "refund"))

    for query in ("reimburse", "reimbursed", "REIMBURSING"):
        assert urls(shop, query) == ["refund/"]
        assert search(shop, query).unknown_words == ()
    assert urls(shop, "refund") == ["refund/"]


def test_a_one_way_synonym_does_not_lead_back():
    assert urls(index(one_way("parcel", "refund")), "parcel") == ["parcel/", "refund/"]
    assert urls(index(one_way("parcel", "refund")), "refund") == ["refund/"]
    assert urls(index(group("parcel", "refund")), "refund") == ["refund/", "parcel/"]


def test_a_synonym_counts_eight_tenths_of_what_it_would_have():
    own = search(index(), "refund").hits[0].score

    assert search(index(one_way("cash", "refund")), "cash").hits[0].score == lessened(own)


def test_a_phrase_is_recognised_in_all_its_forms_but_only_word_after_word():
    shop = index(one_way("money back", "refund"), one_way("so gone", "out of stock"))

    assert urls(shop, "when do i get my moneys backed")[0] == "refund/"
    assert urls(shop, "so gone") == ["stock/"]
    for query in ("back money", "money not back", "money", "back"):
        assert urls(shop, query) == []


def test_phrases_synonyms_and_pins_are_found_through_typing_errors():
    shop = index(one_way("reimburse", "refund"), one_way("money back", "refund"), pins={"late returns": "cancel/"})

    assert urls(shop, "reimbrse") == ["refund/"]
    assert urls(shop, "mony bcak") == ["refund/"]
    assert urls(shop, "late retruns")[0] == "cancel/"


def test_a_phrase_may_begin_in_the_block_of_common_words_and_hold_any_script():
    documents = (*SHOP, make_document("ja/", "返品について", "返品はできます"))
    shop = index(one_way("how about nothing", "refund"), one_way("送り返す", "返品"), documents=documents)

    assert urls(shop, "how about nothing")[0] == "refund/"
    assert urls(shop, "送り返す") == ["ja/"]


@pytest.mark.parametrize("typed", ["gore-tex", "gore tex", "goretex", "GORE-TEX®"])
def test_a_hyphen_may_be_typed_as_one_likes(typed):
    assert urls(index(one_way("gore-tex", "refund")), typed) == ["refund/"]


def test_a_synonym_counts_once_in_a_query():
    shop = index(one_way("gore-tex", "refund"), one_way("money", "refund"))
    once = search(shop, "goretex").hits[0].score

    assert search(shop, "gore-tex money goretex").hits[0].score == once


def test_what_an_unfinished_word_becomes_leads_on():
    shop = index(one_way("reimburse", "refund"))

    assert urls(shop, "reimb", finished=False) == ["refund/"]
    assert urls(shop, "reimb") == ["refund/"]  # no other word is known


def test_the_explanation_names_word_synonym_and_fields_and_adds_up():
    results = search(
        index(one_way("money back", "refund"), group("monday", "late")), "money back monday", with_fields=True
    )

    hit = next(hit for hit in results.hits if hit.url == "refund/")
    assert [(row.word, row.matched, row.is_synonym, row.fields) for row in hit.explain] == [
        ("monday", "monday", False, ("body",)),
        ("money back", "refund", True, ("title", "body")),
    ]
    assert all(sum(row.score for row in hit.explain) == hit.score for hit in results.hits)


def test_words_in_questions_and_tags_are_said_to_be_there():
    shop = index(documents=(make_document("a/", "Title", "text", questions=("why", "what for"), tags=("green",)),))

    rows = search(shop, "green what title", with_fields=True).hits[0].explain

    assert [row.fields for row in rows] == [("questions or tags",), ("questions or tags",), ("title",)]


def test_an_excerpt_marks_the_synonym_but_not_its_function_words():
    documents = (make_document("a/", "Gone", "The light is out of reach. Alas, it is out of stock."),)

    hit = search(index(one_way("sold", "out of stock"), documents=documents), "sold").hits[0]

    assert [part.text for part in hit.excerpt.parts if part.marked] == ["out", "out", "stock"]


def test_a_pin_comes_first_before_an_exact_title_and_whatever_scores_more():
    documents = (make_document("a/", "Order"), make_document("b/", "Order order", "order"), make_document("c/", "Else"))
    shop = index(documents=documents, pins={"orders": "c/"})

    hits = search(shop, "ORDER!").hits

    assert [hit.url for hit in hits] == ["c/", "a/", "b/"]
    assert [(hit.is_pinned, hit.is_exact_title) for hit in hits] == [(True, False), (False, True), (False, False)]
    assert (hits[0].score, hits[0].explain) == (0, ())


def test_a_pin_is_for_the_whole_query_in_any_form():
    shop = index(pins={"Late returns": "cancel/"})

    for query in ("late returns", "late return", "LATE returned"):
        assert urls(shop, query)[0] == "cancel/"
    for query in ("late", "late returns please", "my late returns", "returns late", "late late returns"):
        assert "cancel/" not in urls(shop, query)


def test_a_pinned_article_is_within_the_limit_and_stands_once():
    shop = index(pins={"monday": "stock/"})

    assert urls(shop, "monday") == ["stock/", "refund/"]
    assert urls(shop, "monday", limit=1) == ["stock/"]


def test_a_pin_to_an_article_that_is_not_in_the_index_does_nothing():
    assert urls(index(pins={"parcel": "gone/"}), "parcel") == ["parcel/"]


def test_rules_that_change_nothing_are_reported():
    rules = [
        SynonymRule(("cash",), ("refund",), 1),
        SynonymRule(("cash",), ("purse", "wallet"), 2),
        SynonymRule(("on sale now",), ("sold out",), 3),
        SynonymRule(("on sale now",), ("out sold",), 4),
        SynonymRule(("purse", "wallet"), ("purse", "wallet"), 5),
        SynonymRule(("purse", "order"), ("purse", "order"), 6),
    ]

    issues = list(idle_synonym_issues(index(*rules), rules, "search/synonyms.yml"))

    assert [(found.line, found.code) for found in issues] == [(2, "KB709"), (4, "KB709"), (5, "KB709")]
    assert "'purse', 'wallet'" in issues[0].message


@st.composite
def led_sites(draw):
    texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    documents = [make_document(f"{n}/", draw(texts), draw(texts)) for n in range(draw(st.integers(1, 5)))]
    words = st.sampled_from(WORDS)
    rules = [
        one_way(draw(words), *draw(st.lists(words, min_size=1, max_size=3))) for _ in range(draw(st.integers(1, 4)))
    ]
    return documents, rules, draw(st.lists(words, min_size=1, max_size=5))


@settings(deadline=None, max_examples=60)
@given(led_sites())
def test_scores_are_those_of_the_words_alone_the_larger_of_own_and_synonyms(site):
    documents, rules, query = site
    plain, led = index(documents=documents), index(*rules, documents=documents)

    def alone(word: str) -> dict[str, int]:
        return {hit.url: hit.score for hit in search(plain, word).hits}

    expected: dict[str, int] = {}
    counted: set[str] = set()
    for word in dict.fromkeys(query):
        gains = alone(word)
        best: dict[str, tuple[int, str]] = {url: (score, word) for url, score in gains.items()}
        leads = [found for rule in rules if rule.typed == (word,) for found in rule.found if found != word]
        for found in dict.fromkeys(leads):
            for url, score in alone(found).items():
                if lessened(score) > best.get(url, (0, ""))[0]:
                    best[url] = (lessened(score), found)
        used = {found for _, found in best.values()} - {word}
        gains |= {url: score for url, (score, found) in best.items() if found in used - counted}
        counted |= used
        for url, score in gains.items():
            expected[url] = expected.get(url, 0) + score

    assert {hit.url: hit.score for hit in search(led, " ".join(query)).hits} == expected
