"""An export becomes a help center: every article is found, every old address leads on, and losses are named."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb_builder import pipeline
from kb_builder.articles.read import read_content
from kb_builder.cli import kb
from kb_builder.commands.import_ import KINDS
from kb_builder.config import load_config
from kb_builder.importers.model import Export, SourceArticle
from kb_builder.importers.plan import plan_import
from kb_builder.importers.sources import SOURCES, read_export
from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.issues import KbError

from .exports import SAMPLES, write_export

TODAY = dt.date(2026, 6, 1)
SETTINGS = "site_name: Shop\nsite_url: https://help.example.com/\nplugins:\n  - kb: {content: {languages: [de, fr]}}\n"


def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "content").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(SETTINGS)
    return root


def run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(kb, ["-f", str(root / "mkdocs.yml"), "import", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_kind_of_the_command_has_a_reader() -> None:
    assert set(KINDS) == set(SOURCES) == set(SAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip(tmp_path: Path, kind: str) -> None:
    sample = SAMPLES[kind]
    root = shop(tmp_path)
    source = write_export(tmp_path / "export", sample)

    run(root, kind, str(source))
    config = load_config(root / "mkdocs.yml")
    result = pipeline.build(config, today=TODAY)
    content = pipeline.read_and_check(config, today=TODAY)

    export = read_export(kind, source)
    main = [article for article in export.articles if article.language[:2] in ("", "en")]
    assert {article.title for article in main} == {"Cancel an order", "Refund times"}
    new = []
    for article in export.articles:
        language = "" if article in main else f"{article.language}/"
        hits = search(open_search(config.site_dir / language / "search"), article.title).hits
        assert hits[0].title == article.title
        new.append(f"{language}{hits[0].url}")
    redirects = (config.site_dir / "_redirects").read_text() if sample.old_addresses else ""
    leads = {line.split()[0].rstrip("/"): line.split()[1] for line in redirects.splitlines() if line.endswith(" 301")}
    for article, url in zip(export.articles, new, strict=True):
        assert [leads.get(old.rstrip("/")) for old in article.addresses] == [f"/{url}"] * len(article.addresses)
    of_main = [url for article, url in zip(export.articles, new, strict=True) if article in main]
    for position, old in enumerate(sample.old_addresses):
        assert f"{old} /{of_main[position]} 301" in redirects.splitlines()
    assert {category.title for category in content.categories.values()} >= set(sample.categories)
    assert [path for path in sample.translations if path not in content.articles] == []
    assert [issue for issue in result.issues if issue.code != "KB301"] == []
    assert sum(issue.code == "KB301" for issue in result.issues) == (kind != "docx")  # '/elsewhere' leads nowhere


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "docx"])
def test_text_links_and_pictures_arrive_and_what_runs_does_not(tmp_path: Path, kind: str) -> None:
    root = shop(tmp_path)
    run(root, kind, str(write_export(tmp_path / "export", SAMPLES[kind])))
    content = read_content(root / "content", today=TODAY, languages=("de", "fr"))
    cancel = next(article for article in content.articles.values() if article.title == "Cancel an order")

    assert "## Before it ships" in cancel.body
    assert r"1. Choose \*cancel\* &lt;b>" in cancel.body
    assert "[refunds](" in cancel.body and ".md" in cancel.body.partition("[refunds](")[2][:30]
    assert "![The cancel button](assets/box.png)" in cancel.body
    assert "[How to cancel](https://video.example/v/1)" in cancel.body
    assert "```bash\nkb <x> *y*\n```" in cancel.body
    assert "steal" not in cancel.body and "onerror" not in cancel.body
    assert any(path.endswith("assets/box.png") for path in content.assets)


def test_a_crawl_leaves_out_copies_and_what_is_not_to_be_listed(tmp_path: Path) -> None:
    text = run(shop(tmp_path), "crawl", str(write_export(tmp_path / "export", SAMPLES["crawl"])), "--dry-run")

    assert "2 articles" in text
    assert "hc/1-cancel-2.html: is a copy of /hc/1-cancel" in text
    assert "search.html: is not to be listed" in text


def test_pictures_of_word_documents_become_files(tmp_path: Path) -> None:
    root = shop(tmp_path)
    run(root, "docx", str(write_export(tmp_path / "export", SAMPLES["docx"])))
    content = read_content(root / "content", today=TODAY)
    cancel = next(article for article in content.articles.values() if article.title == "Cancel an order")

    assert r"Choose \*cancel\* &lt;b> in your orders." in cancel.body
    assert len(content.assets) == 1
    assert f"![The cancel button]({content.assets[0].partition('orders/')[2]})" in cancel.body


def test_a_dry_run_writes_nothing_and_says_what_is_lost(tmp_path: Path) -> None:
    root = shop(tmp_path)
    source = write_export(tmp_path / "export", SAMPLES["zendesk"])
    (source / "attachments/box.png").unlink()

    text = run(root, "zendesk", str(source), "--dry-run")
    data = json.loads(run(root, "zendesk", str(source), "--dry-run", "--json"))

    assert list((root / "content").iterdir()) == []
    assert "3 articles" in text
    assert "picture /hc/article_attachments/1/box.png is not in the export" in text
    assert "faq/shopping/orders/cancel-an-order.md: <script>" in text
    assert (data["articles"], data["languages"], data["written"]) == (3, ["de"], False)


def test_nothing_is_overwritten_and_a_second_import_says_so(tmp_path: Path) -> None:
    root = shop(tmp_path)
    source = write_export(tmp_path / "export", SAMPLES["freshdesk"])
    run(root, "freshdesk", str(source))
    page = root / "content/faq/shopping/orders/refund-times.md"
    page.write_text("# Mine\n\nText\n")

    text = run(root, "freshdesk", str(source))

    assert page.read_text() == "# Mine\n\nText\n"
    assert "'Refund times': faq/shopping/orders/refund-times.md exists already" in text
    assert json.loads((root / "imported.json").read_text())["freshdesk"]["80001"].endswith("cancel-an-order.md")


def test_drafts_dates_and_labels_are_kept(tmp_path: Path) -> None:
    export = Export((SourceArticle("1", "A", "<p>x</p>", tags=("a, b", "c"), updated="2026-03-01", is_draft=True),))

    (text,) = plan_import(export, language="en").files.values()

    assert text.decode() == '---\ntitle: "A"\ntags: ["a, b", "c"]\nreviewed: 2026-03-01\ndraft: true\n---\n\nx\n'


@pytest.mark.parametrize(
    "article",
    [
        SourceArticle("../../etc", "../../../etc/passwd", "x", folder=("..", "/", "con")),
        SourceArticle("2", 'a"\n---\nrun: !!python', "x", summary="\x00\u202e", tags=("]", "&a")),
        SourceArticle("3", "index", "<p>x</p>" * 3, addresses=("//evil.example/", "/a/../b", "/x?y", "/ok")),
        SourceArticle("4", "日本語", "[x]: javascript:1\n<a href='javascript:alert(1)'>y</a>"),
    ],
)
def test_hostile_exports_give_plain_files_inside_the_content(tmp_path: Path, article: SourceArticle) -> None:
    plan = plan_import(Export((article,)), language="en")
    for path, data in plan.files.items():
        target = (tmp_path / "content" / path).resolve()
        assert target.is_relative_to(tmp_path / "content")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    content = read_content(tmp_path / "content", today=TODAY)

    assert len(content.articles) == 1
    assert [issue for issue in content.issues if issue.level == "error"] == []
    assert not any("evil" in old or ".." in old for old in content.redirects)


def test_articles_of_one_title_get_files_of_their_own() -> None:
    export = Export(tuple(SourceArticle(str(n), "Same", "x", addresses=("/same",)) for n in range(3)))

    plan = plan_import(export, language="en")

    assert len(set(plan.paths.values())) == 3
    assert plan.redirects == 1


@pytest.mark.parametrize("data", [b"", b"[1, 2", b"{}", b"[]", b'{"articles": [3, null, {"id": true}]}', b"\xff\xfe"])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)

    for kind in KINDS:
        with pytest.raises(KbError, match="no articles"):
            read_export(kind, tmp_path)


def test_a_discussion_is_marked_as_an_answer_of_the_community(tmp_path: Path) -> None:
    root = shop(tmp_path)
    run(root, "github-discussions", str(write_export(tmp_path / "export", SAMPLES["github-discussions"])))

    content = read_content(root / "content", today=TODAY)
    assert sorted(article.community for article in content.articles.values() if article.community) == [
        "https://github.example/shop/help/discussions/11",
        "https://github.example/shop/help/discussions/12",
    ]


def test_topics_of_a_forum_that_is_named_are_marked_and_others_are_told_of(tmp_path: Path) -> None:
    export = str(write_export(tmp_path / "export", SAMPLES["discourse"]))
    named, unnamed = shop(tmp_path), shop(tmp_path / "other")
    run(named, "discourse", export, "--forum", "https://forum.example/")
    told = run(unnamed, "discourse", export)

    content = read_content(named / "content", today=TODAY)
    assert sorted(article.community for article in content.articles.values() if article.community) == [
        "https://forum.example/t/cancel-an-order/11",
        "https://forum.example/t/refund-times/12",
    ]
    assert "--forum" in told
    assert [a for a in read_content(unnamed / "content", today=TODAY).articles.values() if a.community] == []


@pytest.mark.parametrize("address", ["http://forum.example", "forum.example", "https://a\nb", "javascript:alert(1)"])
def test_a_forum_is_at_an_https_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(KbError, match="is no address of a forum"):
        read_export("discourse", tmp_path, forum=address)
