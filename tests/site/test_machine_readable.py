"""What programs are given: structured data, llms.txt, the description of the search."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from tiny_site import HelpCenter

HOSTILE = "</script><script>alert(1)</script>"


def graph(page: str) -> list[dict]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(found[0])["@graph"] if found else []


@pytest.fixture
def center(help_center: HelpCenter) -> HelpCenter:
    help_center.write("index.md", "# Help\n")
    help_center.write("faq/orders/index.md", "---\ntitle: Orders\n---\n")
    help_center.write(
        "faq/orders/cancel.md",
        f"---\ntitle: Can I cancel? [{HOSTILE}]\nsummary: Yes.\n---\n"
        "Yes, **for free** until it is packed.\n\n## Later\n\nNo.\n",
    )
    help_center.write("guides/tent.md", "---\ntitle: Pitch a tent\nreviewed: 2026-05-04\n---\nFirst the poles.\n")
    return help_center.write(
        "contact.yml",
        "channels:\n  - {id: phone, kind: phone, title: Phone, href: 'tel:+441234', action: Call, languages: [en]}\n",
    ).build()


def test_a_question_and_its_short_answer_are_structured_data(center: HelpCenter) -> None:
    breadcrumbs, faq = graph(center.page("faq/orders/cancel/"))

    assert faq["@type"] == "FAQPage"
    assert faq["mainEntity"][0]["acceptedAnswer"]["text"] == "Yes, for free until it is packed."
    assert [entry["item"] for entry in breadcrumbs["itemListElement"]] == [
        "https://help.example/",
        "https://help.example/faq/orders/",
        "https://help.example/faq/orders/cancel/",
    ]


def test_hostile_titles_stay_inside_the_structured_data(center: HelpCenter) -> None:
    page = center.page("faq/orders/cancel/")

    assert "<script>alert" not in page
    assert graph(page)[1]["mainEntity"][0]["name"] == f"Can I cancel? [{HOSTILE}]"


def test_other_pages_say_what_they_are(center: HelpCenter) -> None:
    guide = graph(center.page("guides/tent/"))[1]
    contact = graph(center.page("contact/"))[1]

    assert (guide["@type"], guide["dateModified"]) == ("Article", "2026-05-04")
    assert contact["contactPoint"][0]["telephone"] == "+441234"
    assert graph(center.page("search/")) == []


def test_llms_txt_lists_every_article_and_the_full_one_holds_their_texts(center: HelpCenter) -> None:
    files = {name: data.decode() for name, data in center.files().items() if name.startswith("llms")}

    assert "](https://help.example/faq/orders/cancel/index.md): Yes." in files["llms.txt"]
    assert "## Orders" in files["llms.txt"]
    assert "Yes, **for free** until it is packed." in files["llms-full.txt"]
    assert "First the poles." in files["llms-full.txt"]


def test_browsers_can_search_the_site_from_the_address_bar(center: HelpCenter) -> None:
    description = ET.fromstring(center.files()["opensearch.xml"])

    url = description.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url is not None
    assert url.get("template") == "https://help.example/search/?q={searchTerms}"
    assert 'href="../../../opensearch.xml"' in center.page("faq/orders/cancel/")


def test_without_an_address_there_is_nothing_that_needs_one(help_center: HelpCenter) -> None:
    (help_center.root / "mkdocs.yml").write_text(
        "site_name: Test Help\ntheme: {name: help_center}\nplugins: [{kb: {}}]\n"
    )
    help_center.write("index.md", "# Help\n").write("faq/a.md", "---\ntitle: A\n---\nText.\n").build()

    assert "opensearch.xml" not in help_center.files()
    assert graph(help_center.page("faq/a/")) == []
    assert b"[A](faq/a/index.md)" in help_center.files()["llms.txt"]
