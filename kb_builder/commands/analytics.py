"""The commands that turn logs into figures: parse, call one function, print."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from kb_builder.issues import KbError
from kb_builder.terminal import print_error, printable, stages, stdout

if TYPE_CHECKING:
    from kb_builder.analytics.duck import Incident
    from kb_builder.analytics.ingest import FileCount
    from kb_builder.analytics.store import Refresh
    from kb_builder.config import Config

FORMATS = (
    "segment",
    "access-log",
    "cloudfront",
    "ubi",
    "ubi-array",
    "matomo",
    "plausible",
    "tickets-csv",
    "tickets-json",
)
LOG_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Setup(Protocol):
    """The global options of ``kb``."""

    quiet: bool

    def load(self) -> Config:
        """Read the settings."""
        ...


@click.command()
@click.argument("files", nargs=-1, required=True, type=LOG_FILE)
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="What the files are, when it is not found out."
)
@click.option("--time-zone", default="UTC", show_default=True, help="IANA time zone of times without an offset.")
@click.option(
    "--token-field", default="help_token", show_default=True, help="Field of a ticket that holds the form's token."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def ingest(
    setup: Setup, files: tuple[Path, ...], format_name: str | None, time_zone: str, token_field: str, as_json: bool
) -> None:
    """Import access logs, events and tickets, plain or gzip; every line is counted, kept or dropped with a reason.

    Importing a file twice, in parts or late changes nothing. A file that cannot be read keeps no other from being
    imported.

    \b
    Example:
        kb ingest logs/access.log.gz tickets.csv --time-zone Europe/London
    """
    from zoneinfo import ZoneInfo

    from kb_builder.analytics.extras import need

    for module in ("duckdb", "msgspec"):
        need(module, extra="analytics")
    from kb_builder.analytics.ingest import default_options, ingest_files
    from kb_builder.analytics.store import refresh

    config = setup.load()
    try:
        zone = ZoneInfo(time_zone)
    except (ValueError, OSError):
        raise KbError(
            f"--time-zone: {time_zone!r} is no time zone", hint="Use a name such as Europe/London.", exit_code=2
        ) from None
    folder = config.analytics_dir
    patterns = config.settings.analytics.order_patterns
    options = default_options(folder, time_zone=zone, token_field=token_field, order_patterns=patterns)
    with stages(quiet=setup.quiet) as progress:
        counts, unread = ingest_files(
            files,
            folder,
            format_name=format_name,
            options=options,
            progress=lambda name, done: progress(f"Reading {name}: {done // 1_000_000} MB"),
        )
        stored = refresh(folder, progress=progress)
    if as_json:
        files_read = [asdict(count) for count in counts]
        _print_json({"files": files_read, "unread": [str(error) for error in unread], "store": asdict(stored)})
    else:
        for count in counts:
            stdout().print(_file_line(count))
        stdout().print(_store_line(stored))
    if bad := [count for count in counts if count.is_bad]:
        names = ", ".join(count.name for count in bad)
        hint = f"Line numbers and reasons are in {config.settings.analytics.folder}/rejected/."
        unread.append(KbError(f"{names}: more than one line in a hundred is wrong", hint=hint))
    for error in unread[:-1]:
        print_error(error)
    if unread:
        raise unread[-1]


@click.command()
@click.option("--demo", is_flag=True, help="Show a report of a made-up log; needs no help center.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the report.")
@click.option("--days", type=click.IntRange(1, 366), help="Length of the period instead of the one in the settings.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the period; the last one with a visit, when not given.",
)
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="Who counts."
)
@click.option("--events", default="", help="For Spark: address of exported events, Parquet or JSON lines.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on standard output.")
@click.pass_obj
def report(
    setup: Setup,
    demo: bool,
    out: Path | None,
    days: int | None,
    until: dt.datetime | None,
    engine: str,
    events: str,
    as_json: bool,
) -> None:
    """Write what self-service did: pages without script, JSON and CSV.

    \b
    Example:
        kb report --demo --out report
    """
    from kb_builder.analytics.reporting import Wanted, demo_report, make_report, spark_report
    from kb_builder.clock import build_day
    from kb_builder.experiment import experiment_of
    from kb_builder.files import write_files

    if (engine == "spark") != bool(events):
        raise click.UsageError("--engine spark and --events ADDRESS go together")
    last = until.date() if until else None
    with stages(quiet=setup.quiet or as_json) as progress:
        if demo:
            target = out or Path("report-demo")
            files = demo_report(Wanted(site_name="A made-up shop", cost_per_contact=8, currency="£"), progress=progress)
        else:
            config = setup.load()
            settings = config.settings.analytics.report
            target = out or config.analytics_dir / "report"
            wanted = Wanted(
                site_name=config.site_name,
                days=days or settings.days,
                until=last,
                gap_minutes=settings.session_gap_minutes,
                cost_per_contact=settings.cost_per_contact,
                currency=settings.currency,
                incidents=incidents_of(config),
                experiment=experiment_of(config.settings, today=build_day()),
            )
            if engine == "spark":
                files = spark_report(events, wanted, progress=progress)
            else:
                files = make_report(config.analytics_dir, wanted, progress=progress)
    if as_json:
        click.echo(next(file.data for file in files if file.path == "report.json").decode())
        return
    write_files(target, files)
    if not setup.quiet:
        stdout().print(f"{printable(str(target / 'index.html'))}")


@click.command()
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="How much of the log counts.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the diff into this file.")
@click.pass_obj
def suggest(setup: Setup, days: int, out: Path | None) -> None:
    """Propose synonyms, pins, questions and stub articles from the search log, as a diff to review.

    The diff is tried on a copy first: what customers searched and the judged queries are run again, and what would be
    closed or broken is told on standard error. Accept it with git apply.

    \b
    Example:
        kb suggest --out suggestions.diff
    """
    from kb_builder.clock import build_day
    from kb_builder.suggest import suggest as make_suggestions
    from kb_builder.suggest_report import format_suggestions
    from kb_builder.terminal import stderr

    config = setup.load()
    gap = config.settings.analytics.report.session_gap_minutes
    with stages(quiet=setup.quiet) as progress:
        found = make_suggestions(config, today=build_day(), days=days, gap_minutes=gap, progress=progress)
    if not setup.quiet:
        stderr().print(format_suggestions(found), end="", markup=False)
    if out:
        out.write_text(found.diff, encoding="utf-8", newline="\n")
    else:
        click.echo(found.diff, nl=False)


def incidents_of(config: Config) -> tuple[Incident, ...]:
    """Return the times of critical announcements: no figure counts what happened in them. Edge: disk."""
    from kb_builder.analytics.duck import Incident
    from kb_builder.clock import build_day
    from kb_builder.pipeline import read_and_check

    if not config.content_dir.is_dir():
        return ()
    content = read_and_check(config, today=build_day())
    found = [
        Incident(int(item.starts.timestamp() * 1000), int(item.ends.timestamp() * 1000))
        for article in content.articles.values()
        if (item := article.announcement) and item.severity == "critical" and item.starts and item.ends
    ]
    return tuple(sorted(found, key=lambda incident: incident.starts_ms))


@click.group()
def analytics() -> None:
    """Look after the raw events and the store of figures.

    \b
    Example:
        kb analytics rebuild
    """


@analytics.command()
@click.pass_obj
def rebuild(setup: Setup) -> None:
    """Make the store anew from the raw events.

    \b
    Example:
        kb analytics rebuild
    """
    from kb_builder.analytics.store import refresh

    with stages(quiet=setup.quiet) as progress:
        stored = refresh(setup.load().analytics_dir, rebuild=True, progress=progress)
    stdout().print(_store_line(stored))


@analytics.command()
@click.option("--session", default="", help="A session id, or the visit a server gave it.")
@click.option("--day", default="", help="A day in UTC, YYYY-MM-DD.")
@click.pass_obj
def forget(setup: Setup, session: str, day: str) -> None:
    """Delete a session or a day from the raw events and the store, and leave a proof without content.

    \b
    Example:
        kb analytics forget --day 2026-03-01
    """
    from kb_builder.analytics.retention import forget as forget_events

    if bool(session) == bool(day):
        raise click.UsageError("give --session or --day, one of them")
    if day:
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            raise click.BadParameter(f"{day!r} is no day; write it as 2026-03-01", param_hint="--day") from None
    proof = forget_events(setup.load().analytics_dir, session=session, day=day)
    stdout().print(f"{proof.records} records deleted from {len(proof.segments)} segments, {proof.left} left")
    if proof.left:
        raise KbError("some records are left", hint="Stop whatever writes to the folder and try again.")


@analytics.command()
@click.pass_obj
def prune(setup: Setup) -> None:
    """Delete raw events that are older than the settings allow; their counts stay.

    \b
    Example:
        kb analytics prune
    """
    from kb_builder.analytics.retention import prune as prune_events
    from kb_builder.clock import build_day

    config = setup.load()
    settings = config.settings.analytics
    segments, rows = prune_events(
        config.analytics_dir,
        today=build_day(),
        raw_days=settings.raw_days,
        aggregate_months=settings.aggregate_months,
    )
    stdout().print(f"{segments} segments deleted, {rows} rows of counts kept")


@analytics.command()
@click.argument("rate", type=click.FloatRange(0, 100, min_open=True))
@click.argument("expected", type=click.FloatRange(0, 100))
@click.option("--form-visits", required=True, type=click.FloatRange(0, min_open=True), help="Form visits a week.")
@click.option("--share", default=50.0, show_default=True, type=click.FloatRange(1, 99), help="Percent in the holdout.")
def holdout(rate: float, expected: float, form_visits: float, share: float) -> None:
    """Plan a holdout: how many form visits it needs and when it ends.

    RATE is the percent of form visits that contact you now, EXPECTED what you hope for with suggestions.

    \b
    Example:
        kb analytics holdout 30 27 --form-visits 400
    """
    from kb_builder.analytics.statistics import holdout_size
    from kb_builder.clock import build_day

    if rate == expected:
        raise click.UsageError("RATE and EXPECTED must differ: no experiment can tell equal rates apart")
    arm = holdout_size(rate / 100, expected / 100)
    weeks = -(-arm // (form_visits * min(share, 100 - share) / 100))
    end = build_day() + dt.timedelta(weeks=weeks)
    stdout().print(
        f"{arm} form visits in each arm tell {rate:g} % from {expected:g} % (power 80 %, error 5 %).\n"
        f"With {form_visits:g} a week and {share:g} % in the holdout that takes {weeks:g} weeks, until {end}.\n"
        "Write the end down before you begin. Until then, look only at the interval of the report, which allows it."
    )


@analytics.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", "is_check", is_flag=True, help="Write nothing; fail when TARGET is not what would be written.")
@click.pass_obj
def privacy(setup: Setup, target: Path, is_check: bool) -> None:
    """Write a page for readers that says what is counted, how, and for how long, from the settings.

    \b
    Example:
        kb analytics privacy content/policies/what-we-count.md
    """
    from kb_builder.analytics.privacy_page import privacy_page

    config = setup.load()
    experiment = config.settings.search.experiment
    compared = experiment.percent if experiment.name else 0
    page = privacy_page(config.settings.analytics, config.site_name, compared_percent=compared)
    if is_check:
        if not target.is_file() or target.read_text("utf-8", "replace") != page:
            raise KbError(
                f"{printable(str(target))}: does not say what the settings do",
                hint=f"Write it anew: kb analytics privacy {printable(str(target))}",
            )
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8", newline="\n")
    stdout().print(printable(str(target)))


@analytics.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(setup: Setup, target: Path) -> None:
    """Copy the events for another engine: Parquet, or JSON lines when TARGET ends in .jsonl.

    \b
    Example:
        kb analytics export events.parquet
    """
    from kb_builder.analytics.duck import export_events
    from kb_builder.analytics.store import events_files, refresh

    folder = setup.load().analytics_dir
    refresh(folder)
    export_events(events_files(folder), target)
    stdout().print(printable(str(target)))


def _file_line(count: FileCount) -> str:
    dropped = "".join(f", {number} dropped: {reason}" for reason, number in count.dropped.items())
    late = f"; late, so figures of these days may change: {', '.join(count.late_days)}" if count.late_days else ""
    return f"{printable(count.name)}: {count.format}, {count.lines} lines, {count.kept} events{dropped}{late}"


def _store_line(stored: Refresh) -> str:
    parts = [f"{stored.events} different events"]
    if stored.repeated:
        parts.append(f"{stored.repeated} were there already")
    if stored.conflicts:
        parts.append(f"{stored.conflicts} came again with other content; the first counts")
    if stored.damaged:
        parts.append(f"{stored.damaged} damaged lines in the raw segments")
    if stored.rebuilt:
        parts.append(f"made anew: {stored.rebuilt}")
    return "; ".join(parts)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
