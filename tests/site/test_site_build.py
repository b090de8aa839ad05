"""Real builds of tiny help centers by MkDocs."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from kb_command import MKDOCS
from tiny_site import SETTINGS, HelpCenter, png

from kb_builder.issues import KbError

ORDERS = "---\ntitle: Orders\nsummary: All about orders\nicon: material/package-variant-closed\n---\n"


@pytest.fixture
def small(help_center: HelpCenter) -> HelpCenter:
    """Return a help center with two categories, a policy in three versions, a draft and a picture."""
    return (
        help_center.write("index.md", "---\ntitle: Help home\nsummary: Welcome\n---\n")
        .write("faq/orders/index.md", ORDERS)
        .write(
            "faq/orders/track.md",
            "---\ntitle: Track it\npopular: 1\nredirect_from: [/old/track/, /where.html]\n---\n\nLook.",
        )
        .write("faq/orders/cancel.md", "# Cancel it\n\n![b](b.png)\n")
        .write("faq/orders/b.png", png(4, 3))
        .write("faq/returns/send.md", '---\ntitle: Send <it> & "back"\nsummary: <b>Free</b>\n---\n\nBox it.')
        .write("policies/index.md", "---\ntitle: Policies\n---\n")
        .write("policies/privacy/1.0.md", policy("1.0", "2025-01-01"))
        .write("policies/privacy/2.0.md", policy("2.0", "2026-01-01", replaces="1.0.md"))
        .write("policies/privacy/3.0.md", policy("3.0", "2027-01-01", replaces="2.0.md"))
        .write("drafts/plan.md", "# Plan\n\nSecret")
        .write("contact.yml", CONTACT)
    )


CONTACT = """\
title: Talk to us
summary: We are here
channels:
  - id: mail
    kind: mail
    title: Mail
    summary: Write to us
    href: mailto:help@shop.example
    action: Write
"""


def policy(version: str, effective: str, *, replaces: str = "") -> str:
    dated = f"version: {version!r}\neffective: {effective}\n" + (f"replaces: {replaces}\n" if replaces else "")
    return f"---\nkind: policy\ntitle: Privacy\n{dated}---\n\nText {version}."


def test_every_article_category_and_page_of_the_site_is_written(small: HelpCenter):
    files = small.build().files()

    pages = sorted(path for path in files if path.endswith(".html"))
    assert pages == sorted(
        [
            "404.html",
            "contact/index.html",
            "faq/orders/cancel/index.html",
            "faq/orders/index.html",
            "faq/orders/track/index.html",
            "faq/returns/index.html",
            "faq/returns/send/index.html",
            "index.html",
            "old/track/index.html",
            "policies/index.html",
            "policies/privacy/1.0/index.html",
            "policies/privacy/2.0/index.html",
            "policies/privacy/2.0/since-1.0/index.html",
            "policies/privacy/3.0/index.html",
            "policies/privacy/3.0/since-1.0/index.html",
            "policies/privacy/3.0/since-2.0/index.html",
            "policies/privacy/index.html",
            "policies/privacy/latest/index.html",
            "search/index.html",
            "where.html",
        ]
    )
    assert "faq/orders/b.png" in files


def test_nothing_of_a_draft_is_in_the_output(small: HelpCenter):
    assert not any(b"Secret" in data or "plan" in path for path, data in small.build().files().items())


def test_nothing_of_material_is_published_but_one_style_sheet(small: HelpCenter):
    files = small.build().files()

    assert [path for path in files if "material" in path] == [
        next(p for p in files if p.startswith("assets/material-"))
    ]
    scripts = {path.rpartition("/")[0] for path in files if path.endswith(".js")}
    assert len(scripts) == 2
    assert all(folder == "assets" or re.fullmatch(r"assets/kb-[0-9a-f]{10}", folder) for folder in scripts)
    assert not any(path.endswith((".map", ".gz")) for path in files)


class Inline(HTMLParser):
    """Collects what a strict policy would refuse."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script" and ("type", "application/ld+json") not in attrs  # data, which runs nothing
        self.found += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]
        if tag == "style":
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append("script")
        self._script = False


