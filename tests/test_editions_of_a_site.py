"""A help center in three languages with articles for agents, built from end to end; what is withheld stays so."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kb_command import MKDOCS

from kb_builder.articles.editions import for_audience
from kb_builder.clock import build_day
from kb_builder.config import load_config
from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.leaks import leak_issues
from kb_builder.lint.check import check
from kb_builder.pipeline import read_and_check

ROOT = Path(__file__).parents[1]
SETTINGS = """\
site_name: Larkfell Help
site_url: https://help.example/
docs_dir: content
theme: {name: help_center, language: en-GB}
plugins:
  - kb:
      content: {languages: [de-AT, ar]}
      checks: {levels: {KB142: 'off'}}
      theme: {labels_in: {de-AT: {contact: Kontakt}}}
"""
FILES = {
    "content/faq/orders/cancel.md": "# How do I cancel my order?\nOpen the order and choose Cancel.",
    "content/faq/orders/returns.md": (
        "# How long can I return things?\nSixty days. Ask [the team](cancel.md#top) for a refund."
    ),
    "content/faq/desk/index.md": "---\ntitle: Zebrafish desk\n---\nFor the wombatgroup.",
    "content/faq/desk/override.md": (
        "---\ntitle: Override a refund limit\nquestions: [raise the goodwill ceiling]\naudience: agent\n"
        "owner: quokkateam\ntags: [platypusfund]\nredirect_from: /old-secret/\n---\n"
        "Ask the duty lead for a Quxzabar code, then choose Cancel and open the order twice.\n\n![x](panel.txt)\n"
    ),
    "content/faq/desk/panel.txt": "Marsupialcode",
    "content/faq/orders/wholesale.md": "---\ntitle: Pallet orders\naudience: b2b\n---\nWe ship pallets.",
    "content/faq/orders/gifts.md": "---\ntitle: Wrapping as a gift\naudience: b2c\n---\nRibbons are free.",
    "content/de-AT/index.md": "# Wie können wir helfen?",
    "content/de-AT/faq/orders/cancel.md": (
        "# Wie storniere ich?\nÖffnen Sie die Bestellung. [Rückgaben](returns.md) sind [kostenlos](/contact/).\n\n"
        "## Danach\n\n> [!NOTE]\n> Warten Sie.\n"
    ),
    "content/de-AT/faq/orders/wholesale.md": "# Palettenware\nWir verschicken Paletten.",
    "content/ar/faq/orders/cancel.md": "# كيف ألغي طلبي؟\nافتح الطلب واختر إلغاء.",
    "search/judgments.yml": (
        "- {query: cancel order, article: faq/orders/cancel.md, within: 1}\n"
        "- {query: goodwill ceiling, article: faq/desk/override.md, within: 1}\n"
    ),
    "search/de-AT/judgments.yml": "- {query: rückgabe, article: de-AT/faq/orders/cancel.md, within: 1}\n",
    "search/de-AT/synonyms.yml": "- {from: abbestellen, to: stornieren}\n",
}
SECRETS = ("quxzabar", "quokkateam", "platypusfund", "marsupialcode", "zebrafish", "wombatgroup", "old-secret")


def run(*arguments, cwd):
    command = [sys.executable, "-m", "kb_builder", *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1795219200"},
    )


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    """Return the help center, built for the public, for businesses and for agents."""
    root = tmp_path_factory.mktemp("editions")
    for name, text in {"mkdocs.yml": SETTINGS, **FILES}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for audience in ((), ("--audience", "b2b"), ("--audience", "agent")):
        built = run("build", "--strict", *audience, cwd=root)
        assert built.returncode == 0, built.stderr
    return root


def texts(folder):
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8").casefold() for path in folder.rglob("*.*")}


@pytest.mark.parametrize("secret", SECRETS)
def test_no_word_for_agents_is_anywhere_on_the_sites_of_customers(center, secret):
    for site in ("site", "site-b2b"):
        assert [name for name, text in texts(center / site).items() if secret in text or secret in name] == []
    assert any(secret in text or secret in name for name, text in texts(center / "site-agent").items())


def test_each_site_has_the_articles_of_its_readers(center):
    pages = {
        site: {page for page in ("wholesale", "gifts", "cancel") if (center / site / "faq/orders" / page).is_dir()}
        for site in ("site", "site-b2b", "site-agent")
    }

    assert pages == {
        "site": {"wholesale", "gifts", "cancel"},
        "site-b2b": {"wholesale", "cancel"},
        "site-agent": {"wholesale", "gifts", "cancel"},
    }


def test_a_site_tells_for_whom_it_was_built_when_searched(center):
    found = run("search", "goodwill", "--audience", "agent", "--json", cwd=center)
    none = run("search", "goodwill", "--json", cwd=center)

    assert [hit["url"] for hit in json.loads(found.stdout)["hits"]][:1] == ["faq/desk/override/"]
    assert "faq/desk/override/" not in none.stdout


def test_every_language_has_its_own_index_pages_and_words(center):
    german, arabic = (open_search(center / "site" / language / "search") for language in ("de-AT", "ar"))

    assert (german.language, arabic.language) == ("de", "ar")
    assert [hit.url for hit in search(german, "Rueckgabe kostenlos").hits] == ["faq/orders/cancel/"]
    assert [hit.url for hit in search(german, "abbestellen").hits] == ["faq/orders/cancel/"]
    assert [hit.url for hit in search(arabic, "إلغاء الطلب").hits] == ["faq/orders/cancel/"]
    assert open_search(center / "site" / "search").article_count == 4


def test_a_page_of_a_language_leads_to_its_own_search_home_and_translations(center):
    page = (center / "site/de-AT/faq/orders/cancel/index.html").read_text("utf-8")

    assert '<html lang="de-AT" dir="ltr">' in page
    assert 'action="../../../search/"' in page and 'data-kb-base="../../../"' in page
    assert '<a href="../../../../ar/faq/orders/cancel/" lang="ar" hreflang="ar" dir="rtl">' in page
    assert 'hreflang="en-GB" href="https://help.example/faq/orders/cancel/"' in page
    assert ">Kontakt</a>" in page
    home = (center / "site/de-AT/index.html").read_text("utf-8")
    assert "Wie können wir helfen?" in home and "cancel" not in home.partition("<main")[0]
    assert 'dir="rtl"' in (center / "site/ar/faq/orders/cancel/index.html").read_text("utf-8")


def test_a_page_that_is_not_translated_stands_there_in_its_own_language_and_says_so(center):
    original = (center / "site/faq/orders/returns/index.html").read_text("utf-8")
    page = (center / "site/de-AT/faq/orders/returns/index.html").read_text("utf-8")
    listed = (center / "site/de-AT/faq/orders/index.html").read_text("utf-8")

    assert '<a href="../../../de-AT/faq/orders/returns/" lang="de-AT"' in original
    assert '<html lang="de-AT" dir="ltr">' in page and ">Kontakt</a>" in page
    assert "Diese Seite gibt es noch nicht auf Deutsch. Hier ist sie auf Englisch." in page
    assert '<h1 lang="en-GB" dir="ltr">How long can I return things?</h1>' in page
    assert "Sixty days. Ask the team for a refund." in page
    assert '>How long can I return things?</a> <span class="kb-in-language">Englisch</span>' in listed
    assert '<a href="cancel/">Wie storniere ich?</a>' in listed


def test_search_engines_and_search_do_not_take_it_for_a_translation(center):
    page = (center / "site/de-AT/faq/orders/returns/index.html").read_text("utf-8")

    assert '<meta name="robots" content="noindex">' in page and 'rel="alternate" hreflang' not in page
    assert "de-AT/faq/orders/returns/" not in (center / "site/sitemap.xml").read_text("utf-8")
    assert open_search(center / "site/de-AT/search").article_count == 2


def test_a_link_leads_to_its_page_in_the_language_it_stands_in(center):
    page = (center / "site/de-AT/faq/orders/cancel/index.html").read_text("utf-8")
    untranslated = (center / "site/ar/faq/orders/returns/index.html").read_text("utf-8")

    assert '<a href="../returns/">Rückgaben</a>' in page, "which is not translated"
    assert '<a href="../../../contact/">kostenlos</a>' in page
    assert '<a href="../cancel/#top">the team</a>' in untranslated, "it is an English text on an Arabic page"
    assert 'title="Link zu diesem Abschnitt"' in page
    assert '<p class="admonition-title">Hinweis</p>' in page


def test_a_translation_is_for_the_readers_of_its_original(center):
    agents = (center / "site-agent/de-AT/faq/orders/wholesale/index.html").read_text("utf-8")

    assert "Palettenware" in agents
    assert not (center / "site-b2b/de-AT/faq/orders/gifts").exists()
    assert (center / "site/de-AT/faq/orders/wholesale").is_dir()
    assert "Palettenware" not in (center / "site-b2b/ar/faq/orders/wholesale/index.html").read_text("utf-8")


def test_mkdocs_alone_withholds_the_same(center):
    built = subprocess.run(
        [*MKDOCS, "build", "--quiet", "--site-dir", "site-mkdocs"],
        cwd=center,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1795219200"},
    )

    assert built.returncode == 0, built.stderr
    assert texts(center / "site-mkdocs") == texts(center / "site")


def test_judged_queries_run_in_their_language_and_where_their_article_is(center):
    result = check(load_config(center / "mkdocs.yml"), today=build_day())

    assert [str(found) for found in result.issues] == []
    assert [outcome.rank for outcome in result.search.outcomes] == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("faq/orders/cancel/index.html", "<p>ask for a QUXZABAR code</p>", "its word 'quxzabar'"),
        ("index.html", '<img alt="quokkateam">', "its word 'quokkateam'"),
        ("sitemap.xml", "<loc>https://help.example/faq/desk/override/</loc>", "its address 'faq/desk/override/'"),
        ("feed.json", '{"items": [{"title": "Override a Refund&#32;limit"}]}', "its passage 'override a refund"),
        ("llms.txt", "… choose cancel and open the order twice", "its passage 'choose cancel and open the'"),
        (
            "search/words-0000000000/0.json",
            '{"words": ["ceiling", "code"], "terms": [0, -1], "postings": [[0, 1]], "meanings": ["", ";2.1"]}',
            "its word 'ceiling'",
        ),
        ("search/spelling-0000000000/0.json", '{"words": ["", "goodwill order"]}', "its word 'goodwill'"),
    ],
)
def test_a_leak_is_found_in_every_kind_of_file(center, tmp_path, name, text, what):
    config = load_config(center / "mkdocs.yml")
    everything = read_and_check(config, today=build_day())
    leaked = tmp_path / name
    leaked.parent.mkdir(parents=True, exist_ok=True)
    leaked.write_text(text.replace("&#32;", " "), encoding="utf-8")

    issues = leak_issues(tmp_path, everything, for_audience(everything, None), (), config)

    assert [(found.code, found.path) for found in issues] == [("KB850", "content/faq/desk/override.md")]
    assert issues[0].message.startswith(what) and issues[0].message.endswith(f"reached '{name}'")


@pytest.mark.parametrize("step", [3, 11])
def test_what_articles_have_in_common_is_no_leak(tmp_path, step):
    """The demo, with every third or eleventh article for agents alone, is published; nothing in it is theirs alone."""
    for name in ("content", "search", "mkdocs.yml"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    restricted = sorted((tmp_path / "content" / "faq").rglob("[!i]*.md"))[::step]
    for path in restricted:
        text = re.sub(r"(?m)^audience:.*\n", "", path.read_text("utf-8"))
        path.write_text(text.replace("---\n", "---\naudience: agent\n", 1), encoding="utf-8")

    built = run("build", cwd=tmp_path)

    assert built.returncode == 0, built.stderr
    assert not any(
        (tmp_path / "site" / path.relative_to(tmp_path / "content").with_suffix("")).exists() for path in restricted
    )


def test_a_hook_that_copies_text_for_agents_stops_the_build(center, tmp_path):
    for name, text in {"mkdocs.yml": f"hooks: [leak.py]\n{SETTINGS}", **FILES}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "leak.py").write_text(
        "from pathlib import Path\n"
        "def on_post_page(output, page, config):\n"
        "    return output + Path(config.docs_dir, 'faq/desk/override.md').read_text()\n"
    )

    built = run("--trust-config", "build", cwd=tmp_path)

    assert built.returncode == 1
    assert "KB850: its address" in built.stderr or "KB850: its word" in built.stderr
    assert not Path(tmp_path, "site").exists()
