"""``kb publish`` and ``kb build --verify`` from the terminal."""

import shutil

import pytest
from kb_command import kb

from kb_builder.init import init_project


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    folder = tmp_path_factory.mktemp("center") / "shop"
    init_project(folder)
    verified = kb("build", "--verify", "--profile", cwd=folder)
    assert verified.returncode == 0, verified.stderr
    assert "slowest pages" in verified.stdout
    return folder


def test_a_site_is_published_and_taken_back(center, tmp_path):
    www = tmp_path / "www"
    page = www / "current" / "faq" / "orders" / "cancel-my-order" / "index.html"
    first = kb("publish", str(www), cwd=center)
    old = page.read_text("utf-8")
    changed = tmp_path / "shop"
    shutil.copytree(center, changed)
    with (changed / "content/faq/orders/cancel-my-order.md").open("a") as file:
        file.write("\nA new sentence.\n")
    assert kb("build", cwd=changed).returncode == 0
    second = kb("publish", str(www), cwd=changed)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Pages say that they are at https://help.example.com/: set site_url in mkdocs.yml" in first.stderr
    assert "A new sentence." in page.read_text("utf-8")
    assert f'root "{www}/current";' in (www / "nginx.conf").read_text()
    assert "Content-Security-Policy" in (www / "nginx.conf").read_text()

    assert kb("publish", str(www), "--rollback", cwd=changed).returncode == 0
    assert page.read_text("utf-8") == old


def test_the_headers_allow_what_any_page_needs_and_keep_no_answer_for_long(center):
    rules = (center / "site" / "_headers").read_text()

    assert rules.startswith("/*\n  Content-Security-Policy: default-src 'none'; ")
    assert "frame-ancestors 'none'" in rules
    assert "immutable" not in rules  # these hosts send their rules with a 404, too


def test_publishing_before_building_says_what_to_do(tmp_path):
    init_project(tmp_path / "shop")

    refused = kb("publish", str(tmp_path / "www"), cwd=tmp_path / "shop")

    assert refused.returncode == 1
    assert "Build it first: kb build" in refused.stderr
