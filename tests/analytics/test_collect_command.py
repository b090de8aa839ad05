"""``kb collect`` as a process: what it answers to whom, what is on disk then, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from event_makers import make_event

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from running_collector import ORIGIN, Running, collector, start

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "collector"))
import kills  # noqa: E402


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run one collector for the tests that leave it as it is."""
    root = tmp_path_factory.mktemp("collect") / "site"
    settings = 'order_patterns: ["LF-#######"], collect: {events_per_second: 100000, burst: 100000}'
    with collector(root, settings=settings) as running:
        yield running


def new_event(action: str = "view", **fields: object) -> dict[str, object]:
    """Make an event with an id of its own."""
    return make_event(action, **{"event_id": os.urandom(8).hex(), **fields})


def stored(running: Running, event: dict[str, object]) -> list[dict[str, object]]:
    return [record for record in running.records() if record["event"]["event_id"] == event["event_id"]]


def exchange(running: Running, data: bytes, *, seconds: float = 20) -> bytes:
    """Send bytes as they are and read until the collector closes."""
    address = urlsplit(running.url)
    with socket.create_connection((address.hostname, address.port), timeout=seconds) as connection:
        connection.sendall(data)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def head(length: int | str, *, extra: str = "", version: str = "1.1") -> bytes:
    return (
        f"POST /events HTTP/{version}\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Type: text/plain\r\n"
        f"User-Agent: Firefox\r\nContent-Length: {length}\r\n{extra}\r\n"
    ).encode()


def test_what_is_answered_with_204_is_on_disk(shared):
    events = [new_event("query"), new_event("click")]

    assert shared.post(events) == 204

    (first,), (second,) = (stored(shared, event) for event in events)
    assert first["event"] == events[0]
    assert first["visit"] == second["visit"]
    assert first["source"] == "collect"
    assert "bot" not in first


def test_no_address_is_written_anywhere(shared):
    shared.post([new_event()], X_Forwarded_For="203.0.113.77")

    written = [path.read_bytes() for path in shared.folder.rglob("*") if path.is_file()]
    assert written
    assert not any(b"127.0.0.1" in data or b"203.0.113.77" in data for data in written)
    assert stat.S_IMODE((shared.folder / "visit.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"5", b"null", b"[]", b'"text"', b"\xff\xfe\x00", b"[" * 60_000])
def test_a_body_that_is_no_event_is_refused_and_counted(shared, body):
    before = shared.ask("/metrics")[1].count("\n"), len(shared.records())

    assert shared.post(body) == 400

    assert len(shared.records()) == before[1]
    assert shared.counter('bad_total{reason="not_json"}') + shared.counter('bad_total{reason="not_an_event"}') > 0


def test_bad_events_go_to_the_side_file_with_a_reason_and_without_their_values(shared):
    good = new_event()
    bad = {**new_event("query"), "jo@mail.example": "4111 1111 1111 1111\r\n\x1b[31m"}

    assert shared.post([good, bad]) == 204

    assert stored(shared, good)
    assert not stored(shared, bad)
    (file,) = (shared.folder / "bad").iterdir()
    last = json.loads(file.read_text("utf-8").splitlines()[-1])
    assert (last["reason"], last["field"]) == ("unknown_field", "[email]")
    assert "4111" not in file.read_text("utf-8")


def test_personal_data_is_nowhere_on_disk(shared):
    secrets = (
        "jo.doe@mail.example",
        "+44 1539 496 0123",
        "4111 1111 1111 1111",
        "LF-4820193",
        "DE89370400440532013000",
    )
    events = [new_event("query", user_query=f"help {secret} please") for secret in secrets]
    events += [new_event("feedback", message=f"{secret}!") for secret in secrets]

    assert shared.post(events) == 204

    assert all(len(stored(shared, event)) == 1 for event in events)
    written = b"".join(path.read_bytes() for path in shared.folder.rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret.encode() in written]


def test_an_event_that_comes_again_is_answered_and_kept_once(shared):
    event = new_event()

    assert [shared.post([event, event]) for _ in range(5)] == [204] * 5

    assert len(stored(shared, event)) == 1


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://help.example", f"{ORIGIN}.evil.example"]
)
def test_other_sites_may_not_send(shared, origin):
    event = new_event()

    assert shared.post([event], Origin=origin) == 403

    assert not stored(shared, event)


@pytest.mark.parametrize(
    ("agent", "bot"),
    [("Mozilla/5.0 (compatible; Googlebot/2.1)", "googlebot"), ("", "empty-agent"), (None, "empty-agent")],
)
def test_programs_are_kept_in_a_bucket_of_their_own(shared, agent, bot):
    event = new_event()

    assert shared.post([event], User_Agent=agent) == 204

    (record,) = stored(shared, event)
    assert record["bot"] == bot
    assert shared.counter(f'bots_total{{bot="{bot}"}}') >= 1


@pytest.mark.parametrize("header", ["Sec_GPC", "DNT"])
def test_a_reader_who_asked_for_privacy_is_only_counted(shared, header):
    view, query = new_event("view"), new_event("query", user_query="am i pregnant")

    assert shared.post([view, query], **{header: "1"}) == 204

    (record,) = stored(shared, view)
    assert "visit" not in record
    assert not {"session_id", "query_id", "user_query"} & record["event"].keys()
    assert not stored(shared, query)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/events", 405),
        ("PUT", "/events", 405),
        ("OPTIONS", "/events", 405),
        ("DELETE", "/events", 405),
        ("POST", "/", 404),
        ("GET", "/metrics", 404),
        ("GET", "/healthz", 404),
        ("POST", "/events/../../etc", 404),
    ],
)
def test_there_is_nothing_to_read_and_one_way_to_send(shared, method, path, status):
    assert shared.post([new_event()], method=method, path=path) == status


