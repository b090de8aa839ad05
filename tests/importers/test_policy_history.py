"""`kb policies import-history`: versions of a policy from real git repositories, friendly and hostile ones."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from kb_builder.articles.model import ChangeKind
from kb_builder.articles.redline import Change, redline
from kb_builder.cli import kb
from kb_builder.config import load_config
from kb_builder.importers.effective_dates import effective_date
from kb_builder.importers.git_history import file_history
from kb_builder.importers.policy_history import DraftChange, draft_changes, is_minor, policy_history
from kb_builder.issues import KbError
from kb_builder.pipeline import read_and_check

SETTINGS = "site_name: Help\nsite_url: https://help.example/\nplugins:\n  - kb: {}\n"
TEXT = """\
# Returns policy

Effective date: {day}

## 1. The period

You may send unused goods back within {days} days of delivery.

## 2. Refunds

We refund the price with the means of payment that you used, within 14 days.

## 3. Costs

You pay for the way back, unless the goods are faulty or were not what you ordered.
"""


class Repository:
    """A git repository on the disk, with commits of chosen days."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, day: str = "2024-01-01T12:00:00+00:00") -> str:
        who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@help.example", "GIT_AUTHOR_DATE": day}
        who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@help.example", "GIT_COMMITTER_DATE": day}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, day: str, message: str, **files: str | bytes) -> None:
        for name, text in files.items():
            path = self.folder / f"{name}.md"
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.git("add", "--all")
        self.git(
            "commit", "--quiet", "--allow-empty", "-m", message, day=f"{day}T12:00:00+00:00" if len(day) == 10 else day
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "website")


@pytest.fixture
def center(tmp_path: Path) -> Path:
    root = tmp_path / "help"
    (root / "content" / "policies").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(SETTINGS)
    return root


def run(center: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        kb, ["--config", str(center / "mkdocs.yml"), "policies", "import-history", *arguments], catch_exceptions=True
    )


def front_matter(file: Path) -> dict[str, object]:
    return dict(yaml.safe_load(file.read_text("utf-8").split("---")[1]))


def fill(repository: Repository) -> None:
    """Five commits, a rename among them: three versions."""
    repository.commit("2023-12-20", "Add the policy", returns=TEXT.format(day="1 January 2024", days=30))
    repository.git("mv", "returns.md", "terms.md")
    repository.commit("2024-02-01", "Move it")
    repository.commit(
        "2024-03-01", "Mend a word", terms=TEXT.format(day="1 January 2024", days=30).replace("goods", "items")
    )
    longer = TEXT.format(day="May 1st, 2024", days=60)
    repository.commit("2024-04-20", "Twice as long", terms=longer)
    period, refunds, costs = longer.partition("## 1.")[2], longer.partition("## 2.")[2], longer.partition("## 3.")[2]
    assert period and refunds and costs
    moved = (
        longer.replace("## 3." + costs, "")
        .replace("## 2.", "## 3." + costs + "\n## 2.")
        .replace("May 1st, 2024", "2025-01-15")
    )
    repository.commit("2025-01-02", "Costs first", terms=moved)


def test_versions_are_made_of_the_commits_of_a_file_through_its_renames(repository: Repository, center: Path) -> None:
    fill(repository)

    done = run(center, "terms.md", "--repo", str(repository.folder), "--notice", "30")

    folder = center / "content" / "policies" / "returns-policy"
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in folder.iterdir()) == ["1.0.md", "2.0.md", "3.0.md"]
    assert front_matter(folder / "1.0.md") == {
        "title": "Returns policy", "version": "1.0", "effective": dt.date(2024, 1, 1), "notice": 30
    }  # fmt: skip
    second = front_matter(folder / "2.0.md")
    assert (second["effective"], second["replaces"]) == (dt.date(2024, 5, 1), "1.0.md")
    assert {next(iter(change)) for change in second["changes"]} == {"changed"}
    assert "'30' is now '60'" in str(second["changes"])
    assert front_matter(folder / "3.0.md")["effective"] == dt.date(2025, 1, 15)
    assert "items" in (folder / "1.0.md").read_text()  # the correction counts
    assert "# Returns policy" not in (folder / "1.0.md").read_text()


def test_the_versions_build_without_a_complaint_and_have_readable_redlines(
    repository: Repository, center: Path
) -> None:
    fill(repository)
    run(center, "terms.md", "--repo", str(repository.folder))

    content = read_and_check(load_config(center / "mkdocs.yml"), today=dt.date(2025, 2, 1))

    assert [issue for issue in content.issues if issue.code.startswith(("KB1", "KB4"))] == []
    versions = {path: article for path, article in content.articles.items() if article.policy}
    assert len(versions) == 3
    marked = redline(versions["policies/returns-policy/2.0.md"].body, versions["policies/returns-policy/3.0.md"].body)
    assert marked is not None
    assert Change.MOVED in {block.change for block in marked}


