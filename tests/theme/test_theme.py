"""The theme by itself: what its templates let through, what its style sheet promises."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.theme import Theme

from kb_builder.articles.model import (
    Article,
    ChangeKind,
    Channel,
    Kind,
    OpeningHours,
    PolicyChange,
    PolicyVersion,
    Video,
)
from kb_builder.articles.redline import Change, RedlineBlock, Run
from kb_builder.bundled import bundled
from kb_builder.settings import ThemeSettings
from kb_builder.site import labels
from kb_builder.site.brand import theme_tokens
from kb_builder.site.labels import ENGLISH
from kb_builder.site.shared_parts import SharedParts
from kb_builder.site.views import Banner, Card, Comparison, Heading, Link, PageView, SiteView, VersionLink

THEME = bundled("themes/help_center")
CSS = "".join(sheet.read_text() for sheet in sorted((THEME / "styles").glob("*.css")))
TEMPLATES = sorted(THEME.rglob("*.html"))
HOSTILE = "\"'><script>alert(1)</script>{{ 7 * 7 }}"
PAGES = ("home", "category", "article", "comparison", "search", "contact", "not_found")


class Tags(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def make_view(template: str, *, text: str = "Plain", channels: tuple[Channel, ...] | None = None) -> PageView:
    """Fill every field that a template may print with ``text``."""
    link = Link(text, "faq/a/", text, current=True)
    hours = OpeningHours((0, 1, 2, 3, 4), "08:00", "20:00")
    channel = Channel("chat", "chat", text, text, "https://chat.example/", text, (hours,), "Europe/London", (text,), 5)
    policy = PolicyVersion(text, dt.date(2026, 11, 1), 30, "", text, (PolicyChange(text, ChangeKind.ADDED, text),))
    video = Video("v.mp4", "v.vtt", text, "v.jpg")
    article = Article(
        path="faq/a.md",
        url="faq/a/",
        kind=Kind.POLICY,
        title=text,
        body="",
        owner=text,
        reviewed=dt.date(2026, 9, 14),
        policy=policy,
        video=video,
    )
    site = SiteView(
        name=text,
        language="en",
        direction="ltr",
        top_level=(link,),
        banners=(Banner(text, text, "announcements/a/", "warning", "2026-01-01T00:00:00Z", ""),),
        channels=(channel,) if channels is None else channels,
        contact_url="contact/",
        search_url="search/",
        client_url="assets/kb-1/",
        style_urls=("assets/material.css", "assets/help_center.css"),
        content_security_policy="default-src 'none'",
        labels={**ENGLISH, "search_none": text},
    )
    return PageView(
        site=site,
        template=template,
        title=text,
        url="faq/a/",
        summary=text,
        breadcrumbs=(link,),
        sidebar=(link,),
        sidebar_title=text,
        headings=(Heading(text, text, 2),) * 3,
        cards=(Card(text, "faq/b/", text, "<svg></svg>", 1), Card(text, "faq/c/", text, "", 2)),
        more=(link,),
        articles=(link,),
        article=article,
        related=(link,),
        versions=(
            VersionLink(text, "policies/p/", dt.date(2026, 11, 1), "upcoming"),
            VersionLink("1", "policies/p/1/", dt.date(2025, 1, 1), "current", True, dt.date(2026, 11, 1), "policies/"),
        ),
        policy_state="current",
        comparison=Comparison(
            old=VersionLink(text, "policies/p/1/", dt.date(2025, 1, 1), "current", until=dt.date(2026, 11, 1)),
            new=VersionLink(text, "policies/p/", dt.date(2026, 11, 1), "upcoming"),
            blocks=tuple(
                RedlineBlock(change, "paragraph", 0, (Run(Change.ADDED, text), Run(Change.REMOVED, text)))
                for change in Change
            ),
            too_long=False,
            changed_count=2,
        ),
        feed_url="policies/p/feed.xml",
    )


def render(view: PageView, content: str = "<p>Body</p>") -> str:
    page = SimpleNamespace(url=view.url, content=content, canonical_url="https://help.example/faq/a/")
    env = Theme("help_center").get_env()
    shared = SharedParts(env, ()).context(view)
    return env.get_template("main.html").render(shared, page=page, base_url="../..", config={})


@pytest.mark.parametrize("template", PAGES)
def test_text_from_content_never_becomes_markup(template: str) -> None:
    """MkDocs renders with autoescape off, so the templates see to it themselves."""
    plain, hostile = render(make_view(template)), render(make_view(template, text=HOSTILE))

    assert [tag for tag, _ in Tags(hostile).found] == [tag for tag, _ in Tags(plain).found]
    assert "{{ 7 * 7 }}" in hostile


@pytest.mark.parametrize("template", PAGES)
def test_pages_hold_nothing_inline_and_name_their_policy_first(template: str) -> None:
    tags = Tags(render(make_view(template))).found

    assert not [attrs for _, attrs in tags if any(name == "style" or name.startswith("on") for name in attrs)]
    assert not [tag for tag, _ in tags if tag == "style"]
    scripts = [attrs for tag, attrs in tags if tag == "script" and attrs.get("type") != "application/ld+json"]
    assert all(attrs.get("src") for attrs in scripts)
    metas = [attrs for tag, attrs in tags if tag == "meta" and "http-equiv" in attrs]
    assert metas[0]["content"] == "default-src 'none'"


@pytest.mark.parametrize("template", PAGES)
def test_a_page_has_one_main_one_title_and_one_search_box(template: str) -> None:
    tags = Tags(render(make_view(template))).found

    for tag in ("main", "h1", "title"):
        assert [name for name, _ in tags].count(tag) == 1, tag
    forms = [attrs for tag, attrs in tags if tag == "form" and "data-kb-applied" not in attrs]
    assert [form["action"] for form in forms] == ["../../search/"]
    assert forms[0]["data-kb-base"] == "../../"
    ids = [attrs["id"] for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_the_body_is_printed_as_it_was_rendered() -> None:
    assert "<p>Body with <em>markup</em></p>" in render(make_view("article"), "<p>Body with <em>markup</em></p>")


def test_only_labels_of_the_search_client_are_sent_to_it() -> None:
    tags = Tags(render(make_view("home", text="Nothing there"))).found

    body = next(attrs for tag, attrs in tags if tag == "body")
    assert body["data-kb-labels"] == '{"search_none": "Nothing there"}'


@pytest.mark.parametrize(
    ("hours", "minutes", "shown"),
    [
        (OpeningHours((0, 1, 2, 3, 4), "08:00", "20:00"), 2, ("Mon–Fri 08:00–20:00", "within 2 minutes")),
        (OpeningHours((5,), "09:00", "17:00"), 90, ("Sat 09:00–17:00", "within 2 hours")),
        (OpeningHours((0, 2, 4), "09:00", "17:00"), 1440, ("Mon, Wed, Fri 09:00–17:00", "within a day")),
    ],
)
def test_contact_says_hours_and_waits_in_words(hours: OpeningHours, minutes: int, shown: tuple[str, str]) -> None:
    channel = Channel("c", "phone", "Phone", "", "tel:1", "Call", (hours,), "Europe/London", ("en",), minutes)

    text = " ".join(re.sub(r"<[^>]*>", "", render(make_view("contact", channels=(channel,)))).split())

    assert all(words in text for words in shown)


def test_a_channel_without_hours_is_always_open() -> None:
    channel = Channel("m", "mail", "Email", "", "mailto:a@b.example", "Write to us")

    assert ENGLISH["any_time"] in render(make_view("contact", channels=(channel,)))


def test_labels_and_templates_name_the_same_words() -> None:
    dates, policies = ("month_", "day_"), ("policy_", "version_", "change_", "block_")
    families = (*dates, *policies, "language_", "audience_", "box_", "feedback_")
    templates = "".join(path.read_text() for path in TEMPLATES)
    python = "".join(path.read_text() for path in Path(labels.__file__).parent.glob("*.py"))
    used = set(re.findall(r"labels\.(?!get\b|items\b|html\b)(\w+)", templates))
    used |= set(re.findall(r"(?:labels|words)(?:\[|\.get\()\"(\w+)\"", python))
    client = "".join(path.read_text("utf-8") for path in bundled("search/client").glob("*.js"))
    used |= set(re.findall(r"words\.((?:assistant|widget)_\w+)", client))

    assert used <= set(ENGLISH)
    assert {key for key in ENGLISH if not key.startswith(families)} <= used


# The style sheet


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--kb-([\w-]+): ([^;]+);", block))


def rule(selector: str, css: str = "") -> str:
    return (css or CSS).split(f"{selector} {{", 1)[1].split("}", 1)[0]


LIGHT = tokens(rule(":root"))
DARK = {**LIGHT, **tokens(rule(':root[data-theme="dark"]'))}


def channels_of(token: str, scheme: dict[str, str]) -> tuple[float, float, float]:
    """Return red, green and blue (0 to 255) of a token, a hex colour or a mix of two."""
    value = scheme.get(token, token)
    if mix := re.fullmatch(r"color-mix\(in srgb, (.+?) (\d+)%, (.+)\)", value):
        first, share, second = mix.groups()
        parts = [channels_of(part.removeprefix("var(--kb-").rstrip(")"), scheme) for part in (first, second)]
        red, green, blue = (a * int(share) / 100 + b * (1 - int(share) / 100) for a, b in zip(*parts, strict=True))
        return red, green, blue
    digits = value.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: str, other: str, scheme: dict[str, str]) -> float:
    """Return the contrast of two tokens. Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(token: str) -> float:
        parts = [c / 255 for c in channels_of(token, scheme)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_close(scheme: dict[str, str]) -> list[tuple[str, str, float, float]]:
    """Return the pairs that cannot be told apart: body text needs 7, other text 4.5, edges of controls 3."""
    tinted = ("accent-soft", "info-soft", "warning-soft", "danger-soft")
    wanted = [
        *(("ink", ground, 7.0) for ground in ("ground", "surface", "raised", *tinted)),
        *(("ink-soft", ground, 7.0) for ground in ("ground", "surface")),
        *(("ink-soft", ground, 4.5) for ground in ("raised", "accent-soft")),
        *(("accent", ground, 4.5) for ground in ("ground", "surface", "raised", *tinted)),
        *((tone, f"{tone}-soft", 4.5) for tone in ("info", "warning", "danger")),
        *((tone, "surface", 4.5) for tone in ("info", "warning", "danger")),
        ("accent-hover", "accent-soft", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("ground", "danger", 4.5),
        ("mark-ink", "mark", 4.5),
        ("hero-ink", "hero", 7.0),
        ("hero-soft", "hero", 7.0),
        ("line-strong", "ground", 3.0),
        ("line-strong", "raised", 3.0),
    ]

    found = [(one, other, least, round(contrast(one, other, scheme), 2)) for one, other, least in wanted]
    return [pair for pair in found if pair[3] < pair[2]]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_far_enough_apart(scheme: dict[str, str]) -> None:
    assert too_close(scheme) == []


@pytest.mark.parametrize(
    "accent",
    ["#ffcc00", "#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000", "#777777", "#E4002B", "#00aaff", "#7a1fa2"],
)
def test_any_accent_gives_colours_far_enough_apart(accent: str) -> None:
    css = theme_tokens(ThemeSettings(accent=accent))

    light, dark = tokens(rule(":root", css)), tokens(rule(':root[data-theme="dark"]', css))
    assert tokens(rule(':root:not([data-theme="light"])', css)) == dark
    assert too_close({**LIGHT, **light}) == []
    assert too_close({**LIGHT, **light, **tokens(rule(':root[data-theme="dark"]')), **dark}) == []


def test_chosen_dark_is_the_dark_of_the_system() -> None:
    assert tokens(rule(':root[data-theme="dark"]')) == tokens(rule(':root:not([data-theme="light"])'))


def test_every_token_that_is_used_is_set() -> None:
    used = set(re.findall(r"var\(--kb-([\w-]+)", CSS))

    assert used <= set(LIGHT)


def test_the_style_sheet_loads_nothing_but_the_theme_s_own_drawing() -> None:
    assert re.findall(r"url\(([^)]*)\)", CSS) == ['"contours.svg"']
    assert "@import" not in CSS


def test_style_sheet_and_script_stay_small() -> None:
    assert len(gzip.compress(CSS.encode())) < 12_000
    assert len(gzip.compress((THEME / "assets" / "theme.js").read_bytes())) < 600
