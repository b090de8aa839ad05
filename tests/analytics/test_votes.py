"""A vote as a plain form posts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("uvicorn", reason="the extra 'collect' is not installed")
from running_collector import ORIGIN, Running, collector

from kb_builder.analytics.collect.votes import FORM_TYPE, parse_vote, thanks_address
from kb_builder.analytics.events import Fault

NO = {
    "page": "faq/orders/cancel/",
    "locale": "en",
    "helpful": "no",
    "reason": "outdated",
    "message": "Call me: a@b.example",
}
THANKS = f"{ORIGIN}/help/thanks/"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with collector(tmp_path_factory.mktemp("votes") / "site", settings="collect: {burst: 1000}") as started:
        yield started


def vote(running: Running, fields: dict[str, str], **headers: str | None) -> tuple[int, dict[str, str]]:
    return running.answer(urlencode(fields).encode(), path="/votes", **{"Content_Type": FORM_TYPE, **headers})


def kept(running: Running) -> list[dict[str, Any]]:
    return [record["event"] for record in running.records()]


def test_a_vote_is_kept_without_personal_data_and_leads_on_to_the_thanks(running: Running) -> None:
    before = len(kept(running))

    status, headers = vote(running, {**NO, "thanks": THANKS})

    assert (status, headers["location"]) == (303, THANKS)
    (event,) = kept(running)[before:]
    assert {name: event[name] for name in ("action_name", "page", "helpful", "reason", "message")} == {
        "action_name": "feedback",
        "page": "faq/orders/cancel/",
        "helpful": False,
        "reason": "outdated",
        "message": "Call me: [email]",
    }


def test_a_script_is_answered_without_an_address(running: Running) -> None:
    assert vote(running, {**NO, "helpful": "yes"})[0] == 204


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_a_form_on_another_site_is_refused(running: Running, origin: str | None) -> None:
    before = len(kept(running))

    assert vote(running, NO, Origin=origin)[0] == 403
    assert len(kept(running)) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"helpful=perhaps&page=a",
        b"helpful=yes",
        b"helpful=yes&helpful=no&page=a",
        b"helpful=no&page=a&reason=%3Cscript%3E",
        b"helpful=no&page=" + b"a" * 300,
        b"helpful=no&page=a&message=" + b"x" * 501,
        b"helpful=no&page=%ff%fe",
        b"&".join(b"a=1" for _ in range(1000)),
        b"[{}]",
        "helpful=no&page=ü".encode(),
    ],
)
def test_what_is_no_vote_is_refused_and_counted(running: Running, body: bytes) -> None:
    """H60, H63."""
    before = len(kept(running))

    assert running.answer(body, path="/votes", Content_Type=FORM_TYPE)[0] == 400
    assert len(kept(running)) == before


def test_json_is_no_form(running: Running) -> None:
    assert vote(running, NO, Content_Type="application/json")[0] == 415


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/",
        "//evil.example/x",
        "javascript:alert(1)",
        "/thanks/",
        "http://[",
        f"{ORIGIN}.evil.example/",
    ],
)
def test_nobody_is_led_to_another_site(wanted: str) -> None:
    """H26: an open redirect."""
    assert thanks_address(wanted, ORIGIN) == f"{ORIGIN}/"


def test_no_line_of_the_answer_can_be_added() -> None:
    assert "\n" not in thanks_address(f"{ORIGIN}/a\r\nSet-Cookie: x=1", ORIGIN)
    assert thanks_address(f"{ORIGIN}/dünn/", ORIGIN) == f"{ORIGIN}/d%C3%BCnn/"


def test_fields_that_no_vote_has_are_left_out() -> None:
    event, wanted = parse_vote(b"helpful=no&page=a&session_id=forged123&x=1&message=+", event_id="i", timestamp="t")

    assert wanted is None
    assert not isinstance(event, Fault)
    assert set(event) == {"event_id", "timestamp", "action_name", "application", "helpful", "page"}
