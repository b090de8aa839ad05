"""The same answer in every format: the page, its Markdown, llms-full.txt, structured data and what search quotes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from kb_command import kb_done
from markdown_it import MarkdownIt

from kb_builder.index.reader import open_search
from kb_builder.site.labels import ENGLISH, translated
from kb_builder.site_reader import SiteReader

ROOT = Path(__file__).parents[1]
VOID = frozenset(("br", "hr", "img", "input", "wbr"))


class Words(HTMLParser):
    """Collects the words of what has a class, or of everything; pictures count by their alternative text."""

    def __init__(self, inside: str = "") -> None:
        super().__init__()
        self.inside, self.depth, self.silent, self.found = inside, 0 if inside else 1, 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self.depth:
            self.found += words(values.get("alt") or "") if not self.silent else []
        if tag in VOID:
            return
        if self.silent or (values.get("class") or "") == "headerlink":
            self.silent += 1
        if self.depth or self.inside in (values.get("class") or "").split():
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.depth -= bool(self.depth)
            self.silent -= bool(self.silent)

    def handle_data(self, data: str) -> None:
        if self.depth and not self.silent:
            self.found += words(data)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def words_of_html(page: str, inside: str = "") -> list[str]:
    reader = Words(inside)
    reader.feed(page)
    return reader.found


def with_named_boxes(markdown: str, page: str) -> str:
    """Name the kinds of boxes, which Markdown has as ``[!TIP]``, in the language of the page's text."""
    language = re.findall(r'<html lang="([\w-]+)"|kb-article__body[^>]* lang="([\w-]+)"', page)[-1]
    labels = ENGLISH | translated("".join(language))
    return re.sub(r"\[!([A-Z]+)\]", lambda match: labels[f"box_{match[1].lower()}"], markdown)


def holds(long: list[str], short: list[str]) -> bool:
    return f" {' '.join(short)} " in f" {' '.join(long)} "


@pytest.fixture(scope="module")
def articles(demo_site: Path) -> dict[str, list[str]]:
    """Return the words of each article's text as its page has them, by URL."""
    found = {}
    for path in sorted(demo_site.rglob("index.html")):
        page = path.read_text("utf-8")
        if "kb-article__body" in page:
            found[f"{path.parent.relative_to(demo_site).as_posix()}/"] = words_of_html(page, "kb-article__body")
    return found


def test_the_markdown_of_a_page_says_what_the_page_says(demo_site: Path, articles: dict[str, list[str]]) -> None:
    """Read by another reader of Markdown than the one that made the pages."""
    render = MarkdownIt("commonmark").enable("table").render

    assert len(articles) >= 100
    for url, on_page in articles.items():
        _, _, text = (demo_site / url / "index.md").read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        page = (demo_site / url / "index.html").read_text("utf-8")
        assert on_page, url
        assert holds(words_of_html(render(with_named_boxes(text, page))), on_page), url


def test_llms_full_txt_has_the_markdown_of_every_article_that_may_be_listed(
    demo_site: Path, articles: dict[str, list[str]]
) -> None:
    full = "".join(file.read_text("utf-8") for file in demo_site.rglob("llms-full.txt"))
    for url in articles:
        page = (demo_site / url / "index.html").read_text("utf-8")
        body = (demo_site / url / "index.md").read_text("utf-8").rpartition("\n# ")[2].partition("\n\n")[2]
        last = body.strip().rpartition("\n\n")[2]
        if 'content="noindex"' not in page and not url.endswith("/latest/"):
            assert last in full, url


def test_an_assistant_reads_the_markdown_of_the_page(demo_site: Path, articles: dict[str, list[str]]) -> None:
    reader = SiteReader(demo_site)
    for url in articles:
        assert reader.read(url) == (demo_site / url / "index.md").read_text("utf-8")


def test_structured_data_gives_the_answer_of_the_page(demo_site: Path, articles: dict[str, list[str]]) -> None:
    answers = 0
    for url, on_page in articles.items():
        page = (demo_site / url / "index.html").read_text("utf-8")
        for written in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page):
            for thing in json.loads(written)["@graph"]:
                if thing["@type"] == "FAQPage":
                    text = words(thing["mainEntity"][0]["acceptedAnswer"]["text"])
                    assert text and text == on_page[: len(text)], url
                    answers += 1
                elif thing["@type"] == "HowTo":
                    assert all(holds(on_page, words(step["text"])) for step in thing["step"]), url
    assert answers >= 80


def test_search_quotes_what_the_page_says(demo_site: Path, articles: dict[str, list[str]]) -> None:
    for folder in (demo_site / "search", *demo_site.glob("*/search")):
        index, home = open_search(folder), folder.parent.relative_to(demo_site).as_posix()
        for number in range(index.article_count):
            card = index.card(number)
            url = f"{home}/{card.url}".removeprefix("./").removesuffix("latest/")
            quoted = [word for s in index.sections(card.text) for word in (*words(s.heading), *words(s.text))]
            assert holds(quoted, articles[url]), url


def test_an_agent_s_reply_begins_as_the_page_does(tmp_path: Path) -> None:
    site = tmp_path / "site"
    kb_done("-q", "build", "--audience", "agent", "--no-cache", "--site-dir", str(site), cwd=ROOT)
    replies = json.loads((site / "agent" / "replies.json").read_text("utf-8"))["replies"]
    answers = [reply for reply in replies if reply["kind"] == "faq"]

    assert len(answers) >= 80
    for reply in answers:
        on_page = words_of_html((site / reply["id"] / "index.html").read_text("utf-8"), "kb-article__body")
        assert holds(on_page, words(reply["text"].partition("\n\n")[0])), reply["id"]
