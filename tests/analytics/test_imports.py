"""Every format in: what is kept, what is dropped and why."""

import base64
import datetime as dt
import gzip
import io
import json
import os
from zoneinfo import ZoneInfo

import pytest
from event_makers import REQUIRED_BY_ACTION, make_event
from kb_command import kb

from kb_builder.analytics import ingest
from kb_builder.analytics.events import Action
from kb_builder.analytics.imports.beacon import beacon_text
from kb_builder.analytics.imports.detect import READERS, detect_format
from kb_builder.analytics.imports.line import REASONS, Options, parse_time
from kb_builder.analytics.ingest import default_options, ingest_file, newest_day
from kb_builder.analytics.segments import pack, record, segment_files, unpack
from kb_builder.issues import KbError

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
OPTIONS = Options(visit_key=lambda day: day.encode())


def beacon(*events):
    text = json.dumps(events[0] if len(events) == 1 else events).encode()
    return "/kb.txt?kb=" + base64.urlsafe_b64encode(text).decode().rstrip("=")


def combined(
    target, *, status=200, agent=CHROME, time="01/Mar/2026:10:00:05 +0000", method="GET", address="203.0.113.7"
):
    return f'{address} - - [{time}] "{method} {target} HTTP/1.1" {status} 43 "-" "{agent}"\n'


def read(format_name, text, options=OPTIONS):
    lines = text.encode() if isinstance(text, str) else text
    return list(READERS[format_name](lines.splitlines(keepends=True), options))


def reasons(lines):
    return [reason for line in lines for reason in line.dropped]


def kept(lines):
    return [item for line in lines for item in line.kept]


def test_an_access_log_gives_the_events_of_its_beacons():
    event = make_event("query", user_query="größe?")
    log = combined("/faq/") + combined(beacon(event)) + combined(beacon(event), agent="Googlebot/2.1")

    lines = read("access-log", log)

    assert reasons(lines) == ["other_request"]
    person, program = kept(lines)
    assert person.event == event
    assert person.received == "2026-03-01T10:00:05.000Z"
    assert person.visit and not person.bot
    assert program.bot == "googlebot"


def test_a_visit_is_address_and_agent_on_one_day_and_holds_neither():
    log = "".join(
        combined(beacon(make_event()), address=address, agent=agent)
        for address, agent in [("203.0.113.7", CHROME), ("203.0.113.7", CHROME), ("2001:db8::1", CHROME)]
    )

    first, same, other = (item.visit for item in kept(read("access-log", log)))

    assert first == same != other
    assert "203" not in first and len(first) == 16


def test_under_global_privacy_control_nothing_joins_events():
    (item,) = kept(read("access-log", combined(beacon(make_event(session_id=None)))))

    assert item.visit == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (combined(beacon(make_event()), status=404), "failed_request"),
        (combined(beacon(make_event()), method="POST"), "other_request"),
        (combined("/kb.txt?kb=%00%00"), "not_json"),
        (combined("/kb.txt?kb=aGVsbG8"), "not_json"),
        (combined("/kb.txt?kb="), "not_json"),
        (combined(beacon(7)), "not_an_event"),
        (combined(beacon(make_event(page=None))), "missing_field"),
        (combined(beacon(*[make_event()] * 101)), "too_many"),
        (combined(beacon(make_event()), time="99/Foo/2026:10:00:05 +0000"), "not_a_time"),
        ("nonsense\n", "wrong_format"),
        ("\x00\xff\n", "wrong_format"),
        ("x" * 5000 + "\n", "wrong_format"),
    ],
)
def test_an_access_log_line_is_dropped_with_its_reason(line, reason):
    assert reasons(read("access-log", line)) == [reason]
    assert reason in REASONS


def test_beacons_survive_what_logs_do_to_addresses():
    event = make_event("query", user_query="ä+b%20&=?/~ " + "x" * 50)
    plain = beacon(event)

    for written in (plain, plain + "%3D", plain + "%253D%253D", plain.replace("?", "?v=1&") + "&x=2", plain + "=="):
        assert json.loads(beacon_text(written)) == event


