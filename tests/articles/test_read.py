from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb_builder.articles.checks import check_content
from kb_builder.articles.model import Kind
from kb_builder.articles.read import read_content
from kb_builder.issues import Level

from .conftest import TODAY, ContentFolder, codes, places


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff"])
def test_h01_an_empty_file_is_a_warning_and_is_skipped(folder: ContentFolder, text: str) -> None:
    content = folder.write("guides/a.md", text).write("guides/b.md", "# B\n\nText").read()

    assert [(found.code, found.path, found.level) for found in content.issues] == [
        ("KB105", "content/guides/a.md", Level.WARNING)
    ]
    assert list(content.articles) == ["guides/b.md"]


def test_h01_front_matter_alone_gives_a_page_titled_from_the_file_name(folder: ContentFolder) -> None:
    content = folder.write("guides/pitch-a-tent.md", "---\nowner: x\n---\n").read()

    assert content.articles["guides/pitch-a-tent.md"].title == "Pitch a tent"
    assert codes(content.issues) == ["KB106", "KB107"]
    assert all(found.level is Level.WARNING for found in content.issues)


def test_h02_a_file_that_is_not_utf_8_is_an_error_and_the_rest_is_read(folder: ContentFolder) -> None:
    content = folder.write("guides/a.md", "# Größe".encode("latin-1")).write("guides/b.md", "# B\n\nText").read()

    assert [(found.code, found.path, found.level) for found in content.issues] == [
        ("KB101", "content/guides/a.md", Level.ERROR)
    ]
    assert list(content.articles) == ["guides/b.md"]


CLEAN = "---\ntitle: A\ntags: [x]\n---\n\nOne\n\n* two\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + CLEAN.encode(),
        CLEAN.replace("\n", "\r\n").encode(),
        CLEAN.replace("\n", "\r").encode(),
        CLEAN.rstrip().encode(),
    ],
    ids=["byte-order mark", "CRLF", "lone CR", "no last line end"],
)
def test_h03_such_a_file_gives_the_same_article_as_a_clean_one(folder: ContentFolder, data: bytes) -> None:
    clean = folder.article(CLEAN)

    assert folder.article(data) == clean
    assert clean.body == "One\n\n* two\n"


@pytest.mark.timeout(20)
def test_h05_a_line_of_10_megabytes_is_an_error_and_is_not_parsed(folder: ContentFolder) -> None:
    issues = folder.issues_of(b"[" * 10_000_000)

    assert places(issues) == [("KB104", "content/guides/a.md", 0)]
    assert "10000000 bytes; the limit is 1000000" in issues[0].message


def test_h05_the_limit_can_be_moved(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "# A\n\n" + "x" * 100)

    assert codes(folder.read(max_page_bytes=100).issues) == ["KB104"]
    assert folder.read(max_page_bytes=106).issues == ()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("faq/orders/a.md", Kind.FAQ),
        ("FAQs/a.md", Kind.FAQ),
        ("how-to/a.md", Kind.GUIDE),
        ("terms/a.md", Kind.POLICY),
        ("legal/a.md", Kind.POLICY),
        ("news/a.md", Kind.ANNOUNCEMENT),
        ("troubleshooting/a.md", Kind.GUIDE),
        ("a.md", Kind.GUIDE),
    ],
)
def test_the_top_folder_decides_the_kind(folder: ContentFolder, path: str, kind: Kind) -> None:
    assert folder.article("# A\n\nText", path).kind is kind


def test_the_kind_that_its_writer_names_wins(folder: ContentFolder) -> None:
    assert folder.article("---\nkind: FAQ\n---\n# A\n\nText", "guides/a.md").kind is Kind.FAQ
    assert codes(folder.issues_of("---\nkind: blog\n---\n# A\n\nText", "guides/b.md")) == ["KB120"]


@pytest.mark.parametrize(
    ("text", "title", "body", "body_line"),
    [
        ("---\ntitle: A\n---\nText\n", "A", "Text\n", 4),
        ("# A\n\nText\n", "A", "Text\n", 3),
        ("A\n=\n\nText\n", "A", "Text\n", 4),
        ("---\ntitle: A b!\n---\n\n# A *b*\n\nText\n", "A b!", "Text\n", 7),
        ("---\ntitle: A\n---\n# Another\n\nText\n", "A", "# Another\n\nText\n", 4),
        ("---\ntitle: The [!DNL Fastly] tab\n---\n# The [!DNL Fastly] tab\nText\n", "The Fastly tab", "Text\n", 5),
        ("---\ntitle: no\n---\nText\n", "no", "Text\n", 4),
    ],
)
def test_the_title_is_settled_once(folder: ContentFolder, text: str, title: str, body: str, body_line: int) -> None:
    article = folder.article(text)

    assert (article.title, article.body, article.body_line) == (title, body, body_line)


