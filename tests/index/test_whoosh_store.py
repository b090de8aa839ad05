"""Whoosh as a counter of words, and what it must never open."""

import pickle
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_document

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.compile import compile_search
from kb_builder.index.counting import count_words
from kb_builder.index.fields import FIELDS, analyze_documents
from kb_builder.index.model import Section
from kb_builder.index.postings import NO_POSTINGS
from kb_builder.index.synonyms import plan_synonyms
from kb_builder.index.whoosh_store import open_whoosh
from kb_builder.index.word_lists import SynonymRule
from kb_builder.issues import KbError

WORDS = st.lists(st.sampled_from(["order", "return", "refund", "返品", "größe", "e-mail", "x"]), max_size=12).map(
    " ".join
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6))
def test_postings_read_back_are_the_counts_that_went_in(texts):
    documents = [
        make_document(f"{number}/", title, sections=(Section("", heading, body),))
        for number, (title, heading, body) in enumerate(texts)
    ]
    analyzed = analyze_documents(documents, language="en")

    with open_whoosh(analyzed.fields, len(documents), ranks=False) as index:
        postings = index.read_postings()

    stem = stemmer("en")
    for field, text_of in (("title", 0), ("headings", 1), ("body", 2)):
        expected: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(texts):
            for term, frequency in Counter(stem(word) for word in analyze(text[text_of], "en")).items():
                expected.setdefault(term, []).append((number, frequency))
        assert postings.fields[field].pairs() == expected


def test_terms_are_counted_in_the_field_they_are_in():
    document = make_document(
        title="Return an order",
        summary="Returns are free.",
        questions=("how to return", "send back"),
        tags=("parcel",),
        category="Orders",
        sections=(Section("", "", "Return it."), Section("a", "Returning by post", "Post it.")),
    )

    counted = analyze_documents([document], language="en").fields
    fields = {name: {term: times for term, ((_, times),) in found.pairs().items()} for name, found in counted.items()}

    assert fields["title"] == Counter(["return", "an", "order"])
    assert fields["questions"] == Counter(["how", "to", "return", "send", "back"])
    assert fields["headings"] == Counter(["return", "by", "post"])
    assert fields["body"] == Counter(["return", "are", "free", "return", "it", "post", "it"])
    assert fields["tags"] == Counter(["parcel", "order"])


def test_two_documents_of_one_url_are_refused_by_name():
    with pytest.raises(KbError, match="'same/'"):
        analyze_documents([make_document("same/"), make_document("same/")], language="en")


def test_planted_index_and_stale_lock_are_not_opened(tmp_path):
    """H33, H34: whatever lies in the work folder, a fresh private folder is used and the payload does not run."""
    marker = tmp_path / "ran"

    class Payload:
        def __reduce__(self):
            return Path.touch, (marker,)

    planted = {
        "_MAIN_1.toc": pickle.dumps(Payload()),
        "MAIN_abc.seg": pickle.dumps(Payload()),
        "MAIN_WRITELOCK": b"",
        "whoosh-planted/_MAIN_1.toc": pickle.dumps(Payload()),
    }
    for name, data in planted.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    documents = [make_document("a/", "Return an order"), make_document("b/", "Refunds")]

    files = compile_search(documents, work_folder=tmp_path)

    assert files == compile_search(documents)
    assert not marker.exists()
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(planted)


def test_its_private_folder_is_gone_afterwards(tmp_path):
    with open_whoosh(dict.fromkeys(FIELDS, NO_POSTINGS), 1, ranks=True, folder=tmp_path) as index:
        assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0]
        assert index.rank(["nothing"], boosts={}, limit=3) == []

    assert list(tmp_path.iterdir()) == []


def test_nothing_to_index_gives_no_postings():
    with open_whoosh(dict.fromkeys(FIELDS, NO_POSTINGS), 0, ranks=False) as index:
        assert [index.read_postings().fields[field].pairs() for field in FIELDS] == [{} for _ in FIELDS]


def test_counting_in_several_processes_gives_the_same_postings():
    texts = ["Return a parcel.", "E-mail us, don't call.", "返品 größe", "Parcels and returns", "One parcel returned"]
    documents = [make_document(f"{n}/", text, sections=(Section("", "", text),)) for n, text in enumerate(texts)]
    (lead,) = plan_synonyms([SynonymRule(("box",), ("a parcel",), 1)], language="en", stem=stemmer("en"))

    one, three = (count_words(documents, lead.targets, language="en", workers=workers) for workers in (1, 3))

    for field in FIELDS:
        assert three.postings.fields[field].pairs() == one.postings.fields[field].pairs()
    assert three.words.pairs() == one.words.pairs()
    assert three.words.pairs()["parcels"] == [(3, 1)]
    assert three.postings.fields["body"].pairs()["a parcel"] == [(0, 1)]
