"""What tells of announcements: banners of pages, the file that pages ask for, feeds."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET

import jsonschema
import pytest
from tiny_site import TODAY, HelpCenter

from kb_builder.articles.editions import for_audience
from kb_builder.issues import KbError
from kb_builder.site import announcements
from kb_builder.site.announcements import announcements_file, announcements_in, announcements_schema
from kb_builder.site.pages import pages_by_path

ATOM = "{http://www.w3.org/2005/Atom}"


def announcement(title: str, *lines: str, starts: str = "2026-06-01") -> str:
    return f"---\ntitle: {title}\nstarts: {starts}\n" + "".join(f"{line}\n" for line in lines) + "---\nText of it.\n"


def announced(center: HelpCenter) -> list[dict[str, object]]:
    data = (center.root / "site" / "announcements.json").read_bytes()
    jsonschema.validate(json.loads(data), announcements_schema())
    return [one.model_dump(mode="json") for one in announcements_in(data)]


def banners(page: str) -> list[str]:
    return [part.partition("</bdi>")[0] for part in page.split('<bdi class="kb-banner__text">')[1:]]


@pytest.fixture
def shop(help_center: HelpCenter) -> HelpCenter:
    return (
        help_center.write("index.md", "# Help\n")
        .write("faq/pay/cards.md", "# Which cards?\n\nAll of them.\n")
        .write("faq/ship/when.md", "# When does it come?\n\nSoon.\n")
    )


def test_the_file_says_what_is_on_and_what_comes_in_utc_and_the_gravest_first(shop: HelpCenter) -> None:
    shop.write("announcements/over.md", announcement("Over", "ends: 2026-05-31T23:00+01:00", starts="2026-05-01"))
    shop.write("announcements/zone.md", announcement("Zone", "ends: 2026-06-01T02:00+05:30", starts="2026-05-31"))
    shop.write("announcements/now.md", announcement("Now", starts="2026-06-01T09:00+02:00"))
    shop.write("announcements/next.md", announcement("Next", "severity: critical", starts="2026-07-01"))
    shop.build()

    assert [(one["title"], one["starts"]) for one in announced(shop)] == [
        ("Next", "2026-07-01T00:00:00Z"),
        ("Now", "2026-06-01T07:00:00Z"),
    ]
    assert banners(shop.page("")) == ["Now"]


def test_the_banner_of_an_announcement_about_some_pages_is_on_these_and_below_them(shop: HelpCenter) -> None:
    lines = ("pages: [../faq/pay/]", "queries: [card declined]", "link: https://status.example/")
    shop.write("announcements/cards.md", announcement("Cards fail", *lines))
    shop.build()

    assert banners(shop.page("faq/pay/cards")) == banners(shop.page("faq/pay")) == ["Cards fail"]
    assert banners(shop.page("faq/ship/when")) == banners(shop.page("")) == []
    assert 'href="https://status.example/"' in shop.page("faq/pay/cards")
    (one,) = announced(shop)
    assert (one["pages"], one["queries"], one["link"]) == (["faq/pay/"], ["card declined"], "https://status.example/")


def test_words_that_are_not_translated_have_their_language_said(shop: HelpCenter) -> None:
    shop.settings("      content: {languages: [de]}")
    shop.write("announcements/a.md", announcement("In English only"))
    shop.write("announcements/b.md", announcement("In both"))
    shop.write("de/announcements/b.md", announcement("In beiden"))
    shop.build()

    assert [(one["language"], one["title"], one["text_language"]) for one in announced(shop)] == [
        ("en", "In English only", ""),
        ("en", "In both", ""),
        ("de", "In English only", "en"),
        ("de", "In beiden", ""),
    ]


def test_nothing_is_said_of_pages_that_these_readers_do_not_have(shop: HelpCenter) -> None:
    shop.write("faq/pay/secret.md", "---\ntitle: Secret\naudience: agent\n---\nHush.\n")
    shop.write("announcements/a.md", announcement("About both", "pages: [../faq/pay/secret.md, ../faq/pay/cards.md]"))
    shop.write("announcements/b.md", announcement("About one", "pages: [../faq/pay/secret.md]"))
    content = for_audience(shop.content(), None)
    urls = pages_by_path(content)
    data = announcements_file([("en", content, urls)], TODAY, has_page=lambda url: False).data

    assert [(one.title, one.pages, one.link) for one in announcements_in(data)] == [
        ("About both", ("faq/pay/cards/",), "")
    ]
    assert [banner.title for banner, _ in announcements.banners(content, urls, TODAY)] == ["About both"]


@pytest.mark.parametrize(
    "line",
    [
        "link: javascript:alert(1)",
        "link: http://status.example/",
        "link: //evil.example/",
        'link: https://a"b.example/',
        f"queries: [{'x' * 101}]",
        f"queries: [{', '.join('abcdefghijklmnopqrstu')}]",
    ],
)
def test_links_elsewhere_are_https_and_queries_few_and_short(shop: HelpCenter, line: str) -> None:
    shop.write("announcements/a.md", announcement("A", line))

    assert [(found.code, found.path) for found in shop.content().issues] == [("KB120", "content/announcements/a.md")]


def test_a_page_that_does_not_exist_is_told(shop: HelpCenter) -> None:
    shop.write("announcements/a.md", announcement("A", "pages: [../faq/pay/crads.md]"))

    (found,) = shop.content().issues
    assert (found.code, found.line, found.hint) == ("KB306", 4, "did you mean 'faq/pay/cards.md'?")


def test_more_than_the_file_may_hold_stops_the_build(shop: HelpCenter) -> None:
    for number in range(120):
        shop.write(f"announcements/{number}.md", announcement("Too much " * 20 + str(number), f"summary: {'x ' * 200}"))

    with pytest.raises(KbError, match=r"120 announcements take \d+ bytes, of 65536 at most"):
        shop.build()


def test_the_feeds_have_what_has_begun_the_latest_first(shop: HelpCenter) -> None:
    shop.write("announcements/old.md", announcement("Old & <b>", "ends: 2026-02-01", starts="2026-01-01"))
    shop.write("announcements/new.md", announcement("New", starts="2026-05-30T10:00Z"))
    shop.write("announcements/next.md", announcement("Next", starts="2026-07-01"))
    shop.build()

    files = shop.files()
    atom = ET.fromstring(files["announcements/feed.xml"].decode())
    feed = json.loads(files["announcements/feed.json"])
    assert [entry.findtext(f"{ATOM}title") for entry in atom.findall(f"{ATOM}entry")] == ["New", "Old & <b>"]
    assert [(item["title"], item["date_published"]) for item in feed["items"]] == [
        ("New", "2026-05-30T10:00:00Z"),
        ("Old & <b>", "2026-01-01T00:00:00Z"),
    ]
    assert feed["feed_url"] == "https://help.example/announcements/feed.json"
    assert 'href="announcements/feed.json"' in shop.page("")
    assert 'type="application/atom+xml"' in shop.page("announcements/new")
    assert "feed.xml" not in shop.page("faq/pay/cards")


def test_without_announcements_the_file_is_there_and_says_nothing(shop: HelpCenter) -> None:
    """Or browsers would write a 404 into the console of every page."""
    shop.build()

    assert announced(shop) == []
    assert "announcements/feed.xml" not in shop.files()


def test_hosts_are_told_to_ask_for_the_file_again_soon(shop: HelpCenter) -> None:
    shop.build()

    assert "/announcements.json\n  Cache-Control: public, max-age=10\n" in shop.files()["_headers"].decode()


def test_a_day_that_is_over_in_utc_has_no_banner(shop: HelpCenter) -> None:
    shop.write("announcements/a.md", announcement("A", "ends: 2026-06-02T01:00+09:00"))

    assert banners(shop.build(today=dt.date(2026, 6, 1)).page("")) == ["A"]
    assert banners(shop.build(today=dt.date(2026, 6, 2)).page("")) == []
