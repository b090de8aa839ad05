"""The pages and feeds that belong to a policy as a whole."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

from tiny_site import HelpCenter

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def write_versions(center: HelpCenter, count: int, *, folder: str = "policies/privacy") -> HelpCenter:
    center.write("index.md", "# Help\n").write("policies/index.md", "# Policies\n")
    for number in range(1, count + 1):
        replaces = f"replaces: {number - 1}.0.md\n" if number > 1 else ""
        center.write(
            f"{folder}/{number}.0.md",
            f"---\ntitle: Privacy\nversion: {number}.0\neffective: {2019 + number}-01-01\n{replaces}"
            f"changes:\n  - added: rule <{number}>\n    affects: everyone\n---\nWe keep data for {number} years.\n",
        )
    return center


def test_the_latest_page_shows_the_version_in_force_and_is_the_canonical_one(help_center: HelpCenter) -> None:
    center = write_versions(help_center, 3).build(today=dt.date(2021, 6, 1))

    latest = center.page("policies/privacy/latest/")

    assert "We keep data for 2 years." in latest
    assert 'rel="canonical" href="https://help.example/policies/privacy/latest/"' in latest
    assert 'rel="canonical" href="https://help.example/policies/privacy/latest/"' in center.page(
        "policies/privacy/2.0/"
    )
    assert 'content="noindex"' in center.page("policies/privacy/1.0/")
    sitemap = center.files()["sitemap.xml"].decode()
    assert "policies/privacy/latest/" in sitemap
    assert "policies/privacy/2.0/" not in sitemap


def test_links_in_the_latest_page_lead_where_those_of_the_version_lead(help_center: HelpCenter) -> None:
    write_versions(help_center, 2)
    text = (help_center.root / "content/policies/privacy/2.0.md").read_text() + "\nSee [the first](1.0.md).\n"
    center = help_center.write("policies/privacy/2.0.md", text).build()

    assert 'href="../1.0/"' in center.page("policies/privacy/latest/")
    assert center.issues == ()


def test_any_two_versions_can_be_compared(help_center: HelpCenter) -> None:
    center = write_versions(help_center, 3).build()

    page = center.page("policies/privacy/3.0/since-1.0/")

    assert "We keep data for <del>1</del><ins>3</ins> years." in page
    assert 'href="since-1.0/"' in center.page("policies/privacy/3.0/")
    assert 'href="../3.0/since-1.0/"' in center.page("policies/privacy/1.0/")
    assert {name for name in center.files() if "since" in name} == {
        f"policies/privacy/{new}.0/since-{old}.0/index.html" for old, new in ((1, 2), (1, 3), (2, 3))
    }


def test_a_comparison_shows_a_new_title_and_the_numbers_of_items(help_center: HelpCenter) -> None:
    write_versions(help_center, 2)
    front = "---\ntitle: Privacy and cookies\nversion: 2.0\neffective: 2021-01-01\nreplaces: 1.0.md\n---\n"

    help_center.write("policies/privacy/2.0.md", f"{front}1. We keep little.\n2. We sell nothing.\n")
    page = help_center.build().page("policies/privacy/2.0/since-1.0/")

    assert "<h2>Privacy<ins> and cookies</ins></h2>" in page
    assert '<span class="kb-redline__number">2.</span> <ins>We sell nothing.</ins>' in page


def test_a_long_history_is_compared_with_neighbours_and_the_version_in_force(help_center: HelpCenter) -> None:
    center = write_versions(help_center, 14).build(today=dt.date(2030, 6, 1))

    compared = [name for name in center.files() if "since" in name]

    assert len(compared) == 13 + 13 - 2
    assert "policies/privacy/11.0/since-1.0/index.html" in compared


def test_a_comparison_prints_text_as_text(help_center: HelpCenter) -> None:
    write_versions(help_center, 2)
    front = "---\ntitle: Privacy\nversion: 2.0\neffective: 2021-01-01\nreplaces: 1.0.md\n---\n"
    hostile = f"{front}`<img src=x onerror=alert(1)>` {{{{ 7 * 7 }}}}\n"

    page = help_center.write("policies/privacy/2.0.md", hostile).build().page("policies/privacy/2.0/since-1.0/")

    assert "<img src=x" not in page
    assert "{{ 7 * 7 }}" in page


def test_the_feed_of_a_policy_has_an_entry_for_each_version(help_center: HelpCenter) -> None:
    center = write_versions(help_center, 2).build()

    feed = ET.fromstring(center.files()["policies/privacy/feed.xml"])

    assert [entry.text for entry in feed.findall("a:entry/a:title", ATOM)] == [
        "Privacy (Version 2.0)",
        "Privacy (Version 1.0)",
    ]
    assert [entry.text for entry in feed.findall("a:entry/a:updated", ATOM)] == [
        "2021-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
    ]
    assert feed.findtext("a:entry/a:summary", namespaces=ATOM) == "Added: rule <2> (Affects everyone)"
    assert 'href="../feed.xml"' in center.page("policies/privacy/2.0/")


def test_a_policy_of_one_version_has_a_feed_and_no_second_address(help_center: HelpCenter) -> None:
    help_center.write("index.md", "# Help\n")
    center = help_center.write(
        "policies/cookies.md", "---\ntitle: Cookies\nversion: 1\neffective: 2020-01-01\n---\nWe use two.\n"
    ).build()

    assert "policies/cookies/feed.xml" in center.files()
    assert not [name for name in center.files() if "latest" in name or "since" in name]
