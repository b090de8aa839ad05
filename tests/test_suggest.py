"""From a log with known gaps to a diff that closes them."""

import datetime as dt
import random
import subprocess

import pytest

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")

from kb_builder.analytics.gaps import Cause, Gap, cluster, is_misspelling
from kb_builder.analytics.proposals import (
    differing_words,
    feedback_of_clicks,
    likelihood_ratio,
    pages_read_next,
)
from kb_builder.analytics.segments import pack, record, segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate
from kb_builder.config import load_config
from kb_builder.init import init_project
from kb_builder.pipeline import build, read_and_check
from kb_builder.suggest import suggest, with_question
from kb_builder.suggest_report import format_suggestions
from tests.analytics.event_makers import make_event

TODAY = dt.date(2026, 4, 1)
ARTICLES = {
    "backpacks": "Adjust a backpack\n\nLoosen every strap of it, then tighten them.",
    "broken-straps": "Replace broken straps\n\nStraps that are broken are replaced free of charge.",
    "wash-straps": "Wash straps\n\nWash straps by hand and let the straps dry.",
    "spare-straps": "Order spare straps\n\nSpare straps fit every model.",
    "klarna": "Pay in parts with Klarna\n\nChoose Klarna at the checkout and pay in three parts.",
    "gift-cards": "Spend a gift card\n\nType the number of the gift card at the checkout.",
    "passwords": "Forgot the password\n\nAsk for a link to set a new password.",
}
TOPICS = (
    Topic("faq/orders/backpacks/", "zorbo straps", finds=False, better_words="backpack straps", contact=0.1),
    Topic("faq/orders/none/", "invoice vat number", finds=False, contact=0.7),
    Topic("faq/orders/klarna/", "monthly klarna", contact=0.05, rank=4),
    Topic("faq/orders/gift-cards/", "spend gift card", contact=0.05),
    Topic("faq/orders/passwords/", "forgot password", contact=0.05, weight=2),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A help center with a log of its own."""
    folder = tmp_path_factory.mktemp("suggest") / "shop"
    init_project(folder, source=None, name="Shop")
    for name, text in ARTICLES.items():
        title, _, body = text.partition("\n\n")
        page = f"---\ntitle: {title}\nowner: web-team\n---\n{body}\n"
        (folder / "content" / "faq" / "orders" / f"{name}.md").write_text(page, encoding="utf-8")
    days = {}
    for day, line in simulate(Scenario(TOPICS, bots=0), seed=5, visits=500, first_day=dt.date(2026, 3, 1), days=20):
        days.setdefault(day, []).append(line)
    for day, lines in days.items():
        path = segment_path(folder / "analytics" / "raw", day, "simulated")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    return folder


@pytest.fixture(scope="module")
def found(project):
    return suggest(load_config(project / "mkdocs.yml"), today=TODAY, days=28)


def test_each_gap_gets_its_remedy_with_evidence(found):
    assert '+- {from: "zorbo", to: ["backpack"]}' in found.diff
    assert "+++ b/content/faq/invoice-vat-number.md" in found.diff
    assert "+draft: true" in found.diff
    assert "+> From the search log: " in found.diff
    assert '+  - "monthly klarna"' in found.diff
    assert "visits on 20 days searched this" in format_suggestions(found)


def test_the_replay_says_what_closes_and_that_nothing_breaks(found):
    assert "zorbo straps" in found.replay.closed
    assert found.replay.lost == ()
    assert found.replay.broken == ()
    assert "no judged query breaks" in format_suggestions(found)


def test_clicks_become_popular_questions_and_small_boosts(found):
    lines = [line for line in found.diff.splitlines() if line.startswith("+- {article: ")]

    assert any("passwords.md, popular: 1" in line for line in lines)
    boosts = [float(line.partition("boost: ")[2].rstrip("}").partition(",")[0]) for line in lines if "boost" in line]
    assert all(1 < boost <= 1.15 for boost in boosts)


def test_git_takes_the_diff_and_the_help_center_builds_with_it(found, project, tmp_path):
    (tmp_path / "s.diff").write_text(found.diff, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    try:
        subprocess.run(["git", "apply", str(tmp_path / "s.diff")], cwd=project, check=True)
    finally:
        subprocess.run(["rm", "-rf", ".git"], cwd=project, check=True)
    config = load_config(project / "mkdocs.yml")

    result = build(config, today=TODAY)
    content = read_and_check(config, today=TODAY)

    assert not [issue for issue in result.issues if issue.level == "error"]
    assert content.articles["faq/orders/passwords.md"].popular == 1
    assert any(article.search_boost > 1 for article in content.articles.values())
    home = (project / "site" / "index.html").read_text("utf-8")
    assert "Forgot the password" in home
    again = suggest(config, today=TODAY, days=28)
    assert "zorbo" not in again.diff


def test_what_people_read_next_is_proposed_and_shown_after_the_writers_choice(tmp_path):
    """Of 80 readers of one article most go on to another, which hardly anyone reads otherwise."""
    folder = tmp_path / "shop"
    init_project(folder, source=None, name="Shop")
    for name in ("klarna", "gift,cards", "passwords", "wash-straps"):
        related = "related: [wash-straps.md]\n" if name == "klarna" else ""
        title, _, body = ARTICLES[name.replace(",", "-")].partition("\n\n")
        (folder / f"content/faq/orders/{name}.md").write_text(f"---\ntitle: {title}\n{related}---\n{body}\n", "utf-8")
    draw, lines = random.Random(5), []
    for visit in range(160):
        first = "klarna" if visit % 2 else draw.choice(["passwords", "wash-straps"])
        second = "gift,cards" if visit % 2 and draw.random() < 0.7 else draw.choice(["passwords", "wash-straps"])
        day = dt.datetime(2026, 3, 1 + visit % 4, 10, tzinfo=dt.UTC)
        for minute, name in enumerate((first, second) if visit % 2 else (first,)):
            at = f"{day + dt.timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}.000Z"
            key, page = f"visit-{visit:04}", f"faq/orders/{name}/"
            view = make_event(event_id=f"event-{visit:04}-{minute}", at=at, session_id=key, page=page)
            lines.append((day.date(), pack(record(view, received=at, source="collect", visit=key, bot=""))))
    for day in {day for day, _ in lines}:
        path = segment_path(folder / "analytics" / "raw", day.isoformat(), "views")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line for of, line in lines if of == day))
    config = load_config(folder / "mkdocs.yml")

    found = suggest(config, today=TODAY, days=28)
    (folder / "search" / "feedback.yml").write_text(
        "".join(f"{line[1:]}\n" for line in found.diff.splitlines() if line.startswith("+- {article: ")), "utf-8"
    )
    build(config, today=TODAY)

    nexts = [line for line in found.diff.splitlines() if "next:" in line]
    assert [line.partition(", faq/")[0] for line in nexts] == [
        '+- {article: faq/orders/klarna.md, next: ["faq/orders/gift,cards.md"'
    ]
    page = (config.site_dir / "faq/orders/klarna/index.html").read_text("utf-8")
    related = page[page.index('class="kb-related"') :]
    assert 0 < related.index('href="../wash-straps/"') < related.index('href="../gift,cards/"')


def test_few_readers_or_one_day_say_nothing_of_what_is_read_next():
    row = {"page": "a/", "next_page": "b/", "numerator": 19, "denominator": 20, "days": 2, "arrivals": 19}
    row["readings"] = 500

    assert pages_read_next([row]) == {"a/": ("b/",)}
    assert pages_read_next([row | {"denominator": 19}]) == {}
    assert pages_read_next([row | {"numerator": 4}]) == {}
    assert pages_read_next([row | {"days": 1}]) == {}


def test_a_page_that_everyone_reads_is_not_what_is_read_next():
    row = {"page": "a/", "next_page": "home/", "numerator": 30, "denominator": 100, "days": 9}

    assert pages_read_next([row | {"arrivals": 90, "readings": 300}]) == {}
    assert pages_read_next([row | {"arrivals": 30, "readings": 300}]) == {"a/": ("home/",)}


def test_every_language_gets_proposals_for_its_own_lists_and_articles(tmp_path):
    folder = tmp_path / "shop"
    init_project(folder, source=None, name="Shop")
    (folder / "mkdocs.yml").write_text(
        "site_name: Shop\nsite_url: https://help.example/\ntheme: {name: help_center, language: en-GB}\n"
        "plugins: [{kb: {content: {languages: [de-AT]}}}]\n",
        "utf-8",
    )
    texts = {
        "faq/orders/backpacks": ARTICLES["backpacks"],
        "faq/orders/spare-straps": ARTICLES["spare-straps"],
        "faq/orders/broken-straps": ARTICLES["broken-straps"],
        "faq/orders/wash-straps": ARTICLES["wash-straps"],
        "de-AT/faq/orders/rucksack": "Rucksack einstellen\n\nJeden Riemen lockern, dann festziehen.",
        "de-AT/faq/orders/waschen": "Riemen waschen\n\nRiemen von Hand waschen und trocknen lassen.",
        "de-AT/faq/orders/ersatz": "Riemen nachkaufen\n\nRiemen passen an jedes Modell.",
        "de-AT/faq/orders/kaputt": "Kaputte Riemen\n\nKaputte Riemen ersetzen wir kostenlos.",
        "de-AT/faq/orders/passwort": "Passwort vergessen\n\nEin neues Passwort setzen.",
    }
    for path, text in texts.items():
        title, _, body = text.partition("\n\n")
        (folder / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "content" / f"{path}.md").write_text(f"---\ntitle: {title}\n---\n{body}\n", "utf-8")
    german = (
        Topic("de-AT/faq/orders/rucksack/", "zorbo riemen", finds=False, better_words="rucksack riemen", contact=0.1),
        Topic("de-AT/faq/orders/none/", "rechnung ustid", finds=False, contact=0.7),
        Topic("de-AT/faq/orders/passwort/", "passwort vergessen", contact=0.05, weight=3),
    )
    english = (TOPICS[0], Topic("faq/orders/wash-straps/", "wash by hand", contact=0.05, weight=3))
    for name, topics, locale in (("de", german, "de-AT"), ("en", english, "en-GB")):
        scenario = Scenario(topics, bots=0, locales=((locale, 1.0),))
        for day, line in simulate(scenario, seed=5, visits=300, first_day=dt.date(2026, 3, 1), days=10):
            path = segment_path(folder / "analytics" / "raw", day, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(line)

    found = suggest(load_config(folder / "mkdocs.yml"), today=TODAY, days=28)

    files = {part.partition("\n")[0]: part for part in found.diff.split("\n+++ b/")[1:]}
    assert '+- {from: "zorbo", to: ["rucksack"]}' in files["search/de-AT/synonyms.yml"]
    assert '+- {from: "zorbo", to: ["backpack"]}' in files["search/synonyms.yml"]
    assert "rucksack" not in files["search/synonyms.yml"]
    assert "content/de-AT/faq/rechnung-ustid.md" in files
    assert {"zorbo riemen", "zorbo straps"} <= set(found.replay.closed)
    assert (found.replay.lost, found.replay.broken) == ((), ())


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# T\n", '---\nquestions:\n  - "q"\n---\n# T\n'),
        ("---\ntitle: T\n---\nx\n", '---\ntitle: T\nquestions:\n  - "q"\n---\nx\n'),
        ("---\nquestions: [a, b]\ntitle: T\n---\n", '---\nquestions: [a, b, "q"]\ntitle: T\n---\n'),
        ("---\nquestions: []\n---\n", '---\nquestions: ["q"]\n---\n'),
        ("---\nquestions:\n  - a\n  - b\ntitle: T\n---\n", '---\nquestions:\n  - a\n  - b\n  - "q"\ntitle: T\n---\n'),
        ("---\nquestions:\n- a\n---\n", '---\nquestions:\n- a\n- "q"\n---\n'),
    ],
)
def test_a_question_is_added_as_the_writer_writes_them(markdown, expected):
    assert with_question(markdown, "q") == expected


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("pasword reset", "password reset", True),
        ("refnud", "refund", True),
        ("zorbo", "backpack", False),
        ("gift card", "gift card", False),
        ("giftcard", "gift card", True),
        ("cat", "car", False),
    ],
)
def test_misspellings_are_told_from_other_words(text, other, same):
    assert is_misspelling(text, other) == same


@pytest.mark.parametrize(
    ("text", "other", "pair"),
    [
        ("zorbo straps", "strap of my backpack", ("zorbo", "of my backpack")),
        ("refund", "refund to gift card", None),
        ("cancel plan", "renew plan", None),
        ("money back", "refund", ("money back", "refund")),
    ],
)
def test_a_synonym_is_what_differs_unless_it_narrows_or_is_the_opposite(text, other, pair):
    assert differing_words(text, other, "en") == pair


def test_texts_about_the_same_come_together_in_a_fixed_order():
    texts = ["vat invoice", "invoice for vat", "vat invoices 2024", "vat invoices 2025", "gift card", "gift cards"]
    rows = [{"text": text, "locale": "en"} for text in texts]

    found = [[row["text"] for row in members] for members in cluster(rows)]

    assert found == [texts[:4], texts[4:]]


def test_the_likelihood_ratio_is_that_of_the_paper():
    """Dunning 1993, table 1: "the swiss", counts 110, 2442, 111 and 29,114 give 270.72."""
    assert likelihood_ratio(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114) == pytest.approx(270.72, abs=0.01)
    assert likelihood_ratio(10, 100, 100, 1000) == pytest.approx(0, abs=1e-9)


def test_a_page_with_few_visits_gets_no_boost():
    row = {"text": "a", "locale": "en", "page": "a/", "numerator": 10, "denominator": 10, "last": 10, "visits": 10}

    assert feedback_of_clicks([row], largest_boost=1.15) == ()


def test_a_gap_of_rare_texts_is_not_named():
    gap = Gap("anna schmidt", "en", Cause.CONTENT, (), 4, 0, 0, 2, 4.0)

    assert not gap.may_show
