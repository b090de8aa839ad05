"""Serve the site while it is being written: build, watch, rebuild on save, reload the page."""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from kb_builder import pipeline
from kb_builder.clock import build_day
from kb_builder.config import Config
from kb_builder.issues import ContentError, KbError
from kb_builder.pipeline import BuildResult
from kb_builder.terminal import print_error, print_issues, stderr

_RELOAD_PATH = "/-/reload.js"
_EVENTS_PATH = "/-/events"
# Loaded by address, not inline: the pages' own content security policy holds while they are served here too.
_RELOAD_SCRIPT = f'new EventSource("{_EVENTS_PATH}").addEventListener("reload", () => location.reload());\n'.encode()
_SETTLE_SECONDS = 0.05
_WATCHED_EVENTS = ("created", "modified", "moved", "deleted")


class _Pages:
    """Who listens for a reload, and where the newest good site lies."""

    def __init__(self) -> None:
        self.listeners: set[queue.SimpleQueue[None]] = set()
        self.lock = threading.Lock()

    def reload(self) -> None:
        with self.lock:
            for listener in self.listeners:
                listener.put(None)


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, adds the reload script to pages, and holds one event stream a page."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, pages: _Pages, **kwargs: Any) -> None:
        self.pages = pages
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == _EVENTS_PATH:
            self._stream()
        elif path == _RELOAD_PATH:
            self._send(_RELOAD_SCRIPT, "text/javascript; charset=utf-8")
        elif path.endswith(("/", ".html")):
            self._page()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing a request: the terminal belongs to the issues."""

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
        script = f'<script src="{_RELOAD_PATH}"></script></body>'.encode()
        self._send(html.replace(b"</body>", script, 1), "text/html; charset=utf-8", status=status)

    def _send(self, data: bytes, mime: str, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        listener: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with self.pages.lock:
            self.pages.listeners.add(listener)
        try:
            while True:
                try:
                    listener.get(timeout=15)
                    self.wfile.write(b"event: reload\ndata:\n\n")
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                self.wfile.flush()
        except OSError:
            return
        finally:
            with self.pages.lock:
                self.pages.listeners.discard(listener)


class _Changes(FileSystemEventHandler):
    """Notes that something changed below a watched folder."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _WATCHED_EVENTS and not event.is_directory:
            self.event.set()


def serve_site(load: Callable[[], Config], *, host: str, port: int, drafts: bool) -> None:
    """Build into a temporary folder, serve it, and build again whenever content, search files or settings change.

    A build that fails prints its issues and leaves the last good site in place. Runs until interrupted.

    Args:
        load: Reads the config anew; called before each build.
        host: Address to listen on.
        port: 0 takes a free one.
        drafts: Show drafts too.

    Raises:
        KbError: The port is taken, or the first config cannot be read.
    """
    config = load()
    work = Path(tempfile.mkdtemp(prefix="kb-serve-"))
    pages, changes = _Pages(), _Changes()
    site = work / "site"
    try:
        server = ThreadingHTTPServer((host, port), partial(_Handler, pages=pages, directory=str(site)))
    except OSError as error:
        shutil.rmtree(work)
        raise KbError(
            f"{host}:{port}: cannot listen: {error.strerror}", hint="Try another port: kb serve --port 0", exit_code=2
        ) from None
    server.daemon_threads = True
    observer = Observer()
    observer.schedule(changes, str(config.content_dir), recursive=True)
    for folder in (config.root, config.search_dir):
        if folder.is_dir():
            observer.schedule(changes, str(folder), recursive=folder != config.root)
    try:
        if built := _rebuild(load, site, drafts=drafts):
            _say(built)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        observer.start()
        stderr().print(f"Serving http://{host}:{server.server_address[1]}/ (stop with Ctrl-C)")
        while True:
            changes.event.wait()
            while changes.event.is_set():  # several files saved at once are one change
                changes.event.clear()
                changes.event.wait(_SETTLE_SECONDS)
            if built := _rebuild(load, site, drafts=drafts, with_search=False):
                pages.reload()
                _say(built)
                # Nobody waits for search; what was saved meanwhile goes first.
                if not changes.event.is_set() and _rebuild(load, site, drafts=drafts):
                    stderr().print("Search is up to date")
    finally:
        server.server_close()
        shutil.rmtree(work, ignore_errors=True)


def _rebuild(load: Callable[[], Config], site: Path, *, drafts: bool, with_search: bool = True) -> BuildResult | None:
    """Build once; when that fails, print what is wrong.

    Without search the search files stay as they are, if there are any: pages are there in a fraction of the time.
    """
    try:
        config = load()
        content = config.settings.content.model_copy(update={"drafts": drafts})
        config = replace(config, site_dir=site, settings=config.settings.model_copy(update={"content": content}))
        return pipeline.build(config, today=build_day(), with_search=with_search or not site.exists())
    except ContentError as error:
        print_issues(error.issues)
        print_error(error)
    except KbError as error:
        print_error(error)
    return None


def _say(built: BuildResult) -> None:
    print_issues(built.issues)
    stderr().print(f"Built {built.articles} articles")
