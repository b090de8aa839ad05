from __future__ import annotations

import pytest

from kb_builder.articles.links import LinkKind, Resolved, content_path, link_targets, resolve_link

from .conftest import ContentFolder

VERSION = "---\ntitle: Privacy\nversion: {}\neffective: {}\n{}---\nText"


@pytest.fixture
def resolve(folder: ContentFolder):
    folder.write("index.md", "# Home").write("top.md", "# Top\n\nText")
    folder.write("faq/orders/index.md", "# Orders").write("faq/orders/track.md", "# Track\n\nText")
    folder.write("faq/orders/two words.md", "# Two words\n\nText").write("faq/orders/caf\u00e9.md", "# Cafe\n\nText")
    folder.write("faq/orders/draft.md", "---\ndraft: true\n---\n# Draft\n\nText")
    folder.write("assets/z.jpg", b"\xff\xd8").write("assets/a b.pdf", b"x")
    folder.write("policies/index.md", "# Policies")
    folder.write("policies/privacy/1.0.md", VERSION.format("1.0", "2024-01-01", ""))
    folder.write("policies/privacy/2.0.md", VERSION.format("2.0", "2025-01-01", "replaces: 1.0.md\n"))
    targets = link_targets(folder.read())

    def resolve(href: str, from_path: str = "faq/orders/track.md", link_root: str = "") -> Resolved:
        return resolve_link(href, from_path=from_path, content=targets, link_root=link_root)

    return resolve


TRACK = (LinkKind.ARTICLE, "faq/orders/track.md")


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("track.md", TRACK),
        ("./track.md", TRACK),
        ("../orders/track.md", TRACK),
        ("track", TRACK),
        ("track/", TRACK),
        ("track.html", TRACK),
        ("/faq/orders/track.md", TRACK),
        ("/faq/orders/track/", TRACK),
        ("%74rack.md", TRACK),
        ("two%20words.md", (LinkKind.ARTICLE, "faq/orders/two words.md")),
        ("two words.md", (LinkKind.ARTICLE, "faq/orders/two words.md")),
        ("two-words/", (LinkKind.ARTICLE, "faq/orders/two words.md")),
        ("cafe\u0301.md", (LinkKind.ARTICLE, "faq/orders/caf\u00e9.md")),
        ("index.md", (LinkKind.CATEGORY, "faq/orders")),
        (".", (LinkKind.CATEGORY, "faq/orders")),
        ("../orders/", (LinkKind.CATEGORY, "faq/orders")),
        ("../../index.md", (LinkKind.CATEGORY, "")),
        ("/", (LinkKind.CATEGORY, "")),
        ("../../assets/z.jpg", (LinkKind.ASSET, "assets/z.jpg")),
        ("/assets/a%20b.pdf", (LinkKind.ASSET, "assets/a b.pdf")),
        ("draft.md", (LinkKind.DRAFT, "faq/orders/draft.md")),
        ("/policies/privacy/", (LinkKind.ARTICLE, "policies/privacy/2.0.md")),
        ("/policies/privacy/1.0/", (LinkKind.ARTICLE, "policies/privacy/1.0.md")),
        ("nowhere.md", (LinkKind.MISSING, "faq/orders/nowhere.md")),
        ("Track.md", (LinkKind.MISSING, "faq/orders/Track.md")),
        ("../../../../etc/passwd", (LinkKind.MISSING, "../../../../etc/passwd")),
        ("/faq/", (LinkKind.MISSING, "faq")),
        ("#details", (LinkKind.ANCHOR, "")),
        ("", (LinkKind.ANCHOR, "")),
    ],
)
def test_a_local_link_leads_to_what_its_writer_meant(resolve, href: str, expected: tuple[LinkKind, str]) -> None:
    found = resolve(href)

    assert (found.kind, found.target) == expected


def test_fragment_and_query_are_kept(resolve) -> None:
    found = resolve("track.md?a=1&amp;b=2#gr%C3%B6%C3%9Fe")

    assert (found.target, found.query, found.fragment) == ("faq/orders/track.md", "a=1&b=2", "größe")


@pytest.mark.parametrize(
    ("href", "from_path"),
    [
        ("/help/faq/orders/track.md", "top.md"),
        ("../help/faq/orders/track.md", "top.md"),
        ("/faq/orders/track.md", "top.md"),
        ("../../../help/faq/orders/track.md", "faq/orders/track.md"),
    ],
)
def test_with_a_link_root_the_content_lives_below_it(resolve, href: str, from_path: str) -> None:
    found = resolve(href, from_path, "/help/")

    assert (found.kind, found.target) == TRACK


def test_the_link_root_itself_is_the_home_page(resolve) -> None:
    assert resolve("/help/", "top.md", "/help") == Resolved(LinkKind.CATEGORY)
    assert resolve("../shop/cart", "top.md", "/help/").kind is LinkKind.MISSING


@pytest.mark.parametrize(
    "href",
    [
        "https://example.com/?a=1&copy=2",
        "HTTP://example.com",
        "mailto:a@example.com",
        "tel:+44123",
        "sms:60777",
        "//example.com/x",
    ],
)
def test_external_links_keep_their_address(resolve, href: str) -> None:
    assert resolve(href) == Resolved(LinkKind.EXTERNAL, href=href)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\u00adscript:alert(1)",
        "java\u200bscript:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "&#0000106avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script&colon;alert(1)",
        "&amp;#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.com/1",
        "ftp://example.com",
        "C:\\secret.md",
        "\\\\evil.example\\x",
        "/\\evil.example",
        "&#92;&#92;evil.example",
        "%5c%5cevil.example",
        "a%00b.md",
        "a%0d%0ab.md",
    ],
)
def test_h09_links_that_could_run_something_are_refused_in_every_disguise(resolve, href: str) -> None:
    assert resolve(href) == Resolved(LinkKind.REFUSED)


def test_front_matter_names_files_by_path() -> None:
    assert content_path("1.0.md", from_path="policies/privacy/2.0.md") == "policies/privacy/1.0.md"
    assert content_path("../a%20b.md", from_path="faq/orders/x.md") == "faq/a b.md"
    assert content_path("/help/faq/a.md", from_path="faq/orders/x.md", link_root="/help/") == "faq/a.md"
