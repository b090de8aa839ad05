"""The page that tells readers what is counted says what the settings do."""

import pytest
from kb_command import kb

from kb_builder.analytics.events import Action
from kb_builder.analytics.privacy_page import _TOLD, privacy_page
from kb_builder.settings import AnalyticsSettings


def test_every_action_is_told():
    assert set(_TOLD) == set(Action)


def test_a_help_center_that_counts_nothing_says_so():
    page = privacy_page(AnalyticsSettings(), "Shop")

    assert "counts nothing" in page
    assert "cookie" not in page


@pytest.mark.parametrize(
    ("settings", "said", "not_said"),
    [
        ({"endpoint": "/events"}, "overwritten", "access log"),
        ({"beacon": "b.txt"}, "asks for the file b.txt", "overwritten"),
        ({"endpoint": "/events", "raw_days": 7}, "after 7 days", "after 30 days"),
        ({"endpoint": "/events", "aggregate_months": 25}, "after 25 months", "after 13 months"),
        ({"endpoint": "/events", "order_patterns": ["LF-#######"]}, "order numbers", "suggestions help"),
        ({"endpoint": "/events", "holdout_percent": 20}, "20 of 100 visits see no suggestions", "order numbers"),
    ],
)
def test_what_the_settings_do_is_said_and_nothing_else(settings, said, not_said):
    page = privacy_page(AnalyticsSettings(**settings), "Shop")

    assert said in page
    assert not_said not in page


def test_a_comparison_of_two_rankings_is_said_while_there_is_one():
    settings = AnalyticsSettings(endpoint="/events")

    assert "In 50 of 100 visits" in privacy_page(settings, "Shop", compared_percent=50)
    assert "two rankings" not in privacy_page(settings, "Shop")


def test_the_command_writes_a_page_that_builds_and_tells_when_it_no_longer_fits(tmp_path):
    settings = (
        'site_name: "Anna\'s \\"shop\\""\nsite_url: https://help.example/\n'
        "plugins: [{kb: {analytics: {endpoint: /events}}}]\n"
    )
    (tmp_path / "mkdocs.yml").write_text(settings, "utf-8")
    (tmp_path / "content" / "faq" / "shop").mkdir(parents=True)
    (tmp_path / "content" / "faq" / "shop" / "open.md").write_text("# When do you open?\nAt nine.\n", "utf-8")
    page = "content/faq/shop/what-we-count.md"

    assert kb("analytics", "privacy", page, cwd=tmp_path).returncode == 0
    assert kb("analytics", "privacy", page, "--check", cwd=tmp_path).returncode == 0
    assert kb("build", cwd=tmp_path).returncode == 0
    built = (tmp_path / "site" / "faq" / "shop" / "what-we-count" / "index.html").read_text("utf-8")
    assert "after 30 days" in built
    (tmp_path / "mkdocs.yml").write_text(
        settings.replace("endpoint: /events", "endpoint: /events, raw_days: 5"), "utf-8"
    )
    failed = kb("analytics", "privacy", page, "--check", cwd=tmp_path)
    assert failed.returncode == 1
    assert "does not say what the settings do" in failed.stderr and "kb analytics privacy" in failed.stderr
