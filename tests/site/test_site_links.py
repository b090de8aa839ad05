"""Links and images of the published pages."""

from __future__ import annotations

import pytest
from tiny_site import HelpCenter, png


@pytest.fixture
def linked(help_center: HelpCenter) -> HelpCenter:
    """Return a help center with something to link to."""
    return (
        help_center.write("faq/orders/index.md", "---\ntitle: Orders\n---\n")
        .write("faq/orders/track.md", "# Track it\n\n## Where is it\n\nThere.")
        .write("faq/returns/label.pdf", b"%PDF-1.4")
        .write("faq/returns/box.png", png(400, 300))
        .write("drafts/secret.md", "# Secret\n\nPlan")
    )


def body(center: HelpCenter, text: str) -> str:
    """Return the HTML of an article at ``faq/returns/send/`` with this text."""
    return center.write("faq/returns/send.md", f"# Send it\n\n{text}\n").build().body("faq/returns/send/")


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("../orders/track.md", "../../orders/track/"),
        ("../orders/track.md#where-is-it", "../../orders/track/#where-is-it"),
        ("/faq/orders/track.md", "../../orders/track/"),
        ("/faq/orders/track/", "../../orders/track/"),
        ("../orders/index.md", "../../orders/"),
        ("../orders/", "../../orders/"),
        ("/", "../../.."),
        ("/contact/", "../../../contact/"),
        ("label.pdf", "../label.pdf"),
        ("#part", "#part"),
        ("mailto:a@x.example", "mailto:a@x.example"),
    ],
)
def test_links_lead_where_their_writer_meant(linked: HelpCenter, written: str, published: str):
    assert f'<a href="{published}">x</a>' in body(linked, f"[x]({written})")
    assert f'<a href="{published}">x</a>' in body(linked, f'<a href="{written}">x</a>')


def test_links_below_a_link_root_lead_into_the_content(linked: HelpCenter):
    linked.settings("      content: {link_root: /help/}")

    assert '<a href="../../orders/track/">x</a>' in body(linked, "[x](/help/faq/orders/track.md)")


def test_links_to_other_sites_do_not_hand_over_the_window(linked: HelpCenter):
    html = body(linked, '[x](https://x.example/?a=1&b=2){target=_blank} <a href="//y.example/" target="_blank">y</a>')

    assert '<a href="https://x.example/?a=1&amp;b=2" rel="noopener">x</a>' in html
    assert '<a href="//y.example/" rel="noopener">y</a>' in html


@pytest.mark.parametrize(
    "written", ["nowhere.md", "/drafts/secret.md", "javascript:alert(1)", "../../../../etc/passwd"]
)
def test_a_link_that_leads_nowhere_keeps_its_text_and_loses_its_address(linked: HelpCenter, written: str):
    assert "<p><a>the text</a></p>" in body(linked, f"[the text]({written})")


def test_an_unsafe_link_is_reported_once(linked: HelpCenter):
    body(linked, "[x](javascript:alert(1))")
    reported = [issue for issue in (*linked.content().issues, *linked.issues) if issue.code in ("KB305", "KB602")]

    assert [(issue.path, issue.line) for issue in reported] == [("content/faq/returns/send.md", 3)]


def test_an_image_has_its_size_and_waits_for_the_reader(linked: HelpCenter):
    html = body(linked, "![A box](box.png)")

    for attribute in (
        'src="../box.png"',
        'width="400"',
        'height="300"',
        'loading="lazy"',
        'decoding="async"',
        'alt="A box"',
    ):
        assert attribute in html


def test_an_image_that_is_given_a_width_keeps_its_shape(linked: HelpCenter):
    html = body(linked, '![A box](box.png){width="200"}')

    assert 'width="200"' in html
    assert 'height="150"' in html


def test_a_missing_image_leaves_its_text(linked: HelpCenter):
    assert '<span class="kb-missing-image">A &lt;b&gt; box</span>' in body(linked, '<img src="no.png" alt="A <b> box">')


def test_a_page_may_load_images_from_the_hosts_it_names_and_no_other_page_may(linked: HelpCenter):
    body(linked, "![x](https://images.example/a.png)")

    assert "img-src &#39;self&#39; https://images.example;" in linked.page("faq/returns/send")
    assert "images.example" not in linked.page("faq/orders/track")
