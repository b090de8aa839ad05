from __future__ import annotations

import datetime as dt

import pytest

from kb_builder.articles.model import Kind
from kb_builder.articles.new import file_slug, new_article
from kb_builder.issues import KbError

from .conftest import ContentFolder

DAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "title", ["Where is my parcel?", "no", "A: b # c", "'quoted' \"twice\"", "- dash", "日本", "{x}", "1.10", "yes\tno"]
)
def test_a_new_article_reads_back_without_an_issue(folder: ContentFolder, kind: Kind, title: str) -> None:
    path, text = new_article(kind, title, folder.path, today=DAY, owner="web: team")

    content = folder.write(path, text).read()

    assert content.issues == ()
    article = content.drafts[path]
    assert (article.title, article.kind, article.owner) == (" ".join(title.split()), kind, "web: team")
    assert (article.reviewed, article.review_by) == (DAY, dt.date(2026, 11, 28))


def test_the_folder_is_that_of_the_kind_and_the_category(folder: ContentFolder) -> None:
    folder.write("faq/orders/a.md", "# A\n\nText")

    assert new_article(Kind.FAQ, "Wo ist's?", folder.path, category="orders", today=DAY)[0] == "faq/orders/wo-ists.md"
    assert new_article(Kind.FAQ, "Wo?", folder.path, category="faq/orders/", today=DAY)[0] == "faq/orders/wo.md"
    assert new_article(Kind.FAQ, "Wo?", folder.path, category="care", today=DAY)[0] == "faq/care/wo.md"
    assert new_article(Kind.GUIDE, "Größe & Länge", folder.path, today=DAY)[0] == "guides/grosse-lange.md"


def test_a_category_that_is_likely_misspelt_is_refused(folder: ContentFolder) -> None:
    folder.write("faq/orders/a.md", "# A\n\nText")

    with pytest.raises(KbError, match="faq/order'") as caught:
        new_article(Kind.FAQ, "A", folder.path, category="order", today=DAY)

    assert "faq/orders" in caught.value.hint


def test_a_file_that_exists_is_never_replaced(folder: ContentFolder) -> None:
    folder.write("faq/a.md", "# A\n\nText")

    with pytest.raises(KbError, match="exists already"):
        new_article(Kind.FAQ, "A", folder.path, today=DAY)


@pytest.mark.parametrize("title", ["", "???", "con", "🙂"])
def test_a_title_without_a_name_in_it_is_refused(folder: ContentFolder, title: str) -> None:
    with pytest.raises(KbError, match="file name"):
        new_article(Kind.FAQ, title, folder.path, today=DAY)


@pytest.mark.parametrize("category", ["../x", "a/../b", ".git", "a#b", "a//b", "_x"])
def test_a_category_cannot_lead_out_of_the_content(folder: ContentFolder, category: str) -> None:
    with pytest.raises(KbError, match="cannot be a folder"):
        new_article(Kind.FAQ, "A", folder.path, category=category, today=DAY)


def test_long_titles_are_cut_at_a_word() -> None:
    slug = file_slug("word " * 40)

    assert len(slug) <= 80
    assert slug.endswith("word")
