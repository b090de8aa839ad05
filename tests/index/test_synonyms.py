"""What synonyms and pins lead to, before any file is written."""

from __future__ import annotations

from makers import make_document

from kb_builder.index.analyzer import stemmer
from kb_builder.index.fields import analyze_documents, forms_of
from kb_builder.index.impacts import ImpactTable, Ranking, compute_impacts
from kb_builder.index.synonyms import count_phrases, lead_terms, lead_words, lessened, plan_synonyms
from kb_builder.index.whoosh_store import open_whoosh
from kb_builder.index.word_lists import SynonymRule

STEM = stemmer("en")
DOCUMENTS = (
    make_document("a/", "Refunds", "We refund you. Get the refund soon."),
    make_document("b/", "Log in", "Log in here. You can log in there."),
    make_document("c/", "Logs", "The logs are in the shed."),
    make_document("d/", "Parcels", "A parcel, a package.", questions=("two-step verification", "pre-order")),
)


def group(*words: str) -> SynonymRule:
    return SynonymRule(words, words, 1)


def one_way(typed: str, *found: str) -> SynonymRule:
    return SynonymRule((typed,), found, 1)


def plan(*rules: SynonymRule) -> dict[str, list[str]]:
    leads = plan_synonyms(rules, language="en", stem=STEM)
    return {" ".join(lead.words): [target.text for target in lead.targets] for lead in leads}


def compile_leads(*rules: SynonymRule, pins=(), documents=DOCUMENTS):
    leads = plan_synonyms(rules, language="en", stem=STEM)
    targets = [target for lead in leads for target in lead.targets]
    plain = analyze_documents(documents, language="en")
    analyzed = count_phrases(plain, targets, language="en", stem=STEM)
    with open_whoosh(analyzed.fields, len(documents), ranks=False) as index:
        postings = index.read_postings()
    boosts = [document.boost for document in documents]
    common = frozenset({"in", "the"})
    impacts = compute_impacts(postings, boosts=boosts, ranking=Ranking())
    seen = forms_of(plain.words.everywhere.terms, STEM)
    forms = dict(seen)
    for word in lead_words(leads, [query for query, _ in pins], language="en"):
        forms[STEM(word)] = forms.get(STEM(word), frozenset()) | {word}
    table = ImpactTable(impacts, function_words=common, ranking=Ranking())
    by_term = {impact.term: impact for impact in table}
    found = lead_terms(
        leads,
        pins,
        impact_of=table.get,
        words_of=forms.__getitem__,
        seen_of=lambda term: seen.get(term, ()),
        function_words=common,
        language="en",
        stem=STEM,
    )
    return found, by_term


def test_a_group_leads_both_ways_a_one_way_rule_only_one_and_neither_further():
    assert plan(group("parcel", "package"), one_way("package", "box"), one_way("box", "crate")) == {
        "parcel": ["package"],
        "package": ["parcel", "box"],
        "box": ["crate"],
    }


def test_a_word_does_not_lead_to_itself_in_another_form():
    assert plan(group("return", "returns"), one_way("Refunded", "refund", "money")) == {"refunded": ["money"]}


def test_a_hyphen_may_be_typed_as_it_is_as_a_space_or_not_at_all():
    assert list(plan(one_way("gore-tex", "waterproof"))) == ["gore tex goretex", "gore tex", "goretex"]


def test_a_phrase_is_found_where_its_words_follow_each_other():
    found, impacts = compile_leads(one_way("sign in", "log in"))

    (phrase,) = found["sign"].phrases
    assert phrase.rest == (("in",),)
    (synonym,) = phrase.synonyms
    assert [document for document, _ in synonym.postings] == [1]
    assert synonym.text == "log in"
    assert synonym.forms == ("log", "logs")  # "in" is not worth a mark
    assert impacts["log in"].idf > impacts["log"].idf


def test_a_phrase_with_a_hyphen_is_found_however_it_is_spelled_and_counted_once():
    documents = (
        make_document("a/", "Two-step verification"),
        make_document("b/", "Two step verification"),
        make_document("c/", "Steps of verification, two"),
    )
    leads = plan_synonyms([one_way("2fa", "two-step verification")], language="en", stem=STEM)
    (target,) = leads[0].targets

    counted = count_phrases(analyze_documents(documents, language="en"), [target], language="en", stem=STEM)

    assert counted.fields["title"].pairs()[target.term] == [(0, 1), (1, 1)]


def test_phrases_do_not_change_what_the_words_of_an_article_are_worth():
    _, with_phrases = compile_leads(one_way("x", "log in", "get the refund"))
    _, without = compile_leads()

    def worth(impacts):
        return {term: (found.idf, found.postings) for term, found in impacts.items() if " " not in term}

    assert worth(with_phrases) == worth(without)
    assert {term for term in with_phrases if " " in term} == {"log in", "get the refund"}


def test_a_posting_that_the_word_itself_or_another_synonym_beats_is_left_out():
    found, impacts = compile_leads(group("parcel", "package", "refund"))

    scores = {}
    for synonym in found["packag"].synonyms:
        for document, impact in synonym.postings:
            assert document not in scores
            scores[document] = lessened(synonym.idf * impact)
    own = dict(impacts["packag"].postings)
    assert scores == {
        0: lessened(impacts["refund"].idf * dict(impacts["refund"].postings)[0]),
        3: lessened(impacts["parcel"].idf * dict(impacts["parcel"].postings)[3]),
    }
    assert scores[3] > impacts["packag"].idf * own[3]  # a parcel in the title is worth more than a package in the text
    assert [synonym.text for synonym in found["parcel"].synonyms] == ["refund"]


def test_what_no_article_holds_leads_nowhere():
    found, _ = compile_leads(one_way("wallet", "purse"), one_way("money back", "purse", "parcel log"))

    assert found == {}


def test_a_typed_word_may_be_on_no_page():
    found, _ = compile_leads(one_way("reimburse me", "refund"), one_way("package", "refund"), one_way("cash", "refund"))

    assert set(found) == {"reimburs", "packag", "cash"}
    assert found["cash"].synonyms[0].forms == ("refund", "refunds")


def test_a_pin_carries_its_words_in_every_form():
    found, _ = compile_leads(pins=[("parcel log", 2), ("parcel", 3)])

    pins = [(pin.rest, pin.document) for pin in found["parcel"].pins]
    assert pins == [((("log", "logs"),), 2), ((), 3)]
