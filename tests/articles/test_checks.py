from __future__ import annotations

import datetime as dt

import pytest

from kb_builder.articles.checks import check_content
from kb_builder.articles.checks.hidden_text import hidden_in, mixed_words
from kb_builder.articles.checks.secrets import secrets_in
from kb_builder.issues import Level

from .conftest import ContentFolder, codes, places


def test_content_without_mistakes_has_no_issues(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "---\ntitle: A\nrelated: [b.md]\n---\nSee [b](b.md#part), [me](#own).\n\n## Own\n")
    folder.write("guides/b.md", "# B\n\n## Part\n\n![x](x.pdf) [home](/) [search](/search/) [us](../contact/)")

    assert folder.write("guides/x.pdf", b"x").write("index.md", "# Home").check() == ()


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("[a](nowhere.md)", "KB301"),
        ("[a](/nowhere/)", "KB301"),
        ("[a](../../../etc/passwd)", "KB301"),
        ("[a](#nowhere)", "KB302"),
        ("[a](b.md#nowhere)", "KB302"),
        ("[a](draft.md)", "KB303"),
        ("![a](nowhere.png)", "KB304"),
        ("[a](nowhere.pdf)", "KB304"),
        ('<img src="nowhere.png">', "KB304"),
        ("[a]\n\n[a]: nowhere.md", "KB301"),
        ("[a](javascript:alert(1))", "KB305"),
        ("![a](data:image/svg+xml,x)", "KB305"),
    ],
)
def test_h27_a_link_that_leads_nowhere_is_a_warning_on_its_line(folder: ContentFolder, link: str, code: str) -> None:
    folder.write("guides/b.md", "# B\n\nText").write("guides/draft.md", "---\ndraft: true\n---\n# D\n\nText")

    issues = folder.write("guides/a.md", f"---\ntitle: A\n---\n\nOne.\n\n```\n[x](y.md)\n```\n\n{link}\n").check()

    assert [(found.code, found.level) for found in issues] == [(code, Level.WARNING)]
    assert issues[0].line == (13 if "]: " in link else 11)


def test_h27_a_link_to_a_misspelt_page_or_heading_names_the_nearest(folder: ContentFolder) -> None:
    folder.write("guides/pitch-your-tent.md", "# P\n\n## Before you start\n")

    issues = folder.write(
        "guides/a.md", "# A\n\n[a](pitch-you-tent.md)\n[b](pitch-your-tent.md#before-you-begin)"
    ).check()

    assert [found.hint for found in issues] == [
        "did you mean 'guides/pitch-your-tent.md'?",
        "did you mean '#before-you-start'?",
    ]


def test_links_of_category_pages_are_checked_too(folder: ContentFolder) -> None:
    folder.write("index.md", "# Home\n\n[a](nowhere.md)").write(
        "guides/index.md", "# G\n\n[a](nowhere.md) [b](#here)\n\n## Here\n"
    )

    assert places(folder.check()) == [("KB301", "content/guides/index.md", 3), ("KB301", "content/index.md", 3)]


def test_links_are_resolved_below_the_link_root(folder: ContentFolder) -> None:
    folder.write("a.md", "# A\n\n[b](/help/faq/b.md) ![c](../help/assets/c.pdf) [d](/help/nowhere.md)")

    issues = folder.write("faq/b.md", "# B\n\nText").write("assets/c.pdf", b"x").check(link_root="/help/")

    assert places(issues) == [("KB301", "content/a.md", 3)]


def test_missing_video_files_are_found(folder: ContentFolder) -> None:
    video = "video:\n  src: a.mp4\n  captions: https://example.com/a.vtt\n  title: T\n  poster: a.png"

    assert places(folder.write("guides/a.md", f"---\ntitle: A\n{video}\n---\nText").check()) == [
        ("KB304", "content/guides/a.md", 4),
        ("KB304", "content/guides/a.md", 7),
    ]