def test_a_dry_run_writes_nothing_and_says_the_same(repository: Repository, center: Path) -> None:
    fill(repository)

    dry = run(center, "terms.md", "--repo", str(repository.folder), "--dry-run", "--json")

    data = json.loads(dry.output)
    assert [version["effective"] for version in data["versions"]] == ["2024-01-01", "2024-05-01", "2025-01-15"]
    assert [len(version["commits"]) for version in data["versions"]] == [3, 1, 1]
    assert list((center / "content" / "policies").iterdir()) == []


def test_days_of_commits_must_be_accepted(repository: Repository, center: Path) -> None:
    for day, days in (("2024-01-05", 14), ("2024-06-07", 30)):
        repository.commit(day, "Change", terms=f"# Terms\n\nSend it back within {days} days of delivery, please.\n")

    refused = run(center, "terms.md", "--repo", str(repository.folder))
    accepted = run(center, "terms.md", "--repo", str(repository.folder), "--commit-dates", "--into", "policies/back")

    assert isinstance(refused.exception, KbError)
    assert "no day for 2 of 2 versions" in str(refused.exception)
    assert accepted.exit_code == 0
    text = (center / "content/policies/back/2.0.md").read_text()
    assert "effective: 2024-06-07 # the day of the commit" in text


def test_nothing_that_exists_is_overwritten(repository: Repository, center: Path) -> None:
    fill(repository)
    run(center, "terms.md", "--repo", str(repository.folder))
    before = {path: path.read_bytes() for path in center.rglob("*.md")}

    again = run(center, "terms.md", "--repo", str(repository.folder))

    assert isinstance(again.exception, KbError)
    assert "1.0.md exists already" in str(again.exception)
    assert {path: path.read_bytes() for path in center.rglob("*.md")} == before


def test_typing_errors_make_no_version_when_told_so(repository: Repository) -> None:
    first = "# Terms\n\nYou may retrun unused goods within 30 days.\n"
    repository.commit("2024-01-01", "One", terms=first)
    repository.commit("2024-02-01", "Typo", terms=first.replace("retrun", "return"))
    repository.commit("2024-03-01", "Longer", terms=first.replace("retrun", "return").replace("30", "60"))
    commits = file_history(repository.folder, "terms.md", most_bytes=1_000_000)

    assert [v.effective.month for v in policy_history(commits).versions] == [1, 2, 3]
    merged = policy_history(commits, merge_minor=True).versions
    assert [v.effective.month for v in merged] == [1, 3]
    assert "return unused" in merged[0].body


@pytest.mark.parametrize(
    ("old", "new", "minor"),
    [
        ("We recieve it.", "We receive it.", True),
        ("We pay, within days.", "We pay within days.", True),
        ("**We** pay.", "We pay.", True),
        ("Within 14 days.", "Within 15 days.", False),
        ("You may return it.", "You may not return it.", False),
        ("You can do it.", "You may do it.", False),
        ("One.\n\nTwo and more words.", "One.", False),
    ],
)
def test_only_corrections_are_minor(old: str, new: str, minor: bool) -> None:
    assert is_minor(old, new) is minor


def test_changes_are_drafted_by_section() -> None:
    old = "## Period\n\nWithin 30 days of delivery.\n\n## Costs\n\nYou pay the way back to our shop.\n"
    new = "## Period\n\nWithin 60 days of delivery.\n\n## Refunds\n\nWe pay within 14 days of the return.\n"

    drafts = {change.text.partition(":")[0]: change for change in draft_changes(old, new)}

    assert (drafts["Period"].kind, drafts["Period"].text) == (ChangeKind.CHANGED, "Period: '30' is now '60'")
    assert drafts["Refunds"] == DraftChange(ChangeKind.ADDED, "Refunds: We pay within 14 days of the return.")
    assert ChangeKind.REMOVED in {change.kind for change in draft_changes(new, "")}


def test_a_draft_tells_what_weighs_most_once_each_and_how_much_more_there_is() -> None:
    old = "Joe asks for the name. Joe waits for his answer. He then writes to us; he gives reasons. Bob has 4 weeks"
    new = "Ada asks for the name. Ada waits for her answer. She then writes to us; she gives reasons. Eve has 6 weeks"

    steps, trademarks = draft_changes(
        f"## Steps\n\n{old} (more around common holidays).\n", f"## Steps\n\n{new}.\n\n## Trademarks\n"
    )

    told = steps.text.removeprefix("Steps: ").split("; ")
    assert told[:1] == ["'Joe' is now 'Ada'"] and told[-1].endswith("more")
    assert "'(more around common holidays)' is gone" in told
    assert len(set(told)) == len(told) == 5
    assert trademarks == DraftChange(ChangeKind.ADDED, "Trademarks")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Effective date:** 1 May 2024", "2024-05-01"),
        ("Effective: May 1, 2024", "2024-05-01"),
        ("Last updated 2024-05-01.\n\nEffective as of 3rd June 2024", "2024-06-03"),
        ("Stand: 1. März 2024", "2024-03-01"),
        ("Gültig ab 01.05.2024", "2024-05-01"),
        ("Dernière mise à jour : 1er mai 2024", "2024-05-01"),
        ("Effective from 05/01/2024", None),
        ("Effective from 31 February 2024", None),
        ("Effective from May 99999999999999999999, 2024", None),
        ("We were founded on 1 May 2024.", None),
        ("effective " * 20_000, None),
        ("Effective " + "1 " * 100_000, None),
    ],
)
def test_the_day_is_read_from_the_text(text: str, expected: str | None) -> None:
    found = effective_date(text)

    assert found == (dt.date.fromisoformat(expected) if expected else None)


