"""Each figure on logs small enough to count by hand, and on large ones whose truth is known."""

import base64
import datetime as dt
import json
import random
import sys
from pathlib import Path

import pytest
from event_makers import make_event

from kb_builder.analytics.segments import pack, record, segment_path
from kb_builder.analytics.simulate import simulate
from kb_builder.analytics.statements import derive, metric, metric_names

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")

from kb_builder.analytics.duck import Incident, open_engine
from kb_builder.analytics.ingest import default_options, ingest_file
from kb_builder.analytics.store import events_files, refresh
from kb_builder.analytics.windows import contact_windows, incident_counts

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "analytics"))
from interval_coverage import SCENARIO, measure_coverage


def at(second):
    moment = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


_ids = iter(range(10**6))


def event(action, second, *, visit="visit-0001", bot="", query="", **fields):
    """An event at a second of the day; ``query`` is the text and, made longer, the id of a query."""
    if query:
        fields["query_id"] = f"query-{query.replace(' ', '_')}"
    if action == "query":
        fields |= {"user_query": query}
    made = make_event(action, event_id=f"event-{next(_ids):06}", at=at(second), session_id=visit, **fields)
    return pack(record(made, received=at(second), source="collect", visit=visit, bot=bot))


def search(second, text, *, hits=3, by="pause", visit="visit-0001", **fields):
    attributes = {"result_count": hits, **({"committed_by": by} if by else {})}
    return event("query", second, query=text, visit=visit, query_attributes=attributes, **fields)


def click(second, text, *, page="p/", place=1, visit="visit-0001"):
    target = {"object": {"object_id": page}, "position": {"ordinal": place}}
    return event("click", second, query=text, visit=visit, event_attributes=target)


def measure(folder, *lines, incidents=(), gap_minutes=30):
    """Import lines and return every figure as ``(numerator, denominator)``."""
    path = segment_path(folder / "raw", "2026-03-01", "collect-a")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    refresh(folder)
    with open_engine(events_files(folder), incidents=incidents, gap_minutes=gap_minutes) as engine:
        derive(engine)
        found = {}
        for name in metric_names():
            rows = engine.rows(metric(name).sql)
            found[name] = rows
            if rows and "denominator_squares" in rows[0]:
                found[name] = tuple(sum(float(row[part]) for row in rows) for part in ("numerator", "denominator"))
        return found


def test_every_metric_says_what_it_divides_by_what():
    for name in metric_names():
        found = metric(name)
        assert found.title and found.numerator and found.denominator, name
        assert "denominator" not in found.numerator and "numerator" not in found.denominator, name


def test_nothing_gives_no_rows_and_no_division(tmp_path):
    assert all(not rows for rows in measure(tmp_path).values())


def test_typing_is_one_committed_query(tmp_path):
    lines = [
        search(0, "ca", by=None, hits=0),
        search(0.4, "canc", by=None, hits=0),
        search(0.8, "cancel", by=None, hits=5),
        search(1.9, "cancel order", hits=5),
        search(3, "cancel order", hits=5),  # a handler that fired twice
    ]

    figures = measure(tmp_path, *lines)

    assert figures["committed_queries"] == (1, 1)
    assert figures["zero_result_rate"] == (0, 1)


def test_paging_and_filters_keep_the_query(tmp_path):
    figures = measure(tmp_path, search(0, "gift card"), search(40, "gift card"), search(90, "gift card"))

    assert figures["committed_queries"] == (1, 1)


def test_a_query_that_was_entered_counts_though_the_next_begins_with_it(tmp_path):
    figures = measure(tmp_path, search(0, "refund", hits=0, by="enter"), search(20, "refund gift", hits=2))

    assert figures["zero_result_rate"] == (1, 2)
    assert figures["reformulation_rate"] == (1, 1)


