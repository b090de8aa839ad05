"""Counts that were kept, and those of documents that changed since: together they are what counting anew gives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_document

from kb_builder.cache import Cache
from kb_builder.index import remembered_counts
from kb_builder.index.analyzer import stemmer
from kb_builder.index.arrays import read_arrays, write_arrays
from kb_builder.index.compile import compile_search
from kb_builder.index.counting import count_words
from kb_builder.index.fields import FIELDS
from kb_builder.index.model import Section
from kb_builder.index.remembered_counts import remembered_counting
from kb_builder.index.synonyms import plan_synonyms
from kb_builder.index.word_lists import SynonymRule
from tests.shared.topics import topic_vectors

TEXTS = st.lists(st.sampled_from(["money", "refund", "parcels", "a parcel", "größe", "返品"]), max_size=6).map(" ".join)
SITES = st.dictionaries(st.sampled_from("abcdefgh"), TEXTS, max_size=6)
(LEAD,) = plan_synonyms([SynonymRule(("box",), ("a parcel",), 1)], language="en", stem=stemmer("en"))


def site(texts):
    return [make_document(f"{u}/", t, sections=(Section("", "", f"{t} {t}"),)) for u, t in sorted(texts.items())]


def everything(counted):
    fields = [*(counted.postings.fields[name] for name in FIELDS), counted.words]
    return (
        counted.postings.document_count,
        [(field.terms, field.ends.tolist(), field.documents.tolist(), field.frequencies.tolist()) for field in fields],
        counted.vectors.tolist(),
    )


def count_again(folder, documents, key="key"):
    """Count in a build of its own."""
    cache = Cache(folder, maker=lambda: "test")
    counted = remembered_counting("counts", key, cache)(
        documents, LEAD.targets, language="en", vectors=topic_vectors("en")
    )
    found = everything(counted)
    cache.save()
    cache.close()
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(SITES, min_size=2, max_size=5), st.sampled_from([0, 2, 16]))
def test_counts_after_any_edits_are_those_of_counting_anew(tmp_path_factory, sites, few):
    """However many of late are kept apart from all."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(remembered_counts, "_FEW", few)
        _edit_and_compare(folder, sites)


def _edit_and_compare(folder, sites):
    for texts in sites:
        documents = site(texts)
        anew = count_words(documents, LEAD.targets, language="en", vectors=topic_vectors("en"))

        assert count_again(folder, documents) == everything(anew)


def test_only_documents_that_changed_are_counted(tmp_path, monkeypatch):
    counted = []
    monkeypatch.setattr(
        remembered_counts,
        "count_words",
        lambda documents, *a, **k: counted.append(documents) or count_words(documents, *a, **k),
    )
    documents = site({"a": "money", "b": "refund", "c": "parcels"})
    changed = [documents[0], replace(documents[1], title="Money"), documents[2]]

    count_again(tmp_path, documents)
    count_again(tmp_path, changed)
    count_again(tmp_path, changed, key="other settings")

    assert counted == [documents, [changed[1]], changed]


@pytest.mark.parametrize("damaged", [b"", b"PK", b"\x93NUMPY", bytes(100)])
def test_what_cannot_be_read_is_counted_anew(tmp_path, damaged):
    documents = site({"a": "money"})
    cache = Cache(tmp_path, maker=lambda: "test")
    cache.put("counts", "key", damaged)
    cache.save()
    cache.close()

    assert count_again(tmp_path, documents) == count_again(tmp_path / "other", documents)


def test_search_files_are_the_same_with_counts_that_were_kept(tmp_path):
    documents = site({"a": "money", "b": "refund", "c": "parcels"})
    count_again(tmp_path, documents)
    cache = Cache(tmp_path, maker=lambda: "test")
    kept = remembered_counting("counts", "key", cache)
    changed = [*documents[:2], replace(documents[2], title="Refund of money")]

    with_kept = compile_search(changed, load_vectors=topic_vectors, count=kept)

    assert with_kept == compile_search(changed, load_vectors=topic_vectors)
    cache.close()


def test_arrays_of_objects_are_not_read():
    arrays = b"".join(write_arrays(numbers=np.arange(3, dtype=np.int32), none=np.empty((0, 2))))

    assert {name: (array.tolist(), array.shape) for name, array in read_arrays(arrays).items()} == {
        "numbers": ([0, 1, 2], (3,)),
        "none": ([], (0, 2)),
    }
    for other in (arrays.replace(b"<i4", b"|O8"), arrays.replace(b"<i4", b"<M8"), arrays[:-2], arrays[8:], b"", None):
        assert read_arrays(other) == {}
