"""The published files: what search/FORMAT.md promises about them."""

import hashlib
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import compile_words, make_document, open_files

from kb_builder.index.article_files import question_hash
from kb_builder.index.model import Section
from kb_builder.index.packing import unpack, unpack_sorted
from kb_builder.index.ranking import search
from kb_builder.index.words_blocks import BlockSizes

SMALL = BlockSizes(words_bytes=200, hot_bytes=300, postings=5)
ENDS = ("x", "xed", "xes", "tion", "y", "ies", "é", "返品")
WORDS = [start + end for start in ("ab", "ge", "mo", "re") for end in ENDS]
DOCUMENTS = [
    make_document(
        f"{number:02}/",
        " ".join(WORDS[(number * 7 + step) % len(WORDS)] for step in range(4)) + " the my how",
        " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 20)),
        questions=(f"question {number}", f"how {number}"),
    )
    for number in range(30)
]


def compile_as_data(documents=DOCUMENTS, sizes=SMALL):
    return {file.path: json.loads(file.data) for file in compile_words(documents, sizes=sizes)}


def words_blocks(data, *, hot=False):
    """Give the blocks in their order; or the hot one, which is behind them."""
    words = data["search/manifest.json"]["words"]
    count = len(unpack_sorted(words["first"]))
    numbers = [count] if hot else range(count)
    return [data[f"search/words-{words['hash']}/{number}.json"] for number in numbers]


def cards(data):
    manifest = data["search/manifest.json"]
    return [data[f"search/card-{manifest['cards']['hash']}/{number}.json"] for number in range(manifest["articles"])]


def spelling_blocks(data):
    spelling = data["search/manifest.json"]["spelling"]
    numbers = range(len(spelling["first"].split()))
    return [data[f"search/spelling-{spelling['hash']}/{number}.json"] for number in numbers]


def test_the_manifest_is_last_and_every_text_is_named_by_the_hash_of_its_content():
    files = compile_words(DOCUMENTS, sizes=SMALL)

    assert files[-1].path == "search/manifest.json"
    texts = [file for file in files if "/text-" in file.path]
    assert texts
    assert all(file.path == f"search/text-{hashlib.sha256(file.data).hexdigest()[:10]}.json" for file in texts)


@pytest.mark.parametrize("kind", ["words", "spelling", "card"])
def test_a_change_in_one_block_gives_all_blocks_of_its_kind_other_names(kind):
    def names(documents):
        return {file.path for file in compile_words(documents, sizes=SMALL) if f"/{kind}-" in file.path}

    changed = [*DOCUMENTS[:-1], replace(DOCUMENTS[-1], title="Other words")]

    assert names(DOCUMENTS) == names(DOCUMENTS)
    assert not names(DOCUMENTS) & names(changed)


def test_the_manifest_names_every_file_and_every_file_it_names_is_there():
    data = compile_as_data()

    named = [
        *(*words_blocks(data), *words_blocks(data, hot=True), *spelling_blocks(data), *cards(data)),
        data["search/manifest.json"],
    ]
    texts = {card["text"] for card in cards(data)}
    assert len(named) + len(texts) == len(data)
    assert all(f"search/text-{text}.json" in data for text in texts)


def test_blocks_hold_the_dictionary_in_order_each_word_once():
    data = compile_as_data()

    manifest, blocks = data["search/manifest.json"], words_blocks(data)
    words = [word for block in blocks for word in block["words"]]
    assert len(blocks) > 5
    assert words == sorted(set(words))
    (hot,) = words_blocks(data, hot=True)
    assert manifest["hot_words"].split() == hot["words"] == ["how", "my", "the"]
    assert not set(hot["words"]) & set(words)


def test_the_manifest_has_the_shortest_beginnings_that_tell_blocks_apart():
    data = compile_as_data()

    blocks = words_blocks(data)
    for before, beginning, block in zip(
        ["", *(block["words"][-1] for block in blocks)],
        unpack_sorted(data["search/manifest.json"]["words"]["first"]),
        blocks,
        strict=False,
    ):
        assert block["words"][0].startswith(beginning)
        assert beginning[:-1] <= before < beginning