def test_cloudfront_is_read_by_its_own_column_names():
    fields = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
    fields += " cs(User-Agent) cs-uri-query"
    event = make_event()
    query = beacon(event).partition("?")[2]
    agent = CHROME.replace(" ", "%2520")
    log = (
        "#Version: 1.0\n"
        f"#Fields: {fields}\n"
        f"2026-03-01\t10:00:05\tLHR62\t43\t2001:db8::1\tGET\thost\t/kb.txt\t200\t-\t{agent}\t{query}\n"
        f"2026-03-01\t10:00:06\tLHR62\t43\t2001:db8::1\tGET\thost\t/kb.txt\t200\t-\t{agent}\t-\n"
        "2026-03-01\t10:00:06\n"
    )

    lines = read("cloudfront", log)

    (item,) = kept(lines)
    assert (item.event, item.received, item.bot) == (event, "2026-03-01T10:00:05.000Z", "")
    assert reasons(lines) == ["other_request", "wrong_format"]


@pytest.mark.parametrize("action", Action)
def test_our_events_make_the_round_trip_as_ubi(action):
    event = make_event(action)

    (item,) = kept(read("ubi", json.dumps(event)))

    assert item.event.items() >= {name: value for name, value in event.items() if name != "event_attributes"}.items()
    if "object" in REQUIRED_BY_ACTION[action].get("event_attributes", {}):
        assert item.event["event_attributes"]["object"]["object_id"] == "faq/orders/cancel/"
        assert item.event["event_attributes"]["position"] == {"ordinal": 1}


@pytest.mark.parametrize("ordinal", [4, {"index": 4}])
def test_ubi_1_2_and_1_3_say_positions_differently(ordinal):
    click = {
        "action_name": "click",
        "query_id": "q-1",
        "client_id": "somebody",
        "timestamp": "2026-03-01T11:00:00+01:00",
        "event_attributes": {"object": {"object_id": "/faq/a/"}, "position": {"ordinal": ordinal}},
    }

    (item,) = kept(read("ubi", json.dumps(click)))

    assert item.event["event_attributes"] == {"object": {"object_id": "faq/a/"}, "position": {"ordinal": 4}}
    assert item.event["timestamp"] == "2026-03-01T10:00:00.000Z"
    assert len(item.event["session_id"]) == 32


def test_a_ubi_query_without_hits_is_a_zero_result_and_without_a_count_is_not_guessed():
    zero = {"user_query": "moon", "query_id": "q-1", "timestamp": "2026-03-01T10:00:00Z", "query_response_hit_ids": []}
    unknown = {name: value for name, value in zero.items() if name != "query_response_hit_ids"}
    dumped = {"_index": "ubi_queries", "_source": zero}

    lines = read("ubi", "\n".join(map(json.dumps, [zero, unknown, dumped])))

    assert [item.event["query_attributes"]["result_count"] for item in kept(lines)] == [0, 0]
    assert kept(lines)[0].event == kept(lines)[1].event
    assert reasons(lines) == ["missing_field"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_an_event"),
        ('{"action_name":"purchase","timestamp":"2026-03-01T10:00:00Z"}', "other_action"),
        ('{"action_name":"view","timestamp":"yesterday","page":"x"}', "not_a_time"),
        ('{"action_name":"view","timestamp":"1970-01-01T00:00:00Z","page":"x"}', "not_a_time"),
    ],
)
def test_what_is_no_ubi_is_dropped_with_its_reason(record, reason):
    assert reasons(read("ubi", record)) == [reason]


