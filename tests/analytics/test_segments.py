"""The raw log's lines: whole ones come back, damaged ones are told."""

import json
from pathlib import Path

import pytest
from event_makers import make_event
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.analytics.segments import is_whole, pack, record, segment_path, unpack


def test_a_record_comes_back_as_it_was_written():
    line = pack(
        record(
            make_event("query", user_query="größe\n\u2028 \x1b[31m"),
            received="2026-03-01T10:00:01.000Z",
            source="collect",
        )
    )

    assert line.count(b"\n") == 1
    (data,) = unpack([line])
    assert json.loads(data)["event"]["user_query"] == "größe\n\u2028 \x1b[31m"
    assert "bot" not in json.loads(data)


@given(st.integers(0, 200), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position, flip):
    line = bytearray(pack(record(make_event(), received="2026-03-01T10:00:01.000Z", source="collect", bot="crawler")))
    line[position] ^= flip

    assert not is_whole(bytes(line))


@pytest.mark.parametrize("line", [b"", b"\n", b"00000000", b"zzzzzzzz {}\n", b"12345678 {}", pack(b"{}")[:-1]])
def test_torn_lines_are_damage(line):
    assert not is_whole(line)


@pytest.mark.parametrize(
    ("day", "name"), [("2026-03-01", "../x"), ("../..", "x"), ("2026-03-01", ""), ("2026-03-01", ".x")]
)
def test_a_segment_name_leads_nowhere_else(day, name):
    with pytest.raises(ValueError, match="not a segment"):
        segment_path(Path("raw"), day, name)
