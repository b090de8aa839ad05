"""Pages drawn ahead of a build are those that it will write; where it would not write one, there is none."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from kb_builder import pipeline
from kb_builder.config import load_config
from kb_builder.preview.first_look import LastBuild, first_look
from kb_builder.site import body
from kb_builder.workers import can_fork

TODAY = dt.date(2026, 6, 1)
SETTINGS = """\
site_name: Help
site_url: https://help.example/
docs_dir: content
plugins:
  - kb:
      content: {languages: [de]}
      checks: {levels: {KB302: error}}
"""
FILES = {
    "index.md": "# Help\nAsk us.\n",
    "faq/orders/cancel.md": "---\ntitle: Cancel an order\ntags: [order]\n---\nOpen it.\n\n## How\n\nChoose Cancel.\n",
    "faq/orders/change.md": "# Change an order\nOpen it.\n\nSee [cancelling](cancel.md#how). <b onclick=x>Now</b>.\n",
    "faq/orders/track.md": "---\ntitle: Track an order\nsummary: How far it is\nrelated: [change.md]\n---\nOpen it.\n",
    "faq/orders/drivers.md": "---\ntitle: Call a driver\naudience: agent\n---\nDial the wombat extension.\n",
    "de/faq/orders/cancel.md": "# Eine Bestellung stornieren\nÖffnen Sie die Bestellung.\n",
    "policies/returns/1.md": "---\ntitle: Returns\nversion: 1\neffective: 2026-01-01\n---\nSixty days.\n",
}


class Center:
    """A help center, and what its last build was made of."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "mkdocs.yml").write_text(SETTINGS)
        for name, text in FILES.items():
            self.write(name, text)
        self.last = self.build()

    def write(self, name: str, text: str) -> None:
        target = self.root / "content" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def build(self) -> LastBuild:
        config = load_config(self.root / "mkdocs.yml")
        built = pipeline.build(config, today=TODAY)
        return LastBuild(config, built.content, TODAY, built.urls)

    def look(self, *names: str) -> dict[str, bytes]:
        return first_look(self.last, names)

    def page(self, path: str) -> bytes:
        return (self.root / "site" / path).read_bytes()


@pytest.fixture
def center(tmp_path: Path) -> Center:
    return Center(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faq/orders/cancel.md", FILES["faq/orders/cancel.md"] + "\nThen [wait](track.md), see ![x](no.png).\n"),
        ("faq/orders/cancel.md", FILES["faq/orders/cancel.md"].replace("Open it", "## New\n\nOpen *it*")),
        (
            "faq/orders/change.md",
            "# Change an order\nOpen it.\n\n<script>x()</script> Sooner: [now](../../de/index.md)\n",
        ),
        ("faq/orders/track.md", FILES["faq/orders/track.md"].replace("Open it", "Where is it?\n\n- Open it")),
        ("faq/orders/drivers.md", FILES["faq/orders/drivers.md"] + "\nAt night, too.\n"),
        ("de/faq/orders/cancel.md", FILES["de/faq/orders/cancel.md"] + "\n> [!NOTE]\n> [Ändern](change.md) Sie sie.\n"),
    ],
)
def test_it_is_the_page_that_the_build_then_writes(center: Center, name: str, text: str) -> None:
    center.write(name, text)
    looks = center.look(name, "faq/orders/change.md~", "../mkdocs.yml")

    center.build()

    path = f"{name.removesuffix('.md')}/index.html"
    is_withheld = name == "faq/orders/drivers.md"
    assert looks == ({} if is_withheld else {path: center.page(path)})


def test_a_new_title_or_summary_is_shown_where_the_page_names_itself(center: Center) -> None:
    """What is related to it then is found by the build, as the titles of all others have a say in that."""
    center.write("faq/orders/track.md", FILES["faq/orders/track.md"].replace("Track an order", "Follow a parcel"))

    html = center.look("faq/orders/track.md")["faq/orders/track/index.html"].decode()

    assert html.count("Follow a parcel") > 3
    assert "Track an order" not in html


def test_files_saved_together_are_looked_at_together(center: Center) -> None:
    for name in ("faq/orders/cancel.md", "faq/orders/change.md"):
        center.write(name, FILES[name] + "\n\n## Afterwards\n\nSee [above](cancel.md#afterwards).\n")

    looks = center.look("faq/orders/cancel.md", "faq/orders/change.md")

    center.build()
    assert len(looks) == 2
    assert all(html == center.page(path) and b"Afterwards" in html for path, html in looks.items())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faq/orders/cancel.md", "---\ntitle: a\ntitle: b\n---\nText.\n"),
        ("faq/orders/cancel.md", "---\ntitle: Cancel an order\ntags: [order]\n---\n[x](track.md#nowhere)\n"),
        ("faq/orders/cancel.md", "---\ntitle: Cancel an order\ntags: [order, refund]\n---\nOpen it.\n"),
        ("faq/orders/cancel.md", "---\ntitle: Cancel an order\ntags: [order]\naudience: agent\n---\nOpen it.\n"),
        ("faq/orders/cancel.md", "---\ntitle: Cancel an order\ntags: [order]\n---\n" + "[" * 50_000),
        ("policies/returns/1.md", FILES["policies/returns/1.md"] + "\nMore.\n"),
        ("faq/orders/new.md", "# New\nText.\n"),
        ("faq/orders/index.md", "# Orders\nText.\n"),
    ],
)
def test_what_the_build_must_judge_is_left_to_it(center: Center, name: str, text: str) -> None:
    center.write(name, text)

    assert center.look(name) == {}


def test_a_file_that_is_gone_or_a_link_is_left_to_the_build(center: Center) -> None:
    article, other = (center.root / f"content/faq/orders/{name}.md" for name in ("cancel", "track"))
    article.unlink()
    other.unlink()
    other.symlink_to(center.root / "mkdocs.yml")

    assert center.look("faq/orders/cancel.md", "faq/orders/track.md") == {}


@pytest.mark.skipif(not can_fork(), reason="this system does not fork")
def test_a_page_that_hangs_is_left_to_the_build(center: Center, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*arguments: object, **details: object) -> None:
        while True:
            pass

    monkeypatch.setattr(body, "sanitize", hang)
    center.write("faq/orders/cancel.md", FILES["faq/orders/cancel.md"] + "\nMore.\n")

    assert center.look("faq/orders/cancel.md") == {}


def test_plugins_of_trusted_settings_are_left_to_mkdocs(center: Center) -> None:
    center.write("faq/orders/cancel.md", FILES["faq/orders/cancel.md"] + "\nMore.\n")
    trusted = replace(center.last, config=replace(center.last.config, trusted=True))

    assert first_look(trusted, ["faq/orders/cancel.md"]) == {}