def test_what_is_no_text_is_left_out_by_name(repository: Repository, tmp_path: Path) -> None:
    repository.commit("2024-01-01", "Good", terms="# Terms\n\nText.\n")
    repository.commit("2024-01-02", "Latin-1", terms="# Terms\n\nCaf\xe9.\n".encode("latin-1"))
    repository.commit("2024-01-03", "Binary", terms=b"\0\1\2")
    repository.commit("2024-01-04", "Huge", terms="x" * 20_000)
    repository.commit("2024-01-05", "Empty", terms=" \n")
    (repository.folder / "terms.md").unlink()
    (repository.folder / "terms.md").symlink_to("/etc/passwd")
    repository.commit("2024-01-06", "Link")
    (repository.folder / "terms.md").unlink()
    repository.commit("2024-01-07", "Gone")
    repository.commit("2024-01-08", "Back\x1b[31m \u202e", terms="# Terms\n\nOther text.\n")

    history = policy_history(file_history(repository.folder, "terms.md", most_bytes=10_000))

    assert [version.effective.day for version in history.versions] == [1, 8]
    assert "\x1b" not in str(history.versions) and "\u202e" not in str(history.versions)
    reasons = "\n".join(history.left_out)
    for part in ("not UTF-8", "NUL", "more than 10000", "empty", "symbolic link", "deleted"):
        assert part in reasons
    assert "root:" not in str(history)


@pytest.mark.parametrize("day", ["1970-01-01T00:00:00+00:00", "@4102444800 +1400"])
def test_weird_dates_are_days_or_left_out(repository: Repository, day: str) -> None:
    repository.commit(day, "Odd", terms="# Terms\n\nText.\n")

    history = policy_history(file_history(repository.folder, "terms.md", most_bytes=10_000))

    assert len(history.versions) + len(history.left_out) == 1


def test_nothing_that_a_repository_names_is_run(repository: Repository, tmp_path: Path) -> None:
    fill(repository)
    proof = tmp_path / "proof"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {proof}\ncat\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.x.textconv", "gpg.program", "filter.x.smudge"):
        repository.git("config", name, str(script))
    repository.git("config", "log.showSignature", "true")
    (repository.folder / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    for hook in ("post-checkout", "fsmonitor-watchman", "reference-transaction"):
        (repository.folder / ".git" / "hooks").mkdir(exist_ok=True)
        (repository.folder / ".git" / "hooks" / hook).symlink_to(script)

    commits = file_history(repository.folder, "terms.md", most_bytes=1_000_000)

    assert len(commits) == 5
    assert not proof.exists()


def test_merges_count_as_one_change(repository: Repository) -> None:
    repository.commit("2024-01-01", "First", terms="# Terms\n\nOne.\n")
    repository.git("checkout", "--quiet", "-b", "draft")
    for day, word in (("2024-02-01", "Two"), ("2024-02-02", "Three")):
        repository.commit(day, word, terms=f"# Terms\n\n{word}.\n")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Publish", "draft", day="2024-03-01T00:00:00+00:00")

    history = policy_history(file_history(repository.folder, "terms.md", most_bytes=1_000_000))

    assert [version.body for version in history.versions] == ["One.", "Three."]
    assert history.versions[1].effective == dt.date(2024, 3, 1)


@pytest.mark.parametrize("file", ["--output=/tmp/x", "../../etc/passwd", ":(exclude)terms.md", "no.md", "a\nb"])
def test_a_file_that_is_not_there_is_one_clear_line(repository: Repository, file: str) -> None:
    repository.commit("2024-01-01", "First", terms="# Terms\n\nOne.\n")

    with pytest.raises(KbError):
        file_history(repository.folder, file, most_bytes=1000)


def test_without_a_repository_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(KbError, match="git"):
        file_history(tmp_path, "terms.md", most_bytes=1000)
    with pytest.raises(KbError, match="no such folder"):
        file_history(tmp_path / "gone", "terms.md", most_bytes=1000)