def test_an_article_without_a_title_is_named_for_its_file(folder: ContentFolder) -> None:
    content = folder.write("guides/pack-a-bag.md", "Text").read()

    assert content.articles["guides/pack-a-bag.md"].title == "Pack a bag"
    assert codes(content.issues) == ["KB106"]


def test_without_a_summary_the_first_paragraph_serves(folder: ContentFolder) -> None:
    article = folder.article("# A\n\n![x](y.png)\n\nThe *answer* in [short](b.md).\n\nMore.")

    assert article.summary == "The answer in short."


def test_front_matter_with_an_error_still_gives_an_article(folder: ContentFolder) -> None:
    content = folder.write("guides/a.md", "---\ntitle: A\ntitle: B\n---\n# C\n\nText").read()

    assert codes(content.issues) == ["KB112"]
    assert content.articles["guides/a.md"].title == "C"


def test_categories_are_the_folders_with_articles_or_an_index_page(folder: ContentFolder) -> None:
    folder.write("index.md", "---\ntitle: Help\nsummary: S\n---\nWelcome")
    folder.write("faq/orders/index.md", "---\ntitle: Orders\nicon: material/truck-outline\norder: 2\n---\nBody")
    folder.write("faq/orders/a.md", "# A\n\nText").write("faq/orders/late/b.md", "# B\n\nText")
    folder.write("guides/shelf/deep/c.md", "# C\n\nText").write("top.md", "# Top\n\nText")

    content = folder.read()

    assert {path: (c.title, c.parent, c.articles) for path, c in content.categories.items()} == {
        "faq/orders": ("Orders", "", ("faq/orders/a.md",)),
        "faq/orders/late": ("Late", "faq/orders", ("faq/orders/late/b.md",)),
        "guides/shelf/deep": ("Deep", "", ("guides/shelf/deep/c.md",)),
    }
    orders = content.categories["faq/orders"]
    assert (orders.icon, orders.order, orders.body, orders.body_line, orders.url) == (
        "material/truck-outline",
        2,
        "Body\n",
        6,
        "faq/orders/",
    )
    assert (content.home.title, content.home.summary, content.home.body) == ("Help", "S", "Welcome\n")
    assert content.home.articles == ("top.md",)


def test_articles_of_a_category_go_by_order_then_popularity_then_title(folder: ContentFolder) -> None:
    for name, front in {
        "z": "title: Éa",
        "y": "title: b\norder: 2",
        "x": "title: A",
        "w": "title: C\norder: 1",
        "v": "title: D\npopular: 3",
    }.items():
        folder.write(f"guides/{name}.md", f"---\n{front}\n---\nText")

    assert [path[7] for path in folder.read().categories["guides"].articles] == ["w", "y", "v", "x", "z"]


def test_announcements_go_newest_first(folder: ContentFolder) -> None:
    folder.write("news/a.md", "---\ntitle: A\nstarts: 2026-01-01\n---\nText")
    folder.write("news/b.md", "---\ntitle: B\nstarts: 2026-03-01T08:00+02:00\n---\nText")

    assert folder.read().categories["news"].articles == ("news/b.md", "news/a.md")


def test_a_writer_may_name_another_category(folder: ContentFolder) -> None:
    folder.write("faq/billing/a.md", "# A\n\nText").write("guides/b.md", "---\ntitle: B\ncategory: billing\n---\nText")

    content = folder.read()

    assert content.articles["guides/b.md"].category == "faq/billing"
    assert content.categories["faq/billing"].articles == ("faq/billing/a.md", "guides/b.md")


def test_an_unknown_category_is_an_error_that_names_the_nearest(folder: ContentFolder) -> None:
    folder.write("faq/billing/a.md", "# A\n\nText").write("guides/b.md", "---\ntitle: B\ncategory: biling\n---\nText")

    content = folder.read()

    assert places(content.issues) == [("KB103", "content/guides/b.md", 3)]
    assert "did you mean 'faq/billing'?" in content.issues[0].hint
    assert content.articles["guides/b.md"].category == "guides"


def test_readme_speaks_for_its_folder_unless_there_is_an_index_page(folder: ContentFolder) -> None:
    folder.write("guides/README.md", "# Read me").write("faq/README.md", "# Not me").write("faq/index.md", "# Me")

    content = folder.read()

    assert (content.categories["guides"].title, content.categories["faq"].title) == ("Read me", "Me")
    assert places(content.issues) == [("KB212", "content/faq/README.md", 0)]


