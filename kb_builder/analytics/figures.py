"""A store of events in, the figures of a report out: counts with intervals, trends, lists that may be shown."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb_builder.analytics.gaps import Gap, by_text, find_gaps
from kb_builder.analytics.interleaving import Experiment, Preference, preference
from kb_builder.analytics.privacy import MIN_VISITS, Shown, rounded, show_texts
from kb_builder.analytics.statements import Engine, Metric, Row, derive, metric, narrow
from kb_builder.analytics.statistics import (
    Comparison,
    Interval,
    Sums,
    anytime_interval,
    benjamini_hochberg,
    compare,
    fit_prior,
    p_value,
    proportion_interval,
    ratio_interval,
    shrink,
    standardise,
    wilson,
)
from kb_builder.analytics.themes import Themes, find_themes
from kb_builder.analytics.windows import IncidentCount, Window, contact_windows, incident_counts

Kind = Literal["share", "ratio"]
RATES: tuple[tuple[str, Kind], ...] = (
    ("explicit_deflection_rate", "share"),
    ("form_abandonment_rate", "share"),
    ("deflection_upper_bound", "share"),
    ("confirmed_resolution_rate", "share"),
    ("contact_rate", "share"),
    ("attempted_first_rate", "share"),
    ("episode_success_rate", "share"),
    ("zero_result_rate", "share"),
    ("abandonment_rate", "share"),
    ("click_through_rate", "share"),
    ("reformulation_rate", "share"),
    ("helpful_vote_rate", "share"),
    ("reciprocal_click_position", "ratio"),
    ("committed_queries", "ratio"),
    ("self_service_ratio", "ratio"),
)
"""Every rate of the report, in its order."""

TREND = ("explicit_deflection_rate", "deflection_upper_bound", "contact_rate", "zero_result_rate")
_SUMS = ("visits", "numerator", "denominator", "numerator_squares", "products", "denominator_squares")
_MOST_ROWS = 200
_PLANNED_VISITS = 1000  # Fixed before any is counted: else the interval of the holdout would not hold on every day.


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both counted."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """Return the period of the same length before it."""
        return Period(self.first - dt.timedelta(days=self.days), self.first - dt.timedelta(days=1))

    def year_ago(self) -> Period:
        """Return the same weeks a year ago: 364 days, so that weekdays meet."""
        year = dt.timedelta(days=364)
        return Period(self.first - year, self.last - year)

    def holds(self, day: str) -> bool:
        """Say whether a day ``YYYY-MM-DD`` lies in it."""
        return self.first.isoformat() <= day <= self.last.isoformat()


@dataclass(frozen=True, slots=True)
class Rate:
    """A figure of the period, beside other times at the same mix of audiences and languages.

    Attributes:
        before: The period of the same length before; None when it or this one has too few visits, or it is no share.
        year_ago: The same weeks a year ago, in the same way.
    """

    metric: Metric
    kind: Kind
    now: Sums
    before: Comparison | None
    year_ago: Comparison | None

    @property
    def is_shown(self) -> bool:
        """Say whether enough visits stand behind it."""
        return self.now.visits >= MIN_VISITS and self.now.rate is not None

    @property
    def value(self) -> float | None:
        """Return the rate, when it may be shown."""
        return self.now.rate if self.is_shown else None

    @property
    def interval(self) -> Interval | None:
        """Return its 95 % interval, when it may be shown."""
        if not self.is_shown:
            return None
        return proportion_interval(self.now) if self.kind == "share" else ratio_interval(self.now)


@dataclass(frozen=True, slots=True)
class Point:
    """A week of a trend: the rate at the fixed mix of audiences and languages, and its interval."""

    week: dt.date
    metric: str
    rate: float
    interval: Interval
    visits: int


@dataclass(frozen=True, slots=True)
class Holdout:
    """What the experiment with the contact form's suggestions says, over all weeks of the trend.

    Attributes:
        with_suggestions: Contacts and form visits with suggestions; ``without`` those of the holdout.
        interval: Of the difference in contact rates, without less with; may be looked at on any day.
        avoided: Contacts avoided in these weeks, with its interval; None while the interval holds 0.
        saved: The same times the configured cost.
    """

    with_suggestions: tuple[int, int]
    without: tuple[int, int]
    interval: Interval
    avoided: tuple[float, float, float] | None
    saved: tuple[float, float, float] | None

    @property
    def difference(self) -> float:
        """Return the contact rate without suggestions less that with them."""
        return self.without[0] / self.without[1] - self.with_suggestions[0] / self.with_suggestions[1]


@dataclass(frozen=True, slots=True)
class ArticleContact:
    """How often a contact follows an article.

    Attributes:
        rate: Drawn towards the mean of all, the more so the smaller the counts.
        interval: Of its own counts.
        is_finding: It is above the mean, also when many articles are compared, and both ways of crediting agree.
    """

    page: str
    reads: int
    contacts: int
    rate: float
    interval: Interval
    is_finding: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report shows."""

    period: Period
    rates: tuple[Rate, ...]
    trend: tuple[Point, ...]
    funnel: tuple[tuple[str, int], ...]
    outcomes: dict[str, int]
    holdout: Holdout | None
    preference: Preference | None
    not_found: Shown
    not_clicked: Shown
    gaps: tuple[Gap, ...]
    hidden_gaps: int
    articles: tuple[ArticleContact, ...]
    mean_contact: float
    votes: tuple[Row, ...]
    reasons: tuple[Row, ...]
    themes: Themes
    traffic: dict[str, int]
    audiences: tuple[Row, ...]
    windows: tuple[Window, ...]
    incidents: tuple[IncidentCount, ...]

    def rate(self, name: str) -> Rate:
        """Return the rate of that metric."""
        return next(rate for rate in self.rates if rate.metric.name == name)

    @property
    def visits(self) -> int:
        """Return how many visits the period has."""
        return self.rate("contact_rate").now.visits


