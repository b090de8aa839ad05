"""Reading published files that may be damaged, foreign or gone."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import compile_words, make_document

from kb_builder.files import write_files
from kb_builder.index.compile import compile_search
from kb_builder.index.ranking import search
from kb_builder.index.reader import MAX_FILE_BYTES, SearchIndex, open_search
from kb_builder.index.word_lists import SynonymRule
from kb_builder.issues import KbError
from tests.shared.topics import topic_vectors

FILES = {
    file.path.removeprefix("search/"): file.data
    for file in compile_search(
        [
            make_document("a/", "Return an order", "Returns are free. How to return.", questions=("send it back",)),
            make_document("b/", "Refunds", "A refund takes five days."),
        ],
        synonyms=[SynonymRule(("return", "send back"), ("refund", "five days"), 1)],
        pins={"how now": "a/"},
        load_vectors=topic_vectors,
    )
}
QUERY = "how to return a refund"


def name_of(kind: str) -> str:
    return next(name for name in FILES if name.startswith(kind))


def search_with(changes: dict[str, bytes]):
    data = {**FILES, **changes}
    return search(SearchIndex(data.__getitem__), QUERY)


def test_a_folder_is_opened_and_searched(tmp_path):
    write_files(tmp_path, compile_words([make_document("a/", "Return an order")]))

    assert [hit.url for hit in search(open_search(tmp_path / "search"), "returns").hits] == ["a/"]


def test_an_unknown_format_is_refused_with_both_numbers():
    manifest = json.dumps({**json.loads(FILES["manifest.json"]), "format": 7}).encode()

    with pytest.raises(KbError, match=r"format 7; this version reads format 5") as caught:
        search_with({"manifest.json": manifest})
    assert caught.value.hint


def test_a_folder_without_index_says_what_to_do(tmp_path):
    with pytest.raises(KbError, match=r"manifest\.json") as caught:
        open_search(tmp_path)
    assert "kb build" in caught.value.hint


@pytest.mark.parametrize("kind", ["words", "card", "text"])
def test_a_missing_file_is_named(kind, tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for path in tmp_path.rglob("*.json"):
        if path.relative_to(tmp_path).as_posix().startswith(f"{kind}-"):
            path.unlink()

    with pytest.raises(KbError, match=kind):
        search(open_search(tmp_path), QUERY)


def test_a_file_without_end_is_not_read_whole(tmp_path):
    with (tmp_path / "manifest.json").open("wb") as file:
        file.truncate(10**10)  # a hole, not ten gigabytes

    with pytest.raises(KbError, match=f"more than {MAX_FILE_BYTES}"):
        open_search(tmp_path)


@pytest.mark.parametrize("kind", ["manifest", "words", "card", "text"])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 100_000, b"<html>404</html>"])
def test_a_damaged_file_is_named(kind, damage):
    changes = dict.fromkeys((name for name in FILES if name.startswith(kind)), damage)

    with pytest.raises(KbError, match=kind):
        search_with(changes)


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("words", "terms", [99, 99]),
        ("words", "postings", [[0]]),
        ("words", "postings", ["1__5"]),
        ("words", "postings", ["1 "]),
        ("words", "postings", ["0"]),
        ("words", "idf", ["1"]),
        ("words", "idf", [1e9]),
        ("words", "words", [1]),
        ("words", "shared", [1]),
        *(("words", "synonyms", [synonym]) for synonym in (1, [], [1, 1, "", []], ["a", 0, "", []])),
        *(("words", "synonyms", [["a", 1, packed, forms]]) for packed, forms in (("5]", []), ("1__5", []), ("", [1]))),
        *(
            ("words", "leads", [row])
            for row in (1, [], [0], [0, [["a"]]], [0, [["a"]], [99]], [99, [], []], ["0", [], []])
        ),
        *(
            ("words", "leads", [row])
            for row in ([0, ["a"], []], [0, [], [], 5000], [0, [], [], "a"], [0, [[1]], [], 0])
        ),
        ("card", "url", 1),
        ("card", "questions", ["1"]),
        ("text", "sections", [["a"]]),
        ("text", "sections", [[1, 2, 3]]),
        ("words", "terms", [-2]),
        ("words", "meanings", ["0"]),
        ("words", "meanings", [1]),
        ("manifest", "meaning", 100),
        ("manifest", "articles", True),
        ("manifest", "cards", {"hash": 0}),
        ("manifest", "words", {"first": "AbAa", "hash": "x"}),
        ("manifest", "words", {"first": "b", "hash": "x"}),
        ("manifest", "words", {"first": ["b"], "hash": "x"}),
    ],
)
def test_parts_that_do_not_fit_are_refused(kind, key, value):
    changes = {
        name: json.dumps({**json.loads(data), key: value}).encode() for name, data in FILES.items() if kind in name
    }

    with pytest.raises(KbError, match="damaged"):
        search_with(changes)


@settings(deadline=None)
@given(st.data())
def test_any_damage_is_either_harmless_or_a_clear_error(data):
    name = data.draw(st.sampled_from(sorted(FILES)))
    original = FILES[name]
    at = data.draw(st.integers(0, len(original) - 1))
    damaged = original[:at] + data.draw(st.binary(max_size=4)) + original[at + data.draw(st.integers(0, 4)) :]

    try:
        search_with({name: damaged})
    except KbError as error:
        assert name.split("-")[0].removesuffix(".json") in str(error) or "cannot read" in str(error)
    except KeyError as error:
        assert str(error.args[0]).endswith(".json")  # it now names a file that this reader does not have
