"""A dictionary that was kept, and the blocks that an edit changes: together they are what compiling anew gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_document

from kb_builder.cache import Cache
from kb_builder.index import compile as compiling
from kb_builder.index.compile import compile_search
from kb_builder.index.model import Section
from kb_builder.index.remembered_counts import remembered_counting
from kb_builder.index.remembered_dictionary import RememberedDictionary
from kb_builder.index.remembered_meanings import RememberedMeanings
from kb_builder.index.word_lists import SynonymRule
from kb_builder.index.words_blocks import BlockSizes
from tests.shared.topics import topic_vectors

SMALL = BlockSizes(words_bytes=60, hot_bytes=40, postings=3)
SYNONYMS = [SynonymRule(("box",), ("parcel", "a small parcel"), 1)]
WORDS = ["money", "monies", "refund", "refunds", "refunded", "parcel", "parcels", "a small parcel", "the", "how"]
WORDS += ["return", "returns", "order", "ordered", "deliver", "delivered", "pay", "paid", "pays", "largely", "cancel"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
OPTIONS = {"load_vectors": topic_vectors, "synonyms": SYNONYMS, "pins": {"pay back": "00/"}, "sizes": SMALL}


def site(texts):
    """Make a site: the first articles have these texts, the others are long, so that average lengths hardly move."""
    common = [
        f"{WORDS[at % len(WORDS)]} {WORDS[(3 * at + 1) % len(WORDS)]} {'filling words ' * 60}" for at in range(20)
    ]
    return [
        make_document(f"{at:02}/", "refund of money", sections=(Section("", "", text),))
        for at, text in enumerate([*texts, *common])
    ]


def build(folder, documents, **options):
    """Compile in a build of its own."""
    cache = Cache(folder, maker=lambda: "test")
    files = compile_search(
        documents,
        count=remembered_counting("counts", "key", cache),
        memory=RememberedMeanings("meanings", "key", cache),
        dictionary_memory=RememberedDictionary("dictionary", "key", cache),
        **OPTIONS | options,
    )
    cache.save()
    cache.close()
    return files


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=5), st.sampled_from(["en", "de", "fr"]))
def test_files_after_any_edits_are_those_of_compiling_anew(tmp_path_factory, sites, language):
    folder = tmp_path_factory.mktemp("cache")
    for texts in sites:
        documents = site(texts)

        assert build(folder, documents, language=language) == compile_search(documents, language=language, **OPTIONS)


def test_an_edit_is_compiled_from_what_was_kept(tmp_path, monkeypatch):
    compute, made = compiling.compute_impacts, []
    monkeypatch.setattr(compiling, "compute_impacts", lambda *a, **named: made.append(a) or compute(*a, **named))

    build(tmp_path, site(["money", "refund"]))
    build(tmp_path, site(["money largely", "refund"]))
    build(tmp_path, site(["money largely", "refunded anew"]))

    assert len(made) == 1


@pytest.mark.parametrize("damaged", [b"", b"PK", b"\x93NUMPY", bytes(100)])
@pytest.mark.parametrize("name", ["dictionary", "counts", "recent counts", "words of counts"])
def test_what_cannot_be_read_is_made_anew(tmp_path, damaged, name):
    build(tmp_path, site(["money", "refund"]))
    cache = Cache(tmp_path, maker=lambda: "test")
    cache.put(name, "key", damaged)
    cache.save(forget=False)
    cache.close()
    edited = site(["money and parcels", "refund"])

    assert build(tmp_path, edited) == compile_search(edited, **OPTIONS)
