"""The settings' experiment with the ranking: why it cannot run, and what the report has to know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue
from kb_builder.settings import Settings

if TYPE_CHECKING:
    from kb_builder.analytics.interleaving import Experiment


def experiment_of(settings: Settings, *, today: dt.date) -> Experiment | None:
    """Return what was registered; None when there is no experiment."""
    planned = settings.search.experiment
    if not planned.name or not planned.first_day or not planned.last_day:
        return None
    from kb_builder.analytics.interleaving import Experiment  # few sites have one

    share = "" if planned.meaning_percent is None else f"meanings make {planned.meaning_percent} % of a score"
    boosts = "" if planned.boosts else "no boosts"
    return Experiment(
        id=planned.id,
        other=", ".join(filter(None, (share, boosts))),
        percent=planned.percent,
        first_day=planned.first_day,
        last_day=planned.last_day,
        is_over=today > planned.last_day,
    )


def experiment_issues(settings: Settings, *, file: str, today: dt.date) -> Iterator[Issue]:
    """Say when pages do not draft from two rankings though the settings name an experiment."""
    experiment = experiment_of(settings, today=today)
    if not experiment:
        return
    name = f"search.experiment: {settings.search.experiment.name!r}"
    if not (settings.analytics.endpoint or settings.analytics.beacon):
        message = f"{name} does not run: pages tell nobody what is clicked"
        yield issue("KB714", file, 0, message, "Set analytics.endpoint or analytics.beacon.")
    elif experiment.is_over:
        message = f"{name} was over on {experiment.last_day}"
        yield issue("KB714", file, 0, message, "Read its result in kb report, decide, and take it out of the settings.")