def test_no_page_has_inline_script_or_style(small: HelpCenter):
    for path, data in small.build().files().items():
        if path.endswith(".html"):
            assert Inline(data.decode()).found == [], path


def test_titles_and_summaries_are_text_wherever_they_stand(small: HelpCenter):
    pages = [data.decode() for path, data in small.build().files().items() if path.endswith(".html")]

    assert not any("<it>" in page or "<b>Free" in page for page in pages)
    assert "<h1>Send &lt;it&gt; &amp; &#34;back&#34;</h1>" in small.page("faq/returns/send")


def test_an_old_address_sends_readers_to_the_new_one(small: HelpCenter):
    files = small.build().files()

    assert b'content="0; url=../../faq/orders/track/"' in files["old/track/index.html"]
    assert b'<link rel="canonical" href="https://help.example/faq/orders/track/">' in files["old/track/index.html"]
    assert b'url=faq/orders/track/"' in files["where.html"]
    assert b"/old/track/ /faq/orders/track/ 301\n" in files["_redirects"]


def test_the_address_of_a_policy_leads_to_the_version_in_force_and_only_for_now(small: HelpCenter):
    files = small.build(today=dt.date(2026, 6, 1)).files()

    assert b'content="0; url=latest/"' in files["policies/privacy/index.html"]
    assert b"/policies/privacy/ /policies/privacy/latest/ 302\n" in files["_redirects"]


def test_only_the_version_of_a_policy_that_is_in_force_is_for_search_engines(small: HelpCenter):
    small.build(today=dt.date(2026, 6, 1))

    noindex = {v: "noindex" in small.page(f"policies/privacy/{v}") for v in ("1.0", "2.0", "3.0")}
    assert noindex == {"1.0": True, "2.0": False, "3.0": True}
    assert small.rendered is not None
    assert {page.path for page in small.rendered.pages if page.no_index} == {
        "policies/privacy/1.0.md",
        "policies/privacy/3.0.md",
    }


def test_the_sitemap_lists_what_search_engines_may_and_says_nothing_of_the_day(small: HelpCenter):
    small.write("faq/orders/cancel.md", "---\ntitle: Cancel it\nreviewed: 2026-05-04\n---\n\nText")

    files = small.build().files()

    places = re.findall(
        r"<loc>https://help.example/([^<]*)</loc>(?:<lastmod>([^<]*)</lastmod>)?", files["sitemap.xml"].decode()
    )
    assert dict(places) == {
        "": "",
        "contact/": "",
        "faq/orders/": "",
        "faq/orders/cancel/": "2026-05-04",
        "faq/orders/track/": "",
        "faq/returns/": "",
        "faq/returns/send/": "",
        "policies/": "",
        "policies/privacy/latest/": "",
    }
    assert files["robots.txt"].endswith(b"Sitemap: https://help.example/sitemap.xml\n")


def test_a_page_holds_its_own_category_and_the_top_level_only(small: HelpCenter):
    page = small.build().page("faq/orders/track")

    assert "Cancel it" in page
    assert "Send &lt;it&gt;" not in page
    assert "Returns" in page


def test_a_page_that_cannot_be_rendered_is_an_error_and_the_others_are_written(small: HelpCenter):
    small.write("faq/orders/bad.md", "# Bad\n\n" + "[" * 20_000).build()

    assert [(issue.code, issue.path, issue.line) for issue in small.issues] == [
        ("KB611", "content/faq/orders/bad.md", 3)
    ]
    assert "Look." in small.page("faq/orders/track")


def test_an_unknown_icon_is_a_warning_and_the_card_goes_without(small: HelpCenter):
    small.write("faq/orders/index.md", ORDERS.replace("package-variant-closed", "no-such-thing")).build()

    assert [(issue.code, issue.path) for issue in small.issues] == [("KB620", "content/faq/orders/index.md")]


def test_a_front_matter_like_start_of_a_text_is_text(small: HelpCenter):
    small.write("faq/orders/cancel.md", "---\ntitle: Cancel it\n---\n---\ntemplate: evil.html\n---\n\nText").build()

    assert "template: evil.html" in small.body("faq/orders/cancel/")


