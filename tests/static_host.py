"""A static host for tests: serves a folder over HTTP as strict hosts do, and misbehaves when it is told to."""

from __future__ import annotations

import gzip
import mimetypes
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self' mailto:; base-uri 'none'; frame-ancestors 'none'; font-src 'self'; media-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HASHED = re.compile(r"[/-][\w]*-?[0-9a-f]{10}[./]")  # names that change with their content
LATE_SCRIPTS = float(os.environ.get("KB_LATE_SCRIPTS", "0"))  # seconds; finds tests that act before a page is ready
TYPES = {".js": "text/javascript", ".json": "application/json", ".vtt": "text/vtt", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Reply:
    """What to answer in the place of a file. ``body`` may be a stream that never ends.

    With nothing but a delay, the file itself comes, late.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    content_type: str = "text/plain"
    delay_seconds: float = 0.0
    cache_control: str = "no-cache"


Hook = Callable[[str], Reply | None]


class StaticHost:
    """A folder on 127.0.0.1.

    Attributes:
        url: Its root; ends in a slash.
        requests: Path and query of every request so far, in order.
        folder: What it serves now; a test may put another one in its place, as a deploy does.
        policy: The content security policy it sends.
        readers: Another origin whose pages may read its files.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.requests: list[str] = []
        self.policy = CONTENT_SECURITY_POLICY
        self.readers = ""
        self._hooks: list[tuple[re.Pattern[str], Hook]] = []

    def when(self, pattern: str, reply: Reply | Hook) -> None:
        """Answer requests whose path and query match with a reply, or with what a function makes of them.

        A function that returns nothing lets the file be served. The latest rule comes first.
        """
        hook = (lambda path: reply) if isinstance(reply, Reply) else reply
        self._hooks.insert(0, (re.compile(pattern), hook))

    def behave(self) -> None:
        """Forget every rule."""
        self._hooks.clear()

    def reply(self, target: str) -> Reply:
        """Answer a request for a path and query."""
        self.requests.append(target)
        for pattern, hook in list(self._hooks):
            if pattern.search(target) and (reply := hook(target)):
                only_late = reply.delay_seconds and not reply.body and reply.status == 200
                return replace(self._file(target), delay_seconds=reply.delay_seconds) if only_late else reply
        return self._file(target)

    def _file(self, target: str) -> Reply:
        path = self.folder / unquote(urlsplit(target).path).lstrip("/")
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            missing = self.folder / "404.html"
            return Reply(404, missing.read_bytes() if missing.is_file() else b"Not here", "text/html; charset=utf-8")
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Reply(
            200,
            path.read_bytes(),
            f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            delay_seconds=LATE_SCRIPTS if path.suffix == ".js" else 0.0,
            cache_control="max-age=31536000, immutable" if HASHED.search(target) else "no-cache",
        )


@contextmanager
def serve_folder(folder: Path) -> Iterator[StaticHost]:
    """Serve a folder while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.host = StaticHost(folder, f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.host
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: StaticHost

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer as the host says."""
        reply = self.server.host.reply(self.path)
        time.sleep(reply.delay_seconds)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Security-Policy", self.server.host.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", reply.cache_control)
        if self.server.host.readers:
            self.send_header("Access-Control-Allow-Origin", self.server.host.readers)
        if not isinstance(reply.body, bytes):
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in reply.body:
                self.wfile.write(piece)
            return
        body = reply.body
        if "gzip" in self.headers.get("Accept-Encoding", "") and reply.content_type.startswith(
            ("text/", "application/json")
        ):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: pytest shows what matters."""
