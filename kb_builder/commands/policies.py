"""``kb policies``: work with dated texts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import KbError
from kb_builder.terminal import printable

if TYPE_CHECKING:
    from kb_builder.importers.policy_history import PolicyHistory


@click.group()
def policies() -> None:
    """Work with policies and their versions.

    \b
    Example:
        kb policies import-history docs/privacy.md --repo ../website --dry-run
    """


@policies.command("import-history")
@click.argument("file")
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), show_default=True, help="Folder of the git repository."
)
@click.option(
    "--into", default="", help="Folder of the versions in the content folder; policies/ and the title if not given."
)
@click.option("--title", default="", help="Title of the policy, instead of what the texts say.")
@click.option("--notice", default=0, type=click.IntRange(0, 999), help="Days of notice that customers are given.")
@click.option("--date-after", multiple=True, help="Words that stand before the day in the text; may be repeated.")
@click.option("--commit-dates", is_flag=True, help="Where the text gives no day, the day of the commit is right.")
@click.option("--merge-minor", is_flag=True, help="A commit that only mends typing errors is no version of its own.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out versions that ended before this day.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the versions as JSON.")
@pass_setup
def import_history(
    setup: Setup,
    file: str,
    repo: Path,
    into: str,
    title: str,
    notice: int,
    date_after: tuple[str, ...],
    commit_dates: bool,
    merge_minor: bool,
    since: dt.datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make a version of a policy from each commit that changed FILE in a git repository on this machine.

    Renames are followed. A version applies from the day that the text names ("Effective date: 1 May 2024"); days that
    only the commits give must be accepted with --commit-dates. What changed is drafted for you to word. Nothing that
    exists is overwritten.

    \b
    Example:
        kb policies import-history docs/privacy.md --repo ../website --dry-run
    """
    from kb_builder.articles.model import Kind
    from kb_builder.articles.new import article_folder, title_slug
    from kb_builder.importers.effective_dates import PHRASES
    from kb_builder.importers.git_history import file_history
    from kb_builder.importers.policy_history import policy_history, version_files

    config = setup.load()
    commits = file_history(repo, file, most_bytes=config.settings.content.max_page_kilobytes * 1000)
    history = policy_history(
        commits, merge_minor=merge_minor, phrases=date_after or PHRASES, since=since.date() if since else None
    )
    name = title or next((version.title for version in reversed(history.versions) if version.title), "")
    if not name:
        raise KbError(f"'{file}' gives no title", hint="Name the policy with --title.", exit_code=2)
    folder = article_folder(Kind.POLICY, into or title_slug(name), config.content_dir)
    files = version_files(history, title=title or name, notice_days=notice)
    unsure = [version for version in history.versions if not version.dated_by_text]
    if as_json:
        click.echo(json.dumps(_as_data(history, folder), ensure_ascii=False, indent=2))
    else:
        _print(history, folder)
    if not history.versions:
        raise KbError(f"no commit of '{file}' gave a version", hint="See above why.")
    if unsure and not (commit_dates or dry_run):
        raise KbError(
            f"the text gives no day for {len(unsure)} of {len(history.versions)} versions",
            hint="If the days of their commits are right, give --commit-dates; else say with --date-after what stands "
            "before the day in the text.",
        )
    if not dry_run:
        _write(config.content_dir / folder, folder, files)
    if not (as_json or setup.quiet):
        click.echo(f"{len(files)} versions {'would be' if dry_run else 'are'} in {printable(folder)}/")


def _print(history: PolicyHistory, folder: str) -> None:
    for version in history.versions:
        source = "as the text says" if version.dated_by_text else "the day of the commit"
        click.echo(f"{printable(folder)}/{version.version}.md  from {version.effective}, {source}")
        for commit in version.commits:
            click.echo(f"    {printable(commit)}")
        for change in version.changes:
            click.echo(f"    {change.kind}: {printable(change.text)}")
    if history.left_out:
        click.echo("left out:")
    for line in history.left_out:
        click.echo(f"    {printable(line)}")


def _as_data(history: PolicyHistory, folder: str) -> dict[str, Any]:
    return {
        "folder": folder,
        "versions": [
            {
                "version": version.version,
                "effective": version.effective.isoformat(),
                "dated_by": "text" if version.dated_by_text else "commit",
                "title": version.title,
                "commits": list(version.commits),
                "changes": [{change.kind.value: change.text} for change in version.changes],
            }
            for version in history.versions
        ],
        "left_out": list(history.left_out),
    }


def _write(target: Path, folder: str, files: Mapping[str, str]) -> None:
    """Write the versions, none over another file."""
    if taken := [name for name in files if (target / name).exists()]:
        raise KbError(f"{folder}/{taken[0]} exists already", hint="Choose another folder with --into.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (target / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise KbError(f"{folder}: cannot be written: {error.strerror or error}", hint="Check the folder.") from None
