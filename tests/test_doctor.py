"""kb doctor and kb completion."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb_builder.cli import kb
from kb_builder.init import init_project


def run(*arguments: str) -> Result:
    return CliRunner().invoke(kb, arguments, catch_exceptions=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    init_project(tmp_path / "shop")
    return tmp_path / "shop"


def findings(shop: Path) -> dict[str, dict[str, object]]:
    result = run("-f", str(shop / "mkdocs.yml"), "doctor", "--json")
    return {finding["name"]: finding for finding in json.loads(result.output)}


def test_a_sound_help_center_is_well(shop: Path) -> None:
    result = run("-f", str(shop / "mkdocs.yml"), "doctor")

    assert result.exit_code == 0, result.output
    assert "1 article, 0 drafts, 0 errors" in result.output


def test_addresses_of_the_starter_are_named_until_they_are_ones_own(shop: Path) -> None:
    before = findings(shop)
    for name, example, own in (
        ("mkdocs.yml", "help.example.com", "help.larkfell.org"),
        ("content/contact.yml", "help@shop.example", "help@larkfell.org"),
    ):
        (shop / name).write_text((shop / name).read_text().replace(example, own))
    after = findings(shop)

    assert "an example" in str(before["site_url"]["value"])
    assert before["contact"]["value"] == "1 channel; mailto:help@shop.example is an example"
    assert "site_url" not in after
    assert after["contact"]["value"] == "1 channel"


def test_what_is_wrong_is_marked_with_what_to_do(shop: Path) -> None:
    (shop / "content/contact.yml").unlink()
    (shop / "content/faq/orders/x.md").write_text("---\ntitle: x\n")

    result = run("-f", str(shop / "mkdocs.yml"), "doctor")

    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith("!")]
    assert [line.split()[1] for line in lines] == ["content", "contact"]
    assert "Run kb check." in result.output


def test_wrong_settings_end_the_examination(shop: Path) -> None:
    (shop / "mkdocs.yml").write_text("site_name: X\nhooks: [x.py]\n")

    found = findings(shop)

    assert found["settings"]["is_sound"] is False
    assert "content" not in found


def test_a_site_older_than_its_content_is_noticed(shop: Path) -> None:
    assert findings(shop)["site"]["value"] == "not built"
    assert findings(shop)["cache"]["value"] == "empty"
    assert " s; " in str(findings(shop)["reading"]["value"])
    (shop / "site/search").mkdir(parents=True)
    (shop / "site/search/manifest.json").write_text("{}")
    (shop / "site/index.html").write_text("x")
    assert findings(shop)["site"]["is_sound"] is True
    assert "files" in str(findings(shop)["search index"]["value"])
    import os

    os.utime(shop / "site/index.html", (1, 1))
    assert findings(shop)["site"]["is_sound"] is False


def test_a_build_leaves_a_cache_and_an_index(shop: Path) -> None:
    built = run("-f", str(shop / "mkdocs.yml"), "build")
    found = findings(shop)

    assert built.exit_code == 0, built.output
    assert str(found["cache"]["value"]).endswith(" values")
    assert found["search index"]["is_sound"] is True


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_variable_that_the_command_reads(shell: str) -> None:
    script = run("completion", shell).output

    assert "_KB_COMPLETE" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_script_for_bash_is_bash() -> None:
    script = run("completion", "bash").output

    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
