"""The SQL of the analytics: whole statements in files, named for what they measure.

``tables/`` holds what is made of the events, in order; ``metrics/`` the figures. All use the part of DuckDB's SQL that
SQLGlot turns into Spark's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Protocol

TABLES = (
    "steps",
    "robots",
    "actions",
    "views",
    "votes",
    "contacts",
    "visits",
    "clicks",
    "asked",
    "committed",
    "queries",
    "episodes",
    "forms",
    "readings",
)
"""What is made of the events, each from those before it."""
_LAST_USE = {"actions": ("steps",), "queries": ("asked", "committed")}
"""What is dropped when a table is made, so that the largest need not be held for long."""

Row = dict[str, Any]


class Engine(Protocol):
    """Runs SQL. The tables ``events``, ``incidents``, ``parameters`` and an empty ``query_clusters`` are there.

    Besides what is stored, ``events`` has an ``event_key``, a ``query_key`` and a ``visitor_key``: whole numbers from 0
    to below 2^62, hashed by the engine from ``event_id``, ``query_id`` and ``visitor``, because numbers are joined and
    sorted far faster than texts.
    """

    def create(self, name: str, sql: str) -> None:
        """Make a table of a statement's rows."""

    def drop(self, name: str) -> None:
        """Forget a table."""

    def rows(self, sql: str) -> list[Row]:
        """Return the rows of a statement by column name."""

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> None:
        """Make a table of rows: texts and whole numbers."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's definition: the first lines of its file, and the statement.

    Attributes:
        title: What people call it.
        numerator: What is counted.
        denominator: Out of what.
        note: Further lines of the comment.
    """

    name: str
    title: str
    numerator: str
    denominator: str
    note: str
    sql: str


@lru_cache
def metric(name: str) -> Metric:
    """Return the metric of that name.

    Raises:
        FileNotFoundError: There is none.
    """
    sql = _read("metrics", name)
    lines = [line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--")]
    title, numerator, denominator, *note = lines
    return Metric(
        name,
        title,
        numerator.removeprefix("numerator: "),
        denominator.removeprefix("denominator: "),
        " ".join(note),
        sql,
    )


def metric_names() -> tuple[str, ...]:
    """Return the names of all metrics."""
    folder = resources.files("kb_builder.analytics") / "metrics"
    return tuple(sorted(item.name.removesuffix(".sql") for item in folder.iterdir() if item.name.endswith(".sql")))


def table_sql(name: str) -> str:
    """Return the statement that makes a table."""
    return _read("tables", name)


def derive(engine: Engine, tables: Iterable[str] = TABLES) -> None:
    """Make the tables of visits, queries, episodes and so on from the events."""
    for name in tables:
        engine.create(name, table_sql(name))
        for used in _LAST_USE.get(name, ()):
            engine.drop(used)


NARROWED = ("votes", "visits", "queries", "episodes", "forms", "readings")


def narrow(engine: Engine, first_day: str, last_day: str) -> None:
    """Leave only what is of the days from the first to the last, both ``YYYY-MM-DD``, in the derived tables."""
    for name in NARROWED:
        engine.create(name, f"SELECT * FROM {name} WHERE day >= '{first_day}' AND day <= '{last_day}'")  # noqa: S608


def _read(folder: str, name: str) -> str:
    return (resources.files("kb_builder.analytics") / folder / f"{name}.sql").read_text("utf-8")
