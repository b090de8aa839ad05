"""What the other tests rely on: a page that does wrong is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_problems import Problems
from playwright.sync_api import Browser
from static_host import serve_folder

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>document.title = 'ran'</script>", "Content Security Policy"),
        ("<p style='color: red'>red</p>", "Content Security Policy"),
        ("<img src='https://elsewhere.example/a.png'>", "Content Security Policy"),
        ("<script src='markup.js'></script>", "TrustedHTML"),
        ("<script src='throws.js'></script>", "thrown on purpose"),
        ("<img src='missing.png'>", "404"),
    ],
)
def test_a_page_that_does_wrong_is_noticed(browser: Browser, tmp_path: Path, body: str, complaint: str) -> None:
    (tmp_path / "index.html").write_text(f"<!doctype html><link rel=icon href='data:,'>{body}", encoding="utf-8")
    (tmp_path / "markup.js").write_text("document.createElement('p').innerHTML = '<b>markup</b>'", encoding="utf-8")
    (tmp_path / "throws.js").write_text("throw new Error('thrown on purpose')", encoding="utf-8")
    problems = Problems()
    context = browser.new_context()
    problems.watch(context)

    with serve_folder(tmp_path) as host:
        context.new_page().goto(host.url, wait_until="networkidle")
    context.close()

    assert any(complaint in text for text in problems.found), problems.found
    problems.expect(complaint)
    assert len(problems.unexpected()) < len(problems.found)
