"""``kb check``: find what would hurt a customer, and say it where it is read."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb_builder.clock import build_day
from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import Issue, has_errors
from kb_builder.terminal import print_issues, stages, stderr, stdout

if TYPE_CHECKING:
    from kb_builder.config import Config
    from kb_builder.lint.check import CheckResult


@click.command()
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--search/--no-search", "with_search", default=True, help="Render the site and search it as customers would."
)
@click.option(
    "--changed-since",
    "since",
    metavar="REV",
    default="",
    help="Only what this branch changed since it left REV; search is not checked.",
)
@click.option("--external", is_flag=True, help="Ask the sites that articles link to; answers are kept for a week.")
@click.option("--fix", "mend", is_flag=True, help="Mend what can be mended without thinking, then check.")
@click.option("--record", is_flag=True, help="Add the addresses of the content to the list of published ones.")
@click.option("--write-baseline", is_flag=True, help="Let today's problems pass from now on; only new ones count.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    default="text",
    show_default=True,
    help="How to print the issues; all but text go to standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json, with every judged query.")
@pass_setup
def check(
    setup: Setup,
    strict: bool,
    with_search: bool,
    since: str,
    external: bool,
    mend: bool,
    record: bool,
    write_baseline: bool,
    output: str,
    as_json: bool,
) -> None:
    """Check the content and its search without publishing anything.

    Runs the judged queries and says which of them moved since the last check, and what changed.

    \b
    Example:
        kb check --strict
    """
    from kb_builder.lint.check import check as run_check
    from kb_builder.lint.fixes import apply_fixes

    config = setup.load()
    mended = 0
    with stages(quiet=setup.quiet) as progress:
        if mend:
            progress("Mending")
            first = run_check(config, today=build_day(), with_search=False, since=since, external=external)
            mended = apply_fixes(config.root, first.issues)
        result = run_check(
            config,
            today=build_day(),
            with_search=with_search,
            record=record,
            since=since,
            external=external,
            progress=progress,
        )
    if result.cache_note and not setup.quiet:
        stderr().print(f"What earlier builds and checks made was not used: {result.cache_note}.")
    if write_baseline:
        _write_baseline(config, result)
        return
    if mended and not setup.quiet:
        click.echo(f"{mended} {'problem' if mended == 1 else 'problems'} mended; look at the difference", err=True)
    if as_json:
        output = "json"
    _print(result, output, folder=config.root, quiet=setup.quiet, asked=with_search and not since)
    if has_errors(result.issues, strict=strict):
        raise SystemExit(1)


def _write_baseline(config: Config, result: CheckResult) -> None:
    from kb_builder import baseline
    from kb_builder.articles.codes import with_levels

    checks = config.settings.checks
    allowed = baseline.make_baseline(with_levels(result.found, checks.levels))
    baseline.write_baseline(config.root / checks.baseline, allowed)
    count = sum(sum(codes.values()) for codes in allowed.values())
    click.echo(f"{count} problems in {len(allowed)} files are let pass from now on: {checks.baseline}")


def _print(result: CheckResult, output: str, *, folder: Path, quiet: bool, asked: bool) -> None:
    from kb_builder.check_report import check_as_data, format_check, issues_as_data
    from kb_builder.lint.formats import FORMATS

    if output in FORMATS:
        click.echo(FORMATS[output](_from_here(result.issues, folder)), nl=False)
    elif output == "json":
        data = {
            "articles": result.articles,
            "issues": issues_as_data(result.issues),
            **check_as_data(result),
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print_issues(result.issues)
        if result.issues and not quiet:
            click.echo(f"What a code means: kb explain {result.issues[0].code}", err=True)
        if not quiet:
            stdout().print(format_check(result, asked=asked), end="")


def _from_here(issues: tuple[Issue, ...], folder: Path) -> tuple[Issue, ...]:
    """Give paths from the folder that the command was started in, which in CI is that of the repository."""
    here = os.path.relpath(folder)
    if here == "." or here.startswith(".."):
        return issues
    return tuple(replace(found, path=f"{Path(here).as_posix()}/{found.path}") for found in issues)
