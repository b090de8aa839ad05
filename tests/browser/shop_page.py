"""A shop's own page with ``<kb-help>``, on another origin than the help center's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from static_host import StaticHost

from kb_builder.widget import widget_snippet


class Shop:
    """A shop's page on an origin of its own; `help` may be asked by it and nothing else.

    Attributes:
        url: The page.
        body: What it holds besides the script.
        script: The script element.
    """

    def __init__(self, url: str, help_url: str, script: str) -> None:
        self.url, self.help_url, self.script = url, help_url, script
        self.body = "<kb-help></kb-help>"

    @property
    def policy(self) -> str:
        """Allow what docs/how-to/widget.md says, and nothing else."""
        origin = self.help_url.rstrip("/")
        return (
            f"default-src 'none'; script-src {origin}; connect-src {origin}; base-uri 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )


class _Pages(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self) -> None:
        shop = self.server.shop
        page = f"<!doctype html><html lang=en><title>Shop</title>{shop.script}<main><h1>Basket</h1>{shop.body}</main>"
        self.send_response(200 if self.path == "/" else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", shop.policy)
        self.end_headers()
        if self.path == "/":
            self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def open_shop(help_center: StaticHost) -> Iterator[Shop]:
    """Open a shop whose origin alone may read the help center's files, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    help_center.readers = url
    server.shop = Shop(f"{url}/", help_center.url, widget_snippet(help_center.folder, help_center.url).script)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.shop
    finally:
        server.shutdown()
        server.server_close()
