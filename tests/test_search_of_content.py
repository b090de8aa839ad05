"""What front matter and the search folder do to search, from the files to the hits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kb_builder import pipeline
from kb_builder.config import load_config
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.init import init_project
from kb_builder.lint.check import check
from kb_builder.search_editions import search_files
from kb_builder.site.render import render_site

TODAY = dt.date(2026, 11, 21)


class Shop:
    """A help center in a folder, searched without being published."""

    def __init__(self, root: Path) -> None:
        self.root = root
        init_project(root)
        for path in (*(root / "content").rglob("*.md"), *(root / "search").glob("*.yml")):
            path.unlink()

    def write(self, **articles: str) -> None:
        folder = self.root / "content" / "faq" / "help"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in articles.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")

    def lists(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / "search" / f"{name}.yml").write_text(text, encoding="utf-8")

    def settings(self, **groups: str) -> None:
        file = self.root / "mkdocs.yml"
        before = file.read_text("utf-8").partition("  - kb:")[0]
        file.write_text(
            before + "  - kb:\n" + "".join(f"      {name}: {text}\n" for name, text in groups.items()), "utf-8"
        )

    def files(self) -> dict[str, bytes]:
        config = load_config(self.root / "mkdocs.yml")
        content = pipeline.read_and_check(config, today=TODAY)
        assert not content.issues
        rendered = render_site(config, content, site_dir=self.root / "site", today=TODAY)
        return {file.path: file.data for file in search_files(content, rendered.pages, config)}

    def find(self, query: str) -> list[str]:
        files = self.files()
        hits = search(SearchIndex(lambda name: files[f"search/{name}"]), query).hits
        return [hit.url.removeprefix("faq/help/").removesuffix("/") for hit in hits]


@pytest.fixture
def shop(tmp_path) -> Shop:
    return Shop(tmp_path / "shop")


def article(title: str, text: str, **front_matter: str) -> str:
    keys = "".join(f"{key}: {value}\n" for key, value in {"title": title, **front_matter}.items())
    return f"---\n{keys}---\n{text}\n"


def test_a_boost_moves_an_article_up_and_one_below_1_down(shop):
    """The word has a digit, so it has no meaning: what else the articles are about does not count."""
    shop.write(
        a=article("About the tx500", "A tent."),
        b=article("Our first tx500", "A tent."),
        c=article("More of tx500", "A tent."),
    )
    plain = shop.find("tx500")
    shop.write(
        c=article("More of tx500", "A tent.", search="{boost: 1.5}"),
        a=article("About the tx500", "A tent.", search="{boost: 0.5}"),
    )

    assert plain == ["a", "b", "c"]
    assert shop.find("tx500") == ["c", "b", "a"]


def test_an_overdue_article_comes_later_only_where_that_is_switched_on(shop):
    shop.write(
        a=article("About the tx500", "A tent.", review_by=str(TODAY - dt.timedelta(days=1))),
        b=article("Our first tx500", "A tent.", review_by=str(TODAY)),
    )
    shop.settings(checks="{levels: {KB130: 'off'}}")
    assert shop.find("tx500") == ["a", "b"]

    shop.settings(checks="{levels: {KB130: 'off'}}", search="{overdue_weight: 0.8}")
    assert shop.find("tx500") == ["b", "a"]


def test_no_word_of_an_excluded_article_is_in_any_search_file(shop):
    shop.write(
        a=article("Tents", "A tent."),
        b=article("Secret zeppelins", "Xqzzyph.", search="{exclude: true}", questions="[quokka]", tags="[gnu]"),
    )

    everything = b"".join(shop.files().values()).lower()

    assert b"tent" in everything
    assert not [word for word in (b"zeppelin", b"xqzzyph", b"quokka", b"gnu") if word in everything]


def test_check_finds_what_the_build_would_publish_and_writes_no_site(shop):
    shop.write(a=article("About tents", "A tent."), b=article("Stoves", "Fire."))
    shop.lists(
        judgments="- {query: stove, article: faq/help/b.md, within: 1}\n- {query: fire, article: faq/help/a.md}\n"
    )
    config = load_config(shop.root / "mkdocs.yml")

    result = check(config, today=TODAY)

    assert [(outcome.judgment.query, outcome.rank) for outcome in result.search.outcomes] == [
        ("stove", 1),
        ("fire", None),
    ]
    assert [found.code for found in result.issues] == ["KB710"]
    assert not config.site_dir.exists()


def test_check_reports_what_rendering_finds_and_judges_nothing_while_content_is_wrong(shop):
    shop.write(a=article("About tents", "<script>x</script>A tent."))
    shop.lists(judgments="- {query: tent, article: faq/help/a.md}\n")
    config = load_config(shop.root / "mkdocs.yml")

    rendered = check(config, today=TODAY)
    shop.lists(pins="- {query: tent, article: faq/help/none.md}\n")
    broken = check(config, today=TODAY)

    assert [found.code for found in rendered.issues] == ["KB601"]
    assert broken.search is None
    assert [found.code for found in broken.issues] == ["KB701"]


def test_synonyms_and_pins_reach_the_published_files_and_idle_synonyms_are_reported(shop):
    shop.write(a=article("About tents", "A tent."), b=article("Stoves", "Fire."))
    shop.lists(
        synonyms="- {from: marquee, to: [tent]}\n- [cooker, oven]\n", pins="- {query: fires, article: faq/help/a.md}\n"
    )

    result = check(load_config(shop.root / "mkdocs.yml"), today=TODAY)

    assert shop.find("marquee")[0] == "a"
    assert shop.find("fire")[0] == "a"
    assert [(found.path, found.line, found.code) for found in result.issues] == [("search/synonyms.yml", 2, "KB709")]


def test_another_search_folder_may_be_named(shop):
    shop.write(a=article("About tents", "A tent."))
    (shop.root / "tuning").mkdir()
    (shop.root / "tuning" / "pins.yml").write_text("- {query: fires, article: faq/help/none.md}\n", encoding="utf-8")
    settings = (shop.root / "mkdocs.yml").read_text("utf-8")
    (shop.root / "mkdocs.yml").write_text(
        settings.replace("kb: {}", "kb: {search: {folder: tuning}}"), encoding="utf-8"
    )

    content = pipeline.read_and_check(load_config(shop.root / "mkdocs.yml"), today=TODAY)

    assert [(found.path, found.line, found.code) for found in content.issues] == [("tuning/pins.yml", 1, "KB701")]
