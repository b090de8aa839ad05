"""From an analytics folder to the files of a report: the order of the stages, and nothing else."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb_builder.analytics.demo import EXPERIMENT, write_demo
from kb_builder.analytics.duck import Incident, open_engine
from kb_builder.analytics.extras import need
from kb_builder.analytics.figures import Figures, Period, collect_figures, last_day
from kb_builder.analytics.interleaving import Experiment
from kb_builder.analytics.report import report_files
from kb_builder.analytics.retention import kept_counts
from kb_builder.analytics.spark import open_spark_engine
from kb_builder.analytics.statements import Engine, Row
from kb_builder.analytics.store import events_files, refresh
from kb_builder.files import OutputFile

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is to show.

    Attributes:
        site_name: Name of the help center.
        days: Length of the period.
        until: Its last day; the last one with a visit, when not given.
        gap_minutes: A longer pause begins a new visit.
        cost_per_contact: 0 leaves money out.
        incidents: Times that no figure counts.
        experiment: Two rankings to be compared.
    """

    site_name: str
    days: int = 28
    until: dt.date | None = None
    gap_minutes: int = 30
    cost_per_contact: float = 0.0
    currency: str = ""
    incidents: tuple[Incident, ...] = ()
    experiment: Experiment | None = None


def make_report(
    folder: Path, wanted: Wanted, *, is_demo: bool = False, progress: Progress = lambda stage: None
) -> tuple[OutputFile, ...]:
    """Bring the store up to date and make a report of it. Edge: disk.

    Raises:
        KbError: There are no events yet, or what the report needs is not installed.
    """
    for module in ("duckdb", "altair", "vl_convert"):
        need(module, extra="analytics")
    refresh(folder, progress=progress)
    with open_engine(events_files(folder), gap_minutes=wanted.gap_minutes, incidents=wanted.incidents) as engine:
        progress("Counting")
        figures = _figures(engine, wanted, kept=kept_counts(folder))
    progress("Drawing")
    return report_files(figures, site_name=wanted.site_name, currency=wanted.currency, is_demo=is_demo)


def spark_report(events: str, wanted: Wanted, *, progress: Progress = lambda stage: None) -> tuple[OutputFile, ...]:
    """Make a report of exported events on Spark.

    Args:
        events: Address of Parquet or JSON lines; see `open_spark_engine`.

    Raises:
        KbError: What it needs is not installed.
    """
    for module in ("altair", "vl_convert"):
        need(module, extra="analytics")
    progress("Counting on Spark")
    with open_spark_engine(events, gap_minutes=wanted.gap_minutes, incidents=wanted.incidents) as engine:
        figures = _figures(engine, wanted, kept={})
    progress("Drawing")
    return report_files(figures, site_name=wanted.site_name, currency=wanted.currency)


def _figures(engine: Engine, wanted: Wanted, *, kept: Mapping[str, list[Row]]) -> Figures:
    last = wanted.until or last_day(engine) or dt.date(2000, 1, 1)
    period = Period(last - dt.timedelta(days=wanted.days - 1), last)
    return collect_figures(
        engine, period, cost_per_contact=wanted.cost_per_contact, kept=kept, experiment=wanted.experiment
    )


def demo_report(wanted: Wanted, *, progress: Progress = lambda stage: None) -> tuple[OutputFile, ...]:
    """Make a report of a made-up log, always the same."""
    with tempfile.TemporaryDirectory(prefix="kb-demo-") as folder:
        progress("Drawing visits")
        write_demo(Path(folder))
        return make_report(Path(folder), replace(wanted, experiment=EXPERIMENT), is_demo=True, progress=progress)
