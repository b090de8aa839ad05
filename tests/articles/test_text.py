from __future__ import annotations

import pytest

from kb_builder.articles.text import decode_text


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf# A\n\nText\n",
        b"# A\r\n\r\nText\r\n",
        b"# A\r\rText",
        b"# A\n\nText",
        b"# A\n\nText\n\n \n",
    ],
    ids=["byte-order mark", "CRLF", "lone CR", "no last line end", "blank lines at the end"],
)
def test_h03_files_that_differ_only_in_line_ends_and_mark_give_the_same_text(data: bytes) -> None:
    assert decode_text(data, "a.md") == ("# A\n\nText\n", ())


def test_h02_latin_1_is_refused_with_its_byte_offset() -> None:
    text, issues = decode_text("Zeile\nGrö".encode("latin-1"), "a.md")

    assert text is None
    assert (issues[0].code, issues[0].path, issues[0].line) == ("KB101", "a.md", 2)
    assert "byte 0xF6 at byte offset 8" in issues[0].message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_h02_utf_16_is_named(encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""

    text, issues = decode_text(mark + "Hello".encode(encoding), "a.md")

    assert text is None
    assert "UTF-16" in issues[0].message


@pytest.mark.parametrize(("character", "name"), [("\x00", "NUL"), ("\x02", "STX"), ("\x03", "ETX")])
def test_h04_control_characters_are_refused_with_line_and_column(character: str, name: str) -> None:
    text, issues = decode_text(f"one\r\ntwo {character}three".encode(), "a.md")

    assert text is None
    assert (issues[0].code, issues[0].line) == ("KB102", 2)
    assert f"{name} " in issues[0].message
    assert issues[0].message.endswith("in column 5")


def test_white_space_alone_is_empty_text() -> None:
    assert decode_text(b" \n\t\r\n", "a.md") == ("", ())
