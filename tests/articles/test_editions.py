import pytest

from kb_builder.articles.editions import for_audience, in_language, may_read
from kb_builder.articles.model import Audience

from .conftest import codes

B2C, B2B, AGENT = Audience.B2C, Audience.B2B, Audience.AGENT


@pytest.mark.parametrize(
    ("audiences", "sites"),
    [
        ((), {None, B2C, B2B, AGENT}),
        ((B2C,), {None, B2C, AGENT}),
        ((B2B,), {None, B2B, AGENT}),
        ((AGENT,), {AGENT}),
        ((B2B, AGENT), {None, B2B, AGENT}),
    ],
)
def test_customers_read_the_public_site_and_agents_read_all(audiences, sites):
    assert {site for site in (None, B2C, B2B, AGENT) if may_read(audiences, site)} == sites


@pytest.fixture
def shop(folder):
    """Return a help center with a desk folder for agents, files in it, and a redirect to it."""
    folder.write("faq/orders/a.md", "# How to order\nSee ![](shared.txt) [both](both.txt) [desk](../desk/b.md).")
    folder.write("faq/desk/index.md", "# Desk")
    folder.write(
        "faq/desk/b.md",
        "---\ntitle: Desk\naudience: agent\nredirect_from: /old/\n---\n[x](own.txt) [y](../orders/both.txt)",
    )
    folder.write("faq/desk/deeper/c.md", "---\ntitle: Deeper\naudience: agent\n---\nText.")
    folder.write("faq/orders/only-agents.txt", "x").write(
        "faq/orders/d.md", "---\ntitle: D\naudience: agent\n---\n[z](only-agents.txt)"
    )
    for name in (
        "faq/orders/shared.txt",
        "faq/orders/both.txt",
        "faq/orders/unused.txt",
        "faq/desk/own.txt",
        "faq/desk/unused.txt",
    ):
        folder.write(name, "x")
    return folder


def test_the_public_site_leaves_out_articles_folders_files_and_redirects_for_agents(shop):
    content = for_audience(shop.read(), None)

    assert list(content.articles) == ["faq/orders/a.md"]
    assert list(content.categories) == ["faq/orders"]
    assert content.categories["faq/orders"].articles == ("faq/orders/a.md",)
    assert content.assets == ("faq/orders/both.txt", "faq/orders/shared.txt", "faq/orders/unused.txt")
    assert content.redirects == {}


def test_the_site_of_agents_has_everything(shop):
    everything = shop.read()

    assert for_audience(everything, AGENT) == everything


def test_a_category_that_never_held_an_article_stays(folder):
    folder.write("faq/empty/index.md", "# Soon").write("faq/a.md", "# A\nText.")

    assert "faq/empty" in for_audience(folder.read(), None).categories


def test_channels_follow_their_audience(folder):
    folder.write("faq/a.md", "# A\nText.")
    folder.write(
        "contact.yml",
        "channels:\n"
        "  - {id: mail, kind: mail, title: Mail, href: 'mailto:a@example.com', action: Write}\n"
        "  - {id: desk, kind: phone, title: Desk, href: 'tel:+1', action: Call, audience: agent}\n"
        "  - {id: trade, kind: phone, title: Trade, href: 'tel:+2', action: Call, audience: b2b}\n",
    )

    def channels(audience):
        return [channel.id for channel in for_audience(folder.read(), audience).contact.channels]

    assert channels(None) == ["mail", "trade"]
    assert channels(B2C) == ["mail"]
    assert channels(AGENT) == ["mail", "desk", "trade"]


def test_a_language_has_its_own_home_page_top_level_and_contact(folder):
    folder.write("faq/orders/a.md", "# A\nText.").write("index.md", "# Welcome")
    folder.write("de/faq/orders/a.md", "# A\nText.").write("de/index.md", "# Willkommen")
    folder.write("de/contact.yml", "title: Kontakt\nchannels: []\n")
    content = folder.read(languages=("de",))

    main, german = in_language(content, ""), in_language(content, "de")

    assert (list(main.articles), list(german.articles)) == (["faq/orders/a.md"], ["de/faq/orders/a.md"])
    assert (list(main.categories), list(german.categories)) == (["faq/orders"], ["de/faq/orders"])
    assert german.categories["de/faq/orders"].parent == ""
    assert (main.home.title, german.home.title, german.home.url) == ("Welcome", "Willkommen", "de/")
    assert (main.contact.title, german.contact.title) == ("Contact us", "Kontakt")


def test_writers_are_told_of_links_that_the_public_site_cannot_keep(shop):
    issues = shop.check()

    assert "KB851" in codes(issues)
    assert [(found.path, found.line) for found in issues if found.code == "KB851"] == [("content/faq/orders/a.md", 2)]
