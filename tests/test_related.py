"""Related articles: the writer's choice, then those that mean nearly the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kb_builder.articles.editions import for_audience
from kb_builder.articles.model import Content
from kb_builder.cache import Cache, open_cache
from kb_builder.config import load_config
from kb_builder.pipeline import build, read_and_check
from kb_builder.related import with_related
from tests.site.tiny_site import HelpCenter

TODAY = dt.date(2026, 6, 1)


@pytest.fixture
def help_center(tmp_path: Path) -> HelpCenter:
    """Return an empty help center with default settings."""
    return HelpCenter(tmp_path).settings()


def content_of(center: HelpCenter) -> Content:
    config = load_config(center.root / "mkdocs.yml")
    return for_audience(read_and_check(config, today=TODAY), config.audience)


def related(center: HelpCenter, *, known: Cache | None = None) -> dict[str, tuple[str, ...]]:
    content = with_related(content_of(center), language="en", known=known or Cache(None))
    return {path: article.related for path, article in content.articles.items()}


def write_refunds(center: HelpCenter) -> None:
    center.write("faq/returns/money.md", "# When will I have my money back\n\nText")
    center.write("faq/returns/refund.md", "# Refunds\n\nText")
    center.write("faq/returns/tent.md", "# Wash a tent\n\nText")
    center.write("faq/returns/boots.md", "# Clean boots\n\nText")


def test_the_writers_choice_comes_first_then_the_most_alike(help_center: HelpCenter):
    help_center.write(
        "faq/orders/a.md", "---\ntitle: Cancel an order\ntags: [cancel]\nrelated: [../care/wash.md]\n---\n\nText"
    )
    help_center.write("faq/orders/b.md", "---\ntitle: Stop it\ntags: [cancel]\n---\n\nText")
    help_center.write("faq/orders/c.md", "# Where is my order\n\nText")
    help_center.write("faq/orders/d.md", "# Gift wrapping\n\nText")
    help_center.write("faq/care/wash.md", "# Wash a jacket\n\nText")

    found = related(help_center)

    assert found["faq/orders/a.md"][0] == "faq/care/wash.md"
    assert set(found["faq/orders/a.md"][1:]) == {"faq/orders/b.md", "faq/orders/c.md"}
    assert found["faq/orders/d.md"] == ()


def test_articles_of_the_same_meaning_are_related_without_a_word_in_common(help_center: HelpCenter):
    write_refunds(help_center)

    found = related(help_center)

    assert found["faq/returns/refund.md"][0] == "faq/returns/money.md"
    assert found["faq/returns/tent.md"][0] == "faq/returns/boots.md"


def test_a_word_that_everyone_uses_relates_no_one(help_center: HelpCenter):
    for number in range(150):
        help_center.write(f"faq/orders/q{number:03}.md", f"# Order x{number:03}\n\nText")

    assert set(related(help_center).values()) == {()}


def test_a_superseded_policy_is_not_offered_as_related(help_center: HelpCenter):
    dated = "---\nkind: policy\ntitle: Terms\nversion: '{}'\neffective: {}\ntags: [terms]\n{}---\n\nText"
    help_center.write("terms/shop/1.md", dated.format(1, "2025-01-01", ""))
    help_center.write("terms/shop/2.md", dated.format(2, "2026-01-01", "replaces: 1.md\n"))
    help_center.write("terms/club.md", dated.format(1, "2025-01-01", ""))

    assert related(help_center)["terms/club.md"] == ("terms/shop/2.md",)


def test_a_translation_has_what_its_original_has(help_center: HelpCenter):
    help_center.settings("      content: {languages: [de]}")
    write_refunds(help_center)
    help_center.write("de/faq/returns/refund.md", "# Erstattungen\n\nText")
    config = load_config(help_center.root / "mkdocs.yml")

    build(config, today=TODAY)

    page = (config.site_dir / "de/faq/returns/refund/index.html").read_text("utf-8")
    assert 'href="../money/"' in page


def test_what_was_compared_is_compared_again_only_in_a_category_that_changed(
    help_center: HelpCenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_refunds(help_center)
    help_center.write("faq/care/a.md", "# Wash a jacket\n\nText")
    help_center.write("faq/care/b.md", "# Wash a coat\n\nText")
    folder = tmp_path / "kept"
    with open_cache(folder, writes=True) as cache:
        related(help_center, known=cache)
    help_center.write("faq/care/b.md", "# Pay by invoice\n\nText")

    with open_cache(folder, writes=True) as cache:
        put: list[str] = []
        monkeypatch.setattr(cache, "put", lambda name, key, value: put.append(name))
        found = related(help_center, known=cache)

    assert put == ["alike faq/care"]
    assert found == related(help_center)


def test_what_the_log_says_is_read_next_comes_before_what_is_alike(help_center: HelpCenter):
    write_refunds(help_center)
    lists = help_center.root / "search"
    lists.mkdir()
    (lists / "feedback.yml").write_text("- {article: faq/returns/refund.md, next: [faq/returns/boots.md]}\n")

    assert related(help_center)["faq/returns/refund.md"] == ("faq/returns/boots.md", "faq/returns/money.md")


def test_an_article_to_read_next_must_exist(help_center: HelpCenter):
    write_refunds(help_center)
    lists = help_center.root / "search"
    lists.mkdir()
    (lists / "feedback.yml").write_text("\n- {article: faq/returns/refund.md, next: [faq/returns/boot.md]}\n")

    (found,) = [issue for issue in content_of(help_center).issues if issue.code == "KB701"]

    assert (found.line, "'faq/returns/boot.md' does not exist" in found.message) == (2, True)
    assert "faq/returns/boots.md" in found.hint


def test_what_an_audience_may_not_read_takes_no_place(help_center: HelpCenter):
    write_refunds(help_center)
    secret = "---\ntitle: Secret {}\naudience: agent\n---\n\nText"
    for number in range(4):
        help_center.write(f"faq/care/{number}.md", secret.format(number))
    names = ", ".join(f"../care/{number}.md" for number in range(4))
    help_center.write("faq/returns/tent.md", f"---\ntitle: Wash a tent\nrelated: [{names}]\n---\n\nText")

    assert related(help_center)["faq/returns/tent.md"] == ("faq/returns/boots.md",)


def test_without_word_vectors_shared_words_relate(help_center: HelpCenter):
    help_center.settings("      content: {languages: [de]}")
    help_center.write("index.md", "# Hello\n")
    for name, title in (("a", "Rücksendung anmelden"), ("b", "Kosten einer Rücksendung"), ("c", "Zelt waschen")):
        help_center.write(f"de/faq/{name}.md", f"# {title}\n\nText")

    found = related(help_center)

    assert found["de/faq/a.md"] == ("de/faq/b.md",)