def test_an_episode_ends_where_neither_stem_nor_page_is_shared(tmp_path):
    lines = [
        search(0, "return shoes"),
        search(30, "shoe return label"),  # shares stems
        search(60, "gift card balance"),  # another need
        search(90, "voucher left"),
    ]

    figures = measure(tmp_path, *lines)

    assert figures["reformulation_rate"] == (1, 3)
    assert figures["abandonment_rate"] == (3, 4)


def test_a_shared_clicked_page_keeps_the_episode_together(tmp_path):
    lines = [
        search(0, "voucher left"),
        click(3, "voucher left", page="gift/"),
        search(30, "gift card balance"),
        click(33, "gift card balance", page="gift/"),
    ]

    assert measure(tmp_path, *lines)["reformulation_rate"] == (1, 1)


def test_clicks_and_their_positions(tmp_path):
    lines = [
        search(0, "alpha"),
        click(3, "alpha", place=4),
        click(9, "alpha", place=1),
        search(60, "beta"),
        click(63, "beta", place=2),
        search(120, "gamma", hits=0),
        search(180, "delta"),
    ]

    figures = measure(tmp_path, *lines)

    assert figures["click_through_rate"] == (2, 3)
    assert figures["reciprocal_click_position"] == (0.25 + 0.5, 2)
    assert figures["abandonment_rate"] == (1, 3)


@pytest.mark.parametrize(
    ("dwell", "later", "success"),
    [
        (10, [], 1),
        (0, [], 0),
        (30, [event("contact_submit", 300)], 0),
        (30, [event("contact_channel_click", 300)], 0),
        (30, [search(300, "alpha beta")], 0),  # asked again
        (30, [search(300, "omega")], 1),  # another need, itself without success
    ],
)
def test_an_episode_succeeds_when_its_last_click_was_read_and_nothing_followed(tmp_path, dwell, later, success):
    lines = [search(0, "alpha"), click(3, "alpha"), event("view", 60, page="p/", dwell_seconds=dwell)]

    assert measure(tmp_path, *lines, *later)["episode_success_rate"][0] == success


def form(*steps, visit, shown=True, arm="suggestions"):
    token = f"token-{visit}"
    lines = [event("contact_start", 0, visit=visit, form_token=token, arm=arm)]
    if shown:
        lines.append(event("suggestion_shown", 5, visit=visit, form_token=token, arm=arm))
    return lines + [event(step, 10 + n, visit=visit, form_token=token) for n, step in enumerate(steps)]


def test_the_deflection_range_keeps_what_was_said_and_what_is_assumed_apart(tmp_path):
    lines = [
        *form("suggestion_click", "suggestion_solved", visit="solved-01"),
        *form("suggestion_click", visit="left-0001"),
        *form("suggestion_click", "contact_submit", visit="sent-0001"),
        *form("suggestion_click", "suggestion_solved", "contact_submit", visit="both-0001"),
        *form(visit="untouched"),
        *form("contact_submit", visit="holdout-1", shown=False, arm="holdout"),
    ]

    figures = measure(tmp_path, *lines)

    assert figures["explicit_deflection_rate"] == (1, 5)
    assert figures["form_abandonment_rate"] == (1, 5)
    assert figures["deflection_upper_bound"] == (2, 5)
    arms = {row["arm"]: (row["numerator"], row["denominator"]) for row in figures["causal_deflection"]}
    assert arms == {"suggestions": (2, 5), "holdout": (1, 1)}


def test_a_list_without_suggestions_was_not_shown(tmp_path):
    lines = form(visit="empty-001", shown=False)
    lines.append(event("suggestion_shown", 5, visit="empty-001", query_response_hit_ids=[]))

    assert measure(tmp_path, *lines)["explicit_deflection_rate"] == []


