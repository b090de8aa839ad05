"""The load driver measures what it says; at a rate that any machine can answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("uvloop", reason="the extra 'collect' is not installed")
pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the driver chooses cores as Linux does")


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks" / "collector"))
    sys.modules.pop("load", None)
    import load

    cores = os.sched_getaffinity(0)
    yield load
    os.sched_setaffinity(0, cores)


@pytest.mark.parametrize(("part", "events"), [("single", 1), ("batch", 10)])
def test_every_request_is_counted_once_and_every_answered_event_is_on_disk(load, tmp_path, part, events):
    row = load.run(part, 1.0, 40, 1, tmp_path)

    assert row["offered events/s"] == 40 * events
    assert row["503"] == row["429"] == row["no answer"] == row["answered, not on disk"] == 0
    assert 0 < row["p50 ms"] <= row["p99 ms"] <= row["max ms"]
    assert row["core µs a request"] > 0
