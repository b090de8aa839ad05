"""The same statements on Spark, for logs that outgrow a machine. The only room that imports PySpark and SQLGlot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kb_builder.analytics.duck import Incident
from kb_builder.analytics.extras import need

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What DuckDB writes into Parquet and JSON lines, so that JSON is read with the same types.
EVENTS_SCHEMA = (
    "event_id STRING, action STRING, at_ms BIGINT, day STRING, client_ms BIGINT, received_ms BIGINT, visitor STRING, "
    "query_id STRING, application STRING, page STRING, locale STRING, audience STRING, arm STRING, "
    "experiment STRING, team STRING, index_hash STRING, "
    "user_query STRING, text STRING, stems ARRAY<STRING>, result_count INT, hits ARRAY<STRING>, committed_by STRING, "
    "prefixes INT, object_id STRING, position INT, dwell_seconds INT, helpful BOOLEAN, reason STRING, message STRING, "
    "form_token STRING, channel STRING, looked_first BOOLEAN, total BIGINT, bot STRING, source STRING, crc STRING"
)


def to_spark(sql: str) -> str:
    """Turn one of our statements into Spark's SQL."""
    sqlglot = need("sqlglot", extra="spark")
    expression = sqlglot.parse_one(sql, read="duckdb")

    def spelled(node: Any) -> Any:
        if isinstance(node, sqlglot.exp.ArrayOverlaps):
            return sqlglot.exp.func("ARRAYS_OVERLAP", node.this, node.expression)
        return node

    return str(expression.transform(spelled).sql(dialect="spark"))


class SparkEngine:
    """Runs statements on Spark."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def create(self, name: str, sql: str) -> None:
        """Make a table of a statement's rows; they are computed here, so that plans do not grow from table to table."""
        self._spark.sql(to_spark(sql)).localCheckpoint().createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        """Forget a table."""
        self._spark.catalog.dropTempView(name)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a statement by column name."""
        return [row.asDict() for row in self._spark.sql(to_spark(sql)).collect()]

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> None:
        """Make a table of rows: texts and whole numbers."""
        kinds = (
            ["BIGINT" if isinstance(value, int) else "STRING" for value in rows[0]]
            if rows
            else ["STRING"] * len(columns)
        )
        schema = ", ".join(f"`{column}` {kind}" for column, kind in zip(columns, kinds, strict=True))
        self._spark.createDataFrame(list(rows), schema).createOrReplaceTempView(name)


@contextmanager
def open_spark_engine(
    events: str, *, gap_minutes: int = 30, incidents: Sequence[Incident] = (), session: SparkSession | None = None
) -> Iterator[SparkEngine]:
    """Open exported events for statements.

    Args:
        events: Address of Parquet files, or of JSON lines when it ends in ``.jsonl`` or ``.json`` (also packed): a path
            or an object store's address that Spark knows.
        gap_minutes: A longer pause begins a new visit.
        incidents: Times that no figure counts.
        session: A Spark session; one is made when not given, and stopped at the end.

    Raises:
        KbError: PySpark or SQLGlot is not installed.
    """
    need("sqlglot", extra="spark")
    sql = need("pyspark.sql", extra="spark")
    spark = session or sql.SparkSession.builder.appName("kb_builder").getOrCreate()
    try:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        is_json = events.removesuffix(".gz").endswith((".jsonl", ".json"))
        frame = spark.read.schema(EVENTS_SCHEMA).json(events) if is_json else spark.read.parquet(events)
        keys = [
            f"shiftrightunsigned(xxhash64({column}), 2) AS {key}"
            for column, key in (("event_id", "event_key"), ("query_id", "query_key"), ("visitor", "visitor_key"))
        ]
        frame.selectExpr("*", *keys).createOrReplaceTempView("events")
        engine = SparkEngine(spark)
        engine.load("parameters", ("gap_ms",), [(gap_minutes * 60_000,)])
        windows = [(incident.starts_ms, incident.ends_ms) for incident in incidents]
        spark.createDataFrame(windows, "starts_ms BIGINT, ends_ms BIGINT").createOrReplaceTempView("incidents")
        engine.load("query_clusters", ("text", "locale", "cluster"), ())
        yield engine
    finally:
        if session is None:
            spark.stop()
