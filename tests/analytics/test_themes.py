"""What comments are about, and whether they praise or complain."""

import pytest

from kb_builder.analytics.sentiment import LANGUAGES, sentiment
from kb_builder.analytics.themes import find_themes
from kb_builder.index.analyzer import analyze


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "Great article, thank you!", 1),
        ("en", "This is confusing and out of date", -1),
        ("en", "not very helpful", -1),
        ("en", "It wasn't clear", -1),
        ("en", "no problem at all", 1),
        ("en", "clear, but the link is broken", 0),
        ("en", "where is the size chart", None),
        ("de", "Danke, hat mir geholfen", 1),
        ("de", "Die Anleitung ist veraltet und verwirrend", -1),
        ("de", "leider nicht hilfreich", -1),
        ("fr", "Merci, très clair", 1),
        ("fr", "La page n'est pas utile", -1),
        ("es", "Gracias, muy útil", 1),
        ("es", "El enlace no funciona, está roto", -1),
        ("fi", "great", None),
        ("en", "", None),
    ],
)
def test_praise_and_complaint_are_told_by_words_and_what_turns_them(language, text, value):
    assert sentiment(analyze(text, language), language) == value


def test_no_word_is_praise_and_complaint():
    for language in LANGUAGES:
        assert sentiment(["x"], language) is None
    from kb_builder.analytics import sentiment as module

    for language in LANGUAGES:
        praise, complaint, negations = module._lists(language)
        assert not praise & complaint
        assert all(analyze(word, language) == [word] for word in negations)
        for words in (module._PRAISE, module._COMPLAINT):
            assert all(analyze(word, language) == [word] for word in words[language].split())


def comment(visit, message, *, day="2026-03-01", locale="en", no=True):
    return {"visit_id": visit, "day": day, "locale": locale, "message": message, "numerator": int(no), "page": "a/"}


def written(message, visits, *, start=0, days=2, **fields):
    return [comment(start + n, message, day=f"2026-03-0{1 + n % days}", **fields) for n in range(visits)]


def test_words_that_the_same_visits_wrote_are_one_theme_with_its_votes_and_sentiment():
    rows = written("the size chart is missing", 10) + written("great page about parcels", 5, start=20, no=False)

    themes = find_themes(rows)

    chart, parcels = themes.found
    assert chart.words == ("chart", "size", "size chart")
    assert (chart.visits, chart.no_votes, chart.complaint, chart.praise) == (10, 10, 10, 0)
    assert chart.sentiment == "mostly complaint"
    assert parcels.sentiment == "mostly praise"
    assert (themes.comments, themes.judged) == (15, 15)


def test_a_word_of_few_visits_or_of_one_day_is_not_shown():
    rows = written("zanzibar", 4) + written("krakatoa", 9, start=10, days=1) + [comment(99, "zanzibar " * 20)] * 3

    assert find_themes(rows[:13]).found == ()
    assert [theme.words for theme in find_themes(rows).found] == [("zanzibar",)]  # a fifth visit


def test_counts_of_themes_are_rounded_down_to_fives():
    theme = find_themes(written("zanzibar", 9)).found[0]

    assert (theme.visits, theme.no_votes, theme.judged, theme.sentiment) == (5, 5, 0, "not judged")


def test_a_form_that_few_wrote_does_not_name_its_word():
    rows = [row for n in range(3) for row in written(f"parcel{'s' * n}", 2, start=10 * n)]

    assert find_themes(rows).found == ()


def test_another_language_gives_themes_without_sentiment():
    theme = find_themes(written("toimitus hyvä", 10, locale="fi")).found[0]

    assert theme.sentiment == "not judged"


def test_the_order_of_comments_changes_nothing():
    rows = written("size chart", 7) + written("broken link", 6, start=30) + written("link to chart", 8, start=50)

    assert find_themes(rows) == find_themes(rows[::-1])


def test_no_comment_gives_no_theme():
    assert find_themes([]).found == ()
