from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.articles.file_names import folder_url, humanise, is_plain, name_issues, page_url, twin_issues
from kb_builder.issues import Level

from .conftest import ContentFolder, codes


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("index.md", ""),
        ("README.md", ""),
        ("a.md", "a/"),
        ("faq/orders/track.md", "faq/orders/track/"),
        ("faq/orders/index.md", "faq/orders/"),
        ("terms/1.0.md", "terms/1.0/"),
        ("two words/my  file.md", "two-words/my-file/"),
        ("it's.md", "its/"),
        ("größe/日本.md", "größe/日本/"),
        ("gro\u0308ße.md", "größe/"),
        ("a.markdown", "a/"),
    ],
)
def test_h24_a_page_has_a_stable_address(path: str, url: str) -> None:
    assert page_url(path) == url


def test_a_folder_has_the_address_of_its_index_page() -> None:
    assert folder_url("a b/c") == page_url("a b/c/index.md") == "a-b/c/"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a#b.md", "'#'"),
        ("a?b.md", "'?'"),
        ("%2e%2e.md", "'%'"),
        ("a\nb.md", "U+000A"),
        ("a\\b.md", "'\\'"),
        ('a"b.md', "'\"'"),
        ("a\u202eb.md", "U+202E"),
        ("a\udc80b.md", "a byte that is not UTF-8"),
        ("CON.md", "reserved on Windows"),
        ("lpt1.tar.gz", "reserved on Windows"),
        (" a.md", "space"),
        ("a.", "full stop"),
    ],
)
def test_h24_a_name_that_cannot_become_an_address_is_an_error_that_says_what_to_rename(name: str, shown: str) -> None:
    issues = name_issues(f"faq/{name}")

    assert [(found.code, found.level) for found in issues] == [("KB203", Level.ERROR)]
    assert shown in issues[0].message
    assert "Rename" in issues[0].hint
    assert f"{issues[0]}".isprintable() or "\n    " in f"{issues[0]}"
    f"{issues[0]}".encode()  # no lone surrogates are left


def test_h24_a_name_of_over_200_bytes_is_an_error() -> None:
    assert name_issues("é" * 98 + ".md") == ()
    assert codes(name_issues("é" * 99 + ".md")) == ["KB204"]


@pytest.mark.parametrize(
    "paths",
    [
        ("faq/Track.md", "faq/track.md"),
        ("FAQ/a.md", "faq/b.md"),
        ("caf\u00e9.md", "cafe\u0301.md"),
        ("STRASSE.md", "straße.md"),
    ],
)
def test_h24_names_that_differ_only_in_case_or_unicode_form_are_errors(paths: tuple[str, str]) -> None:
    issues = twin_issues(paths)

    assert codes(issues) == ["KB205", "KB205"]
    assert all(found.level is Level.ERROR for found in issues)


def test_h24_pages_with_one_address_are_errors(folder: ContentFolder) -> None:
    folder.write("guides/a b.md", "# A\n\nText").write("guides/a-b.md", "# B\n\nText")

    issues = folder.read().issues

    assert [(found.code, found.path) for found in issues] == [
        ("KB206", "content/guides/a b.md"),
        ("KB206", "content/guides/a-b.md"),
    ]


def test_h24_an_article_beside_a_category_of_its_name_is_an_error(folder: ContentFolder) -> None:
    folder.write("guides/tents.md", "# A\n\nText").write("guides/tents/pitch.md", "# B\n\nText")

    assert codes(folder.read().issues) == ["KB206", "KB206"]


@pytest.mark.parametrize("name", ["search.md", "Contact.md", "search/index.md"])
def test_a_page_may_not_take_the_place_of_one_that_the_site_makes(folder: ContentFolder, name: str) -> None:
    assert codes(folder.issues_of("# A\n\nText", name)) == ["KB211"]


def test_h24_spaces_quotes_and_letters_of_every_script_are_fine(folder: ContentFolder) -> None:
    folder.write("guides/what's new.md", "# A\n\nText").write("guides/日本.md", "# B\n\nText")

    content = folder.read()

    assert content.issues == ()
    assert [article.url for article in content.articles.values()] == ["guides/whats-new/", "guides/日本/"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_h24_a_file_with_an_unsafe_name_is_left_out_and_the_rest_is_read(folder: ContentFolder) -> None:
    folder.write("guides/a\nb.md", "# A\n\nText").write("guides/b.md", "# B\n\nText")

    content = folder.read()

    assert list(content.articles) == ["guides/b.md"]
    assert [(found.code, found.path) for found in content.issues] == [("KB203", "content/guides/a\\nb.md")]


def test_titles_are_made_from_names() -> None:
    assert humanise("faq/track-my_order.md") == "Track my order"
    assert humanise("faq/gift-cards") == "Gift cards"
    assert humanise("faq") == "FAQ"


@given(st.text("aA0._- con1NUL:é\u200b", max_size=12) | st.from_regex(r"[a-z.]{1,30}", fullmatch=True))
def test_nothing_is_wrong_with_a_plain_name(name: str) -> None:
    assert not (is_plain(name) and name_issues(name))
    assert is_plain("track-my-order_2.md")
    assert not is_plain("con.md")