def test_matomo_gives_views_and_searches():
    visit = {
        "idVisit": "7",
        "idSite": "1",
        "actionDetails": [
            {
                "type": "search",
                "siteSearchKeyword": "refund to bob@example.com",
                "siteSearchCount": "0",
                "timestamp": 1772359200,
            },
            {"type": "search", "siteSearchKeyword": "gift", "timestamp": 1772359210},
            {"type": "action", "url": "https://help.example/faq/a/?x=1#y", "timestamp": 1772359230, "timeSpent": "75"},
            {"type": "download", "url": "https://help.example/a.pdf", "timestamp": 1772359230},
        ],
    }

    lines = read("matomo", json.dumps([visit, 3]))

    query, view = (item.event for item in kept(lines))
    assert query["user_query"] == "refund to [email]"
    assert query["query_attributes"]["result_count"] == 0
    assert (view["page"], view["dwell_seconds"]) == ("faq/a/", 60)
    assert query["session_id"] == view["session_id"]
    assert reasons(lines) == ["missing_field", "other_action", "not_an_event"]


TICKETS = {
    "zendesk.csv": "\ufeffTicket ID,Requester,Subject,Created at,Channel,Help_Token\n"
    "12,Ann,My secret,2026-03-01 10:00:00,Web Form,token-0001\n",
    "freshdesk.csv": "Ticket ID,Subject,Created Time,Source,help_token\n"
    '12,"two\nlines",2026-03-01 10:00:00,Portal,token-0001\n',
    "intercom.csv": "Conversation ID,Conversation started at (UTC),Channel,help_token\n"
    "12,2026-03-01 10:00:00,Chat,token-0001\n",
    "zendesk.json": json.dumps(
        {"tickets": [{"id": 12, "created_at": "2026-03-01T10:00:00Z", "subject": "My secret", "via": {"channel": "web"},
                      "custom_fields": [{"id": 77, "value": "x"}, {"name": "help_token", "value": "token-0001"}]}]}
    ),
    "freshdesk.json": json.dumps(
        [{"id": 12, "created_at": "2026-03-01T10:00:00Z", "source": 2,
          "custom_fields": {"cf_help_token": "token-0001"}}]
    ),
    "intercom.json": json.dumps(
        {"conversations": [{"id": "12", "created_at": 1772359200, "source": {"type": "conversation"},
                            "custom_attributes": {"help_token": "token-0001"}}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TICKETS)
def test_tickets_keep_their_token_and_nothing_personal(name):
    text = TICKETS[name]
    format_name = detect_format(text.encode())

    assert format_name == f"tickets-{name.rpartition('.')[2]}"
    (item,) = kept(read(format_name, text))
    assert item.event["form_token"] == "token-0001"
    assert item.event["timestamp"] == "2026-03-01T10:00:00.000Z"
    assert set(item.event) <= {"event_id", "timestamp", "action_name", "form_token", "channel"}
    assert "secret" not in json.dumps(item.event) and "Ann" not in json.dumps(item.event)


def test_a_ticket_time_without_offset_is_in_the_zone_that_was_named():
    options = Options(visit_key=lambda day: b"", time_zone=ZoneInfo("America/New_York"))

    (item,) = kept(read("tickets-csv", TICKETS["zendesk.csv"], options))

    assert item.event["timestamp"] == "2026-03-01T15:00:00.000Z"


def test_plausible_pages_are_totals_without_visits():
    text = (
        "date,hostname,page,visits,visitors,pageviews\n2026-03-01,help.example,/faq/a/,3,3,5\n2026-03-01,h,/b/,1,1,x\n"
    )

    lines = read("plausible", text)

    (item,) = kept(lines)
    assert (item.event["action_name"], item.event["page"], item.event["count"]) == ("total", "faq/a/", 5)
    assert reasons(lines) == ["wrong_value"]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-29T01:30:00+01:00", "2026-03-29T00:30:00.000Z"),
        ("2026-10-25 02:30:00 +0200", "2026-10-25T00:30:00.000Z"),
        ("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00.000Z"),
        (1772359200123, "2026-03-01T10:00:00.123Z"),
        ("1772359200", "2026-03-01T10:00:00.000Z"),
        ("2016-12-31T23:59:60Z", None),
        (float("inf"), None),
        (None, None),
        ("", None),
    ],
)
def test_times_are_read_as_exports_write_them(written, utc):
    assert parse_time(written, ZoneInfo("UTC")) == utc


@pytest.mark.parametrize("indent", [None, 2])
def test_ubi_in_one_array_gives_what_its_lines_give(indent):
    events = [make_event("query", event_id="event-0001"), make_event("click", event_id="event-0002"), {"a": 1}]
    lines = read("ubi", "\n".join(map(json.dumps, events)))

    assert read("ubi-array", json.dumps(events, indent=indent)) == lines
    answer = {"took": 3, "hits": {"total": {"value": 3}, "hits": [{"_id": "1", "_source": one} for one in events]}}
    assert read("ubi-array", json.dumps(answer, indent=indent)) == lines
    assert detect_format(json.dumps(answer, indent=indent).encode()) == "ubi-array"


@pytest.mark.parametrize("text", ["[", "{}", "5", '{"hits": 3}', '{"hits": {"hits": {}}}', "[" * 100_000])
def test_an_array_that_is_none_is_one_reason(text):
    assert reasons(read("ubi-array", text)) == ["not_json"]


def samples():
    segment = pack(record(make_event(), received="2026-03-01T10:00:01.000Z", source="collect"))
    return {
        "segment": segment,
        "access-log": combined("/faq/").encode(),
        "cloudfront": b"#Version: 1.0\n#Fields: date time\n",
        "ubi": json.dumps(make_event()).encode(),
        "ubi-array": json.dumps([make_event()], indent=1).encode(),
        "matomo": b'[{"idVisit":1,"actionDetails":[]}]',
        "plausible": b"date,hostname,page,visits,visitors,pageviews\n",
    }


@pytest.mark.parametrize("name", samples())
def test_a_format_is_told_by_its_first_lines(name):
    assert detect_format(samples()[name]) == name


@pytest.mark.parametrize("head", [b"", b"\x00\x01", b"hello\n", b"[1,2,3]", b"{", b"a,b,c\n1,2,3\n"])
def test_what_is_none_of_them_is_told_too(head):
    assert detect_format(head) is None


def records(folder):
    lines = [line for path in segment_files(folder / "raw") for line in path.read_bytes().splitlines(keepends=True)]
    return [json.loads(data) for data in unpack(lines)]


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_imported(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("site_name: Help\nsite_url: https://help.example/\nplugins:\n  - kb\n")
    (tmp_path / "noise.log").write_bytes(b"\x00\x01")
    (tmp_path / "quiet.log").write_bytes(b"")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"a line\n" * 99)[:20])
    (tmp_path / "access.log").write_text(combined(beacon(make_event(event_id="event-0001"))))

    done = kb("ingest", "noise.log", "quiet.log", "cut.gz", "access.log", "--json", cwd=tmp_path)

    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [(file["format"], file["kept"]) for file in told["files"]] == [("empty", 0), ("access-log", 1)]
    assert [text.partition(":")[0] for text in told["unread"]] == ["noise.log", "cut.gz"]
    assert told["store"]["events"] == 1
    assert all(text in done.stderr for text in told["unread"])


