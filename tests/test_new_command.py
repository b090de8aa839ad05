"""``kb new`` takes options, and on a terminal asks for what they leave open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb_builder.articles.model import Audience
from kb_builder.articles.read import read_content
from kb_builder.cli import kb
from kb_builder.clock import build_day
from kb_builder.issues import KbError

pty = pytest.importorskip("pty", reason="pseudo-terminals are for Unix")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "content/faq/orders").mkdir(parents=True)
    (tmp_path / "content/faq/orders/a.md").write_text("---\ntitle: A\nowner: orders-team\n---\nText.\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: S\nplugins: [{kb: {content: {languages: [de]}}}]\n")
    return tmp_path


def new(shop: Path, *arguments: str) -> str:
    result = CliRunner().invoke(kb, ["-f", str(shop / "mkdocs.yml"), "new", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def interview(shop: Path, *answers: str, arguments: tuple[str, ...] = ()) -> tuple[int, str]:
    """Answer at a terminal; return the exit status and what stood on it."""
    terminal, its_end = pty.openpty()
    command = [sys.executable, "-m", "kb_builder", "new", *arguments]
    process = subprocess.Popen(command, cwd=shop, stdin=its_end, stdout=its_end, stderr=its_end, close_fds=True)
    os.close(its_end)
    os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
    said = b""
    try:
        while chunk := os.read(terminal, 4096):
            said += chunk
    except OSError:  # Linux says so when the other end is closed
        pass
    status = process.wait(timeout=60)
    os.close(terminal)
    return status, said.decode()


def test_the_options_say_everything(shop: Path) -> None:
    new(shop, "guide", "Pack a tent", "--audience", "b2b", "--audience", "agent", "--question", "fold: my tent",
        "--question", "tent bag", "--category", "camping", "--owner", "gear-team", "--language", "de")  # fmt: skip

    content = read_content(shop / "content", today=build_day(), drafts=True, languages=("de",))
    article = content.articles["de/guides/camping/pack-a-tent.md"]
    assert article.audience == (Audience.B2B, Audience.AGENT)
    assert article.questions == ("fold: my tent", "tent bag")
    assert (article.owner, article.language, article.draft) == ("gear-team", "de", True)
    assert [issue for issue in content.issues if issue.path.endswith("pack-a-tent.md")] == []


def test_an_interview_asks_for_what_is_left_open(shop: Path) -> None:
    status, said = interview(
        shop,
        "faq",
        "Where is my parcel?",
        "main",
        "ordesr",
        "orders",
        "orders-team",
        "b2x",
        "b2c",
        "track it",
        "late",
        "",
    )

    assert status == 0, said
    assert "did you mean 'faq/orders'?" in said
    assert "Category (orders, …)" in said and "(orders-team, …)" in said
    assert "'b2x' is none of b2c, b2b, agent" in said
    article = read_content(shop / "content", today=build_day(), drafts=True).articles[
        "faq/orders/where-is-my-parcel.md"
    ]
    assert article.questions == ("track it", "late")
    assert (article.owner, article.audience) == ("orders-team", (Audience.B2C,))


def test_an_interview_does_not_ask_for_what_is_given(shop: Path) -> None:
    arguments = ("guide", "--owner", "gear-team", "--language", "de", "--category", "camping", "--question", "q")

    status, said = interview(shop, "Zelt packen", "", arguments=arguments)

    assert status == 0, said
    assert (shop / "content/de/guides/camping/zelt-packen.md").is_file()


@pytest.mark.parametrize("arguments", [(), ("faq",)])
def test_without_a_terminal_nobody_is_asked(shop: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(KbError, match="nobody to ask") as caught:
        new(shop, *arguments)

    assert caught.value.exit_code == 2


def test_a_language_that_the_settings_do_not_list_is_refused(shop: Path) -> None:
    with pytest.raises(KbError, match="'fr' is not a further language"):
        new(shop, "faq", "A", "--language", "fr")
