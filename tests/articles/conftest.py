"""A content folder that tests fill and read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb_builder.articles.checks import check_content
from kb_builder.articles.model import Article, Content
from kb_builder.articles.read import read_content
from kb_builder.issues import Issue

TODAY = dt.date(2026, 6, 1)


@dataclass
class ContentFolder:
    """A folder named ``content``; paths are relative to it."""

    path: Path

    def write(self, name: str, text: str | bytes) -> ContentFolder:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def read(self, **options: object) -> Content:
        return read_content(self.path, **{"today": TODAY, **options})

    def check(self, *, link_root: str = "", today: dt.date = TODAY) -> tuple[Issue, ...]:
        content = self.read(link_root=link_root, today=today)
        return check_content(content, today=today, link_root=link_root).issues

    def article(self, text: str | bytes, name: str = "guides/a.md") -> Article:
        content = self.write(name, text).read()
        assert name in content.articles, content.issues
        return content.articles[name]

    def issues_of(self, text: str | bytes, name: str = "guides/a.md") -> tuple[Issue, ...]:
        return self.write(name, text).read().issues


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    content = tmp_path / "content"
    content.mkdir()
    return ContentFolder(content)


def codes(issues: tuple[Issue, ...]) -> list[str]:
    """Return the codes alone."""
    return [issue.code for issue in issues]


def places(issues: tuple[Issue, ...]) -> list[tuple[str, str, int]]:
    """Return code, path and line of each issue."""
    return [(issue.code, issue.path, issue.line) for issue in issues]
