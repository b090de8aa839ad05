"""The Markdown beside each page: what readers see, with links that lead somewhere, and nothing that they do not see."""

from __future__ import annotations

import pytest
import yaml
from tiny_site import SETTINGS, HelpCenter

from kb_builder.site.markdown_text import markdown_text

MOVED = {"a.md": "https://help.example/a/", "b (1).png": "https://help.example/b%20(1).png", "gone.md": None}


def moved(markdown: str) -> str:
    return markdown_text(markdown, lambda address: MOVED.get(address, address))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[A](a.md)", "[A](https://help.example/a/)"),
        ('[A](a.md "Why?") and `[A](a.md)`', '[A](https://help.example/a/ "Why?") and `[A](a.md)`'),
        ("[![B](<b (1).png>)](a.md)", "[![B](<https://help.example/b%20(1).png>)](https://help.example/a/)"),
        ("[**kept** words](gone.md) stay", "**kept** words stay"),
        ("[A][1]\n\n[1]: a.md", "[A][1]\n\n[1]: https://help.example/a/"),
        ("[A][1]\n\n[1]: gone.md", "[A][1]"),
        ("[mail](mailto:a@help.example)", "[mail](mailto:a@help.example)"),
        ("<a href='a.md' onclick=\"x()\">A</a>", '<a href="https://help.example/a/">A</a>'),
        ("```\n[A](a.md) <!-- shown -->\n```", "```\n[A](a.md) <!-- shown -->\n```"),
    ],
)
def test_links_lead_where_those_of_the_page_do(written: str, expected: str) -> None:
    assert moved(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Text <!-- ask legal first --> goes on", "Text  goes on"),
        ("<script>steal()</script>Text", "Text"),
        ("<SCRIPT >steal()</script >Text", "Text"),
        ("İİİİ<script>steal()</script>Text", "İİİİText"),
        ("<iframe srcdoc='<b>x</b>'>inside</iframe>Text", "Text"),
        ("<b onclick=x>bold</b>", "<b>bold</b>"),
        ("<form action=//evil.example><button>Go</button></form>", "Go"),
        ('<img src="javascript:x()" onerror=y() alt="A boot">', '<img alt="A boot">'),
        ("<template>unseen <b>text</b></template>Seen", "Seen"),
        ("the <cluster ID> of yours, 1 < 2 > 0", "the <cluster ID> of yours, 1 < 2 > 0"),
        ("an open <!-- comment", "an open <!-- comment"),
    ],
)
def test_what_the_page_leaves_out_is_left_out_here(written: str, expected: str) -> None:
    assert moved(written) == expected


@pytest.mark.parametrize(
    "part", ["[", "](", "![", "<a ", "<iframe>", "<!--", "`", "[a](a.md", "<b href=", '<b "', '<b""<b', "\n[a]: <"]
)
def test_every_text_takes_linear_time(part: str) -> None:
    """H06: were it quadratic, this would not end."""
    moved(part * 200_000)


def test_each_page_has_its_markdown_beside_it(help_center: HelpCenter) -> None:
    help_center.write("index.md", "---\ntitle: Help\nsummary: Ask us.\n---\nFind it below.\n")
    help_center.write("faq/orders/index.md", "---\ntitle: Orders\nsummary: Before it leaves.\n---\n")
    help_center.write(
        "faq/orders/cancel.md",
        '---\ntitle: "Cancel: \\"free\\" [yes]"\nsummary: Free at first.\nreviewed: 2026-05-04\n---\n'
        "Yes, see [paying](pay.md) and [this](secret.md).\n",
    )
    help_center.write("faq/orders/pay.md", "---\ntitle: Pay\n---\nBy card.\n").build()

    files = {name: data.decode() for name, data in help_center.files().items() if name.endswith(".md")}
    article = files["faq/orders/cancel/index.md"]

    assert files.keys() == {
        f"{url}index.md" for url in ("", "faq/orders/", "faq/orders/cancel/", "faq/orders/pay/", "contact/")
    }
    assert yaml.safe_load(article.split("---")[1]) | {"date": "2026-05-04"} == {
        "title": 'Cancel: "free" [yes]',
        "date": "2026-05-04",
        "url": "https://help.example/faq/orders/cancel/",
    }
    assert article.endswith("Yes, see [paying](https://help.example/faq/orders/pay/) and this.\n")
    assert (
        '- [Cancel: "free" \\[yes\\]](https://help.example/faq/orders/cancel/): Free at first.'
        in files["faq/orders/index.md"]
    )
    assert "- [Orders](https://help.example/faq/orders/): Before it leaves." in files["index.md"]
    for url in ("", "faq/orders/", "faq/orders/cancel/"):
        assert '<link rel="alternate" type="text/markdown" href="index.md">' in help_center.page(url)
    assert "text/markdown" not in help_center.page("search/")


def test_without_an_address_links_are_relative(help_center: HelpCenter) -> None:
    help_center.settings(text=SETTINGS.replace("site_url: https://help.example/\n", ""))
    help_center.write("faq/a.md", "---\ntitle: A\n---\n[B](b.md)\n").write(
        "faq/b.md", "---\ntitle: B\n---\nB.\n"
    ).build()

    files = help_center.files()

    assert b"[B](../b/)" in files["faq/a/index.md"]
    assert b"- [A](a/)" in files["faq/index.md"]


def test_a_policy_says_in_markdown_whether_it_applies(help_center: HelpCenter) -> None:
    for version, effective, more in (("1.0", "2024-01-01", ""), ("2.0", "2026-01-01", "replaces: 1.0.md\n")):
        help_center.write(
            f"policies/returns/{version}.md",
            f"---\ntitle: Returns\nversion: '{version}'\neffective: {effective}\n{more}"
            "changes:\n  - {added: Shops., affects: everyone}\n---\nKeep the box.\n",
        )
    files = {
        name: data.decode() for name, data in help_center.build().files().items() if name.endswith((".md", ".txt"))
    }

    old, new = files["policies/returns/1.0/index.md"], files["policies/returns/2.0/index.md"]
    assert (
        "> Version 1.0. In force from 2024-01-01. This version is no longer in force. [Read the current version 2.0]("
        in old
    )
    assert "This version is in force." in new
    assert "- **Added:** Shops. (Affects everyone)" in new
    assert "date: 2026-01-01" in new
    assert "policies/returns/2.0/" in files["llms.txt"]
    assert "policies/returns/1.0/" not in files["llms.txt"] + files["llms-full.txt"]
