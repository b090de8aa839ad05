"""Judged sets, right and wrong, and what engines make of them."""

import json
from pathlib import Path

import pytest

from kb_builder.index.evaluate import evaluate
from kb_builder.issues import KbError

BANKING = Path(__file__).parents[2].parent / "shared" / "relevance" / "banking-help"
needs_banking = pytest.mark.skipif(not BANKING.is_dir(), reason="the shared judged set is not here")

CORPUS = [
    {"_id": "d1", "title": "Return an order", "text": "Send it back within 60 days."},
    {"_id": "d2", "title": "Refunds", "text": "Money comes back after the return has arrived."},
    {"_id": "d3", "title": "Track a parcel", "text": "The link is in the mail."},
    {"_id": "d4", "text": "An article without title."},
]
QUERIES = [
    {"_id": "q1", "text": "how do I return something"},
    {"_id": "q2", "text": "when is my money back"},
    {"_id": "q3", "text": "xqzzyph"},
    {"_id": "q4", "text": "nobody judged this parcel"},
    {"_id": "q5", "text": "refund"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td2\t1\nq3\td3\t1\nq5\td1\t1\nq5\td2\t0\n"


@pytest.fixture
def judged(tmp_path):
    """Write a judged set, some of it replaced; give the three paths."""

    def write(corpus=CORPUS, queries=QUERIES, qrels=QRELS):
        paths = [tmp_path / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
        for path, content in zip(paths, (corpus, queries, qrels), strict=True):
            text = content if isinstance(content, str) else "".join(f"{json.dumps(entry)}\n" for entry in content)
            path.write_text(text, encoding="utf-8")
        return paths

    return write


@pytest.mark.parametrize("engine", ["python", "browser", "whoosh"])
def test_every_engine_answers_the_judged_queries(engine, judged):
    data = evaluate(*judged(), engine=engine).as_json()

    assert list(data) == [
        *("queries", "success@1", "success@3", "mrr@10", "ndcg@10", "zero_result_rate"),
        *("first_query_bytes", "next_query_bytes_p50", "next_query_bytes_p95", "calibration"),
    ]
    assert (data["calibration"] is None) == (engine == "whoosh")
    assert data["queries"] == 4  # the one nobody judged is not asked
    assert data["success@1"] == 0.5  # q1 and q2; q3 finds nothing, q5 only an article that is judged irrelevant
    assert data["zero_result_rate"] == 0.25


def test_the_browser_and_its_twin_agree_on_hits_scores_and_bytes(judged, tmp_path):
    runs = {engine: tmp_path / engine for engine in ("python", "browser")}

    figures = [evaluate(*judged(), engine=engine, run_file=path).as_json() for engine, path in runs.items()]

    assert figures[0] == figures[1]
    assert figures[0]["first_query_bytes"] > figures[0]["next_query_bytes_p95"] >= figures[0]["next_query_bytes_p50"]
    assert runs["python"].read_text().replace("kb-python", "kb-browser") == runs["browser"].read_text()


def test_run_lines_have_six_parts_and_scores_that_fall(judged, tmp_path):
    run = tmp_path / "run.txt"
    title_scores_less = [{"_id": "q1", "text": "refunds"}]
    corpus = [*CORPUS, {"_id": "d0", "title": "refund refund refund", "text": "refund " * 9}]

    evaluate(
        *judged(corpus=corpus, queries=title_scores_less, qrels=f"{QRELS.splitlines()[0]}\nq1\td2\t1\n"), run_file=run
    )

    lines = [line.split(" ") for line in run.read_text().splitlines()]
    assert [line[:4] for line in lines] == [["q1", "Q0", "d2", "1"], ["q1", "Q0", "d0", "2"]]
    assert float(lines[0][4]) > float(lines[1][4])
    assert lines[0][5] == "kb-python"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"corpus": '{"_id": "d1", "text": "x"}\n{oops\n'}, r"corpus\.jsonl:2: not JSON"),
        ({"corpus": "[1]\n"}, r"corpus\.jsonl:1: expected a JSON object"),
        ({"corpus": '{"text": "x"}\n'}, r"corpus\.jsonl:1: no '_id'"),
        ({"corpus": '\n{"_id": 7, "text": "x"}\n'}, r"corpus\.jsonl:2: '_id' is 7"),
        ({"corpus": '{"_id": "a b", "text": "x"}\n'}, r"corpus\.jsonl:1: _id 'a b'"),
        ({"corpus": '{"_id": "d1"}\n'}, r"corpus\.jsonl:1: no 'text'"),
        ({"corpus": '{"_id": "d1", "text": "x", "title": []}\n'}, r"corpus\.jsonl:1: 'title'"),
        ({"corpus": [*CORPUS, CORPUS[0]]}, r"corpus\.jsonl:5: _id 'd1' is there twice"),
        ({"queries": [*QUERIES, QUERIES[2]]}, r"queries\.jsonl:6: _id 'q3' is there twice"),
        ({"qrels": ""}, r"qrels\.tsv:1: expected the header"),
        ({"qrels": "q1\td1\t1\n"}, r"qrels\.tsv:1: expected the header"),
        ({"qrels": QRELS + "q9\td1\t1\n"}, r"qrels\.tsv:8: unknown query 'q9'"),
        ({"qrels": QRELS + "q4\tgone\t1\n"}, r"qrels\.tsv:8: unknown document 'gone'"),
        ({"qrels": QRELS + "q4\td1\n"}, r"qrels\.tsv:8: expected 3 parts, found 2"),
        ({"qrels": QRELS + "q4\td1\tmuch\n"}, r"qrels\.tsv:8: score 'much'"),
        ({"qrels": QRELS + "q4\td1\t--5\n"}, r"qrels\.tsv:8: score '--5'"),
        ({"corpus": '{"_id": "\\ud800", "text": "x"}\n'}, r"corpus\.jsonl:1: _id '.ud800'"),
        ({"qrels": QRELS + "q4\td1\t²\n"}, r"qrels\.tsv:8: score '²'"),
        ({"qrels": QRELS + "q1\td1\t1\n"}, r"qrels\.tsv:8: query 'q1' and document 'd1' are judged twice"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\td1\t0\n"}, r"qrels\.tsv: no query has a relevant document"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(changes, message, judged):
    with pytest.raises(KbError, match=message) as caught:
        evaluate(*judged(**changes))

    assert caught.value.hint


def test_bytes_that_are_not_utf_8_are_named(judged):
    corpus, queries, qrels = judged()
    queries.write_bytes(queries.read_bytes() + b'{"_id": "q6", "text": "caf\xe9"}\n')

    with pytest.raises(KbError, match=r"queries\.jsonl:6: not UTF-8 at byte 27"):
        evaluate(corpus, queries, qrels)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(judged):
    corpus, queries, qrels = judged()
    for path in (corpus, queries, qrels):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert evaluate(corpus, queries, qrels).queries == 4


def test_a_missing_file_and_an_unknown_engine_are_refused(judged, tmp_path):
    corpus, queries, qrels = judged()

    with pytest.raises(KbError, match=r"cannot read .*nowhere"):
        evaluate(tmp_path / "nowhere", queries, qrels)
    with pytest.raises(KbError, match="unknown engine 'google'") as caught:
        evaluate(corpus, queries, qrels, engine="google")
    assert caught.value.exit_code == 2
    with pytest.raises(KbError, match="cannot write"):
        evaluate(corpus, queries, qrels, run_file=tmp_path / "no" / "folder")


@needs_banking
def test_on_bank_customers_questions_the_right_article_comes_first_more_often_than_with_whoosh():
    paths = [BANKING / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]

    ours, whoosh = (evaluate(*paths, engine=engine) for engine in ("python", "whoosh"))

    print(f"banking-help success@1: ours {ours.success_1:.3f}, Whoosh {whoosh.success_1:.3f}; {ours.as_json()}")
    assert ours.success_1 > 0.44
    assert ours.success_1 > whoosh.success_1
    assert ours.ndcg_10 > whoosh.ndcg_10
