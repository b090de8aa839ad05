"""What is said in a video, and when."""

from __future__ import annotations

import pytest

from kb_builder.articles.captions import spoken_words

HOUR = "01:02:03.400 --> 01:02:05.000 align:start\n"


def passages(vtt: str) -> list[tuple[int, str]]:
    return [(one.second, one.text) for one in spoken_words(vtt)]


def test_cues_become_passages_that_end_with_a_sentence_and_know_their_second() -> None:
    long = "word " * 30 + "end."
    vtt = f"WEBVTT\n\n1\n00:01.000 --> 00:02.000\nHalf a\n\n00:02.900 --> 00:04.000\n{long}\n\n"
    vtt += f"{HOUR}<v Ann>Next &amp; last\n"

    assert passages(vtt) == [(1, f"Half a {long}"), (3723, "Next & last")]


def test_what_has_no_stops_is_parted_all_the_same() -> None:
    cues = "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n{'word ' * 10}{n}" for n in range(30))

    found = passages(f"WEBVTT\n\n{cues}")
    assert len(found) > 3
    assert max(len(text) for _, text in found) < 500


def test_rolling_lines_count_once_and_notes_not_at_all() -> None:
    vtt = "WEBVTT\n\nNOTE x\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\na\nb\n\n00:02.000 --> 00:03.000\nb\nc"

    assert passages(vtt) == [(1, "a b c")]


@pytest.mark.parametrize("vtt", ["", "WEBVTT", "WEBVTTX\n\n00:01.000 --> 00:02.000\na", "<html>", "WEBVTT\n\nno time"])
def test_what_is_no_captions_says_nothing(vtt: str) -> None:
    assert spoken_words(vtt) == ()


@pytest.mark.parametrize("time", ["soon --> later", "99:99.000 --> x", "--> ", "00:61.000 --> 00:62.000"])
def test_a_time_that_is_none_is_the_beginning(time: str) -> None:
    assert passages(f"WEBVTT\n\n{time}\nHello") == [(0, "Hello")]
