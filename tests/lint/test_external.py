"""Links to other sites, against a server on this machine."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from kb_builder.config import load_config
from kb_builder.lint.check import check
from kb_builder.lint.external import Answer, ask
from kb_builder.lint.fixes import apply_fixes

from .planted import CANCEL, Planted, faq, plant

TODAY = dt.date(2026, 6, 1)


class Site(ThreadingHTTPServer):
    """Answers by path; remembers what it was asked, and how many requests were open at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = self.most_open = self.limited = 0
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Site
    answers: ClassVar[dict[str, tuple[int, dict[str, str]]]] = {
        "/fine": (200, {}),
        "/gone": (404, {}),
        "/removed": (410, {}),
        "/broken": (500, {}),
        "/moved": (301, {"Location": "/fine"}),
        "/moved-twice": (308, {"Location": "/moved"}),
        "/away-today": (302, {"Location": "/fine"}),
        "/login": (302, {"Location": "/moved"}),
        "/circle": (301, {"Location": "/circle"}),
        "/inside": (301, {"Location": "http://127.0.0.2:1/secret"}),
    }

    def answer(self) -> None:
        site = self.server
        with site.lock:
            site.asked.append(f"{self.command} {self.path}")
            site.open += 1
            site.most_open = max(site.most_open, site.open)
        status, headers = self.answers.get(self.path, (200, {}))
        if self.path == "/no-head" and self.command == "HEAD":
            status = 405
        if self.path == "/busy":
            site.limited += 1
            status, headers = (429, {"Retry-After": "1"}) if site.limited == 1 else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()
        with site.lock:
            site.open -= 1

    do_HEAD = do_GET = answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def answers(site: Site, tmp_path: Path, *paths: str, private: bool = True) -> dict[str, Answer]:
    found = ask(
        [f"{site.url}{path}" for path in paths],
        memory=tmp_path / "m.json",
        today=TODAY,
        private=private,
        pause_seconds=0,
    )
    return {url.removeprefix(site.url): answer for url, answer in found.items()}


@pytest.mark.parametrize(
    ("path", "status", "moved_to"),
    [
        ("/fine", 200, ""),
        ("/gone", 404, ""),
        ("/broken", 500, ""),
        ("/no-head", 200, ""),
        ("/moved", 200, "/fine"),
        ("/moved-twice", 200, "/fine"),
        ("/away-today", 200, ""),
        ("/login", 200, ""),
        ("/busy", 200, ""),
    ],
)
def test_what_a_site_says(site: Site, tmp_path: Path, path: str, status: int, moved_to: str) -> None:
    answer = answers(site, tmp_path, path)[path]

    assert (answer.status, answer.moved_to.removeprefix(site.url), answer.reason) == (status, moved_to, "")


def test_a_circle_ends(site: Site, tmp_path: Path) -> None:
    assert answers(site, tmp_path, "/circle")["/circle"].reason == "leads in a circle"
    assert len(site.asked) < 20


def test_a_host_is_asked_one_by_one_and_only_for_headers_where_it_can(site: Site, tmp_path: Path) -> None:
    answers(site, tmp_path, *(f"/page-{n}" for n in range(12)))

    assert site.most_open == 1
    assert all(line.startswith("HEAD ") for line in site.asked)


def test_private_addresses_are_not_asked_unless_allowed(site: Site, tmp_path: Path) -> None:
    refused = answers(site, tmp_path, "/fine", private=False)["/fine"]

    assert "private network" in refused.reason
    assert site.asked == []


def test_answers_are_kept_for_a_week_and_failures_for_a_day(site: Site, tmp_path: Path) -> None:
    def asked_on(day: dt.date) -> list[str]:
        site.asked.clear()
        urls = [f"{site.url}{path}" for path in ("/fine", "/gone")]
        ask(urls, memory=tmp_path / "m.json", today=day, private=True, pause_seconds=0)
        return sorted(line.split()[1] for line in site.asked if line.startswith("HEAD"))

    assert asked_on(TODAY) == ["/fine", "/gone"]
    assert asked_on(TODAY) == []
    assert asked_on(TODAY + dt.timedelta(days=1)) == ["/gone"]
    assert asked_on(TODAY + dt.timedelta(days=7)) == ["/fine", "/gone"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"x": 1}', '{"x": {"status": "a", "moved_to": "", "reason": "", "day": "x"}}']
)
def test_a_damaged_memory_costs_only_time(site: Site, tmp_path: Path, text: str) -> None:
    (tmp_path / "m.json").write_text(text)

    assert answers(site, tmp_path, "/fine")["/fine"].status == 200
    assert json.loads((tmp_path / "m.json").read_text())


def test_check_names_links_at_their_lines_and_mends_those_that_moved(site: Site, tmp_path: Path) -> None:
    text = faq(
        f"[a]({site.url}/gone)",
        f"[b]({site.url}/broken) <{site.url}/fine>",
        f"[c]({site.url}/moved#part)",
        "[d](https://shop.example/) [e](http://localhost:1/) [f](https://www.example.com/x) `http://127.0.0.1:9/code`",
    )
    config = load_config(plant(tmp_path, Planted({CANCEL: text}, CANCEL, 0, "private_links: true")))

    quiet = check(config, today=TODAY, with_search=False)
    result = check(config, today=TODAY, with_search=False, external=True)
    apply_fixes(tmp_path, result.issues)

    assert quiet.issues == ()
    assert [(found.code, found.line) for found in result.issues] == [("KB320", 4), ("KB321", 5), ("KB322", 6)]
    assert f"[c]({site.url}/fine#part)" in (tmp_path / CANCEL).read_text()
    assert "GET /code" not in site.asked
