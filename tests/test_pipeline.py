"""A build from end to end: the demo, MkDocs alone, foreign Markdown, and the same bytes everywhere."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from kb_command import KB, MKDOCS

ROOT = Path(__file__).resolve().parent.parent
COMMERCE = ROOT.parent / "shared" / "corpora" / "commerce-kb" / "help"
DAY = "1795219200"  # 2026-11-21


def run(*command, cwd, **env):
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": DAY, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder):
    """Hash every file by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A copy of the demo help center, built once by ``kb build``."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "content", folder / "content")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    built = run(*KB, "build", "--strict", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


def test_mkdocs_alone_gives_the_same_site(demo):
    built = run(*MKDOCS, "build", "--quiet", "--site-dir", "site-mkdocs", cwd=demo)

    assert built.returncode == 0, built.stderr
    assert contents(demo / "site-mkdocs") == contents(demo / "site")


def test_another_place_zone_locale_and_hash_seed_give_the_same_bytes(demo, tmp_path):
    """H39"""
    elsewhere = tmp_path / "an other place"
    for path in sorted((demo / "content").rglob("*"), reverse=True):  # files are made in another order
        target = elsewhere / path.relative_to(demo)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    shutil.copy(demo / "mkdocs.yml", elsewhere)

    built = run(*KB, "build", cwd=elsewhere, TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7")

    assert built.returncode == 0, built.stderr
    assert contents(elsewhere / "site") == contents(demo / "site")


def test_the_day_decides_which_terms_are_current(demo):
    """H31"""
    built = run(*KB, "build", "--site-dir", "site-2027", cwd=demo, SOURCE_DATE_EPOCH="1801526400")  # 2027-02-02

    assert built.returncode == 0, built.stderr
    for site, version in (("site-2027", "3.0"), ("site", "2.0")):
        terms = demo / site / "terms" / "business-terms"
        assert "url=latest/" in (terms / "index.html").read_text("utf-8")
        assert f"<dt>Version</dt><dd>{version}</dd>" in (terms / "latest" / "index.html").read_text("utf-8")


def test_no_absolute_path_reaches_the_site(demo):
    needle = str(demo).encode()
    assert not [path for path in (demo / "site").rglob("*") if path.is_file() and needle in path.read_bytes()]


@pytest.mark.skipif(not COMMERCE.is_dir(), reason="the commerce-kb corpus is not beside this checkout")
def test_another_teams_markdown_builds_and_is_found(tmp_path):
    made = run(*KB, "init", "center", "--from", str(COMMERCE), cwd=tmp_path)
    built = run(*KB, "build", cwd=tmp_path / "center")
    found = run(
        *KB,
        "search",
        "Restore a DB snapshot from Staging or Production",
        "--limit",
        "1",
        cwd=tmp_path / "center",
    )

    assert made.returncode == built.returncode == found.returncode == 0, built.stderr
    assert "KB304: image 'assets/advanced_pricing.png' does not exist" in built.stderr
    assert "restore-a-db-snapshot-from-staging-or-production/" in found.stdout
    pages = "".join(path.read_text("utf-8") for path in (tmp_path / "center" / "site").rglob("index.html"))
    assert 'class="admonition warning"' in pages
    assert not any(token in pages for token in ("[!DNL", "[!UICONTROL", "[!NOTE]", "{width=", "```bash"))