def test_a_file_becomes_day_segments_and_every_line_is_counted(tmp_path):
    log = tmp_path / "access.log"
    log.write_text(
        combined("/")
        + combined(beacon(make_event(event_id="event-0001")))
        + combined(beacon(make_event(event_id="event-0002")), time="02/Mar/2026:00:30:00 +0100")
        + combined(beacon(make_event(event_id="event-0003")), time="02/Mar/2026:00:30:00 +0000")
        + "broken\n"
    )

    count = ingest_file(log, tmp_path / "analytics")

    assert (count.format, count.lines, count.kept) == ("access-log", 5, 3)
    assert count.dropped == {"other_request": 1, "wrong_format": 1}
    assert count.is_bad
    days = [path.parent.name for path in segment_files(tmp_path / "analytics" / "raw")]
    assert days == ["2026-03-01", "2026-03-02"]
    assert (tmp_path / "analytics" / "rejected" / "access.log.tsv").read_text() == "line\treason\n5\twrong_format\n"


def test_the_same_file_again_renamed_or_packed_adds_nothing(tmp_path):
    text = "".join(combined(beacon(make_event(event_id=f"event-{number:04}"))) for number in range(9)).encode()
    (tmp_path / "a.log").write_bytes(text)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(text))
    folder = tmp_path / "analytics"

    for name in ("a.log", "a.log", "b.log.gz"):
        ingest_file(tmp_path / name, folder)

    assert len(records(folder)) == 9
    assert not list(folder.rglob("*.part"))


