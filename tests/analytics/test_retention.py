"""What is forgotten is nowhere; what is too old leaves its counts."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from event_makers import make_event
from filelock import FileLock

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")

from kb_builder.analytics.duck import open_engine
from kb_builder.analytics.figures import Period, collect_figures
from kb_builder.analytics.interleaving import Experiment
from kb_builder.analytics.retention import forget, kept_counts, prune
from kb_builder.analytics.segments import pack, record, segment_files, segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate
from kb_builder.analytics.store import events_files, refresh
from kb_builder.issues import KbError


def write(folder, day, *lines, name="collect-a"):
    path = segment_path(folder / "raw", day, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.writelines(lines)


def line(number, *, day="2026-03-01", session="session-1", visit="", action="view"):
    at = f"{day}T10:00:{number % 60:02}.000Z"
    event = make_event(action, event_id=f"event-{number:06}", at=at, session_id=session)
    return pack(record(event, received=at, source="collect", visit=visit))


def everything(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_session_is_gone_from_raw_store_and_report_and_the_proof_does_not_name_it(tmp_path):
    write(tmp_path, "2026-03-01", line(1, session="forget-me-1"), line(2), line(3, visit="forget-me-1"))
    write(tmp_path, "2026-03-02", line(4, day="2026-03-02", session="forget-me-1"), name="only")
    write(tmp_path, "2026-03-01", line(5, session="forget-me-1")[:-9] + b"\n", name="damaged")
    refresh(tmp_path)

    proof = forget(tmp_path, session="forget-me-1")

    assert (proof.records, proof.left) == (4, 0)
    assert b"forget-me" not in everything(tmp_path)
    assert refresh(tmp_path).events == 1
    kept = json.loads(next((tmp_path / "deletions").iterdir()).read_text())
    assert kept["records"] == 4
    assert sorted(after == "" for _, after in kept["segments"].values()) == [False, True, True]


def test_a_day_is_gone_whether_it_is_when_it_happened_or_arrived(tmp_path):
    late = make_event(event_id="event-late", at="2026-03-01T23:59:59.000Z")
    write(tmp_path, "2026-03-02", pack(record(late, received="2026-03-02T00:00:01.000Z", source="collect")))
    write(tmp_path, "2026-03-02", line(2, day="2026-03-02"))
    write(tmp_path, "2026-03-01", line(1))

    assert forget(tmp_path, day="2026-03-01").records == 2
    assert [path.parent.name for path in segment_files(tmp_path / "raw")] == ["2026-03-02"]


def test_nothing_is_rewritten_under_a_collector(tmp_path):
    write(tmp_path, "2026-03-01", line(1))
    with FileLock(tmp_path / "collect.lock"), pytest.raises(KbError, match="collector"):
        forget(tmp_path, day="2026-03-01")

    assert refresh(tmp_path).events == 1


def figures(folder):
    with open_engine(events_files(folder)) as engine:
        period = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 28))
        found = collect_figures(engine, period, kept=kept_counts(folder))
    return {rate.metric.name: rate.now for rate in found.rates}


def test_old_events_leave_their_counts_behind_and_the_rates_stay(tmp_path):
    number = 0
    for day in range(1, 29):
        for visit in range(3):
            number += 1
            action = "contact_submit" if visit == 2 else "view"
            date = f"2026-03-{day:02}"
            write(tmp_path, date, line(number, day=date, session=f"visit-{number:05}", action=action))
    refresh(tmp_path)
    before = figures(tmp_path)

    segments, rows = prune(tmp_path, today=dt.date(2026, 4, 5), raw_days=21, aggregate_months=13)

    assert segments == 14 and rows > 14
    assert figures(tmp_path) == before
    assert before["contact_rate"].visits == 84
    assert b"visit-00001" not in everything(tmp_path)


def test_the_counts_of_experiments_stay_too(tmp_path):
    trial = Experiment("trial-0123abcd", "", 100, dt.date(2026, 3, 1), dt.date(2026, 3, 28), is_over=True)
    scenario = Scenario((Topic("a/", "alpha", other_rank=2), Topic("b/", "beta", rank=2, other_rank=1)))
    for day, data in simulate(
        replace(scenario, experiment=trial.id, direct=0.5), seed=1, visits=400, first_day=trial.first_day
    ):
        write(tmp_path, day, data)
    refresh(tmp_path)

    def judged():
        with open_engine(events_files(tmp_path)) as engine:
            period = Period(trial.first_day, trial.last_day)
            found = collect_figures(engine, period, kept=kept_counts(tmp_path), experiment=trial)
        return found.preference, found.holdout

    before = judged()
    assert before[0] and before[0].decided and before[1]

    segments, _ = prune(tmp_path, today=dt.date(2026, 4, 5), raw_days=21, aggregate_months=13)

    assert segments > 0
    assert judged() == before


def test_pruning_twice_or_after_a_kill_counts_nothing_twice(tmp_path):
    for number, day in enumerate(("2026-03-01", "2026-03-20")):
        write(tmp_path, day, line(number, day=day, session=f"visit-{number:05}"))
    saved = segment_path(tmp_path / "raw", "2026-03-01", "collect-a").read_bytes()
    refresh(tmp_path)
    prune(tmp_path, today=dt.date(2026, 4, 5), raw_days=21, aggregate_months=13)
    before = kept_counts(tmp_path)
    write(tmp_path, "2026-03-01", saved)  # as if it had been killed before the file was deleted

    prune(tmp_path, today=dt.date(2026, 4, 5), raw_days=21, aggregate_months=13)

    assert kept_counts(tmp_path) == before
    assert len(segment_files(tmp_path / "raw")) == 1


def test_counts_go_when_they_are_too_old(tmp_path):
    write(tmp_path, "2026-03-01", line(1))
    refresh(tmp_path)

    assert prune(tmp_path, today=dt.date(2026, 4, 5), raw_days=21, aggregate_months=13)[1] > 0
    assert prune(tmp_path, today=dt.date(2027, 5, 5), raw_days=21, aggregate_months=13) == (0, 0)
