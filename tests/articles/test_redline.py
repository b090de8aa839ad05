"""What a reader of two versions is shown: words that came and went, paragraphs that moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.articles.redline import MOST_BLOCKS, Change, RedlineBlock, redline


def compare(old: str, new: str) -> tuple[RedlineBlock, ...]:
    blocks = redline(old, new)
    assert blocks is not None
    return blocks


def shown(block: RedlineBlock) -> str:
    marks = {Change.SAME: "{}", Change.ADDED: "[+{}]", Change.REMOVED: "[-{}]"}
    return "".join(marks[run.change].format(run.text) for run in block.runs)


def changes(old: str, new: str) -> list[tuple[str, str]]:
    return [(block.change.value, shown(block)) for block in compare(old, new) if block.change is not Change.SAME]


def test_words_not_lines_are_marked() -> None:
    old = "You can return unused goods within\n30 days of delivery."
    new = "You can return unused goods\nwithin 60 days of delivery."

    assert changes(old, new) == [("changed", "You can return unused goods within [-30][+60] days of delivery.")]


def test_a_sentence_written_anew_is_not_a_patchwork() -> None:
    kept = "Payment data: the type of card, its last four digits and its expiry date."
    gone = "We do not keep full card numbers"
    come = "Full numbers go straight to our provider, who keeps them"

    assert changes(f"{kept} {gone}.", f"{kept} {come}.") == [("changed", f"{kept} [-{gone}][+{come}].")]


def test_a_paragraph_that_stands_elsewhere_has_moved() -> None:
    moved = "Sale items are treated like all the others."
    stays = "Returns are free.\n\nRefunds take five working days to reach your bank.\n\nPostage is not refunded to you."

    assert changes(f"{moved}\n\n{stays}", f"{stays}\n\n{moved}") == [
        ("moved_away", f"[-{moved}]"),
        ("moved", moved),
    ]


def test_a_moved_paragraph_shows_which_of_its_words_changed() -> None:
    stays = "Returns are free for everybody.\n\nRefunds take five working days.\n\nPostage is not refunded."
    old = f"We keep chat transcripts for 24 months after the chat ended.\n\n{stays}"
    new = f"{stays}\n\nWe keep chat transcripts for 12 months after the chat ended."

    assert changes(old, new)[-1] == (
        "moved",
        "We keep chat transcripts for [-24][+12] months after the chat ended.",
    )


def test_what_came_and_what_went_stand_in_their_places() -> None:
    old = "# One\n\nFirst rule stays.\n\n- an item about parcels and post\n\nLast rule stays."
    new = "# One\n\nFirst rule stays.\n\nSomething entirely different here.\n\nLast rule stays."

    assert [block.change.value for block in compare(old, new)] == ["same", "same", "removed", "added", "same"]


def test_kinds_of_blocks_are_told_apart_and_markup_is_left_out() -> None:
    text = (
        "## Rights\n\nA **bold** [word](x.md).\n\n1. first\n   goes on\n2. second\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\nEnd.\n\n```\n# code\n```\n"
    )

    assert [(block.kind, block.runs[0].text) for block in compare(text, text)] == [
        ("heading", "Rights"),
        ("paragraph", "A bold word."),
        ("item", "first goes on"),
        ("item", "second"),
        ("row", "a · b"),
        ("row", "c · d"),
        ("paragraph", "End."),
        ("code", "# code"),
    ]


def test_an_address_to_write_to_is_part_of_the_text() -> None:
    assert changes("Email the author, CC <i@one.example>.", "Email the author, CC <support@two.example>.") == [
        ("changed", "Email the author, CC [-i@one.example][+support@two.example].")
    ]


def test_items_keep_the_numbers_that_readers_quote() -> None:
    end = "\n\nThen:\n\n4) sleep well\n"
    old = f"1. Email the owner.\n1. Wait for four weeks.\n\n   Holidays count.\n1. Write to us.{end}"
    new = f"1. Wait for four weeks.\n\n   Holidays count.\n   - really all of them\n2. Write to us.{end}"

    assert [(block.change.value, block.number, shown(block)) for block in compare(old, new)] == [
        ("removed", 1, "[-Email the owner.]"),
        ("same", 1, "Wait for four weeks."),
        ("same", None, "Holidays count."),
        ("added", None, "[+really all of them]"),
        ("same", 2, "Write to us."),
        ("same", None, "Then:"),
        ("same", 4, "sleep well"),
    ]


def test_languages_without_spaces_are_compared_by_character() -> None:
    assert changes("返品は三十日以内にできます。", "返品は六十日以内にできます。") == [
        ("changed", "返品は[-三][+六]十日以内にできます。")
    ]


def test_the_text_of_an_endless_page_is_not_compared() -> None:
    assert redline("a\n\n" * (MOST_BLOCKS + 1), "b") is None


@pytest.mark.parametrize("text", ["a\n\n" * MOST_BLOCKS, "word " * 60_000, "|a" * 30_000, "- " * 30_000])
def test_hostile_lengths_are_compared_all_the_same(text: str) -> None:
    assert redline(text, "x" + text[:-3]) is not None


_TEXT = st.lists(
    st.sampled_from(
        [
            "# A heading",
            "One two three four five.",
            "- an item that says something",
            "| a | b |",
            "Ten days.",
            "",
            "`x`",
        ]
    ),
    max_size=12,
).map("\n\n".join)


@given(_TEXT, _TEXT)
def test_the_new_text_is_all_there_in_its_order_and_the_old_text_too(old: str, new: str) -> None:
    blocks = compare(old, new)

    after = [(b.kind, "".join(r.text for r in b.runs if r.change is not Change.REMOVED)) for b in blocks]
    before = [
        "".join(r.text for r in b.runs if r.change is not Change.ADDED) for b in blocks if b.change is not Change.MOVED
    ]
    assert [pair for pair in after if pair[1]] == [(b.kind, b.runs[0].text) for b in compare(new, new)]
    assert sorted(text for text in before if text) == sorted(b.runs[0].text for b in compare(old, old))
