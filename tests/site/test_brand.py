"""A shop's own look: its logo, font and colours, and what is said when the settings name what is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny_site import TODAY, HelpCenter, png

from kb_builder.config import load_config
from kb_builder.issues import ConfigError
from kb_builder.pipeline import read_and_check

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30"/></svg>'


def found(help_center: HelpCenter) -> list[str]:
    content = read_and_check(load_config(help_center.root / "mkdocs.yml"), today=TODAY)
    return [f"{issue.code} {issue.path}: {issue.message}" for issue in content.issues if issue.code.startswith("KB62")]


@pytest.fixture
def shop(help_center: HelpCenter) -> HelpCenter:
    help_center.write("index.md", "# Help\n").write("faq/a.md", "---\ntitle: A\n---\nText.\n")
    return (
        help_center.write("images/logo.svg", SVG).write("images/dark.png", png(90, 30)).write("f/b.woff2", b"wOF2\0\0")
    )


def test_logo_icon_and_font_are_the_shop_s(shop: HelpCenter) -> None:
    shop.settings(
        "      theme: {logo: images/logo.svg, logo_dark: images/dark.png, logo_has_name: true, icon: images/dark.png,"
        " font_file: f/b.woff2, font_family: Georgia, radius_px: 0, drawing: false}"
    ).build()

    page, files = shop.page("faq/a"), shop.files()
    [tokens] = [path for path in files if path.startswith("assets/tokens-")]
    css = files[tokens].decode()
    assert found(shop) == []
    assert 'src="../../images/logo.svg" alt=""' in page
    assert 'src="../../images/dark.png" alt=""' in page
    assert '<span class="kb-visually-hidden">Test Help</span>' in page
    assert '<link rel="icon" href="../../images/dark.png">' in page
    assert '<link rel="preload" as="font" type="font/woff2" href="../../f/b.woff2" crossorigin>' in page
    assert 'url("../f/b.woff2") format("woff2")' in css
    assert '--kb-font: "kb-brand", Georgia;' in css
    assert "--kb-radius: 0px;" in css and "--kb-hero-art: none;" in css
    assert {"f/b.woff2", "images/logo.svg", "images/dark.png"} <= files.keys()


def test_without_settings_the_theme_s_own_mark_is_shown(shop: HelpCenter) -> None:
    page = shop.build().page("faq/a")

    assert "kb-brand__mark" in page
    assert "<span>Test Help</span>" in page
    assert "font/woff2" not in page


def test_one_accent_colours_dark_pages_too(shop: HelpCenter) -> None:
    css = b"".join(data for path, data in shop.settings('      theme: {accent: "#7a1fa2"}').build().files().items()
                   if path.startswith("assets/tokens-")).decode()  # fmt: skip

    assert "--kb-accent: #7a1fa2;" in css
    dark = re.search(r':root\[data-theme="dark"\] \{ --kb-accent: (#[0-9a-f]{6});', css)
    assert dark and dark[1] != "#7a1fa2"
    assert "prefers-color-scheme" in css and "@media screen" in css  # paper is white
    assert found(shop) == []


def test_what_cannot_be_read_is_moved_and_said(shop: HelpCenter) -> None:
    shop.settings('      theme: {accent: "#ffcc00", accent_dark: "#102030"}')

    light, dark = found(shop)
    assert "KB622 mkdocs.yml: plugins.kb.theme.accent: '#ffcc00' has a contrast of 1.5; pages use '#" in light
    assert "plugins.kb.theme.accent_dark: '#102030' has a contrast of 1." in dark


def test_a_file_that_is_not_there_is_an_error(shop: HelpCenter) -> None:
    shop.settings("      theme: {logo: images/gone.svg}")

    assert found(shop) == ["KB621 mkdocs.yml: plugins.kb.theme.logo: there is no 'images/gone.svg' in 'content/'"]


def test_a_logo_with_a_script_is_refused_like_any_picture(shop: HelpCenter) -> None:
    """H11"""
    shop.write("images/logo.svg", SVG.replace("<rect", "<script>x()</script><rect"))
    shop.settings("      theme: {logo: images/logo.svg}")

    assert [line[:5] for line in found(shop)] == ["KB621"]


@pytest.mark.parametrize(
    "setting",
    [
        "logo: ../secret.svg",
        "logo: /etc/logo.svg",
        "logo: https://evil.example/logo.svg",
        "logo: 'images/\"onerror=x.svg'",
        "logo: images/logo.gif",
        "font_file: \"f/b.woff2');}body{background:url('//evil.example\"",
        "font_file: f/b.ttf",
        'font_family: "x; } body { display: none"',
        'accent: "red"',
        'accent: "#12345"',
        "radius_px: 99",
        "icon: .git/config.png",
    ],
)
def test_settings_cannot_reach_out_or_into_the_style_sheet(shop: HelpCenter, setting: str, tmp_path: Path) -> None:
    """H21, H97"""
    shop.settings(f"      theme: {{{setting}}}")

    with pytest.raises(ConfigError, match=r"plugins\.kb\.theme"):
        load_config(shop.root / "mkdocs.yml")
