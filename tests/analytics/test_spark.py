"""Spark gives the figures that DuckDB gives."""

import datetime as dt
import shutil

import pytest

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")
pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
pytest.importorskip("sqlglot", reason="the extra 'spark' is not installed")
if not shutil.which("java"):
    pytest.skip("Spark needs Java, which is not on this machine", allow_module_level=True)

from kb_builder.analytics.duck import Incident, export_events, open_engine
from kb_builder.analytics.gaps import find_gaps
from kb_builder.analytics.segments import segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate
from kb_builder.analytics.spark import open_spark_engine, to_spark
from kb_builder.analytics.statements import TABLES, derive, metric, metric_names, narrow, table_sql
from kb_builder.analytics.store import events_files, refresh

TOPICS = (
    Topic("a/", "alpha cat", better_words="alpha dog", contact=0.3),
    Topic("b/", "beta cow", finds=False, better_words="beta pig", contact=0.2),
    Topic("c/", "gamma hen", finds=False, contact=0.5, rank=2),
    Topic("d/", "delta elk", rank=3, other_rank=1),
)
INCIDENT = Incident(1772452800000, 1772467200000)


def test_every_statement_has_a_spelling_for_spark():
    for name in metric_names():
        assert "&&" not in to_spark(metric(name).sql)
    for name in TABLES:
        assert "ARRAY_LENGTH" not in to_spark(table_sql(name))


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_figures_are_equal_on_both_engines(tmp_path, spark, suffix):
    days = {}
    for day, line in simulate(
        Scenario(TOPICS, experiment="trial-0123abcd"), seed=2, visits=60, first_day=dt.date(2026, 3, 1), days=4
    ):
        days.setdefault(day, []).append(line)
    for day, lines in days.items():
        path = segment_path(tmp_path / "raw", day, "simulated")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    refresh(tmp_path)
    exported = tmp_path / f"events.{suffix}"
    export_events(events_files(tmp_path), exported)

    with open_engine(events_files(tmp_path), incidents=[INCIDENT]) as duck:
        expected = figures(duck)
    with open_spark_engine(str(exported), incidents=[INCIDENT], session=spark) as engine:
        found = figures(engine)

    assert found == expected
    assert len(expected) > 20


def figures(engine):
    derive(engine)
    narrow(engine, "2026-03-01", "2026-03-03")
    gaps = [(gap.name, gap.visits, gap.successes, str(gap.cause)) for gap in find_gaps(engine)]
    rows = {name: sorted(map(plain, engine.rows(metric(name).sql))) for name in metric_names()}
    return {"gaps": gaps, **rows}


def plain(row):
    return repr(
        {
            name: round(float(value), 6) if not isinstance(value, str | None) else value
            for name, value in sorted(row.items())
        }
    )
