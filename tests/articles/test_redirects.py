from __future__ import annotations

import pytest

from kb_builder.articles.redirects import parse_redirect
from kb_builder.issues import Level

from .conftest import ContentFolder, places


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil",
        "https://evil.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "/a%0d%0aSet-Cookie: x",
        "/a%250d%250a",
        "/a\tb",
        "/../etc/passwd",
        "/a/%2e%2e/b",
        "/a/..",
        "/a//b",
        "/a?x=1",
        "/a#b",
        "/a%5cb",
        "/a%2fb",
        "/a%ff",
        "/",
        "/a<b>",
        "/assets/app.js",
        "/search/manifest.json",
        "/" + "a" * 201,
        "/" + "%C3%A9" * 101,
    ],
)
def test_h26_a_redirect_that_is_no_plain_path_is_refused(text: str) -> None:
    address, reason = parse_redirect(text)

    assert address == ""
    assert reason


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/help/track/", "help/track/"),
        ("/help/track", "help/track/"),
        ("help/track", "help/track/"),
        ("/old.html", "old.html"),
        ("/hilfe/gr%C3%B6%C3%9Fe", "hilfe/größe/"),
    ],
)
def test_a_redirect_is_kept_in_one_plain_form(text: str, address: str) -> None:
    assert parse_redirect(text) == (address, "")


def test_redirects_lead_to_the_article(folder: ContentFolder) -> None:
    content = folder.write("guides/a.md", "---\ntitle: A\nredirect_from: [/help/a, /a.html]\n---\nText").read()

    assert content.redirects == {"a.html": "guides/a/", "help/a/": "guides/a/"}
    assert content.articles["guides/a.md"].redirect_from == ("help/a/", "a.html")
    assert content.issues == ()


def test_h26_a_refused_redirect_is_an_error_on_its_line(folder: ContentFolder) -> None:
    content = folder.write(
        "guides/a.md", "---\ntitle: A\nredirect_from:\n  - /ok/\n  - //evil.example\n---\nText"
    ).read()

    assert places(content.issues) == [("KB150", "content/guides/a.md", 5)]
    assert content.redirects == {"ok/": "guides/a/"}
    assert content.articles["guides/a.md"].redirect_from == ("ok/",)


@pytest.mark.parametrize(
    "old", ["/guides/b/", "/guides/a/", "/Guides/B", "/guides/", "/search/", "/contact", "/guides/b/index.html"]
)
def test_h26_a_redirect_over_a_page_that_exists_is_an_error(folder: ContentFolder, old: str) -> None:
    folder.write("guides/a.md", f"---\ntitle: A\nredirect_from: [{old}]\n---\nText")

    content = folder.write("guides/b.md", "# B\n\nText").read()

    assert places(content.issues) == [("KB152", "content/guides/a.md", 3)]
    assert content.redirects == {}


def test_h26_two_articles_with_one_redirect_are_errors_in_both(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "---\ntitle: A\nredirect_from: [/x/]\n---\nText")
    folder.write("guides/b.md", "---\ntitle: B\nredirect_from: [/X]\n---\nText")

    issues = folder.read().issues

    assert places(issues) == [("KB151", "content/guides/a.md", 3), ("KB151", "content/guides/b.md", 3)]
    assert all(found.level is Level.ERROR for found in issues)


def test_h26_two_articles_cannot_redirect_to_each_other(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "---\ntitle: A\nredirect_from: [/guides/b/]\n---\nText")
    folder.write("guides/b.md", "---\ntitle: B\nredirect_from: [/guides/a/]\n---\nText")

    content = folder.read()

    assert [found.code for found in content.issues] == ["KB152", "KB152"]
    assert content.redirects == {}
