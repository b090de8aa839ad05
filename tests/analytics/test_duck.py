"""The engine keeps to the memory that there is, and spills the rest to disk."""

import pytest

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")

from kb_builder.analytics.duck import connect, room_mb
from kb_builder.issues import KbError

DISTINCT = "SELECT count(DISTINCT h) FROM (SELECT hash(n) AS h FROM numbers)"


def count_distinct(memory_mb, numbers):
    """Return how many there are, and how many bytes of them lay on the disk."""
    with connect(memory_mb=memory_mb, threads=2) as db:
        db.execute(f"CREATE TEMP TABLE numbers AS SELECT range AS n, hash(range) AS h FROM range({numbers})")
        spilled = db.execute("SELECT coalesce(sum(size), 0) FROM duckdb_temporary_files()").fetchone()[0]
        return db.execute(DISTINCT).fetchone()[0], spilled


def test_h90_what_does_not_fit_into_memory_goes_to_disk_and_is_counted_all_the_same():
    found, spilled = count_distinct(memory_mb=100, numbers=12_000_000)

    assert found == 12_000_000
    assert spilled > 50_000_000


def test_too_little_memory_is_one_clear_line():
    with pytest.raises(KbError, match="figures need more memory than there is") as caught:
        count_distinct(memory_mb=5, numbers=12_000_000)

    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(("given", "taken"), [("100GiB", 1500), ("480MiB", 253), ("1.5GiB", 1360), ("99KiB", 200)])
def test_a_container_is_not_filled(given, taken):
    with connect() as db:
        db.execute(f"SET memory_limit = '{given}'")

        assert room_mb(db) == taken
