"""Judged queries: read, run on a real index, and compared with the run before."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from makers import make_document, make_index

from kb_builder.articles.model import Article, Category, Content, Kind
from kb_builder.index.judgments import (
    Judgment,
    failure_issues,
    parse_judgments,
    read_judgments,
    run_judgments,
)
from kb_builder.index.rank_changes import Run, load_run, make_run, moves, save_run
from kb_builder.index.word_lists import Pin, SynonymRule, WordLists

DOCUMENTS = {
    "cancel.md": make_document("cancel/", "Cancel an order", "Stop it before it is packed."),
    "change.md": make_document("change/", "Change an order", "Another size or colour."),
    "track.md": make_document("track/", "Where is my parcel?", "Follow the link."),
}
URLS = {path: document.url for path, document in DOCUMENTS.items()}


def judge(query: str, article: str, within: int = 1, *, is_open: bool = False, line: int = 1) -> Judgment:
    return Judgment(query, article, within, is_open, line)


def run(*judgments: Judgment, documents=DOCUMENTS):
    return run_judgments(make_index(*documents.values()), judgments, URLS)


def parse(text: str):
    judgments, issues = parse_judgments(text, "search/judgments.yml", language="en")
    return judgments, [(found.line, found.code) for found in issues]


def test_judgments_are_typed_and_keep_their_line():
    assert parse(
        "# Orders\n- {query: cansel ordr, article: cancel.md, within: 1}\n"
        "- query: parcel\n  article: track.md\n  status: open\n"
    ) == ((judge("cansel ordr", "cancel.md", 1, line=2), judge("parcel", "track.md", 3, is_open=True, line=3)), [])


@pytest.mark.parametrize(
    ("entry", "line", "code"),
    [
        ("{query: a, article: b.md, within: 0}", 2, "KB120"),
        ("{query: a, article: b.md, within: 11}", 2, "KB120"),
        ("{query: a, article: b.md, within: first}", 2, "KB120"),
        ("{query: a, article: b.md, status: closed}", 2, "KB120"),
        ("{query: a}", 2, "KB124"),
        ("{article: b.md}", 2, "KB124"),
        ("a", 2, "KB120"),
        ("{query: '?', article: b.md}", 2, "KB706"),
        ("{query: Good one, article: good.md, within: 2}", 2, "KB711"),
    ],
)
def test_a_wrong_judgment_is_an_error_on_its_line_and_the_others_stay(entry, line, code):
    judgments, issues = parse(f"- {{query: good one, article: good.md}}\n- {entry}\n- {{query: z, article: y.md}}\n")

    assert [judgment.query for judgment in judgments] == ["good one", "z"]
    assert issues == [(line, code)]


def test_one_query_may_be_judged_for_two_articles():
    assert parse("- {query: a, article: b.md}\n- {query: a, article: c.md}\n")[1] == []


def test_a_judged_article_must_exist(tmp_path):
    (tmp_path / "judgments.yml").write_text("- {query: a, article: b.md}\n- {query: c, article: cancle.md}\n")
    articles = {path: Article(path, "x/", Kind.FAQ, "x", "x") for path in ("b.md", "cancel.md")}
    content = Content(articles=articles, categories={}, home=Category("", "", ""))

    judgments, (unknown,) = read_judgments(tmp_path, content, shown="search", language="en")

    assert [judgment.article for judgment in judgments] == ["b.md"]
    assert str(unknown) == (
        "search/judgments.yml:2: error KB701: article 'cancle.md' does not exist\n    did you mean 'cancel.md'?"
    )


def test_a_rank_is_that_of_a_finished_query_and_a_failure_names_it():
    outcomes = run(
        judge("cancel an order", "cancel.md"),
        judge("order", "change.md", line=4),
        judge("parcel", "cancel.md", line=5),
        judge("xyzzy", "track.md", line=6),
        judge("order", "change.md", within=2),
    )

    assert [outcome.rank for outcome in outcomes] == [1, 2, None, None, 2]
    assert [outcome.passes for outcome in outcomes] == [True, False, False, False, True]
    assert [str(found).split("\n")[0] for found in failure_issues(outcomes, "search/judgments.yml")] == [
        "search/judgments.yml:4: error KB710: 'order' should find change.md within 1; it is at 2 (first: cancel.md)",
        "search/judgments.yml:5: error KB710: 'parcel' should find cancel.md within 1; "
        "it is not among the first 100 (first: track.md)",
        "search/judgments.yml:6: error KB710: 'xyzzy' should find track.md within 1; "
        "it is not among the first 100 (nothing is found)",
    ]


def test_a_rank_beyond_the_shown_hits_is_still_told():
    documents = {f"{number:02}.md": make_document(f"{number:02}/", "Tent", "tent") for number in range(30)}
    urls = {path: document.url for path, document in documents.items()}

    (outcome,) = run_judgments(make_index(*documents.values()), [judge("tent", "22.md")], urls)

    assert outcome.rank == 23
    assert len(outcome.hits) == 10


def test_an_open_judgment_fails_nothing():
    outcomes = run(judge("parcel", "cancel.md", is_open=True))

    assert not outcomes[0].passes
    assert list(failure_issues(outcomes, "p")) == []


def moved(before_documents, before_lists, documents, lists, *judgments):
    before = make_run(run(*judgments, documents=before_documents), before_documents, before_lists)
    outcomes = run(*judgments, documents=documents)
    return moves(before, make_run(outcomes, documents, lists), outcomes, language="en")


def test_a_query_that_moved_names_the_article_that_changed():
    renamed = {**DOCUMENTS, "change.md": replace(DOCUMENTS["change.md"], questions=("order order order",))}

    found = moved(
        DOCUMENTS, WordLists(), renamed, WordLists(), judge("order", "change.md"), judge("parcel", "track.md")
    )

    assert [(move.query, move.before, move.now, move.causes) for move in found] == [
        ("order", 2, 1, ("change.md changed",))
    ]


def test_a_query_that_moved_with_the_weights_of_words_says_so():
    fewer = {path: document for path, document in DOCUMENTS.items() if path != "cancel.md"}

    (gone,) = moved(DOCUMENTS, WordLists(), fewer, WordLists(), judge("order", "change.md"))
    (fresh,) = moved(fewer, WordLists(), DOCUMENTS, WordLists(), judge("order", "change.md"))

    assert (gone.before, gone.now, gone.causes) == (2, 1, ("the weights of words moved with cancel.md",))
    assert (fresh.before, fresh.now, fresh.causes) == (1, 2, ("cancel.md is new",))


def outcome_of(query: str, article: str, rank: int | None):
    (found,) = run(judge(query, article))
    return replace(found, rank=rank)


def causes(before: WordLists, after: WordLists, query: str) -> tuple[str, ...]:
    old, new = (outcome_of(query, "track.md", rank) for rank in (5, 2))
    (move,) = moves(make_run([old], DOCUMENTS, before), make_run([new], DOCUMENTS, after), [new], language="en")
    return move.causes


def test_synonyms_and_pins_are_causes_when_they_bear_on_the_query():
    lists = WordLists((SynonymRule(("money back",), ("refund",), 1),), (Pin("wismo", "track.md", 1),))
    other = WordLists(lists.synonyms, (Pin("wismo", "change.md", 1),))

    assert causes(WordLists(), lists, "get my money backed") == ("synonym money back → refund is new",)
    assert causes(lists, WordLists(), "money back") == ("synonym money back → refund is gone",)
    assert causes(WordLists(), lists, "WISMO") == ("'wismo' is now pinned to track.md",)
    assert causes(lists, other, "wismo") == ("'wismo' is now pinned to change.md",)
    assert causes(lists, WordLists(), "wismo") == ("'wismo' is no longer pinned to track.md",)
    assert causes(WordLists(), lists, "tent") == ("1 synonym of other words changed",)
    assert causes(lists, lists, "tent") == ("neither content nor search files changed, so kb_builder did",)


def test_a_run_is_kept_and_a_damaged_one_is_forgotten(tmp_path):
    lists = WordLists((SynonymRule(("a", "b"), ("a", "b"), 1),), (Pin("q", "track.md", 1),))
    kept = make_run(run(judge("order", "change.md"), judge("xyzzy", "track.md")), DOCUMENTS, lists)
    folder = tmp_path / ".kb"

    assert load_run(folder) == Run()
    assert save_run(kept, folder)
    assert load_run(folder) == kept
    whole = json.loads((folder / "judgments.json").read_text("utf-8"))
    for damage in (
        b"",
        b"\xff\x00",
        b"[]",
        b'{"format": 2}',
        b"[" * 100_000,
        *(json.dumps({**whole, key: value}).encode() for key in ("ranks", "pins") for value in (None, [], {"a": [1]})),
    ):
        (folder / "judgments.json").write_bytes(damage)
        assert load_run(folder) == Run()


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("")

    assert not save_run(Run(), tmp_path / "file")