def test_a_ticket_counts_by_its_token_and_by_nothing_else(tmp_path):
    def ticket(token):
        return pack(
            record(
                {"event_id": f"ticket-{token}", "timestamp": at(90_000), "action_name": "ticket", "form_token": token},
                received=at(90_000),
                source="tickets-csv",
            )
        )

    lines = [*form(visit="with-0001"), *form(visit="without-1"), ticket("token-with-0001"), ticket("token-stranger")]

    figures = measure(tmp_path, *lines)

    assert figures["contact_rate"] == (1, 2)
    assert {row["outcome"]: row["numerator"] for row in figures["outcomes"]} == {"escalated": 1, "unresolved": 1}


def test_a_visit_is_resolved_only_when_somebody_said_so(tmp_path):
    def vote(visit, second, helpful):
        return event("feedback", second, visit=visit, helpful=helpful, page="p/")

    lines = [
        vote("yes-00001", 0, True),
        vote("changed-1", 0, True),
        vote("changed-1", 60, False),
        vote("contacts1", 0, True),
        event("contact_submit", 60, visit="contacts1"),
        event("view", 0, visit="silent-01", dwell_seconds=180),
    ]

    figures = measure(tmp_path, *lines)

    assert {row["outcome"]: row["numerator"] for row in figures["outcomes"]} == {
        "resolved": 1,
        "unresolved": 2,
        "escalated": 1,
    }
    assert figures["helpful_vote_rate"] == (2, 3)
    assert figures["confirmed_resolution_rate"] == (1, 4)


def test_contacts_are_put_down_to_the_articles_before_them(tmp_path):
    lines = [
        event("view", 0, page="first/"),
        event("view", 60, page="last/"),
        event("contact_submit", 120),
        event("view", 180, page="after/"),
        event("view", 0, page="first/", visit="visit-0002"),
    ]

    rows = {row["page"]: row for row in measure(tmp_path, *lines)["contact_after_article"]}

    assert {page: (row["numerator"], row["denominator"]) for page, row in rows.items()} == {
        "first/": (1, 2),
        "last/": (1, 1),
        "after/": (0, 1),
    }
    assert [rows[page]["last_article"] for page in ("first/", "last/")] == [0, 1]
    assert [rows[page]["shared_credit"] for page in ("first/", "last/")] == [0.5, 0.5]


def test_what_is_read_next_is_counted_once_a_visit(tmp_path):
    lines = [
        *[event("view", second, page=page) for second, page in enumerate(("a/", "b/", "a/", "c/"))],
        *[event("view", second, page=page, visit="visit-0002") for second, page in enumerate(("a/", "c/", "b/"))],
        event("view", 0, page="a/", visit="visit-0003"),
    ]

    rows = measure(tmp_path, *lines)["read_next"]

    assert {(row["page"], row["next_page"]): (row["numerator"], row["denominator"]) for row in rows} == {
        ("a/", "b/"): (1, 3),
        ("a/", "c/"): (1, 3),
        ("b/", "c/"): (1, 2),
        ("c/", "b/"): (1, 2),
    }
    assert {(row["next_page"], row["arrivals"], row["readings"]) for row in rows} == {("b/", 2, 7), ("c/", 2, 7)}


def test_who_looked_first_is_seen_or_asked(tmp_path):
    lines = [
        event("view", 0, visit="looked-01"),
        event("contact_submit", 60, visit="looked-01", looked_first=None),
        event("contact_submit", 0, visit="answered1", looked_first=True),
        event("contact_submit", 0, visit="at-once-1", looked_first=False),
    ]

    assert measure(tmp_path, *lines)["attempted_first_rate"] == (2, 3)