@pytest.mark.parametrize("name", ["guides/a.md", "guides/drafts/a.md", "_drafts/a.md"])
def test_h30_drafts_are_left_out_unless_asked_for(folder: ContentFolder, name: str) -> None:
    folder.write(
        name, f"---\ntitle: A\ndraft: {'yes' if 'drafts' not in name else 'no'}\nredirect_from: [/x/]\n---\nText"
    )

    published, previewed = folder.read(), folder.read(drafts=True)

    assert (dict(published.articles), list(published.drafts), published.redirects) == ({}, [name], {})
    assert published.categories == {}
    assert (list(previewed.articles), dict(previewed.drafts)) == ([name], {})


def test_front_matter_paths_become_content_paths(folder: ContentFolder) -> None:
    article = folder.article("---\ntitle: A\nrelated: [b.md, ../faq/c.md, b.md]\n---\nText", "guides/a.md")

    assert article.related == ("guides/b.md", "faq/c.md")


def test_the_words_of_a_video_are_read_from_its_captions(folder: ContentFolder) -> None:
    folder.write("guides/v/a.mp4", b"x").write(
        "guides/v/a.vtt",
        "WEBVTT - title\r\n\r\nNOTE\r\nnot this\r\n\r\nSTYLE\r\n::cue {}\r\n\r\n"
        "1\r\n00:01.000 --> 00:02.000 align:start\r\n"
        "<v Ann>Peg &amp; <b>pull</b>\r\n\r\n00:02.000 --> 00:03.000\r\nPeg & pull\r\nthen wait\r\n",
    )
    front = "title: A\nvideo: {src: v/a.mp4, captions: v/a.vtt, title: T}"

    article = folder.article(f"---\n{front}\n---\nText")

    assert article.video
    assert (article.video.src, article.video.captions_text) == ("guides/v/a.mp4", "Peg & pull then wait")


@pytest.mark.parametrize("src", ["http://example.com/a.mp4", "javascript:x", "//example.com/a.mp4", "a\\b.mp4"])
def test_a_video_comes_from_this_site_or_over_https(folder: ContentFolder, src: str) -> None:
    content = folder.write(
        "guides/a.md", f"---\ntitle: A\nvideo: {{src: '{src}', captions: a.vtt, title: T}}\n---\nText"
    ).read()

    assert content.articles["guides/a.md"].video is None
    assert places(content.issues) == [("KB120", "content/guides/a.md", 3)]


def test_an_announcement_needs_a_start_for_its_end(folder: ContentFolder) -> None:
    assert places(folder.issues_of("---\ntitle: A\nends: 2026-01-01\n---\nText", "news/a.md")) == [
        ("KB124", "content/news/a.md", 3)
    ]
    assert places(folder.issues_of("---\ntitle: A\nstarts: 2026-02-01\nends: 2026-01-01\n---\nText", "news/a.md")) == [
        ("KB121", "content/news/a.md", 4)
    ]


def test_lines_of_keys_travel_with_the_article_and_do_not_make_it_another(folder: ContentFolder) -> None:
    article = folder.article("---\ntitle: A\nrelated:\n  - b.md\n---\nText")

    assert article.lines == {"title": 2, "related": 3, "related.0": 4}
    assert replace(article, lines={}) == article
    assert hash(article) == hash(replace(article, lines={}))


def test_issues_start_with_the_folder_that_they_are_told(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "")

    assert folder.read(folder="docs/help").issues[0].path == "docs/help/guides/a.md"


FRAGMENTS = [
    "---",
    "title: ",
    "- ",
    "# ",
    "```",
    "[a](b.md)",
    "![",
    "{",
    "}",
    '"',
    "'",
    "&a ",
    "*a",
    "!!x ",
    "<!--",
    "video: ",
    "search:\n  boost: ",
    "draft: yes",
    "version: 1\neffective: 2026-01-01",
    "replaces: ",
    "redirect_from: [",
    "]",
    "category: ",
    "? ",
    ": ",
    "é",
    "日",
    "🙂",
    "A",
]
PIECES = st.sampled_from([*FRAGMENTS, "\n", "\t", "\r", "\x00", "\ufeff", "\u202e"])


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())),
    st.sampled_from(
        [
            "a.md",
            "index.md",
            "faq/a.md",
            "policies/p/1.md",
            "news/a.md",
            "contact.yml",
            "a.svg",
            "a.png",
            "a.jpg",
            "a.vtt",
        ]
    ),
)
@example(b"---\n? [a]\n: b\n---\n", "a.md")
@example(b'---\ntitle: "\\ud800"\n---\n', "a.md")
def test_whatever_the_bytes_reading_and_checking_give_content_and_never_an_exception(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

        content = check_content(read_content(Path(folder), today=TODAY), today=TODAY)

    for found in content.issues:
        assert found.path
        assert found.message
        str(found).encode()
