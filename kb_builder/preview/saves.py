"""Which files were saved, for whoever deals with them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

from watchdog.events import FileSystemEvent, FileSystemEventHandler

_WATCHED_EVENTS = ("created", "modified", "moved", "deleted")


class Saves:
    """Files that wait to be dealt with."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._paths: set[str] = set()
        self._lock = threading.Lock()

    def add(self, paths: Iterable[str]) -> None:
        """Let files wait."""
        with self._lock:
            self._paths.update(paths)
            self._event.set()

    def are_there(self, *, within_seconds: float = 0) -> bool:
        """Say whether any file waits, or will before the time is over."""
        return self._event.wait(within_seconds)

    def take(self, *, settle_seconds: float = 0) -> frozenset[str]:
        """Wait for files and take them, together with what follows within ``settle_seconds`` of each other."""
        self._event.wait()
        while self._event.is_set():
            self._event.clear()
            self._event.wait(settle_seconds)
        with self._lock:
            self._event.clear()
            paths, self._paths = frozenset(self._paths), set()
        return paths


class Watch(FileSystemEventHandler):
    """Notes which files change below watched folders."""

    def __init__(self, saves: Saves) -> None:
        self._saves = saves

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _WATCHED_EVENTS and not event.is_directory:
            self._saves.add(os.fsdecode(path) for path in (event.src_path, event.dest_path) if path)
