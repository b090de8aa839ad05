"""A static host that counts what it sends, and visitors in Chromium who search what it serves."""

from __future__ import annotations

import gzip
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from corpora import ROOT
from engines import HERE, Published
from playwright.sync_api import Browser, Page, sync_playwright

from kb_builder.issues import KbError

sys.path.append(str(ROOT / "tests"))
# Tests find Chromium in the same way.
from setup_browser import find_chromium

GZIP_LEVEL = 6  # what hosts commonly use
LIMIT = 10  # hits of a query
SHOWN = 10  # hits whose text is fetched for display, by the engines that fetch it
_TIMEOUT_MS = 600_000  # some peers load a large index for minutes
_SETTLE_MS = 30  # for what an engine fetches after it has answered
_TYPES = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json"}
_REVALIDATED = ("manifest.json", "pagefind-entry.json")  # every other file is cached for ever
_ARGUMENTS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update")


@dataclass(frozen=True, slots=True)
class Sent:
    """A body that went over the wire; headers are not counted."""

    path: str
    size: int


class Host:
    """Serves an engine's code and index, and the benchmark's own page, on 127.0.0.1.

    Attributes:
        url: Its root; ends in a slash.
        sent: Every body of code and index, in order. The benchmark's page is not counted.
    """

    def __init__(self, published: Published, url: str) -> None:
        self.url = url
        self.sent: list[Sent] = []
        self._folders = {"page": HERE / "page", "code": published.code, "index": published.index}
        self._bodies: dict[str, bytes] = {}

    def body(self, path: str) -> tuple[bytes, bool] | None:
        """Return the body at a path and whether it is compressed; nothing when there is none."""
        top, _, rest = path.lstrip("/").partition("/")
        file = self._folders.get(top, HERE / "page") / rest
        if not file.is_file():
            return None
        compressed = file.suffix in _TYPES
        if path not in self._bodies:
            data = file.read_bytes()
            self._bodies[path] = gzip.compress(data, GZIP_LEVEL, mtime=0) if compressed else data
        return self._bodies[path], compressed

    def count(self, path: str, size: int) -> None:
        """Note a body that is sent."""
        if not path.startswith("/page/"):
            self.sent.append(Sent(path, size))


@contextmanager
def serve(published: Published) -> Iterator[Host]:
    """Serve an engine while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.host = Host(published, f"http://127.0.0.1:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.host
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser.

    Raises:
        KbError: There is none.
    """
    path = find_chromium()
    if path is None:
        raise KbError("no Chromium was found", hint="Run: python tests/setup_browser.py")
    no_sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *no_sandbox])
        yield browser
        browser.close()


class Visit:
    """A visitor with an empty cache, on the benchmark's page. `open` comes first."""

    def __init__(self, page: Page, host: Host, published: Published) -> None:
        self._page = page
        self._host = host
        self._published = published

    def open(self) -> float:
        """Load the page and the engine, up to where it can be asked; return the milliseconds of the engine."""
        self._page.goto(f"{self._host.url}page/bench.html")
        self._page.wait_for_function("() => window.bench")
        arguments = [self._published.engine.module, list(self._published.files)]
        return float(self._page.evaluate("([module, files]) => bench.open(module, files)", arguments))

    def ask(self, queries: Sequence[str], *, limit: int = LIMIT, shown: int = SHOWN) -> list[list[str]]:
        """Return the URLs of the hits of each query."""
        options = {"limit": limit, "shown": shown}
        answers = self._page.evaluate("([queries, options]) => bench.ask(queries, options)", [list(queries), options])
        return [[self._published.urls.get(url, url) for url in hits] for hits in answers]

    def settle(self) -> None:
        """Wait for what the engine may still fetch."""
        self._page.wait_for_timeout(_SETTLE_MS)

    def slow_down(self, factor: float) -> None:
        """Let the page's main thread run that much slower."""
        session = self._page.context.new_cdp_session(self._page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": factor})

    def time(self, queries: Sequence[str]) -> tuple[list[float], float]:
        """Return milliseconds of each query, and of the longest task (0 when none was above 50)."""
        options = {"limit": LIMIT, "shown": SHOWN}
        timed: dict[str, Any] = self._page.evaluate(
            "([queries, options]) => bench.time(queries, options)", [list(queries), options]
        )
        return timed["times"], timed["longest"]


@contextmanager
def visit(browser: Browser, host: Host, published: Published) -> Iterator[Visit]:
    """Let a new visitor come, with nothing cached."""
    context = browser.new_context()
    context.set_default_timeout(_TIMEOUT_MS)
    try:
        yield Visit(context.new_page(), host, published)
    finally:
        context.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: Host

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        found = self.server.host.body(path)
        if found is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body, compressed = found
        tag = f'"{len(body)}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        revalidated = path.endswith(_REVALIDATED)
        self.send_response(200)
        self.send_header("Content-Type", _TYPES.get(Path(path).suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache" if revalidated else "max-age=31536000, immutable")
        self.send_header("ETag", tag)
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        self.server.host.count(path, len(body))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
