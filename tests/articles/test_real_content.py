"""The reader on content that was not written for its tests."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from kb_builder.articles.checks import check_content
from kb_builder.articles.read import read_content
from kb_builder.config import load_config
from kb_builder.issues import Level

ROOT = Path(__file__).parents[2]
COMMERCE = ROOT.parent / "shared" / "corpora" / "commerce-kb" / "help"
DAY = dt.date(2026, 11, 20)


def test_the_demo_help_center_has_no_issues() -> None:
    languages = load_config(ROOT / "mkdocs.yml").settings.content.languages
    content = check_content(read_content(ROOT / "content", today=DAY, languages=languages), today=DAY)

    assert [str(found) for found in content.issues] == []
    assert len(content.articles) >= 90
    assert len([path for path in content.categories if path.startswith("faq/")]) >= 9
    assert len([article for article in content.articles.values() if article.language == "de"]) >= 20
    assert len([article for article in content.articles.values() if article.language == "ar"]) >= 4
    assert len(content.contact.channels) >= 6


@pytest.mark.skipif(not COMMERCE.is_dir(), reason="the commerce-kb corpus is not here")
def test_another_teams_knowledge_base_reads_without_an_error() -> None:
    content = check_content(read_content(COMMERCE, today=DAY, link_root="/help/"), today=DAY, link_root="/help/")

    count = Counter(found.code for found in content.issues)
    assert len(content.articles) == 211
    assert [str(found) for found in content.issues if found.level is Level.ERROR] == []
    assert count["KB123"] <= 211  # its own keys: one quiet warning a file
    assert count["KB301"] == 0  # every link between its articles is understood
    assert count["KB304"] > 40  # its missing files are listed
    assert count["KB504"] == 3  # 'Contact' with a Cyrillic first letter
    assert not any("[!" in article.title + article.summary for article in content.articles.values())