def test_related_articles_must_exist(folder: ContentFolder) -> None:
    folder.write("guides/draft.md", "---\ndraft: true\n---\n# D\n\nText").write("guides/pack-a-bag.md", "# P\n\nText")

    issues = folder.write("guides/a.md", "---\ntitle: A\nrelated:\n  - draft.md\n  - pack-bag.md\n---\nText").check()

    assert places(issues) == [("KB303", "content/guides/a.md", 4), ("KB306", "content/guides/a.md", 5)]
    assert issues[1].hint == "did you mean 'guides/pack-a-bag.md'?"


def test_h31_a_policy_past_its_review_date_is_a_warning(folder: ContentFolder) -> None:
    folder.write("policies/a.md", "---\ntitle: A\nreview_by: 2026-06-01\n---\nText")

    assert folder.check(today=dt.date(2026, 6, 1)) == ()
    assert places(folder.check(today=dt.date(2026, 6, 2))) == [("KB130", "content/policies/a.md", 3)]


def test_two_articles_of_a_kind_with_one_title_are_a_warning(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "# Same\n\nText").write("guides/b.md", "# same\n\nText").write(
        "faq/c.md", "# Same\n\nText"
    )

    assert places(folder.check()) == [("KB131", "content/guides/a.md", 0), ("KB131", "content/guides/b.md", 0)]


def test_versions_of_one_policy_share_their_title(folder: ContentFolder) -> None:
    folder.write("policies/p/1.md", "---\ntitle: P\nversion: 1\neffective: 2024-01-01\n---\nText")
    folder.write("policies/p/2.md", "---\ntitle: P\nversion: 2\neffective: 2025-01-01\nreplaces: 1.md\n---\nText")

    assert folder.check() == ()


def test_contradictions_of_policies_are_part_of_the_check(folder: ContentFolder) -> None:
    folder.write("policies/p/1.md", "---\ntitle: P\nversion: 1\neffective: 2024-01-01\nreplaces: 0.md\n---\nText")

    assert places(folder.check()) == [("KB404", "content/policies/p/1.md", 5)]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("pay\u202e100", "U+202E"),
        ("pay\u200bpal", "U+200B"),
        ("a\u2066b", "U+2066"),
        ("a\u200db", "U+200D"),
        ("a\ufeffb", "U+FEFF"),
        ("a\U000e0041", "U+E0041"),
        ("a\u3164b", "U+3164"),
        ("a\x07b", "U+0007"),
        ("\u05d0\u202eb", "U+202E"),
    ],
)
def test_h12_hidden_characters_are_named_by_code_point(text: str, points: str) -> None:
    assert [f"U+{ord(character):04X}" for character in hidden_in(text)] == [points]


@pytest.mark.parametrize(
    "text",
    [
        "\u05e9\u05dc\u05d5\u05dd\u200f, LF-1",  # Hebrew with a right-to-left mark
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian needs the non-joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari needs the joiner
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",  # family
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # rainbow flag
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",  # with a skin tone
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # flag of Scotland
        "\u0e44\u0e17\u0e22\u200b\u0e44\u0e17\u0e22",  # Thai words kept apart
        "Donau\u00addampf",
        "☎\ufe0e",
        "plain\u00a0text – “quoted”\t",
    ],
)
def test_h12_h13_h14_characters_that_a_script_or_an_emoji_needs_are_fine(text: str) -> None:
    assert list(hidden_in(text)) == []


def test_h12_hidden_text_is_an_error_in_a_policy_and_a_warning_elsewhere(folder: ContentFolder) -> None:
    folder.write("policies/a.md", "---\ntitle: A\n---\n\nYou may\u202e not cancel.").write(
        "guides/b.md", "# B\n\nx\u200by"
    )

    issues = folder.check()

    assert [(found.code, found.path, found.line, found.level) for found in issues] == [
        ("KB502", "content/guides/b.md", 3, Level.WARNING),
        ("KB501", "content/policies/a.md", 5, Level.ERROR),
    ]