def test_contact_after_reading_is_counted_by_the_time_that_passed(tmp_path):
    hour, day = 3600, 86400
    read = {"page": "a/", "dwell_seconds": 30}
    lines = [
        event("view", 0, visit="visit-soon", **read),
        event("contact_submit", 60, visit="visit-soon"),
        event("view", 0, visit="visit-later", **read),
        event("contact_submit", 3 * hour, visit="visit-later"),
        event("view", 0, visit="visit-days", **read),
        event("contact_submit", 3 * day, visit="visit-days"),
        event("contact_submit", 0, visit="visit-before"),
        event("view", 60, visit="visit-before", **read),
        event("view", 8 * day, visit="visit-last", **read),  # the log ends before its windows do
    ]

    rows = measure(tmp_path, *lines)["contact_by_window"]

    found = {window.hours: (window.contacts, window.readers, window.returned) for window in contact_windows(rows)}
    assert found == {0.5: (1, 4, 1), 24: (2, 4, 1), 168: (3, 4, 1)}


def test_an_incident_is_counted_for_itself(tmp_path):
    start = int(dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC).timestamp() * 1000)
    lines = [search(n, "is it down", visit=f"visit-{n:04}") for n in range(25)]
    lines += [event("contact_submit", 100 + n, visit=f"visit-{n:04}") for n in range(5)]
    lines += [event("contact_submit", 7200, visit="visit-0001"), search(30, "me too", visit="v-robot-1", bot="gptbot")]

    rows = measure(tmp_path, *lines, incidents=[Incident(start, start + 3_600_000)])["incident_visitors"]

    (found,) = incident_counts(rows, dt.date(2026, 3, 1), dt.date(2026, 3, 28))
    assert (found.visitors, found.contacts) == (25, 5)
    assert incident_counts(rows, dt.date(2026, 3, 2), dt.date(2026, 3, 28)) == ()
    few = measure(tmp_path / "few", *lines[:3], incidents=[Incident(start, start + 3_600_000)])["incident_visitors"]
    assert incident_counts(few, dt.date(2026, 3, 1), dt.date(2026, 3, 28))[0].visitors is None


def test_programs_incidents_and_visitless_events_have_rows_of_their_own(tmp_path):
    machine = [search(5 * n, f"poll {n}", visit="machine-1") for n in range(40)]
    nobody = make_event(event_id="event-gpc", at=at(10), session_id=None)
    lines = [
        event("view", 0),
        event("view", 0, visit="crawler-1", bot="googlebot"),
        pack(record(nobody, received=at(10), source="collect")),
        event("view", 5000, visit="outage-01"),
        search(1, "found later", by="click"),
        click(0, "found later"),
        click(20, "never searched"),
        *machine,
    ]
    start = int(dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC).timestamp() * 1000)

    figures = measure(tmp_path, *lines, incidents=[Incident(start, start + 3_600_000)])

    kinds = {row["kind"]: row["numerator"] for row in figures["traffic"]}
    alone = {"bot": 1, "no visit": 1, "incident": 1, "click without its search": 1}
    assert kinds == {"people": 3, "bot by behaviour": 40, **alone}
    assert figures["committed_queries"] == (1, 1)
    assert figures["click_through_rate"] == (1, 1)


def test_a_hundred_thousand_actions_of_one_visitor_are_a_program(tmp_path):
    lines = [event("view", n / 100, visit="flood-001") for n in range(100_000)]

    figures = measure(tmp_path, event("view", 0), *lines)

    assert figures["committed_queries"] == (0, 1)


def test_a_pause_begins_a_new_visit(tmp_path):
    lines = [event("view", 0), event("view", 40 * 60)]

    assert measure(tmp_path / "a", *lines)["contact_rate"] == (0, 2)
    assert measure(tmp_path / "b", *lines, gap_minutes=24 * 60)["contact_rate"] == (0, 1)