def test_days_that_come_late_are_told_where_they_bring_something_new(tmp_path):
    """H84"""
    folder, written = tmp_path / "analytics", {}
    for day in (1, 2, 3):
        event = beacon(make_event(event_id=f"event-{day:04}"))
        written[day] = combined(event, time=f"0{day}/Mar/2026:10:00:00 +0000")
    logs = [tmp_path / "first.log", tmp_path / "late.log"]
    logs[0].write_text(written[1] + written[3])
    logs[1].write_text(written[1] + written[3] + written[2])

    late = [ingest_file(log, folder, newest=newest_day(folder)).late_days for log in (*logs, logs[1])]

    assert late[0] == late[2] == ()
    assert late[1] == ("2026-03-02",)


def test_a_line_of_ten_megabytes_is_counted_and_the_rest_is_read(tmp_path):
    (tmp_path / "a.log").write_text(combined("/") + "x" * 10_000_000 + "\n" + combined(beacon(make_event())))

    count = ingest_file(tmp_path / "a.log", tmp_path / "analytics", format_name="access-log")

    assert (count.lines, count.kept) == (3, 1)
    assert count.dropped == {"other_request": 1, "wrong_format": 1}


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("length", [9, 10, 11, 20, 29, 30, 31])
def test_only_a_line_that_is_too_long_is_cut_wherever_blocks_of_the_file_end(monkeypatch, length, end):
    monkeypatch.setattr(ingest, "MAX_LINE_BYTES", 10)
    monkeypatch.setattr(ingest, "_BLOCK_BYTES", 10)
    lines = ["a\r\n", "b" * (length - 1) + "\n", "\n", "c\x0bd\n", "e" * (length - len(end)) + end]

    found = list(ingest._lines(io.BytesIO("".join(lines).encode()), lambda: None))

    assert found == [line.encode()[:10] for line in lines]


def test_a_large_json_document_on_one_line_is_read_whole(tmp_path):
    action = {"type": "action", "url": "https://h/" + "a" * 200, "timestamp": 1772359200, "timeSpent": 5}
    visits = [{"idVisit": number, "actionDetails": [action]} for number in range(6000)]
    (tmp_path / "m.json").write_text(json.dumps(visits))

    count = ingest_file(tmp_path / "m.json", tmp_path / "analytics")

    assert (tmp_path / "m.json").stat().st_size > 1_000_000
    assert (count.format, count.kept) == ("matomo", 6000)


def test_a_cut_gzip_file_leaves_nothing_half_done(tmp_path):
    text = "".join(combined(beacon(make_event(event_id=f"event-{os.urandom(8).hex()}"))) for _ in range(200)).encode()
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(text)[:-500])

    with pytest.raises(KbError, match=r"a\.log\.gz"):
        ingest_file(tmp_path / "a.log.gz", tmp_path / "analytics")

    assert records(tmp_path / "analytics") == []


def test_personal_data_in_a_query_never_reaches_the_disk(tmp_path):
    event = make_event("query", user_query="order for ann@example.com card 4111 1111 1111 1111")
    (tmp_path / "a.log").write_text(combined(beacon(event)))
    (tmp_path / "b.jsonl").write_text(json.dumps(event))

    for name in ("a.log", "b.jsonl"):
        ingest_file(tmp_path / name, tmp_path / "analytics")

    data = b"".join(path.read_bytes() for path in (tmp_path / "analytics").rglob("*") if path.is_file())
    assert b"ann@example" not in data and b"4111" not in data and b"203.0.113" not in data
    assert b"[email]" in data and b"[card]" in data


