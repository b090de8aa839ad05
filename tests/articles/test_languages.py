import pytest

from kb_builder.articles.checks import check_content
from kb_builder.articles.languages import is_right_to_left, own_name, primary_language, split_language
from kb_builder.articles.model import Kind

from .conftest import TODAY


@pytest.mark.parametrize(("tag", "language"), [("en", "en"), ("en-GB", "en"), ("zh-Hant-TW", "zh"), ("DE-at", "de")])
def test_script_and_region_are_no_part_of_the_language(tag, language):
    assert primary_language(tag) == language


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("ar", True), ("he-IL", True), ("de", False), ("az-Arab", True), ("ku-Latn", False), ("uz-Latn-UZ", False)],
)
def test_a_script_in_the_tag_decides_the_direction(tag, expected):
    assert is_right_to_left(tag) is expected


def test_a_language_is_named_by_its_speakers():
    assert (own_name("de-AT"), own_name("ja"), own_name("tlh")) == ("Deutsch", "日本語", "tlh")


def test_only_the_folder_of_a_known_language_is_one():
    assert split_language("de/faq/a.md", ["de"]) == ("de", "faq/a.md")
    assert split_language("it/faq/a.md", ["de"]) == ("", "it/faq/a.md")


def test_an_article_in_the_folder_of_a_language_is_of_the_kind_its_inner_folder_says(folder):
    folder.write("de/faq/orders/a.md", "---\ntitle: Frage\n---\nAntwort.").write(
        "faq/orders/a.md", "# Question\nAnswer."
    )

    content = folder.read(languages=("de",))

    german = content.articles["de/faq/orders/a.md"]
    assert (german.language, german.kind, german.url) == ("de", Kind.FAQ, "de/faq/orders/a/")
    assert content.articles["faq/orders/a.md"].language == ""


def test_a_category_is_looked_for_in_the_articles_own_language(folder):
    folder.write("faq/orders/a.md", "# Question\nAnswer.").write("de/faq/orders/a.md", "# Frage\nAntwort.")
    folder.write("de/faq/b.md", "---\ntitle: Andere\ncategory: orders\n---\nText.")

    content = folder.read(languages=("de",))

    assert content.articles["de/faq/b.md"].category == "de/faq/orders"


def test_a_page_cannot_take_the_address_of_a_languages_home_or_search(folder):
    folder.write("de.md", "# Deutsch\nText.").write("de/search.md", "# Suche\nText.").write("de/index.md", "# Hilfe")

    issues = folder.read(languages=("de",)).issues

    assert [(found.code, found.path) for found in issues] == [
        ("KB211", "content/de.md"),
        ("KB211", "content/de/search.md"),
    ]


def test_the_same_title_in_two_languages_is_no_double(folder):
    folder.write("faq/a.md", "# Klarna\nAnswer.").write("de/faq/a.md", "# Klarna\nAntwort.")

    content = check_content(folder.read(languages=("de",)), today=TODAY)

    assert content.issues == ()
