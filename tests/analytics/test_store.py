"""The store is what the raw segments say: each event once, in any order, however often it came."""

import json
import random

import pytest
from event_makers import make_event

from kb_builder.analytics.segments import pack, record, segment_files, segment_path

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")

from kb_builder.analytics import loading
from kb_builder.analytics.duck import connect
from kb_builder.analytics.store import FORMAT, PARTS, events_files, refresh
from kb_builder.issues import KbError


def write(folder, *lines, day="2026-03-01", name="collect-a"):
    path = segment_path(folder / "raw", day, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.writelines(lines)
    return path


def line(action="view", *, received="2026-03-01T10:00:01.000Z", visit="", bot="", **fields):
    return pack(record(make_event(action, **fields), received=received, source="collect", visit=visit, bot=bot))


def rows(folder, sql="SELECT * EXCLUDE (crc, received_ms) FROM events ORDER BY event_id"):
    with connect() as db:
        db.execute("CREATE VIEW events AS FROM read_parquet('" + str(events_files(folder)) + "')")
        return db.execute(sql).fetchall()


def some_lines(number=60):
    rng = random.Random(3)
    actions = ["query", "click", "view", "contact_submit", "feedback"]
    return [
        line(
            rng.choice(actions),
            event_id=f"event-{index:05}",
            at=f"2026-03-01T10:{index % 60:02}:00.000Z",
            received=f"2026-03-01T10:{index % 60:02}:00.250Z",
            age_ms=250,
        )
        for index in range(number)
    ]


def test_order_repetition_and_split_files_change_nothing(tmp_path):
    lines = some_lines()
    write(tmp_path / "a", *lines)
    refresh(tmp_path / "a")
    shuffled = lines * 2
    random.Random(1).shuffle(shuffled)
    for part in range(5):
        write(tmp_path / "b", *shuffled[part::5], name=f"part-{part}")
        refresh(tmp_path / "b")

    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    assert len(rows(tmp_path / "a")) == 60


def test_an_event_that_comes_again_with_other_content_is_counted_and_the_first_received_holds(tmp_path):
    late = line(event_id="event-0001", page="late/", received="2026-03-07T09:00:00.000Z")
    first = line(event_id="event-0001", page="first/", received="2026-03-01T10:00:01.000Z")
    write(tmp_path, late, day="2026-03-07")
    refresh(tmp_path)
    write(tmp_path, first)

    stored = refresh(tmp_path)

    assert (stored.events, stored.repeated, stored.conflicts) == (1, 1, 1)
    assert rows(tmp_path, "SELECT page FROM events") == [("first/",)]


def test_damage_is_counted_and_the_rest_is_there(tmp_path):
    good = some_lines(3)
    torn = some_lines(4)[3][:-20]
    write(tmp_path, good[0], good[1].replace(b"orders", b"ordexs"), b"\n", good[2], torn)

    stored = refresh(tmp_path)

    assert (stored.events, stored.lines, stored.damaged) == (2, 5, 3)


def test_a_segment_that_grew_is_read_again(tmp_path):
    lines = some_lines(4)
    write(tmp_path, *lines[:2])
    refresh(tmp_path)
    write(tmp_path, *lines[2:])

    assert refresh(tmp_path).events == 4
    assert refresh(tmp_path).lines == 0


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone", "manifest", "newer"])
def test_a_damaged_store_is_made_again_from_the_raw_events(tmp_path, damage):
    write(tmp_path, *some_lines())
    refresh(tmp_path)
    before = rows(tmp_path)
    store, manifest = tmp_path / "store" / PARTS / "2026-03-01.parquet", tmp_path / "store" / "store.json"
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "flip":
        store.write_bytes(data)
    elif damage == "cut":
        store.write_bytes(data[:100])
    elif damage == "empty":
        store.write_bytes(b"")
    elif damage == "gone":
        store.unlink()
    elif damage == "manifest":
        manifest.write_text("{")
    else:
        manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 99'))

    stored = refresh(tmp_path)

    assert stored.rebuilt
    assert rows(tmp_path) == before
    assert refresh(tmp_path).rebuilt == ""


def test_nothing_of_a_damaged_or_older_store_outlives_a_rebuild(tmp_path):
    """Who asks for a session to be forgotten asks for these copies, too."""
    write(tmp_path, *some_lines())
    refresh(tmp_path)
    (tmp_path / "store" / PARTS / "2026-03-01.parquet").write_bytes(b"damaged")
    refresh(tmp_path)
    assert (tmp_path / "store" / "events.damaged" / "2026-03-01.parquet").exists()
    (tmp_path / "store" / "events.parquet").write_bytes(b"of format 1")

    refresh(tmp_path, rebuild=True)

    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == [".lock", PARTS, "store.json"]


def test_a_segment_that_is_gone_leaves_the_store(tmp_path):
    write(tmp_path, *some_lines(2), name="keep")
    path = write(tmp_path, line(event_id="event-gone"), name="drop")
    refresh(tmp_path)

    path.unlink()

    assert refresh(tmp_path).events == 2


def test_the_servers_clock_decides_when_the_readers_is_wrong(tmp_path):
    write(
        tmp_path,
        line(event_id="event-right", at="2026-03-01T10:00:00.400Z", received="2026-03-01T10:00:05.000Z", age_ms=4600),
        line(event_id="event-wrong", at="2031-01-01T00:00:00.000Z", received="2026-03-01T10:00:05.000Z", age_ms=1000),
    )
    refresh(tmp_path)

    assert rows(
        tmp_path,
        "SELECT event_id, strftime(make_timestamp(at_ms * 1000), '%Y-%m-%d %H:%M:%S.%g') FROM events ORDER BY 1",
    ) == [
        ("event-right", "2026-03-01 10:00:00.400"),
        ("event-wrong", "2026-03-01 10:00:04.000"),
    ]


def test_a_query_is_data_whatever_it_says(tmp_path):
    texts = [
        "'; DROP TABLE events; --",
        "%",
        "_",
        "../../etc/passwd",
        '"quoted" $files',
        "a\x00b",
        "\ud800",
        "{}",
        "x\u2028y",
    ]
    write(tmp_path, *(line("query", event_id=f"event-{n:04}", user_query=text) for n, text in enumerate(texts)))

    assert refresh(tmp_path).events == len(texts)
    found = [text for (text,) in rows(tmp_path, "SELECT user_query FROM events ORDER BY event_id")]
    assert [text for text in found if text in texts] == [text for text in texts if text != "\ud800"]


def test_queries_have_their_words_and_stems(tmp_path):
    write(tmp_path, line("query", user_query="  Canceling ORDERS "))
    refresh(tmp_path)

    assert rows(tmp_path, "SELECT text, stems FROM events") == [("canceling orders", ["cancel", "order"])]


def test_nothing_yet_is_a_clear_message(tmp_path):
    with pytest.raises(KbError, match="no events yet"):
        events_files(tmp_path)


def test_no_segments_give_an_empty_store(tmp_path):
    assert refresh(tmp_path).events == 0
    assert rows(tmp_path) == []


def parts(folder):
    return {path.stem: path.stat().st_mtime_ns for path in (folder / "store" / PARTS).glob("*.parquet")}


def test_new_events_change_the_file_of_their_day_only(tmp_path):
    for day in (1, 2, 3):
        write(tmp_path, line(event_id=f"event-000{day}"), day=f"2026-03-0{day}")
    refresh(tmp_path)
    before = parts(tmp_path)
    write(tmp_path, line(event_id="event-0009"), day="2026-03-02", name="later")

    stored = refresh(tmp_path)

    changed = {day for day, written in parts(tmp_path).items() if written != before[day]}
    assert (stored.events, stored.lines, changed) == (4, 1, {"2026-03-02"})


@pytest.mark.parametrize("days", [("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-01")])
def test_an_event_on_both_sides_of_midnight_is_one_whatever_came_in_first(tmp_path, days):
    sent = {
        "2026-03-01": line(event_id="event-0001", page="first/", received="2026-03-01T23:59:59.900Z"),
        "2026-03-02": line(event_id="event-0001", page="again/", received="2026-03-02T00:00:03.000Z"),
    }
    for day in days:
        write(tmp_path, sent[day], line(event_id=f"event-of-{day}"), day=day)
        refresh(tmp_path)

    assert rows(tmp_path, "SELECT page FROM events WHERE event_id = 'event-0001'") == [("first/",)]
    assert refresh(tmp_path, rebuild=True).conflicts == 1
    assert rows(tmp_path, "SELECT page FROM events WHERE event_id = 'event-0001'") == [("first/",)]


def test_many_days_read_side_by_side_give_what_one_after_the_other_gives(tmp_path, monkeypatch):
    """Each event comes on three days; groups are small, so that several threads have work."""
    rng = random.Random(5)
    for number in range(300):
        for day in rng.sample(range(1, 13), 3):
            received = f"2026-03-{day:02}T10:00:{number % 60:02}.000Z"
            event = line(
                "query",
                event_id=f"event-{number:05}",
                user_query=f"cancelling {number} orders",
                page=f"{day}/",
                received=received,
                age_ms=0,
            )
            write(tmp_path / "a", event, day=received[:10])
            write(tmp_path / "b", event, day=received[:10])
    monkeypatch.setattr(loading, "_GROUP_BYTES", 1)
    monkeypatch.setattr(loading, "_WORKERS", 4)
    counts = refresh(tmp_path / "a")
    monkeypatch.setattr(loading, "_WORKERS", 1)
    for segment in sorted((tmp_path / "b" / "raw").iterdir(), reverse=True):
        segment.rename(segment.with_name(f"{segment.name}.later"))
    for segment in sorted((tmp_path / "b" / "raw").iterdir(), reverse=True):
        segment.rename(segment.with_name(segment.name.removesuffix(".later")))
        refresh(tmp_path / "b")

    assert (counts.events, counts.lines, counts.repeated) == (300, 900, 600)
    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    stored = rows(tmp_path / "a", "SELECT event_id, CAST(replace(page, '/', '') AS INTEGER) FROM events ORDER BY 1")
    first = {}
    for event_id, day in rows_of_raw(tmp_path / "a" / "raw"):
        first[event_id] = min(first.get(event_id, day), day)
    assert stored == sorted(first.items())


def rows_of_raw(raw):
    for path in segment_files(raw):
        for data in path.read_bytes().splitlines():
            event = json.loads(data[9:])["event"]
            yield event["event_id"], int(event["page"].strip("/"))