@pytest.mark.parametrize("word", ["p\u0430ypal", "\u0421ontact", "g\u03bfogle", "REFUND\u0410"])
def test_h12_a_word_that_mixes_look_alike_letters_is_found(word: str) -> None:
    assert list(mixed_words(f"Your {word} is safe")) == [word]


@pytest.mark.parametrize(
    "text", ["5 µm, 3 kΩ, ΔT", "Привет and hello", "αβγ", "naïve café", "日本語text", "Москва-London"]
)
def test_words_of_one_script_each_are_fine(text: str) -> None:
    assert list(mixed_words(text)) == []


def test_h12_mixed_scripts_are_an_error_in_a_policy_title(folder: ContentFolder) -> None:
    issues = folder.write("policies/a.md", "---\ntitle: Ref\u0443nds\n---\nText").check()

    assert places(issues) == [("KB503", "content/policies/a.md", 2)]
    assert "U+0443" in issues[0].message


SECRETS = [
    "AKIA" + "Q7RZ2M4KX8WT3NBV",
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "-----BEGIN PRIVATE" + " KEY-----",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "ghp_" + "a8Fk2Lq0Zx7Vb3Nm5Rt9Wc1Yd4Hg6Js8Pk2E",
    "xoxb-" + "1234567890-abcdefXYZ",
    "AIza" + "SyD4k9Lm2Nq8Rt5Vw7Xz1Bc3Df6Gh0Jk2Mp",
    "https://user:" + "s3cr3tPw9x@db.example.com/",
    "api_key = '" + "9f8a7b6c5d4e3f2a1b0c9d8e'",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_h30_text_that_looks_like_a_secret_is_found(secret: str) -> None:
    assert len(list(secrets_in(f"Use {secret} to sign in"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "AKIAIOSFODNN7EXAMPLE",
        "LF-4820193 and RT-204817",
        "password: choose a long one",
        "api_key = 'your-api-key-goes-in-here'",
        "https://user:password@example.com/",
        "https://example.com/a:b@c",
        "sk_live_ keys start so",
        "token: " + "a" * 40,
        "risk-management-and-something-else-that-is-long",
        "sk-learn-is-a-library-with-a-very-long-name-indeed",
    ],
)
def test_h30_placeholders_are_no_secrets(text: str) -> None:
    assert list(secrets_in(text)) == []


def test_h30_secrets_are_found_in_code_and_in_drafts(folder: ContentFolder) -> None:
    folder.write("guides/a.md", f"# A\n\n```\n{SECRETS[0]}\n```\n")
    folder.write("drafts/b.md", f"# B\n\n{SECRETS[3]}\n")

    issues = folder.check()

    assert [(found.code, found.path, found.line, found.level) for found in issues] == [
        ("KB510", "content/drafts/b.md", 3, Level.ERROR),
        ("KB510", "content/guides/a.md", 4, Level.ERROR),
    ]
    assert all(secret not in found.message for secret in SECRETS for found in issues)  # nothing is repeated


def test_checking_keeps_what_reading_found_and_orders_all_by_file(folder: ContentFolder) -> None:
    folder.write("guides/a.md", "# A\n\n[x](y.md)").write("guides/b.md", "").write("guides/c.md", "# C\n\n[x](y.md)")
    content = folder.read()

    checked = check_content(content, today=dt.date(2026, 6, 1))

    assert codes(content.issues) == ["KB105"]
    assert codes(checked.issues) == ["KB301", "KB105", "KB301"]
    assert checked.articles == content.articles


def test_a_neighbour_with_quite_another_name_is_not_offered(folder: ContentFolder) -> None:
    folder.write("guides/a-long/folder-name/update.pdf", b"x")

    issues = folder.write("guides/a-long/folder-name/a.md", "# A\n\n[x](exports_discrepancies.pdf)").check()

    assert "did you mean" not in issues[0].hint
