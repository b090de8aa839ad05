"""The host of ``kb serve``: the built files, and beside them what only a writer sees, below ``/-/``."""

from __future__ import annotations

import json
import queue
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from kb_builder.issues import KbError
from kb_builder.preview.findings import Findings, as_data
from kb_builder.widget import widget_file

_HERE = Path(__file__).parent
_OWN = "/-/"
# Loaded by address, not inline: the pages' own content security policy holds while they are served here too.
_OWN_FILES = {"overlay.js": "text/javascript; charset=utf-8", "overlay.css": "text/css; charset=utf-8"}
# A page of a made-up shop, as strict as shops can be, with the widget of the site that is served.
_SHOP_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
_STYLE, _SCRIPT = f'<link rel="stylesheet" href="{_OWN}overlay.css">', f'<script type="module" src="{_OWN}overlay.js">'


class Preview:
    """The state that pages ask for: the newest findings, and who listens for news.

    Attributes:
        findings: The newest ones.
        site: Where the newest good site lies.
        root: The help center's folder.
        template: Address that opens a file in an editor; empty without one.
    """

    def __init__(self, site: Path, root: Path, *, template: str) -> None:
        self.site, self.root, self.template = site, root, template
        self.findings = Findings()
        self._listeners: set[queue.SimpleQueue[str]] = set()
        self._lock = threading.Lock()

    def set(self, findings: Findings) -> None:
        """Take new findings and tell open pages."""
        self.findings = findings
        self._tell("issues")

    def reload(self, findings: Findings) -> None:
        """Take new findings and let open pages load themselves again."""
        self.findings = findings
        self._tell("reload")

    def page_data(self, url: str) -> dict[str, object]:
        """Return what the page at ``url`` shows of the findings."""
        return as_data(self.findings, url, root=self.root, template=self.template)

    def listen(self) -> queue.SimpleQueue[str]:
        """Return a queue of the names of news."""
        listener: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self._lock:
            self._listeners.add(listener)
        return listener

    def leave(self, listener: queue.SimpleQueue[str]) -> None:
        """Forget a listener."""
        with self._lock:
            self._listeners.discard(listener)

    def _tell(self, news: str) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put(news)


def open_host(preview: Preview, *, host: str, port: int) -> ThreadingHTTPServer:
    """Listen, without serving yet; raise `OSError` when the port is taken."""
    server = ThreadingHTTPServer((host, port), partial(_Handler, preview=preview, directory=str(preview.site)))
    server.daemon_threads = True
    return server


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, adds the overlay to pages, and holds one event stream a page."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any) -> None:
        self.preview = preview
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(_OWN):
            self._own(path.removeprefix(_OWN))
        elif path.endswith(("/", ".html")):
            self._page()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing a request: the terminal belongs to the issues."""

    def _own(self, name: str) -> None:
        if name == "events":
            self._stream()
        elif name == "issues":
            page = parse_qs(urlsplit(self.path).query).get("page", ["/"])[0]
            url = unquote(page).lstrip("/").removesuffix("index.html")
            self._send(json.dumps(self.preview.page_data(url)).encode(), "application/json")
        elif name == "shop/":
            self._shop()
        elif name == "shop/shop.css":
            self._send((_HERE / "shop.css").read_bytes(), "text/css; charset=utf-8")
        elif name in _OWN_FILES:
            self._send((_HERE / name).read_bytes(), _OWN_FILES[name])
        else:
            self.send_error(404)

    def _shop(self) -> None:
        try:
            widget = f"/assets/{widget_file(self.preview.site).name}"
        except KbError:
            self.send_error(503, "The site is being built")
            return
        page = (_HERE / "shop.html").read_text("utf-8").replace("WIDGET", widget)
        self._send(page.encode(), "text/html; charset=utf-8", policy=_SHOP_POLICY)

    def _page(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        status = 200 if file.is_file() else 404
        if status == 404:
            file = Path(self.directory) / "404.html"
        try:
            html = file.read_bytes()
        except OSError:
            self.send_error(503, "The site is being built")
            return
        added = f"{_STYLE}{_SCRIPT}</script></body>".encode()
        self._send(html.replace(b"</body>", added, 1), "text/html; charset=utf-8", status=status)

    def _send(self, data: bytes, mime: str, *, status: int = 200, policy: str = "") -> None:
        self.send_response(status)
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        listener = self.preview.listen()
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self.wfile.flush()
            while True:
                try:
                    self.wfile.write(f"event: {listener.get(timeout=15)}\ndata:\n\n".encode())
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                self.wfile.flush()
        except OSError:
            return
        finally:
            self.preview.leave(listener)