def test_template_code_in_an_article_is_text(small: HelpCenter):
    small.write("faq/orders/cancel.md", "# {{ config.site_name }}\n\n{{ 7 * 7 }} {% raw %}").build()

    assert "{{ 7 * 7 }} {% raw %}" in small.body("faq/orders/cancel/")
    assert "<h1>{{ config.site_name }}</h1>" in small.page("faq/orders/cancel")


def test_settings_of_the_theme_become_a_style_sheet(small: HelpCenter):
    small.settings('      theme: {accent: "#aa0000", radius_px: 3}')

    files = small.build().files()

    [tokens] = [path for path in files if path.startswith("assets/tokens-")]
    assert b"--kb-accent: #aa0000;" in files[tokens]
    assert b"--kb-radius: 3px;" in files[tokens]
    assert f'href="{tokens}"' in small.page("")


def test_labels_can_be_replaced(small: HelpCenter):
    small.settings("      theme: {labels: {related: Siehe auch, contact: Kontakt}}")

    assert ">Kontakt</a>" in small.build().page("faq/orders/track")


def test_right_to_left_languages_set_the_direction(small: HelpCenter):
    small.settings(text=SETTINGS.replace("name: help_center", "name: help_center\n  language: ar"))

    assert '<html lang="ar" dir="rtl">' in small.build().page("")


def test_the_same_input_gives_the_same_bytes(small: HelpCenter):
    first = small.build().files()

    assert small.build(site_dir="again").files("again") == first


def mkdocs(center: HelpCenter, *options: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MKDOCS, "build", "-f", str(center.root / "mkdocs.yml"), *options],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1780272000", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_mkdocs_alone_gives_the_same_pages_from_anywhere(small: HelpCenter, tmp_path_factory: pytest.TempPathFactory):
    ours = small.build(site_dir="ours").files("ours")

    first = mkdocs(small, cwd=small.root, PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C")
    alone = small.files()
    elsewhere = mkdocs(small, cwd=tmp_path_factory.mktemp("elsewhere"), PYTHONHASHSEED="2")

    assert first.returncode == elsewhere.returncode == 0, first.stderr + elsewhere.stderr
    assert {
        path: data for path, data in alone.items() if not path.startswith("search/") or path.endswith(".html")
    } == ours
    assert "search/manifest.json" in alone
    assert small.files() == alone


def test_mkdocs_alone_stops_at_errors_and_names_the_file(small: HelpCenter):
    small.write("faq/orders/bad.md", "# Bad\n\n" + "[" * 20_000)

    result = mkdocs(small, cwd=small.root)

    assert result.returncode == 1
    assert "content/faq/orders/bad.md:3: error KB611" in result.stderr
    assert "Traceback" not in result.stderr


def test_mkdocs_alone_takes_warnings_for_errors_when_strict(small: HelpCenter):
    small.write("faq/orders/odd.md", "# Odd\n\n<script>x</script>")

    assert mkdocs(small, cwd=small.root).returncode == 0
    assert mkdocs(small, "--strict", cwd=small.root).returncode == 1


@pytest.mark.parametrize("settings", ["hooks: [evil.py]", "extra_javascript: [evil.js]", "markdown_extensions: [meta]"])
def test_mkdocs_alone_refuses_settings_that_can_run_code(small: HelpCenter, settings: str):
    (small.root / "evil.py").write_text("")
    small.settings(text=f"{SETTINGS}\n{settings}\n")

    result = mkdocs(small, cwd=small.root)

    assert result.returncode == 1
    assert f"mkdocs.yml: {settings.partition(':')[0]}" in result.stderr
    assert not (small.root / "site").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_error(small: HelpCenter):
    (small.root / "site").write_text("a file stands here")

    with pytest.raises(KbError, match="site"):
        small.build()


def test_a_category_that_is_not_translated_says_so(help_center: HelpCenter):
    help_center.settings("      content: {languages: [de]}")
    help_center.write("index.md", "# Help\n").write("faq/pay/cards.md", "# Which cards?\n\nAll of them.\n").build()

    page = help_center.page("de/faq/pay")

    assert "Diese Seite gibt es noch nicht auf Deutsch. Hier ist sie auf Englisch." in page
    assert "noch nicht" not in help_center.page("de")