def test_the_key_of_visits_stays_the_same_in_one_folder_and_is_private(tmp_path):
    first, again = default_options(tmp_path / "a"), default_options(tmp_path / "a")
    elsewhere = default_options(tmp_path / "b")

    assert first.visit_key("2026-03-01") == again.visit_key("2026-03-01") != first.visit_key("2026-03-02")
    assert first.visit_key("2026-03-01") != elsewhere.visit_key("2026-03-01")
    if os.name == "posix":
        assert (tmp_path / "a" / "visit-secret").stat().st_mode & 0o077 == 0


def test_time_is_written_with_milliseconds_and_z():
    assert (
        parse_time(dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC).isoformat(), ZoneInfo("UTC"))
        == "2026-03-01T10:00:00.000Z"
    )


def test_a_segment_of_our_own_stays_as_it_is_but_for_what_is_personal(tmp_path):
    def line(**fields):
        return pack(record(make_event("query", **fields), received="2026-03-01T10:00:01.000Z", source="collect"))

    clean, personal = line(event_id="event-0001"), line(event_id="event-0002", user_query="mail a.b@example.org")
    (tmp_path / "other.seg").write_bytes(clean + personal)

    assert ingest_file(tmp_path / "other.seg", tmp_path / "analytics").kept == 2

    (path,) = segment_files(tmp_path / "analytics" / "raw")
    first, second = path.read_bytes().splitlines(keepends=True)
    assert first == clean
    assert b"[email]" in second and b"example.org" not in second


def test_lines_of_a_segment_are_told_apart_among_many(tmp_path):
    def line(number, received="2026-03-01T23:59:59.000Z", **fields):
        return pack(record(make_event(event_id=f"event-{number:04}", **fields), received=received, source="collect"))

    lines = [line(number) for number in range(500)]
    lines[7] = lines[7].replace(b"event-0007", b"event-9007")
    lines[250] = line(250, page=None)
    lines[300:] = [line(number, "2026-03-02T00:00:00.000Z") for number in range(300, 500)]
    (tmp_path / "other.seg").write_bytes(b"".join(lines))

    count = ingest_file(tmp_path / "other.seg", tmp_path / "analytics")

    assert (count.lines, count.kept, count.dropped) == (500, 498, {"damaged": 1, "missing_field": 1})
    first, second = (path.read_bytes() for path in segment_files(tmp_path / "analytics" / "raw"))
    assert first == b"".join(lines[:7] + lines[8:250] + lines[251:300])
    assert second == b"".join(lines[300:])


def test_a_field_that_stands_there_twice_hides_nothing(tmp_path):
    """Readers of JSON differ in which of the two they believe."""
    data = record(make_event("query"), received="2026-03-01T10:00:01.000Z", source="collect")
    twice = data.replace(b'"user_query"', b'"user_query":"a.b@example.org","user_query"')
    (tmp_path / "other.seg").write_bytes(pack(twice))

    assert ingest_file(tmp_path / "other.seg", tmp_path / "analytics").kept == 1

    (path,) = segment_files(tmp_path / "analytics" / "raw")
    assert b"example.org" not in path.read_bytes()


@pytest.mark.parametrize("received", ["", "../../../up", "../up", "2026-03-01", "2026-13-41T10:00:01.000Z", 5, None])
def test_a_segment_whose_time_of_arrival_leads_elsewhere_is_dropped(tmp_path, received):
    folder = tmp_path / "deep" / "analytics"
    data = json.dumps({"received": received, "source": "collect", "event": make_event("query")}).encode()
    (tmp_path / "other.seg").write_bytes(pack(data))

    count = ingest_file(tmp_path / "other.seg", folder)

    assert (count.kept, count.dropped) == (0, {"not_an_event": 1})
    assert not list(tmp_path.rglob("*.part"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "other.seg"]