def last_day(engine: Engine) -> dt.date | None:
    """Return the last day that has an event of a visit; None when there is none."""
    found = engine.rows("SELECT MAX(day) AS day FROM events WHERE visitor IS NOT NULL AND bot = ''")
    return dt.date.fromisoformat(found[0]["day"]) if found and found[0]["day"] else None


def collect_figures(
    engine: Engine,
    period: Period,
    *,
    cost_per_contact: float = 0.0,
    weeks: int = 12,
    kept: Mapping[str, list[Row]] | None = None,
    experiment: Experiment | None = None,
) -> Figures:
    """Compute the figures of a period.

    Args:
        engine: Holds the events; its tables are derived here.
        period: What the report is about.
        cost_per_contact: What a contact costs; 0 leaves the saving out.
        weeks: How far the trend goes back.
        kept: Rows of metrics over events that are deleted; see `retention.kept_counts`.
        experiment: Two rankings to be compared, over all days of the experiment.
    """
    derive(engine)
    by_name = {
        name: [*engine.rows(metric(name).sql), *(kept or {}).get(name, ())]
        for name in (*(name for name, _ in RATES), "causal_deflection", "ranking_preference")
    }
    rates = tuple(_rate(by_name[name], name, kind, period) for name, kind in RATES)
    trend = tuple(point for name in TREND for point in _trend(by_name[name], name, period, weeks))
    since = (period.last - dt.timedelta(weeks=weeks) + dt.timedelta(days=1)).isoformat()
    arms = by_name["causal_deflection"]
    holdout = _holdout([row for row in arms if since <= row["day"] <= period.last.isoformat()], cost_per_contact)
    traffic: Counter[str] = Counter()
    for row in engine.rows(metric("traffic").sql):
        if period.holds(row["day"]):
            traffic[row["kind"]] += int(row["numerator"])
    windows = [row for row in engine.rows(metric("contact_by_window").sql) if period.holds(row["day"])]
    incidents = incident_counts(engine.rows(metric("incident_visitors").sql), period.first, period.last)
    narrow(engine, period.first.isoformat(), period.last.isoformat())
    outcomes: Counter[str] = Counter()
    for row in engine.rows(metric("outcomes").sql):
        outcomes[row["outcome"]] += int(row["numerator"])
    texts = by_text(engine.rows(metric("query_outcomes").sql))
    articles, mean = _articles(engine.rows(metric("contact_after_article").sql))
    gaps = find_gaps(engine)
    return Figures(
        period=period,
        rates=rates,
        trend=trend,
        funnel=_funnel(engine.rows(metric("funnel").sql)),
        outcomes={name: outcomes.get(name, 0) for name in ("resolved", "escalated", "unresolved")},
        holdout=holdout,
        preference=preference(by_name["ranking_preference"], experiment) if experiment else None,
        not_found=_texts(texts, "numerator"),
        not_clicked=_texts([row for row in texts if row["numerator"] == 0], "abandoned"),
        gaps=tuple(gap for gap in gaps if gap.may_show)[:_MOST_ROWS],
        hidden_gaps=sum(not gap.may_show for gap in gaps),
        articles=articles,
        mean_contact=mean,
        votes=_few(engine.rows(metric("votes_of_articles").sql), ("page",)),
        reasons=_few(engine.rows(metric("feedback_reasons").sql), ("page", "reason")),
        themes=find_themes(engine.rows(metric("feedback_comments").sql)),
        traffic=dict(sorted(traffic.items())),
        audiences=_audiences(engine.rows(metric("contact_rate").sql)),
        windows=contact_windows(windows),
        incidents=incidents,
    )


