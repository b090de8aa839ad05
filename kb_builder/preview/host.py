"""The host of ``kb serve``: the built files, and beside them what only a writer sees, below ``/-/``."""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from kb_builder.cache import digest
from kb_builder.generations import HASHED
from kb_builder.issues import KbError
from kb_builder.preview.findings import Findings, State, as_data
from kb_builder.site.pages import NOT_FOUND_URL
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
_STYLE = f'<link rel="stylesheet" href="{_OWN}overlay.css">'


class Preview:
    """What pages show and ask for: the built site, pages drawn ahead of it, the newest findings; and who listens.

    Attributes:
        findings: The newest ones.
        site: Where the newest good site lies.
        root: The help center's folder.
        template: Address that opens a file in an editor; empty without one.
        ahead: Pages to be shown in the place of the site's, by path.
    """

    def __init__(self, site: Path, root: Path, *, template: str) -> None:
        self.site, self.root, self.template = site, root, template
        self.findings = Findings()
        self.ahead: Mapping[str, bytes] = {}
        self._listeners: set[_Listener] = set()
        self._lock = threading.Lock()
        self._has_page = threading.Event()

    def show(self, findings: Findings, *, reload: bool = False) -> bool:
        """Take new findings and let open pages ask for them; those that are not what they were load themselves again.

        Args:
            findings: What is known of the last save.
            reload: Load all open pages again, for something else on them may have changed.

        Returns:
            Whether a page loads itself again.
        """
        self.findings = findings
        self._has_page.clear()
        with self._lock:
            stale = {listener for listener in self._listeners if reload or listener.is_stale()}
            for listener in self._listeners:
                listener.news.put("reload" if listener in stale else "issues")
        return bool(stale)

    def show_ahead(self, pages: Mapping[str, bytes]) -> bool:
        """Take pages of the site to come, by path; return whether an open page loads itself again."""
        if not pages:
            return False
        with self._lock:
            self.ahead = {**self.ahead, **pages}
        return self.show(replace(self.findings, state=State.CHECKING))

    def drop(self, pages: Mapping[str, bytes]) -> None:
        """Show the site's pages again in the place of some that were ahead, unless there are newer ones."""
        with self._lock:
            self.ahead = {path: html for path, html in self.ahead.items() if pages.get(path) is not html}

    def wait_for_page(self, seconds: float) -> None:
        """Wait until a page is loaded, but not longer."""
        self._has_page.wait(seconds)

    def html(self, path: str) -> bytes:
        """Return a page by its path in the site; raise `OSError` when there is none."""
        return self.ahead.get(path) or (self.site / path).read_bytes()

    def page_data(self, url: str) -> dict[str, object]:
        """Return what the page at ``url`` shows of the findings."""
        return as_data(self.findings, url, root=self.root, template=self.template)

    @contextmanager
    def listening(self, is_stale: Callable[[], bool]) -> Iterator[queue.SimpleQueue[str]]:
        """Give a queue of the names of news to an open page, which ``is_stale`` when it is not as it would be now.

        The first is there at once: what was told before somebody listened is asked for.
        """
        listener = _Listener(queue.SimpleQueue(), is_stale)
        with self._lock:
            self._listeners.add(listener)
        listener.news.put("reload" if is_stale() else "issues")  # it may have been built anew while it was loaded
        self._has_page.set()
        try:
            yield listener.news
        finally:
            with self._lock:
                self._listeners.discard(listener)


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    news: queue.SimpleQueue[str]
    is_stale: Callable[[], bool]


def open_host(preview: Preview, *, host: str, port: int) -> ThreadingHTTPServer:
    """Listen, without serving yet; raise `OSError` when the port is taken."""
    return _Server((host, port), partial(_Handler, preview=preview, directory=str(preview.site)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a browser that went away is nobody's news
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, adds the overlay to pages, and holds one event stream a page."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a body behind its head would wait until the browser confirmed that

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any) -> None:
        self.preview = preview
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(_OWN):
            self._own(path.removeprefix(_OWN))
        elif _is_page(path):
            self._page()
        else:
            super().do_GET()

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        path = getattr(self, "path", "").partition("?")[0]  # none of a request that could not be read
        lasts = code == 200 and HASHED.match(path) and not _is_page(path)
        self.send_header("Cache-Control", "max-age=31536000, immutable" if lasts else "no-store")

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
        status, html = self._html(self.path)
        if not html:
            self.send_error(503, "The site is being built")
            return
        script = f'<script type="module" src="{_OWN}overlay.js?made={digest(html)}"></script>'
        added = f"{_STYLE}{script}</body>".encode()
        self._send(html.replace(b"</body>", added, 1), "text/html; charset=utf-8", status=status)

    def _html(self, address: str) -> tuple[int, bytes]:
        """Return the status and the page of an address; nothing while there is no site."""
        file = Path(self.translate_path(address))
        path = (file / "index.html" if file.is_dir() else file).relative_to(self.directory).as_posix()
        for status, name in ((200, path), (404, NOT_FOUND_URL)):
            with suppress(OSError):
                return status, self.preview.html(name)
        return 503, b""

    def _send(self, data: bytes, mime: str, *, status: int = 200, policy: str = "") -> None:
        self.send_response(status)
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        page, made = (asked.get(key, [""])[0] for key in ("page", "made"))
        made = made or digest(self._html(page)[1])

        def is_stale() -> bool:
            _, html = self._html(page)
            return bool(html) and digest(html) != made

        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with suppress(OSError), self.preview.listening(is_stale) as news:
            self.wfile.flush()
            while True:
                try:
                    self.wfile.write(f"event: {news.get(timeout=15)}\ndata:\n\n".encode())
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                self.wfile.flush()


def _is_page(path: str) -> bool:
    return path.endswith(("/", ".html"))
