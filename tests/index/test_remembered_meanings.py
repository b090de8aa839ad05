"""Meanings that were kept, and those that an edit changes: together they are what making them anew gives."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_builder.cache import Cache
from kb_builder.index import semantic
from kb_builder.index.compile import compile_search
from kb_builder.index.model import Section
from kb_builder.index.remembered_meanings import RememberedMeanings
from kb_builder.index.semantic import Meaning, MeaningSpace, semantic_lists
from tests.index.makers import make_document
from tests.shared.topics import topic_vectors

WORDS = [f"word{letter}" for letter in "abcdefghijklmnop"]
MEANING = Meaning(articles=2, least_share=0.2, whitening=0.5)


def space(articles, sample):
    """Lay words and articles out by seed: few levels, so that many products tie."""
    vectors = {word: np.random.default_rng(at).integers(-2, 3, 4).astype(float) for at, word in enumerate(WORDS)}
    rows = np.array([np.random.default_rng(seed).integers(-3, 4, 4) for seed in articles], float).reshape(-1, 4)
    return MeaningSpace(lambda words: np.array([vectors[word] for word in words]), rows, sample)


def everything(lists):
    values = [getattr(lists, field.name) for field in fields(lists)]
    return [value.tolist() if isinstance(value, np.ndarray) else list(value) for value in values]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 40)), max_size=3),
    st.sets(st.sampled_from(WORDS)),
    st.sets(st.sampled_from(WORDS)),
)
def test_lists_after_an_edit_are_those_made_anew(articles, edits, before, after):
    edited = list(articles)
    for at, seed in edits:
        edited[at % len(articles)] = seed
    known = semantic_lists(lambda: [[word] for word in before], space(articles, [0]), meaning=MEANING)
    groups = [[word] for word in after]

    found = semantic_lists(lambda: groups, space(edited, [0]), meaning=MEANING, known=known)

    assert everything(found) == everything(semantic_lists(lambda: groups, space(edited, [0]), meaning=MEANING))


def test_an_edit_makes_only_the_lists_that_it_touches(monkeypatch):
    made = []
    strongest = semantic._strongest
    monkeypatch.setattr(
        semantic, "_strongest", lambda levels, *rest: made.append(len(levels)) or strongest(levels, *rest)
    )
    articles = list(range(200))
    groups = [[word] for word in WORDS]
    known = semantic_lists(lambda: groups, space(articles, [0, 1, 2]), meaning=MEANING)
    articles[100] = 555

    semantic_lists(lambda: groups, space(articles, [0, 1, 2]), meaning=MEANING, known=known)
    semantic_lists(lambda: groups, space(articles, [0, 1, 2]), meaning=MEANING, known=known)

    assert made[0] == len(WORDS)
    assert all(count < len(WORDS) / 2 for count in made[1:])


def site(texts):
    return [make_document(f"{at}/", text, sections=(Section("", "", text),)) for at, text in enumerate(texts)]


def build(folder, documents):
    """Compile in a build of its own."""
    cache = Cache(folder, maker=lambda: "test")
    memory = RememberedMeanings("meanings", "key", cache)
    known = memory.recall()
    files = compile_search(documents, load_vectors=topic_vectors, memory=memory)
    cache.save()
    cache.close()
    return known, files


def test_what_is_kept_is_read_back_and_gives_the_same_files(tmp_path):
    texts = ["money refund", "parcels courier", "costs of a courier"]

    assert build(tmp_path, site(texts))[0] is None
    for edited in (texts, [*texts[:2], "money, parcels"], ["money", *texts[1:]], texts[1:]):
        known, files = build(tmp_path, site(edited))
        assert known is not None
        assert files == compile_search(site(edited), load_vectors=topic_vectors)


@pytest.mark.parametrize("damaged", [b"", b"PK", b"\x93NUMPY", bytes(100)])
def test_what_cannot_be_read_is_made_anew(tmp_path, damaged):
    documents = site(["money refund", "parcels"])
    build(tmp_path, documents)
    cache = Cache(tmp_path, maker=lambda: "test")
    cache.put("meanings", "key", damaged)
    cache.save(forget=False)
    cache.close()

    known, files = build(tmp_path, documents)

    assert known is None
    assert files == compile_search(documents, load_vectors=topic_vectors)
