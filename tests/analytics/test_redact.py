"""Personal data is found by its format, in five languages; ordinary queries stay as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.analytics import redact as redact_module
from kb_builder.analytics.redact import need_nothing, order_expression, redact, unsure
from tests.shared.redaction import ORDER_SHAPES, ordinary, planted

ROOT = Path(__file__).parents[2]


def left_of(secret: str, text: str) -> bool:
    """Say whether the secret, or four digits of it in a row, still stands in the text."""
    digits = re.findall(r"\d{4,}", re.sub(r"[ ./()-]", "", secret))
    squeezed = re.sub(r"[ ./()-]", "", text)
    return secret in text or any(run[at : at + 4] in squeezed for run in digits for at in range(len(run) - 3))


def test_at_least_99_of_100_secrets_in_five_languages_are_found():
    texts = planted(1000, seed=1)

    missed = [one for one in texts if left_of(one.secret, redact(one.text, patterns=ORDER_SHAPES)[0])]

    assert len(texts) == 1000
    assert len(missed) <= 10, missed


def test_at_most_1_of_100_ordinary_queries_is_taken_for_personal():
    judged = [entry["query"] for entry in yaml.safe_load((ROOT / "search" / "judgments.yml").read_text("utf-8"))]
    asked = [
        line
        for path in sorted((ROOT / "content").rglob("*.md"))
        for line in re.findall(r"^(?:title:|  - ) ?(.+)$", path.read_text("utf-8"), re.MULTILINE)
    ]
    written = list(dict.fromkeys((*judged, *asked)))
    queries = [*written[:2500], *ordinary(5000 - len(written[:2500]), seed=3)]

    marked = [(query, text) for query in queries if (text := redact(query, patterns=ORDER_SHAPES)[0]) and "[" in text]

    assert len(queries) == 5000
    assert len(written) > 500
    assert len(marked) <= 50, marked


def test_the_rest_of_a_text_stays_as_it_was():
    text, count = redact("Hi, I am at jo@mail.example or 01539 496 0123 - LF-4820193 is late!", patterns=ORDER_SHAPES)

    assert text == "Hi, I am at [email] or [phone] - [order] is late!"
    assert count == 3


def test_a_card_number_is_told_from_another_long_number_by_its_check_digit():
    assert redact("4111 1111 1111 1111") == ("[card]", 1)
    assert redact("4111 1111 1111 1112") == ("[number]", 1)


def test_dates_prices_and_opening_hours_stay():
    for text in ("21.11.2026", "2026-11-21", "1.299,00 €", "9:00-17:30", "2-4 days", "1 000 000"):
        assert redact(text) == (text, 0)


def test_what_cannot_be_seen_hides_nothing():
    assert redact("jo\u200b@mail.exa\u00admple\n4111\t1111 1111 1111") == ("[email] [card]", 2)


@pytest.mark.parametrize(
    "pattern", ["", "##", "(a+)+###", "LF-\\d{7}", "###*", "[0-9]###", "###|", "#" * 41, "é###", ".*", "##a"]
)
def test_a_pattern_that_is_no_shape_is_refused(pattern):
    with pytest.raises(ValueError, match="not the shape"):
        order_expression(pattern)


def test_a_shape_matches_in_either_case_and_with_other_separators_but_not_inside_words():
    for text in ("LF-4820193", "lf 4820193", "Lf4820193", "lf/4820193"):
        assert redact(text, patterns=["LF-#######"]) == ("[order]", 1)
    assert redact("golf-482019 3", patterns=["LF-######"]) == ("golf-482019 3", 0)


@given(st.text(alphabet=st.sampled_from("0123456789@. -+()/abDE:#?=\u0661\u200b[]wht"), max_size=120))
def test_doing_it_twice_changes_nothing_more(text):
    once, _ = redact(text, patterns=ORDER_SHAPES)

    assert redact(once, patterns=ORDER_SHAPES) == (once, 0)


@given(st.text("019aZ @＠:/.w-_٣+(", max_size=40) | st.text(max_size=30))
def test_the_quick_look_at_a_text_overlooks_nothing(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact_module, "_may_hold", lambda text: True)
        thorough = redact(text, patterns=["LF-###"])

    assert redact(text, patterns=["LF-###"]) == thorough


@given(st.lists(st.text("01a Z@:/.w-_٣\n", max_size=18) | st.text(max_size=12), max_size=4))
def test_a_look_at_several_texts_at_once_overlooks_nothing(texts):
    if need_nothing(texts):
        assert [redact(text, patterns=["LF-###"]) for text in texts] == [(text, 0) for text in texts]
    for text in set(texts) - set(unsure(texts)):
        assert redact(text, patterns=["LF-###"]) == (text, 0)


def test_ordinary_queries_need_nothing():
    assert need_nothing(["how do i cancel my order", "refund", "order 12"])
    assert not need_nothing(["refund", ""])
    assert not need_nothing(["refund "])
    assert not need_nothing(["order 12", "box 7"])


def test_only_texts_that_may_hold_something_need_another_look():
    assert unsure(["how do i cancel my order", "refund", "order 12", "box 7"]) == []
    needing = ["", "box ", " box", "two  spaces", "order 123", "1 2 3", "a@b", "www.x", "f" * 15, "tab\t", "größe"]
    for text in needing:
        assert unsure(["refund", text, "order 12"]) == [text]
    assert set(unsure([*needing, "refund"])) == set(needing)
    assert unsure(["refund", "two\nlines"]) == ["refund", "two\nlines"]
