"""The demo in German and Arabic: the theme is all translated, facts are those of the originals, addresses pair up."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from kb_builder.articles.read import read_content
from kb_builder.articles.translations import original_path
from kb_builder.bundled import bundled
from kb_builder.clock import build_day
from kb_builder.config import load_config
from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.site.labels import ENGLISH, translated

ROOT = Path(__file__).parents[1]
CLIENT = dict(
    re.findall(r"^  (\w+): '(.*)',$", (bundled("search/client") / "labels.js").read_text("utf-8"), re.MULTILINE)
)
LANGUAGES = ("de", "ar")
READ_ALOUD = ("aria-label", "title", "placeholder", "alt", "data-kb-more", "data-kb-dismiss", "data-kb-thanks")
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
DATES = re.compile(r"\d{4}-\d{2}-\d{2}")


class Said(HTMLParser):
    """Collects what a page says in its own language: texts and what is read aloud, outside of text in another one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []  # of each open element: whether it is in another language, or no text
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        foreign = any(self.open) or tag in ("script", "style", "svg") or (tag != "html" and "lang" in values)
        if not foreign:
            self.found |= {value.strip() for name, value in attrs if name in READ_ALOUD and value}
        if tag not in VOID:
            self.open.append(foreign)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open) and data.strip():
            self.found.add(" ".join(data.split()))


def said(page: Path) -> set[str]:
    reader = Said()
    reader.feed(page.read_text("utf-8"))
    return reader.found


def pages(site: Path, language: str) -> list[Path]:
    found = sorted((site / language).rglob("index.html"))
    return [page for page in found if b'http-equiv="refresh"' not in page.read_bytes()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_says_a_word_of_the_theme_in_english(demo_site: Path, language: str) -> None:
    own = translated(language)
    english = {text for key, text in ENGLISH.items() if text != own[key] and len(text) > 3 and "{" not in text}

    found = {page: said(page) & english for page in pages(demo_site, language)}

    assert len(found) >= 100
    assert {str(page): words for page, words in found.items() if words} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scripts_are_given_every_word_they_say(demo_site: Path, language: str) -> None:
    page = (demo_site / language / "search/index.html").read_text("utf-8")
    given = json.loads(re.search(r"data-kb-labels='([^']*)'", page)[1])

    assert {key: given.get(key) for key in CLIENT} == {key: translated(language)[key] for key in CLIENT}


def test_in_arabic_pages_no_latin_word_is_left_but_names(demo_site: Path) -> None:
    names = re.compile(
        r"Larkfell|Help|Parcelfold|Swiftway|Haulwell|Trailmark|PayPal|Klarna|Kendal|Apple|Google|Pay|LF|RT|London"
    )
    address = re.compile(r"\S+@\S+|[\w.]+\.example\S*")
    arabic = [demo_site / "ar" / page / "index.html" for page in ("", "contact", "search", "faq/orders", "policies")]

    for page in arabic:
        left = {text for text in said(page) if re.search("[A-Za-z]{2,}", names.sub("", address.sub("", text)))}
        assert left <= {"English", "Deutsch"}, page


def numbers(text: str) -> list[str]:
    """Return the figures of a text; amounts are written ``3,95 £`` in German and ``£3.95`` in English."""
    return sorted(re.sub(r",(?=\d{2}\b)", ".", number) for number in re.findall(r"\d+(?:[.,:]\d+)*", text))


def test_translations_give_the_figures_addresses_and_dates_of_their_originals() -> None:
    config = load_config(ROOT / "mkdocs.yml")
    content = read_content(config.content_dir, today=build_day(), languages=config.settings.content.languages)
    pairs = [
        (article, content.articles[original])
        for path, article in content.articles.items()
        if (original := original_path(path, content.languages))
    ]

    assert len(pairs) >= 24
    for article, original in pairs:
        written = {number for number in numbers(article.body) if len(number) > 1}
        meant = {number for number in numbers(original.body) if len(number) > 1}
        assert meant - written == set(), article.path
        assert set(re.findall(r"\S+@[\w.]*\w", article.body)) == set(re.findall(r"\S+@[\w.]*\w", original.body)), (
            article.path
        )
        assert article.announcement is None or article.announcement.starts == original.announcement.starts
        assert len(re.findall(r"^#+ ", article.body, re.MULTILINE)) == len(
            re.findall(r"^#+ ", original.body, re.MULTILINE)
        ), article.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_contact_channels_are_the_same_but_for_their_words(language: str) -> None:
    def facts(path: Path) -> list[dict[str, object]]:
        channels = yaml.safe_load(path.read_text("utf-8"))["channels"]
        return [{k: v for k, v in channel.items() if k not in ("title", "summary", "action")} for channel in channels]

    assert facts(ROOT / "content" / language / "contact.yml") == facts(ROOT / "content/contact.yml")


def test_alternates_name_each_other_and_the_default(demo_site: Path) -> None:
    form = re.compile(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">')
    alternates = {
        language: dict(form.findall((demo_site / home / "faq/returns/return-an-item/index.html").read_text("utf-8")))
        for language, home in (("en-GB", ""), ("de", "de"), ("ar", "ar"))
    }

    assert alternates["en-GB"] == alternates["de"] == alternates["ar"]
    assert alternates["de"]["x-default"] == alternates["de"]["en-GB"]
    assert set(alternates["de"]) == {"en-GB", "de", "ar", "x-default"}
    german_only = (demo_site / "de/faq/returns/return-window/index.html").read_text("utf-8")
    assert set(dict(form.findall(german_only))) == {"en-GB", "de", "x-default"}


def test_sitemap_feeds_and_lists_for_programs_are_there_in_each_language(demo_site: Path) -> None:
    sitemap = (demo_site / "sitemap.xml").read_text("utf-8")
    for home, title in (("", "Where is my parcel?"), ("de/", "Wo ist mein Paket?"), ("ar/", "أين طردي؟")):
        assert f"/{home}faq/shipping/track-my-parcel/</loc>" in sitemap
        listed = (demo_site / home / "llms.txt").read_text("utf-8")
        assert f"- [{title}](" in listed
        assert [other for other in ("Where is my parcel?", "Wo ist mein Paket?", "أين طردي؟") if other in listed] == [
            title
        ]
    assert "Letzte Bestelltage vor Weihnachten" in (demo_site / "de/announcements/feed.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "query", "url"),
    [
        ("de", "ruecksendung", "faq/returns/return-an-item/"),
        ("de", "Rücksendeetiketten", "faq/returns/return-an-item/"),
        ("de", "groessentabelle", "faq/products/size-guide/"),
        ("ar", "استرداد الأموال", "faq/returns/refund-time/"),
        ("ar", "الغاء طلب", "faq/orders/cancel-my-order/"),
    ],
)
def test_search_knows_the_language(demo_site: Path, language: str, query: str, url: str) -> None:
    hits = search(open_search(demo_site / language / "search"), query).hits

    assert [hit.url for hit in hits[:2]].count(url) == 1
