"""The switch of the public site between consumers and businesses: home pages for each, and marks in lists."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tiny_site import TODAY, HelpCenter

from kb_builder.articles.editions import for_audience
from kb_builder.articles.model import Audience
from kb_builder.config import load_config
from kb_builder.site.render import render_site


@pytest.fixture
def shop(help_center: HelpCenter) -> HelpCenter:
    def faq(title: str, *lines: str) -> str:
        return f"---\ntitle: {title}\n" + "".join(f"{line}\n" for line in lines) + "---\nText.\n"

    return (
        help_center.write("faq/pay/cards.md", faq("Cards?", "popular: 1"))
        .write("faq/pay/invoice.md", faq("Invoice?", "audience: b2b", "popular: 2"))
        .write("faq/pay/wallet.md", faq("Wallet?", "audience: b2c", "popular: 3"))
        .write("faq/desk/bulk.md", faq("Bulk?", "audience: [b2b, agent]"))
        .write("faq/desk/secret.md", faq("Secret?", "audience: agent"))
    )


def build(center: HelpCenter, audience: Audience | None = None) -> HelpCenter:
    config = replace(load_config(center.root / "mkdocs.yml"), audience=audience)
    content = for_audience(center.content(), audience)
    render_site(config, content, site_dir=center.root / "site", today=TODAY)
    return center


def links(page: str) -> list[str]:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.findall(r">(\w+\?)</", main)


def test_each_audience_has_a_home_page_with_its_own_first_and_nothing_for_others(shop: HelpCenter) -> None:
    build(shop)

    assert links(shop.page("")) == ["Cards?", "Invoice?", "Wallet?"]
    business = shop.page("for/b2b")
    assert links(business) == ["Invoice?", "Cards?"]
    assert business.index("desk/?for=b2b") < business.index("pay/?for=b2b")
    assert links(shop.page("for/b2c")) == ["Wallet?", "Cards?"]
    assert 'name="robots" content="noindex"' in business
    assert '<input type="hidden" name="audience" value="b2b">' in business


def test_lists_say_what_is_for_one_audience_alone(shop: HelpCenter) -> None:
    page = build(shop).page("faq/pay")

    assert re.findall(r'data-kb-for="(\w+)"', page.partition("<main")[2].partition("</main>")[0]) == ["b2b", "b2c"]


@pytest.mark.parametrize("audience", [Audience.B2B, Audience.AGENT])
def test_the_site_of_one_audience_has_no_switch(shop: HelpCenter, audience: Audience) -> None:
    files = build(shop, audience).files()

    assert "for/b2b/index.html" not in files
    assert "data-kb-audiences" not in shop.page("")


def test_without_articles_for_one_of_them_there_is_no_switch(help_center: HelpCenter) -> None:
    help_center.write("faq/a/x.md", "# X?\n\nText.\n").write(
        "faq/a/y.md", "---\ntitle: Y\naudience: [b2c, b2b]\n---\nT.\n"
    )

    assert "data-kb-audiences" not in help_center.build().page("")
