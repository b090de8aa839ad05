"""What --fix changes, and above all what it leaves alone."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from kb_builder.config import load_config
from kb_builder.issues import KbError
from kb_builder.lint.check import CheckResult, check
from kb_builder.lint.fixes import apply_fixes

from .planted import CANCEL, RETURN, Planted, faq, plant

TODAY = dt.date(2026, 6, 1)
TERMS = "- {say: parcel, instead_of: [shipment]}\n"


def mend(root: Path, text: str | bytes, **files: str) -> bytes:
    plant(root, Planted({CANCEL: text, **files}, CANCEL, 0))
    apply_fixes(root, check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False).issues)
    return (root / CANCEL).read_bytes()


def test_words_are_replaced_in_running_text_only_and_written_alike(tmp_path: Path) -> None:
    text = faq(
        "Shipment, shipment and SHIPMENT; `shipment` and [shipment](https://x.example/shipment) <b class=shipment>",
        "",
        "    shipment",
        "",
        "https://x.example/shipment is no shipment; transshipment",
        title="Your shipment",
    )

    mended = mend(tmp_path, text, **{"terms.yml": TERMS}).decode()

    assert mended == faq(
        "Parcel, parcel and PARCEL; `shipment` and [parcel](https://x.example/shipment) <b class=shipment>",
        "",
        "    shipment",
        "",
        "https://x.example/shipment is no parcel; transshipment",
        title="Your parcel",
    )


def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + faq("A shipment.", "Another shipment.").replace("\n", "\r\n").encode()

    assert mend(tmp_path, text, **{"terms.yml": TERMS}) == text.replace(b"shipment", b"parcel")


def test_hidden_characters_go_and_misspelt_keys_are_corrected(tmp_path: Path) -> None:
    text = "---\ntitle: Cancel\nsumary: What sumary says.\n---\nCan\u200bcel it.\n"

    assert mend(tmp_path, text).decode() == "---\ntitle: Cancel\nsummary: What sumary says.\n---\nCancel it.\n"


def test_a_link_follows_the_only_file_of_its_name(tmp_path: Path) -> None:
    mended = mend(tmp_path, faq("[a](../return.md#x) [b](retrun.md)"), **{"content/guides/x.md": "# X\n\nText\n"})

    assert "[a](return.md#x) [b](retrun.md)" in mended.decode()


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A help center below the root of a repository, with an old problem in each article."""
    root = tmp_path / "help"
    plant(root, Planted({CANCEL: faq("[x](gone.md)"), RETURN: faq("[x](gone.md)", title="R")}, CANCEL, 0))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "start")
    git(tmp_path, "checkout", "-qb", "work")
    return root


def since(root: Path, revision: str = "main") -> CheckResult:
    return check(load_config(root / "mkdocs.yml"), today=TODAY, since=revision)


def test_only_what_a_branch_changed_is_shown(repository: Path) -> None:
    untouched = since(repository)
    (repository / CANCEL).write_text(faq("[x](gone.md)", "[y](none.md)"))
    (repository / "content/faq/orders/new.md").write_text(faq("[z](none.md)", title="New"))
    touched = since(repository)

    assert untouched.issues == ()
    assert [(found.path, found.line) for found in touched.issues] == [
        (CANCEL, 4),
        (CANCEL, 5),
        ("content/faq/orders/new.md", 4),
    ]
    assert touched.search is None


@pytest.mark.parametrize("changed", [CANCEL, RETURN])
def test_what_two_articles_share_is_told_at_the_one_that_the_branch_changed(repository: Path, changed: str) -> None:
    other = RETURN if changed == CANCEL else CANCEL
    (repository / other).write_text(faq("Text.", title="How long does a refund take?"))
    git(repository, "commit", "-qam", "one")
    git(repository, "branch", "-f", "main")
    (repository / changed).write_text(faq("Text.", title="How long do refunds take?"))

    assert [(found.code, found.path) for found in since(repository).issues] == [("KB820", changed)]


def test_what_a_deleted_file_breaks_elsewhere_is_shown(repository: Path) -> None:
    (repository / RETURN).write_text(faq("[x](gone.md) [c](cancel.md)", title="R"))
    git(repository, "commit", "-qam", "link")
    git(repository, "branch", "-f", "main")
    (repository / CANCEL).unlink()

    assert [(found.path, found.message) for found in since(repository).issues] == [
        (RETURN, "page 'cancel.md' does not exist"),
        (RETURN, "page 'gone.md' does not exist"),
    ]


def test_a_change_on_the_other_branch_is_not_taken_for_one_of_ours(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    (repository / RETURN).write_text(faq("[x](gone.md) More.", title="R"))
    git(repository, "commit", "-qam", "theirs")
    git(repository, "checkout", "-q", "work")

    assert since(repository).issues == ()


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "main..work"])
def test_a_revision_that_is_none_is_refused(repository: Path, revision: str) -> None:
    with pytest.raises(KbError, match="no revision"):
        since(repository, revision)
