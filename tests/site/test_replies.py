"""Canned replies: the same answers as plain text, for agents only, and nothing internal in them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tiny_site import TODAY, HelpCenter

from kb_builder.articles.editions import for_audience
from kb_builder.articles.model import Audience
from kb_builder.config import load_config
from kb_builder.site.render import render_site
from kb_builder.site.replies import plain_paragraphs

CANCEL = """\
# How do I cancel?

You can, until it is **packed**. See [our rules](rules.md) or [the bank](https://bank.example/help).

## Steps

1. Open the order.
2. Choose *Cancel*:
    - all of it, or
    - one item.
3. Done.

| Paid by | Back in |
| --- | --- |
| Card | 5 days |

> [!NOTE]
> Ask us & we help <script>alert(1)</script>.
"""


@pytest.fixture
def agents(help_center: HelpCenter) -> HelpCenter:
    return (
        help_center.write("faq/orders/cancel.md", CANCEL)
        .write("faq/orders/rules.md", "---\ntitle: Secret rules\naudience: agent\n---\nZebrafish limit.\n")
        .write("faq/orders/bulk.md", "---\ntitle: Bulk orders?\naudience: [b2b, agent]\n---\nYes.\n")
        .write(
            "policies/r/1.md",
            "---\ntitle: Returns\nsummary: Sixty days.\nversion: 1\neffective: 2025-01-01\n---\nOld.\n",
        )
        .write(
            "policies/r/2.md",
            "---\ntitle: Returns\nsummary: Ninety days.\nversion: 2\neffective: 2026-01-01\n"
            "replaces: 1.md\n---\nLong.\n",
        )
    )


def build(center: HelpCenter, audience: Audience | None) -> HelpCenter:
    config = load_config(center.root / "mkdocs.yml")
    config = replace(config, audience=audience)
    render_site(config, for_audience(center.content(), audience), site_dir=center.root / "site", today=TODAY)
    return center


def test_an_answer_is_plain_text_with_its_steps_and_address(agents: HelpCenter) -> None:
    data = json.loads(build(agents, Audience.AGENT).files()["agent/replies.json"])

    replies = {reply["id"]: reply for reply in data["replies"]}
    cancel = replies["faq/orders/cancel/"]
    assert cancel["text"] == (
        "You can, until it is packed. See our rules or the bank (https://bank.example/help).\n\n"
        "Steps\n\n"
        "1. Open the order.\n"
        "2. Choose Cancel:\n"
        "  - all of it, or\n"
        "  - one item.\n"
        "3. Done.\n\n"
        "Paid by | Back in\n\nCard | 5 days\n\n"
        "Note\n\nAsk us & we help .\n\n"
        "https://help.example/faq/orders/cancel/"
    )
    assert cancel["short"].startswith("You can, until it is packed.")
    assert replies["faq/orders/bulk/"]["audience"] == ["b2b"]


def test_nothing_internal_and_nothing_replaced_makes_a_reply(agents: HelpCenter) -> None:
    files = build(agents, Audience.AGENT).files()

    replies = json.loads(files["agent/replies.json"])["replies"]
    assert sorted(reply["id"] for reply in replies) == ["faq/orders/bulk/", "faq/orders/cancel/", "policies/r/2/"]
    assert b"Zebrafish" not in files["agent/replies.json"]
    assert [reply["text"] for reply in replies if reply["kind"] == "policy"] == [
        "Ninety days.\n\nhttps://help.example/policies/r/2/"
    ]
    assert 'class="kb-reply"' not in agents.page("faq/orders/rules")
    assert "business customers" in agents.page("faq/orders/bulk").partition('class="kb-reply"')[2][:200]


@pytest.mark.parametrize("audience", [None, Audience.B2C, Audience.B2B])
def test_customers_get_no_replies(agents: HelpCenter, audience: Audience | None) -> None:
    files = build(agents, audience).files()

    assert not [path for path in files if path.startswith("agent/")]
    assert 'class="kb-reply"' not in agents.page("faq/orders/cancel")


def test_a_long_answer_ends_with_a_whole_paragraph_and_leads_to_the_page(agents: HelpCenter) -> None:
    agents.write("faq/orders/long.md", "# Long?\n\n" + "\n\n".join(f"{n} {'word ' * 100}" for n in range(30)))

    (long,) = [
        reply
        for reply in json.loads(build(agents, Audience.AGENT).files()["agent/replies.json"])["replies"]
        if reply["id"] == "faq/orders/long/"
    ]
    assert len(long["text"]) < 3100
    assert long["text"].endswith("word\n\nhttps://help.example/faq/orders/long/")


@pytest.mark.parametrize(
    ("html", "paragraphs"),
    [
        ("", []),
        ("<ol start='x'><li>a</ol>", ["1. a"]),
        ("<li>a</li>", ["a"]),
        ("<p>a<br>b</p>c", ["a\nb", "c"]),
        ("</ul></a><p>x", ["x"]),
        ('<h2>T<a class="headerlink" href="#t">¶</a></h2>', ["T"]),
        (
            "<p>https://a.example <a href='https://a.example'>https://a.example</a></p>",
            ["https://a.example https://a.example"],
        ),
        ("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>", ["- a\n- b", "c"]),
    ],
)
def test_any_html_becomes_paragraphs(html: str, paragraphs: list[str]) -> None:
    assert plain_paragraphs(html) == paragraphs
