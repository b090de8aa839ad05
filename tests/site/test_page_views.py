"""What each page shows."""

from __future__ import annotations

import datetime as dt

import pytest
from tiny_site import TODAY, HelpCenter

from kb_builder.site.pages import Pages, page_views
from kb_builder.site.views import SiteView


def views(center: HelpCenter, *, today: dt.date = TODAY) -> Pages:
    """Return the views of a help center's pages."""
    labels = {"find_label": "Find", "not_found_title": "Lost", "welcome": "Hello", "all_topics": "All topics"}
    site = SiteView("Test Help", "en", "ltr", (), (), (), "contact/", "search/", "assets/kb/", (), "", labels)
    return page_views(center.content(today=today), site=site, today=today)


def category(center: HelpCenter, number: int, *, folder: str = "faq") -> None:
    center.write(f"{folder}/c{number:02}/index.md", f"---\ntitle: Topic {number}\norder: {number}\n---\n")
    center.write(f"{folder}/c{number:02}/a.md", f"# Question {number}\n\nText")


def announcement(title: str, *, starts: str, ends: str = "", severity: str = "info") -> str:
    end = f"ends: {ends}\n" if ends else ""
    return f"---\nkind: announcement\ntitle: {title}\nstarts: {starts}\n{end}severity: {severity}\n---\n\nText"


def test_the_home_page_shows_nine_topics_and_leaves_documents_for_below(help_center: HelpCenter):
    for number in range(11):
        category(help_center, number)
    help_center.write(
        "policies/cookies.md", "---\nkind: policy\ntitle: Cookies\nversion: '1'\neffective: 2025-01-01\n---\n\nText"
    )

    home = views(help_center).views[""]

    assert [card.title for card in home.cards] == [f"Topic {number}" for number in range(9)]
    assert {link.title for link in home.more} == {"Topic 9", "Topic 10", "Policies"}


def test_pages_of_a_large_site_lead_to_thirty_topics_and_the_home_page_to_all(help_center: HelpCenter):
    for number in range(31):
        category(help_center, number)

    found = views(help_center).views

    shown = [(link.title, link.url) for link in found["faq/c30/a/"].site.top_level]
    assert len(shown) == 30
    assert shown[28:] == [("Topic 28", "faq/c28/"), ("All topics", "")]
    assert len(found[""].cards) + len(found[""].more) == 31


def test_a_card_counts_the_articles_of_subtopics_too(help_center: HelpCenter):
    help_center.write("guides/index.md", "---\ntitle: Guides\nicon: material/tent\n---\n")
    help_center.write("guides/a.md", "# A\n\nText").write("guides/tents/b.md", "# B\n\nText").write(
        "guides/tents/c.md", "# C\n\nText"
    )

    [card] = views(help_center).views[""].cards

    assert card.article_count == 3
    assert card.icon_svg.startswith("<svg")


def test_popular_questions_stand_in_their_rank(help_center: HelpCenter):
    for name, rank in (("a", 3), ("b", 1), ("c", 0), ("d", 2)):
        help_center.write(
            f"faq/orders/{name}.md",
            f"---\ntitle: {name.upper()}\npopular: {rank}\n---\n\nText" if rank else "# C\n\nText",
        )

    assert [link.title for link in views(help_center).views[""].articles] == ["B", "D", "A"]


def test_an_article_shows_its_own_category_and_marks_itself_and_its_topic(help_center: HelpCenter):
    category(help_center, 1)
    category(help_center, 2)
    help_center.write("faq/c01/b.md", "# Another\n\nText")

    view = views(help_center).views["faq/c01/b/"]

    assert {(link.title, link.current) for link in view.sidebar} == {("Question 1", False), ("Another", True)}
    assert [(link.title, link.current) for link in view.site.top_level] == [("Topic 1", True), ("Topic 2", False)]
    assert [link.url for link in view.breadcrumbs] == ["", "faq/c01/"]


def test_the_sidebar_of_a_very_large_category_stays_small(help_center: HelpCenter):
    for number in range(100):
        help_center.write(f"faq/orders/q{number:03}.md", f"# Question {number:03}\n\nText")

    found = views(help_center).views

    for number in (0, 50, 99):
        sidebar = found[f"faq/orders/q{number:03}/"].sidebar
        assert len(sidebar) == 40
        assert [link.title for link in sidebar if link.current] == [f"Question {number:03}"]


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2026-05-31", []), ("2026-06-01", ["Strike"]), ("2026-06-10", ["Fire", "Strike"]), ("2026-06-11", ["Fire"])],
)
def test_announcements_show_on_their_days_the_gravest_first(help_center: HelpCenter, day: str, shown: list[str]):
    help_center.write("announcements/strike.md", announcement("Strike", starts="2026-06-01", ends="2026-06-10"))
    help_center.write("announcements/fire.md", announcement("Fire", starts="2026-06-09", severity="critical"))

    site = views(help_center, today=dt.date.fromisoformat(day)).views[""].site

    assert [banner.title for banner in site.banners] == shown


def policy(version: str, effective: str) -> str:
    return f"---\nkind: policy\ntitle: Terms {version}\nversion: '{version}'\neffective: {effective}\n{{}}---\n\nText"


def test_every_version_of_a_policy_names_all_of_them_newest_first(help_center: HelpCenter):
    help_center.write("terms/shop/1.md", policy("1", "2025-01-01").format(""))
    help_center.write("terms/shop/2.md", policy("2", "2026-01-01").format("replaces: 1.md\n"))
    help_center.write("terms/shop/3.md", policy("3", "2027-01-01").format("replaces: 2.md\n"))

    found = views(help_center).views
    oldest = found["terms/shop/1/"]

    assert [(link.version, link.state, link.shown) for link in oldest.versions] == [
        ("3", "upcoming", False),
        ("2", "current", False),
        ("1", "superseded", True),
    ]
    assert {url: (view.policy_state, view.no_index) for url, view in found.items() if view.policy_state} == {
        "terms/shop/1/": ("superseded", True),
        "terms/shop/2/": ("current", False),
        "terms/shop/latest/": ("current", False),
        "terms/shop/3/": ("upcoming", True),
    }