def test_a_term_in_two_blocks_has_one_number_and_the_same_postings_in_both():
    seen: dict[int, list] = {}
    for block in words_blocks(compile_as_data()):
        pairs = dict(zip(block["shared"][::2], block["shared"][1::2], strict=True))
        for position, number in pairs.items():
            seen.setdefault(number, []).append((block["idf"][position], block["postings"][position]))

    assert seen
    assert all(len(copies) > 1 and all(copy == copies[0] for copy in copies) for copies in seen.values())


def test_long_postings_lose_their_weakest_and_ties_go_together():
    blocks = words_blocks(compile_as_data())
    whole = words_blocks(compile_as_data(sizes=BlockSizes(words_bytes=200, hot_bytes=10**6, postings=10**6)))

    def longest(some):
        return max(len(unpack(text)[1]) for block in some for text in block["postings"] if text)

    assert longest(blocks) <= 5 < longest(whole)


def test_the_hot_block_is_cut_to_its_size():
    data = compile_as_data()

    (hot,) = words_blocks(data, hot=True)
    assert len(json.dumps(hot["postings"], separators=(",", ":"))) <= SMALL.hot_bytes


def test_cards_are_in_the_order_of_urls_and_hold_hashes_of_questions():
    data = compile_as_data()

    assert [card["url"] for card in cards(data)] == [document.url for document in DOCUMENTS]
    assert cards(data)[7]["questions"] == [question_hash(["question", "7"]), question_hash(["how", "7"])]


def test_the_hash_of_questions_is_fnv_1a():
    assert [question_hash([]), question_hash(["a"]), question_hash(["foobar"])] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


def test_nothing_to_publish_is_an_empty_manifest():
    (manifest,) = compile_as_data([], None).values()

    assert (manifest["articles"], manifest["words"]) == (0, {"hash": "", "first": ""})
    assert (manifest["hot_words"], manifest["meaning"]) == ("", 0)


def test_an_article_too_long_to_fetch_is_quoted_from_its_beginning_and_found_by_its_end():
    sections = (Section("", "", "word " * 300_000), Section("end", "End", "zebra"))

    files = compile_words([make_document("a/", "T", sections=sections)])

    assert max(len(file.data) for file in files) < 1_100_000
    assert [hit.url for hit in search(open_files(files), "zebra").hits] == ["a/"]


def test_a_lone_surrogate_in_a_text_does_not_stop_the_build():
    files = compile_words([make_document("a/", "Broken \ud800 title", "text \udfff here")])

    assert all(file.data.decode() for file in files)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_change_a_byte(chance: random.Random):
    """H39."""
    shuffled = chance.sample(DOCUMENTS, len(DOCUMENTS))

    assert compile_words(shuffled, sizes=SMALL) == compile_words(DOCUMENTS, sizes=SMALL)


def test_the_seed_of_hashes_and_the_locale_do_not_change_a_byte():
    """H39."""
    script = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:]\n"
        "from tests.shared.help_centers import SHOP, SCRIPTS\n"
        "from kb_builder.index.compile import compile_search\n"
        "files = compile_search(SHOP) + compile_search(SCRIPTS, language='de')\n"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())"
    )

    def run(**environment):
        command = [sys.executable, "-c", script, str(Path.cwd())]
        return subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        ).stdout

    assert run(PYTHONHASHSEED="1", LC_ALL="C") == run(PYTHONHASHSEED="2", LC_ALL="C.UTF-8")


@pytest.mark.parametrize("count", [0, 1, 100, 1000, 100_000])
def test_sizes_grow_with_the_site_and_stay_reasonable(count):
    sizes, more = BlockSizes.for_articles(count), BlockSizes.for_articles(count * 2 + 1)

    assert 900 <= sizes.words_bytes <= more.words_bytes <= 10_000


def test_a_section_keeps_anchor_heading_and_text():
    data = compile_as_data(
        [make_document("a/", "T", sections=(Section("", "", "Intro"), Section("x", "Head", "Text")))]
    )

    (text,) = (value for path, value in data.items() if "/text-" in path)
    assert text == {"sections": [["", "", "Intro"], ["x", "Head", "Text"]]}
