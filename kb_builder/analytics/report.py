"""Figures in, the files of a report out: pages without script, JSON, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kb_builder.analytics import wording
from kb_builder.analytics.charts import funnel_chart, trend_chart
from kb_builder.analytics.figures import Figures
from kb_builder.analytics.imports.line import REASONS
from kb_builder.analytics.interleaving import Preference
from kb_builder.files import OutputFile

PAGES = ("index.html", "searches.html", "articles.html", "figures.html")
_POLICY = "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@|%]|^[\t\r\n]")


def report_files(
    figures: Figures, *, site_name: str, currency: str = "", is_demo: bool = False
) -> tuple[OutputFile, ...]:
    """Make the files of a report.

    Args:
        figures: What is shown; see `collect_figures`.
        site_name: Name of the help center.
        currency: Stands before amounts.
        is_demo: Says on every page that the log is made up.
    """
    style = (resources.files("kb_builder.analytics") / "templates" / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=PackageLoader("kb_builder.analytics", "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(percent=wording.percent, number=wording.number, plain=plain)
    shared = {
        "figures": figures,
        "site_name": site_name,
        "is_demo": is_demo,
        "style": style,
        "policy": _POLICY.format(digest=digest),
        "words": wording,
        "headline": wording.headline(figures),
        "causal": wording.causal(figures, currency),
        "advice": wording.advice(figures),
        "charts": _charts(figures),
        "reasons": REASONS,
    }
    pages = [_page(environment, name, shared) for name in PAGES]
    tables = [OutputFile(name, _csv(head, rows)) for name, head, rows in _tables(figures)]
    data = json.dumps(_data(figures, site_name), ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return (*pages, OutputFile("report.json", data), *tables)


def plain(text: Any) -> str:
    """Take what cannot be seen, or would turn the writing direction, out of foreign text."""
    return _UNSEEN.sub("\ufffd", str(text))


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula. Source: OWASP, CSV injection."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _page(environment: Environment, name: str, shared: dict[str, Any]) -> OutputFile:
    text = environment.get_template(name).render(page=name, **shared)
    return OutputFile(name, text.encode("utf-8", "replace"))


def _charts(figures: Figures) -> dict[str, str]:
    """Draw the charts as addresses of images."""
    names = {"explicit_deflection_rate": "said it was solved", "deflection_upper_bound": "solved, or just left"}
    by_name = {label: [point for point in figures.trend if point.metric == name] for name, label in names.items()}
    contact = [point for point in figures.trend if point.metric == "contact_rate"]
    charts = {"funnel": funnel_chart(figures.funnel) if figures.visits else ""}
    charts["trend"] = trend_chart(list(by_name.items())) if any(len(points) > 1 for points in by_name.values()) else ""
    charts["contact"] = trend_chart([("contact rate", contact)]) if len(contact) > 1 else ""
    return {
        name: f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else ""
        for name, svg in charts.items()
    }


def _tables(figures: Figures) -> Iterable[tuple[str, Sequence[str], list[Sequence[Any]]]]:
    yield (
        "figures.csv",
        (
            "figure",
            "numerator",
            "denominator",
            "visits",
            "value",
            "low",
            "high",
            "before",
            "a year ago",
            "counts",
            "out of",
        ),
        [
            (
                rate.metric.title,
                rate.now.numerator if rate.is_shown else "",
                rate.now.denominator if rate.is_shown else "",
                rate.now.visits if rate.is_shown else "",
                "" if rate.value is None else round(rate.value, 6),
                round(rate.interval.low, 6) if rate.interval else "",
                round(rate.interval.high, 6) if rate.interval else "",
                round(rate.before.rate, 6) if rate.before else "",
                round(rate.year_ago.rate, 6) if rate.year_ago else "",
                rate.metric.numerator,
                rate.metric.denominator,
            )
            for rate in figures.rates
        ],
    )
    yield (
        "searches.csv",
        ("list", "text", "language", "visits", "searches", "failed", "contacted"),
        [
            (name, row["text"], row["locale"], row["visits"], row["searches"], row["failed"], row["contacted"])
            for name, shown in (("not found", figures.not_found), ("not clicked", figures.not_clicked))
            for row in shown.rows
        ],
    )
    yield (
        "articles.csv",
        ("page", "visits", "visits with contact", "rate, shrunk", "low", "high", "stands out"),
        [
            (
                each.page,
                each.reads,
                each.contacts,
                round(each.rate, 6),
                round(each.interval.low, 6),
                round(each.interval.high, 6),
                "yes" if each.is_finding else "no",
            )
            for each in figures.articles
        ],
    )
    yield (
        "themes.csv",
        ("words", "visits", "voted no", "praise", "complaint", "judged", "sentiment"),
        _themes_table(figures),
    )


def _themes_table(figures: Figures) -> list[Sequence[Any]]:
    return [
        (", ".join(each.words), each.visits, each.no_votes, each.praise, each.complaint, each.judged, each.sentiment)
        for each in figures.themes.found
    ]


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _preference(found: Preference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    days = {name: getattr(found.experiment, name).isoformat() for name in ("first_day", "last_day")}
    return asdict(found) | {"experiment": asdict(found.experiment) | days, "winner": found.winner}


def _data(figures: Figures, site_name: str) -> dict[str, Any]:
    return {
        "site": site_name,
        "first_day": figures.period.first.isoformat(),
        "last_day": figures.period.last.isoformat(),
        "rates": {
            rate.metric.name: {
                "numerator": rate.now.numerator,
                "denominator": rate.now.denominator,
                "visits": rate.now.visits,
                "value": rate.value,
                "interval": asdict(rate.interval) if rate.interval else None,
                "before": asdict(rate.before) if rate.before else None,
                "year_ago": asdict(rate.year_ago) if rate.year_ago else None,
            }
            if rate.is_shown
            else {"value": None, "note": wording.NO_DATA}
            for rate in figures.rates
        },
        "funnel": dict(figures.funnel),
        "outcomes": figures.outcomes,
        "holdout": asdict(figures.holdout) if figures.holdout else None,
        "preference": _preference(figures.preference),
        "trend": [
            {"week": point.week.isoformat(), "figure": point.metric, "rate": point.rate, "visits": point.visits}
            | asdict(point.interval)
            for point in figures.trend
        ],
        "not_found": list(figures.not_found.rows),
        "not_clicked": list(figures.not_clicked.rows),
        "gaps": [
            {
                "cause": str(gap.cause),
                "texts": list(gap.texts),
                "language": gap.locale,
                "visits": gap.visits // 5 * 5,
                "contacts": gap.contacts // 5 * 5,
                "remedy": wording.remedy(gap),
            }
            for gap in figures.gaps
        ],
        "articles": [
            {"page": each.page, "visits": each.reads, "contacts": each.contacts, "rate": each.rate}
            | asdict(each.interval)
            for each in figures.articles
        ],
        "themes": {
            "comments": figures.themes.comments,
            "judged": figures.themes.judged,
            "found": [asdict(each) | {"sentiment": each.sentiment} for each in figures.themes.found],
        },
        "advice": [asdict(item) for item in wording.advice(figures)],
        "contact_after_reading": [
            {"hours": each.hours, "joins_days": not each.is_blind, "readers": each.readers, "contacts": each.contacts}
            | {"rate": each.rate, "interval": asdict(each.interval)}
            for each in figures.windows
            if each.rate is not None
        ],
        "incidents": [
            asdict(each) | {"starts": each.starts.isoformat(), "ends": each.ends.isoformat()}
            for each in figures.incidents
        ],
        "traffic": figures.traffic,
    }
