"""Pages say where events go, and only when the settings do."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from tiny_site import HelpCenter

from kb_builder.issues import ConfigError


def build(help_center: HelpCenter, analytics: str) -> HelpCenter:
    help_center.settings(f"      analytics: {{{analytics}}}")
    return help_center.write("index.md", "# Help\n").write("faq/orders/track.md", "# Track it\n").build()


def settings_of(page: str) -> dict[str, object]:
    (content,) = re.findall(r'<meta name="kb-events" content="([^"]*)">', page)
    return json.loads(unescape(content))


def test_pages_name_the_endpoint_and_the_policy_admits_its_origin_alone(help_center):
    built = build(help_center, "endpoint: 'https://events.example/in', order_patterns: ['LF-###']")

    page = built.page("faq/orders/track/")
    assert "connect-src 'self' https://events.example; " in unescape(page)
    told = settings_of(page)
    assert (told["post"], told["get"]) == ("https://events.example/in", "")
    assert told["home"] == ""
    assert (told["page"], told["place"]) == ("faq/orders/track/", "article")
    assert "Nd" in str(told["orders"])
    assert settings_of(built.page(""))["page"] == ""
    assert settings_of(built.page("search/"))["page"] is None
    assert settings_of((built.root / "site" / "404.html").read_text("utf-8"))["page"] is None


def test_an_endpoint_of_the_site_itself_needs_no_other_origin(help_center):
    page = build(help_center, "endpoint: /events").page("faq/orders/track/")

    assert "connect-src 'self'; " in unescape(page)


def test_without_an_endpoint_there_can_be_a_file_to_ask_for(help_center):
    built = build(help_center, "beacon: beacon.txt")

    assert settings_of(built.page("faq/orders/track/"))["get"] == "beacon.txt"
    assert (built.root / "site" / "beacon.txt").stat().st_size <= 1


def test_a_share_of_visits_is_held_out_only_where_events_can_tell_them_apart(help_center):
    help_center.write("contact.yml", "form: {endpoint: 'https://shop.example/ask'}\n")

    held = build(help_center, "endpoint: /events, holdout_percent: 10").page("contact/")
    assert 'data-kb-holdout="0.1"' in held
    assert 'data-kb-holdout="0"' in build(help_center, "holdout_percent: 10").page("contact/")


def test_by_default_pages_say_nothing(help_center):
    page = build(help_center, "").page("faq/orders/track/")

    assert "kb-events" not in page


@pytest.mark.parametrize(
    "endpoint", ["javascript:alert(1)", "//evil.example/x", "https://a.example/x;script-src *", "events"]
)
def test_an_endpoint_that_is_no_address_is_refused(help_center, endpoint):
    with pytest.raises(ConfigError, match="endpoint"):
        build(help_center, f"endpoint: '{endpoint}'")
