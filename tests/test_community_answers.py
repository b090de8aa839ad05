"""Answers of a forum are found and are never taken for the shop's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kb_command import kb_done

from kb_builder.articles.parse import parse_page

THREAD = "https://forum.example/t/wombat-pegs/17"
ANSWER = f"---\ntitle: Do wombat pegs hold in sand?\ncommunity: {THREAD}\n---\nUse longer wombat pegs, says Kim.\n"
OWN = "---\ntitle: Which pegs come with the tent?\n---\nTen wombat pegs of steel.\n"


def test_its_page_says_so_and_search_tells_it_apart(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Shop\nsite_url: https://help.example/\nplugins: [{kb: {}}]\n")
    folder = tmp_path / "content" / "faq" / "tents"
    folder.mkdir(parents=True)
    (folder / "sand.md").write_text(ANSWER)
    (folder / "own.md").write_text(OWN)
    kb_done("build", "--audience", "agent", cwd=tmp_path)

    page = (tmp_path / "site-agent" / "faq" / "tents" / "sand" / "index.html").read_text("utf-8")
    assert "Answered by other customers, not by us" in page
    assert f'href="{THREAD}" rel="noopener ugc"' in page
    assert "FAQPage" not in page and "acceptedAnswer" not in page
    own = (tmp_path / "site-agent" / "faq" / "tents" / "own" / "index.html").read_text("utf-8")
    assert "FAQPage" in own
    replies = json.loads((tmp_path / "site-agent" / "agent" / "replies.json").read_text("utf-8"))["replies"]
    assert [reply["id"] for reply in replies] == ["faq/tents/own/"]
    found = json.loads(
        kb_done("search", "wombat pegs", "--audience", "agent", "--kind", "community", "--json", cwd=tmp_path)
    )
    assert "faq/tents/sand/" in json.dumps(found)
    assert "faq/tents/own/" not in json.dumps(found)
    assert found["level"] != "sure"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://forum.example/", "//forum.example/", 'https://a"b/']
)
def test_the_thread_is_an_https_address(address: str) -> None:
    found = parse_page(f"---\ntitle: A\ncommunity: {json.dumps(address)}\n---\nText.\n", "faq/a.md").issues

    assert [issue.code for issue in found] == ["KB120"]