def _sums(rows: Iterable[Row]) -> Sums:
    total = Sums()
    for row in rows:
        visits, *others = (float(row[name] or 0) for name in _SUMS)
        total += Sums(int(visits), *others)
    return total


def _rate(rows: Sequence[Row], name: str, kind: Kind, period: Period) -> Rate:
    now = _by_group(rows, period)
    total = sum(now.values(), Sums())
    before, year_ago = (
        compare(now, then)
        if kind == "share" and min(total.visits, sum(own.visits for own in then.values())) >= MIN_VISITS
        else None
        for then in (_by_group(rows, period.before()), _by_group(rows, period.year_ago()))
    )
    return Rate(metric(name), kind, total, before, year_ago)


def _by_group(rows: Iterable[Row], period: Period) -> dict[tuple[str, str], Sums]:
    """Add up the rows of a period by audience and language."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if period.holds(row["day"]):
            groups[row["audience"], row["locale"]].append(row)
    return {group: _sums(own) for group, own in groups.items()}


def _trend(rows: Sequence[Row], name: str, period: Period, weeks: int) -> list[Point]:
    """Give the weeks that end with the period, each at the mix of audiences and languages of all of them."""
    ends = [period.last - dt.timedelta(weeks=back) for back in range(weeks)]
    spans = [Period(end - dt.timedelta(days=6), end) for end in reversed(ends)]
    mix: Counter[tuple[str, str]] = Counter()
    by_week: dict[dt.date, dict[tuple[str, str], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for span in spans:
            if span.holds(row["day"]):
                mix[row["audience"], row["locale"]] += row["denominator"]
                by_week[span.first][row["audience"], row["locale"]].append(row)
    points = []
    for span in spans:
        groups = {group: _sums(found) for group, found in by_week[span.first].items()}
        visits = sum(own.visits for own in groups.values())
        found = standardise([(mix[group], own) for group, own in sorted(groups.items())])
        if found and visits >= MIN_VISITS:
            points.append(Point(span.first, name, found[0], found[1], visits))
    return points


def _funnel(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    steps = {
        "visits": "Visits",
        "searched": "searched",
        "viewed": "read an article",
        "opened_form": "opened the contact form",
        "shown_suggestions": "were shown suggestions",
        "opened_suggestion": "opened one",
        "contacted": "contacted us",
    }
    total: Counter[str] = Counter()
    for row in rows:
        total.update({name: int(row[name]) for name in steps})
    return tuple((label, total[name]) for name, label in steps.items())


def _holdout(rows: Iterable[Row], cost: float) -> Holdout | None:
    arms = {"suggestions": [0, 0], "holdout": [0, 0]}
    for row in rows:
        arms[row["arm"]][0] += int(row["numerator"])
        arms[row["arm"]][1] += int(row["denominator"])
    (x, n), (y, m) = arms["suggestions"], arms["holdout"]
    if min(n, m) < MIN_VISITS:
        return None
    interval = anytime_interval(y, m, x, n, planned=_PLANNED_VISITS)
    avoided = saved = None
    if not interval.low <= 0 <= interval.high:
        values = ((y / m - x / n) * n, interval.low * n, interval.high * n)
        avoided = values
        saved = (values[0] * cost, values[1] * cost, values[2] * cost) if cost else None
    return Holdout((x, n), (y, m), interval, avoided, saved)


def _texts(rows: Sequence[Row], name: str) -> Shown:
    """List the texts with most of what is counted under ``name``; all counts rounded down to fives."""
    wanted = sorted((row for row in rows if row[name] > 0), key=lambda row: (-row[name], row["text"], row["locale"]))
    shown = show_texts(wanted)
    listed = [
        {
            "text": row["text"],
            "locale": row["locale"],
            "visits": rounded(row["visits"]),
            "searches": rounded(row["denominator"]),
            "failed": rounded(row[name]),
            "contacted": rounded(row["contacted"]),
        }
        for row in shown.rows[:_MOST_ROWS]
    ]
    return Shown(tuple(listed), shown.hidden_rows, shown.hidden_visits)


def _articles(rows: Iterable[Row]) -> tuple[tuple[ArticleContact, ...], float]:
    """Rank articles by how often a contact follows them, and say for which that is more than chance."""
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        own = counts[row["page"]]
        for place, name in enumerate(("numerator", "denominator", "last_article", "shared_credit")):
            own[place] += float(row[name])
    pages = sorted(page for page, own in counts.items() if own[1] >= MIN_VISITS)
    total = sum(own[1] for own in counts.values())
    mean = sum(own[0] for own in counts.values()) / total if total else 0.0
    prior = fit_prior([(counts[page][0], counts[page][1]) for page in pages])
    tests = benjamini_hochberg([p_value(counts[page][0], counts[page][1], mean) for page in pages])
    last_mean = sum(own[2] for own in counts.values()) / total if total else 0.0
    shared_mean = sum(own[3] for own in counts.values()) / total if total else 0.0
    found = []
    for page, holds in zip(pages, tests, strict=True):
        contacts, reads, last, shared = counts[page]
        rate, interval = shrink(contacts, reads, prior), wilson(contacts, reads)
        agrees = last / reads > last_mean and shared / reads > shared_mean
        is_finding = holds and contacts / reads > mean and agrees
        found.append(ArticleContact(page, int(reads), int(contacts), rate, interval, is_finding))
    found.sort(key=lambda each: (-each.interval.low, each.page))
    return tuple(found[:_MOST_ROWS]), mean


def _few(rows: Iterable[Row], names: Sequence[str]) -> tuple[Row, ...]:
    """Add rows up by the given columns and keep those with enough visits; the lowest interval first."""
    added: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in names)
        own = added.setdefault(key, {**dict(zip(names, key, strict=True)), "numerator": 0, "denominator": 0})
        own["numerator"] += int(row["numerator"])
        own["denominator"] += int(row["denominator"])
    kept = [row for row in added.values() if row["denominator"] >= MIN_VISITS]
    kept.sort(key=lambda row: (wilson(row["numerator"], row["denominator"]).high, *(row[name] for name in names)))
    return tuple(kept[:_MOST_ROWS])


def _audiences(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Give visits and contacts of each audience and language that has enough visits."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["audience"], row["locale"]].append(row)
    found = []
    for (audience, locale), own in sorted(groups.items()):
        total = _sums(own)
        if total.visits >= MIN_VISITS:
            found.append({"audience": audience, "locale": locale, "visits": total.visits, "sums": total})
    return tuple(found)
