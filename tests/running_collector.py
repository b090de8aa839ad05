"""Runs ``kb collect`` for a test, and talks to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb_builder.analytics.segments import segment_files, unpack

ORIGIN = "https://help.example"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
HEADERS = {"Origin": ORIGIN, "Content-Type": "text/plain;charset=UTF-8", "User-Agent": AGENT}


@dataclass
class Running:
    """A collector: its process, its two addresses and the folder it writes to."""

    process: subprocess.Popen[str]
    url: str
    status_url: str
    folder: Path

    def post(self, body: Any, *, path: str = "/events", method: str = "POST", **headers: str | None) -> int:
        """Send a body, as JSON when it is not bytes; give the status. A header given as None is left out."""
        return self.answer(body, path=path, method=method, **headers)[0]

    def answer(
        self, body: Any, *, path: str = "/events", method: str = "POST", **headers: str | None
    ) -> tuple[int, dict[str, str]]:
        """Do the same; give the headers of the answer too."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {name: value for name, value in {**HEADERS, **given}.items() if value is not None}
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request(method, path, data, merged)
            response = connection.getresponse()
            response.read()
            return response.status, {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()

    def ask(self, path: str) -> tuple[int, str]:
        """Ask on the port of the status."""
        connection = http.client.HTTPConnection(urlsplit(self.status_url).netloc, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def counter(self, name: str) -> float:
        """Give a counter by its name and label, such as ``events_total{outcome="kept"}``; 0 when it was not counted."""
        found = re.search(rf"^kb_collect_{re.escape(name)} (\S+)$", self.ask("/metrics")[1], re.MULTILINE)
        return float(found[1]) if found else 0

    def records(self) -> list[dict[str, Any]]:
        """Read everything that is on disk; fail on a damaged line."""
        return read_records(self.folder)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(20)


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Return the records below an analytics folder, in the order of their segments."""
    found = []
    for path in segment_files(folder / "raw"):
        with path.open("rb") as file:
            for record in unpack(file):
                assert record is not None, f"{path}: damaged"
                found.append(json.loads(record))
    return found


def start(root: Path, *, settings: str = "", site_url: str = f"{ORIGIN}/") -> subprocess.Popen[str]:
    """Write mkdocs.yml and start a collector on free ports. ``settings`` are YAML flow keys under analytics."""
    root.mkdir(exist_ok=True)
    (root / "mkdocs.yml").write_text(
        f"site_name: Help\nsite_url: {site_url}\nplugins:\n  - kb:\n      analytics: {{{settings}}}\n", "utf-8"
    )
    command = [sys.executable, "-m", "kb_builder", "collect", "--port", "0", "--status-port", "0"]
    return subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@contextmanager
def collector(root: Path, *, settings: str = "", site_url: str = f"{ORIGIN}/") -> Iterator[Running]:
    """Run a collector while the block runs; end it hard when the block has not."""
    process = start(root, settings=settings, site_url=site_url)
    try:
        assert process.stdout and process.stderr
        line = process.stdout.readline()
        found = re.match(r"collecting on (\S+), status on (\S+)$", line)
        assert found, line + process.stderr.read()
        yield Running(process, found[1], found[2], root / "analytics")
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
