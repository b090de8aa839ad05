"""``kb check``: find what would hurt a customer, and say it where it is read."""

from __future__ import annotations

import json

import click

from kb_builder.clock import build_day
from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import has_errors
from kb_builder.terminal import print_issues, stages, stdout


@click.command()
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--search/--no-search", "with_search", default=True, help="Run the judged queries of search/judgments.yml."
)
@click.option("--record", is_flag=True, help="Add the addresses of the content to the list of published ones.")
@click.option("--write-baseline", is_flag=True, help="Let today's problems pass from now on; only new ones count.")
@click.option("--json", "as_json", is_flag=True, help="Print issues and judgments as JSON on standard output.")
@pass_setup
def check(setup: Setup, strict: bool, with_search: bool, record: bool, write_baseline: bool, as_json: bool) -> None:
    """Check the content and its search without publishing anything.

    Runs the judged queries and says which of them moved since the last check, and what changed.

    \b
    Example:
        kb check --strict
    """
    from dataclasses import asdict

    from kb_builder import baseline
    from kb_builder.articles.codes import with_levels
    from kb_builder.check_report import check_as_data, format_check
    from kb_builder.lint.check import check as run_check

    config = setup.load()
    with stages(quiet=setup.quiet) as progress:
        result = run_check(config, today=build_day(), with_search=with_search, record=record, progress=progress)
    if write_baseline:
        checks = config.settings.checks
        allowed = baseline.make_baseline(with_levels(result.found, checks.levels))
        baseline.write_baseline(config.root / checks.baseline, allowed)
        count = sum(sum(codes.values()) for codes in allowed.values())
        click.echo(f"{count} problems in {len(allowed)} files are let pass from now on: {checks.baseline}")
        return
    if as_json:
        issues = [asdict(issue) for issue in result.issues]
        data = {"articles": result.articles, "issues": issues, **check_as_data(result)}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print_issues(result.issues)
        if not setup.quiet:
            stdout().print(format_check(result, asked=with_search), end="")
    if has_errors(result.issues, strict=strict):
        raise SystemExit(1)