def figures_of(folder, segments):
    for (day, name), lines in segments.items():
        path = segment_path(folder / "raw", day, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    return all_rows(folder)


def all_rows(folder):
    refresh(folder)
    with open_engine(events_files(folder)) as engine:
        derive(engine)
        return {name: sorted(map(repr, engine.rows(metric(name).sql))) for name in metric_names() if name != "traffic"}


def test_permuted_split_and_repeated_logs_change_no_figure(tmp_path):
    lines = list(simulate(SCENARIO, seed=3, visits=150, first_day=dt.date(2026, 3, 1), days=5))
    plain, mixed = {}, {}
    for day, line in lines:
        plain.setdefault((day, "a"), []).append(line)
    shuffled = lines + lines[::3]
    random.Random(1).shuffle(shuffled)
    for number, (day, line) in enumerate(shuffled):
        mixed.setdefault((day, f"part-{number % 7}"), []).append(line)

    assert figures_of(tmp_path / "plain", plain) == figures_of(tmp_path / "mixed", mixed)


def access_log(lines, zone):
    """Write records as a host in that zone logs the requests for their beacons."""
    for _, line in lines:
        told = json.loads(line[9:])
        moment = dt.datetime.fromisoformat(told["received"]).astimezone(zone)
        beacon = base64.urlsafe_b64encode(json.dumps(told["event"]).encode()).decode().rstrip("=")
        reader = int(told["visit"], 16)
        yield (
            f"10.{reader >> 16 & 255}.{reader >> 8 & 255}.{reader & 255} - - [{moment:%d/%b/%Y:%H:%M:%S %z}] "
            f'"GET /b.txt?kb={beacon} HTTP/1.1" 200 1 "-" "Mozilla/5.0 Firefox/132.0"\n'
        )


def test_the_time_zone_of_a_log_changes_no_figure(tmp_path):
    lines = list(simulate(SCENARIO, seed=4, visits=60, first_day=dt.date(2026, 3, 1), days=4))
    found = {}
    for hours in (0, 5.5, -8):
        folder = tmp_path / f"{hours}"
        folder.mkdir()
        (folder / "visit-secret").write_bytes(b"the same for all, so that visits are")
        log = folder / "access.log"
        log.write_text("".join(access_log(lines, dt.timezone(dt.timedelta(hours=hours)))))
        assert not ingest_file(log, folder, options=default_options(folder)).is_bad
        found[hours] = all_rows(folder)

    assert found[0] == found[5.5] == found[-8]
    assert sum(row.count("'numerator'") for row in found[0]["contact_rate"]) > 4


def test_a_visit_prefers_the_ranking_of_more_clicked_results_and_one_result_counts_once(tmp_path):
    trial = {"experiment": "trial-0123abcd"}

    def clicked(second, page, team, visit):
        target = {"object": {"object_id": page}, "position": {"ordinal": 1}}
        more = {"team": team} if team else {}
        return event("click", second, query=f"words of {visit}", visit=visit, event_attributes=target, **trial, **more)

    lines = [search(0, f"words of {visit}", visit=visit, **trial) for visit in ("other-001", "present-1", "equal-001")]
    lines += [clicked(1, "a/", "other", "other-001"), clicked(2, "b/", "other", "other-001")]
    lines += [clicked(3, "c/", "present", "other-001")]
    lines += [clicked(second, "a/", "other", "present-1") for second in (1, 2, 3)]  # three times the same
    lines += [clicked(4, "b/", "present", "present-1"), clicked(5, "c/", "present", "present-1")]
    lines += [clicked(1, "a/", "other", "equal-001"), clicked(2, "b/", "present", "equal-001")]
    lines += [search(0, "words of nobody-01", visit="nobody-01", **trial), clicked(1, "a/", "", "nobody-01")]
    lines += [search(0, "no trial", visit="outside-1"), click(1, "no trial", visit="outside-1")]

    (row,) = measure(tmp_path, *lines)["ranking_preference"]

    assert (row["experiment"], row["visits"]) == ("trial-0123abcd", 4)
    assert (row["numerator"], row["denominator"]) == (1, 2)


def test_every_estimator_covers_the_truth(tmp_path):
    """The band is wide because the runs are few; benchmarks/analytics/interval_coverage.py does 1,000."""
    for name, share in measure_coverage(tmp_path, runs=160, visits=150).items():
        assert 0.90 <= share <= 1, (name, share)