@pytest.mark.parametrize("kind", [None, "", "text/html", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_refused(shared, kind):
    assert shared.post([new_event()], Content_Type=kind) == 415


def test_a_body_above_the_limit_is_refused_before_it_is_read(shared):
    assert b" 413 " in exchange(shared, head(65_537))
    assert b" 413 " in exchange(shared, head(10**12))


def test_an_endless_body_is_refused_at_the_limit(shared):
    chunk = b"2000\r\n" + b"x" * 8192 + b"\r\n"
    request = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")

    assert b" 413 " in exchange(shared, request + chunk * 9)


def test_a_body_that_does_not_come_is_given_up(shared):
    assert b" 408 " in exchange(shared, head(50) + b"{")


def test_a_head_that_does_not_come_is_given_up_and_others_are_served_meanwhile(shared):
    answers = []
    idle = [
        threading.Thread(target=lambda data=data: answers.append(exchange(shared, data))) for data in (b"", b"POST ")
    ]
    for thread in idle:
        thread.start()

    assert shared.post([new_event()]) == 204

    for thread in idle:
        thread.join(20)
    assert answers == [b"", b""]


def test_a_head_without_end_is_cut(shared):
    try:
        answer = exchange(shared, b"POST /events HTTP/1.1\r\nX: " + b"x" * 3_000_000)
    except ConnectionError:
        answer = b""

    assert answer == b"" or b" 400 " in answer


def test_pipelined_requests_are_answered_in_order_and_doubled_lengths_never(shared):
    events = [new_event(), new_event()]
    bodies = [json.dumps(event).encode() for event in events]
    close = "Connection: close\r\n"

    answer = exchange(shared, head(len(bodies[0])) + bodies[0] + head(len(bodies[1]), extra=close) + bodies[1])
    smuggled = exchange(shared, head(3, extra=f"Content-Length: 50\r\n{close}") + b"{}x")

    assert answer.count(b"HTTP/1.1 204") == 2
    assert all(stored(shared, event) for event in events)
    assert smuggled.startswith(b"HTTP/1.1 400")


def test_http_1_0_and_expect_are_understood(shared):
    event = new_event()
    body = json.dumps(event).encode()

    assert b" 204 " in exchange(shared, head(len(body), version="1.0") + body)
    waiting = exchange(shared, head(len(body), extra="Expect: 100-continue\r\nConnection: close\r\n") + body)

    assert waiting.startswith(b"HTTP/1.1 100 ") and b" 204 " in waiting
    assert len(stored(shared, event)) == 1


def test_the_status_port_says_how_it_is(shared):
    shared.post([new_event()])

    status, text = shared.ask("/metrics")
    assert shared.ask("/healthz") == (200, "ok\n")
    assert status == 200
    assert "# TYPE kb_collect_events_total counter" in text
    assert shared.counter('events_total{outcome="kept"}') >= 1
    assert shared.counter("accepting") == 1


def test_an_address_that_sends_too_much_is_told_to_come_back(tmp_path):
    with collector(tmp_path / "site", settings="collect: {events_per_second: 1, burst: 100}") as running:
        assert running.post([new_event() for _ in range(100)]) == 204

        status, headers = running.answer([new_event() for _ in range(50)])

        assert status == 429
        assert int(headers["retry-after"]) > 0
        assert len(running.records()) == 100


def test_behind_a_proxy_each_reader_has_a_limit_and_a_visit(tmp_path):
    settings = 'collect: {events_per_second: 1, burst: 100, trusted_proxies: ["127.0.0.1"]}'
    with collector(tmp_path / "site", settings=settings) as running:
        for address in ("192.0.2.1", "192.0.2.2"):
            assert running.post([new_event() for _ in range(60)], X_Forwarded_For=address) == 204

        assert len({record["visit"] for record in running.records()}) == 2


def test_a_full_disk_is_503_and_no_false_204(tmp_path):
    with collector(tmp_path / "site", settings="collect: {min_free_megabytes: 1000000000}") as running:
        status, headers = running.answer([new_event()])

        assert status == 503
        assert int(headers["retry-after"]) > 0
        assert running.records() == []
        assert running.ask("/healthz")[0] == 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of another process are Linux'")
def test_idle_connections_that_take_every_file_handle_are_shed(tmp_path):
    import resource

    with collector(tmp_path / "site") as running:
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (100, 100))
        address = urlsplit(running.url)
        idle = [socket.create_connection((address.hostname, address.port), timeout=20) for _ in range(200)]
        event, status = new_event(), 0

        deadline = time.monotonic() + 60
        while status != 204 and time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = running.post([event])

        assert status == 204
        assert len(stored(running, event)) == 1
        for connection in idle:
            connection.close()


def test_a_second_collector_in_the_folder_is_refused(tmp_path):
    with collector(tmp_path / "site"):
        second = start(tmp_path / "site")
        _, message = second.communicate(timeout=30)

    assert second.returncode == 75
    assert "another collector works in this folder" in message


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_what_has_come_is_answered(tmp_path, number):
    """A request whose body is still coming is waited for."""
    with collector(tmp_path / "site") as running:
        address = urlsplit(running.url)
        event = new_event()
        body = json.dumps(event).encode()
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall(head(len(body)) + body[:10])
            time.sleep(0.3)  # until the head has arrived
            running.process.send_signal(number)
            time.sleep(0.3)
            connection.sendall(body[10:])
            answer = connection.recv(65536)
        status = running.process.wait(20)

        assert b" 204 " in answer
        assert status == 0
        assert len(stored(running, event)) == 1


def test_a_restart_knows_what_came_before(tmp_path):
    event = new_event()
    with collector(tmp_path / "site") as running:
        assert running.post([event]) == 204
        visit = running.records()[0]["visit"]
        running.process.kill()
        running.process.wait()

    with collector(tmp_path / "site") as running:
        assert running.post([event, new_event()]) == 204

        assert [record["visit"] for record in running.records()] == [visit, visit]
        assert running.counter('events_total{outcome="duplicate"}') == 1


@pytest.mark.parametrize(
    ("settings", "site_url", "message"),
    [
        ("", '""', "site_url"),
        ("order_patterns: ['(a+)+###']", ORIGIN, "order_patterns"),
        ("collect: {origins: ['https://help.example/path']}", ORIGIN, "origins"),
        ("collect: {originz: []}", ORIGIN, "Did you mean 'origins'"),
    ],
)
def test_wrong_settings_are_told_before_anything_starts(tmp_path, settings, site_url, message):
    process = start(tmp_path / "site", settings=settings, site_url=site_url)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 2
    assert message in errors
    assert "Traceback" not in errors


def test_a_port_that_is_taken_is_one_clear_line(tmp_path):
    with collector(tmp_path / "one") as running:
        (tmp_path / "two").mkdir()
        (tmp_path / "two" / "mkdocs.yml").write_text(f"site_name: Help\nsite_url: {ORIGIN}/\nplugins: [kb]\n")
        port = str(urlsplit(running.url).port)
        command = [sys.executable, "-m", "kb_builder", "collect", "--port", port, "--status-port", "0"]
        done = subprocess.run(command, cwd=tmp_path / "two", capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert "cannot listen there" in done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
def test_killed_200_times_under_load_no_answered_event_is_lost(capfd):
    assert kills.main(["--kills", "200", "--seed", "7"]) == 0

    outcome = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert outcome["kills"] == 200
    assert outcome["answered_events"] > 1000
    assert outcome["torn_tails"] > 10
    assert (outcome["lost"], outcome["damaged_lines"], outcome["kept_twice"]) == (0, 0, 0)
