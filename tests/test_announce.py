"""``kb announce``: what is in the content goes live without a build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from kb_command import kb

from kb_builder.init import init_project

NEWS = """\
---
title: Card payments fail
starts: 2020-01-01
severity: critical
queries: [card declined]
---
We are on it.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("center") / "shop"
    init_project(folder)
    assert kb("build", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(built, folder)
    (folder / "content" / "announcements").mkdir()
    return folder


def live(www: Path) -> list[dict[str, str]]:
    return json.loads((www / "current" / "announcements.json").read_bytes())["announcements"]


def test_a_new_announcement_goes_live_and_its_page_comes_with_the_next_build(shop: Path, tmp_path: Path) -> None:
    www = tmp_path / "www"
    assert kb("publish", str(www), cwd=shop).returncode == 0
    generation = (www / "current").readlink()
    assert live(www) == []
    (shop / "content" / "announcements" / "cards.md").write_text(NEWS)

    done = kb("announce", str(www), cwd=shop)

    assert (done.returncode, done.stdout) == (0, "critical: Card payments fail (on now)\n")
    assert [(one["title"], one["link"]) for one in live(www)] == [("Card payments fail", "")]
    assert (www / "current").readlink() == generation

    assert kb("build", cwd=shop).returncode == 0
    assert kb("publish", str(www), cwd=shop).returncode == 0
    assert [one["link"] for one in live(www)] == ["announcements/cards/"]


def test_what_is_announced_stays_live_when_the_site_goes_back(shop: Path, tmp_path: Path) -> None:
    www = tmp_path / "www"
    kb("publish", str(www), cwd=shop)
    (shop / "content" / "index.md").write_text("# Another home\n")
    kb("build", cwd=shop)
    kb("publish", str(www), cwd=shop)
    (shop / "content" / "announcements" / "cards.md").write_text(NEWS)
    kb("announce", str(www), cwd=shop)

    assert kb("publish", str(www), "--rollback", cwd=shop).returncode == 0

    assert [one["title"] for one in live(www)] == ["Card payments fail"]


def test_mistakes_elsewhere_do_not_hold_it_up_and_its_own_do(shop: Path) -> None:
    file = shop / "content" / "announcements" / "cards.md"
    file.write_text(NEWS)
    (shop / "content" / "faq" / "orders" / "half-written.md").write_text("---\ntitle: x\n")
    assert kb("announce", cwd=shop).returncode == 0
    before = (shop / "site" / "announcements.json").read_bytes()
    assert b"Card payments fail" in before

    file.write_text(NEWS.replace("critical", "loud"))
    refused = kb("announce", cwd=shop)

    assert refused.returncode == 1
    assert "content/announcements/cards.md:4: error KB120" in refused.stderr
    assert (shop / "site" / "announcements.json").read_bytes() == before


def test_a_folder_in_which_nothing_is_published_is_left_alone(shop: Path, tmp_path: Path) -> None:
    refused = kb("announce", str(tmp_path / "empty"), cwd=shop)

    assert refused.returncode == 1
    assert "Publish one first: kb publish" in refused.stderr
    assert not (tmp_path / "empty").exists()


def test_an_agents_announcement_is_not_on_the_public_site(shop: Path) -> None:
    (shop / "content" / "announcements" / "cards.md").write_text(NEWS.replace("---\nWe", "audience: agent\n---\nWe"))

    assert kb("announce", cwd=shop).stdout == "Nothing is announced.\n"
