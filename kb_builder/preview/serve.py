"""Serve the site while it is being written: build, watch, rebuild on save, reload the page, say what is wrong."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from kb_builder import pipeline
from kb_builder.clock import build_day
from kb_builder.config import Config
from kb_builder.issues import ContentError, Issue, KbError
from kb_builder.pipeline import BuildResult
from kb_builder.preview.findings import Findings, State, find_issues
from kb_builder.preview.first_look import LastBuild, first_look
from kb_builder.preview.host import Preview, open_host
from kb_builder.site.pages_by_mkdocs import load_templates
from kb_builder.terminal import count, print_error, print_issues, stderr

_SETTLE_SECONDS = 0.02
_LOAD_SECONDS = 0.3  # in which browsers load the page again, before anything else is looked for
_WATCHED_EVENTS = ("created", "modified", "moved", "deleted")


class _Changes(FileSystemEventHandler):
    """Notes which files changed below watched folders."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._paths: set[str] = set()
        self._lock = threading.Lock()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _WATCHED_EVENTS and not event.is_directory:
            with self._lock:
                self._paths |= {os.fsdecode(path) for path in (event.src_path, event.dest_path) if path}
            self.event.set()

    def wait(self) -> frozenset[str]:
        """Wait for a change; return the files, several that were saved at once together."""
        self.event.wait()
        while self.event.is_set():
            self.event.clear()
            self.event.wait(_SETTLE_SECONDS)
        with self._lock:
            paths, self._paths = frozenset(self._paths), set()
        return paths


def serve_site(load: Callable[[], Config], *, host: str, port: int, drafts: bool, template: str = "") -> None:
    """Build into a temporary folder, serve it, and build again whenever content, search files or settings change.

    A build that fails prints its issues, shows them on every page and leaves the last good site in place. Runs until
    interrupted.

    Args:
        load: Reads the config anew; called before each build.
        host: Address to listen on.
        port: 0 takes a free one.
        drafts: Show drafts too.
        template: Address that opens a file in an editor, as `findings.link_template` gives it.

    Raises:
        KbError: The port is taken, or the first config cannot be read.
    """
    config = load()
    work = Path(tempfile.mkdtemp(prefix="kb-serve-"))
    preview = Preview(work / "site", config.root.absolute(), template=template)
    writing = _Writing(load, preview, drafts=drafts)
    try:
        server = open_host(preview, host=host, port=port)
    except OSError as error:
        shutil.rmtree(work)
        raise KbError(
            f"{host}:{port}: cannot listen: {error.strerror}", hint="Try another port: kb serve --port 0", exit_code=2
        ) from None
    changes, observer = _Changes(), Observer()
    observer.schedule(changes, str(config.content_dir), recursive=True)
    for folder in (config.root, config.search_dir):
        if folder.is_dir():
            observer.schedule(changes, str(folder), recursive=folder != config.root)
    try:
        built = writing.show(writing.build(), reload=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        observer.start()
        stderr().print(f"Serving http://{host}:{server.server_address[1]}/ (stop with Ctrl-C)")
        load_templates()
        writing.check(built)
        while True:
            saved = changes.wait()
            writing.show_ahead(saved)
            # What is no page may be part of any: a picture, a setting.
            reload = not all(path.endswith(".md") for path in saved)
            built = writing.show(writing.build(with_search=False), reload=reload)
            if changes.event.wait(_LOAD_SECONDS):
                continue
            writing.check(built)
            # Nobody waits for search; what was saved meanwhile goes first.
            if built and not changes.event.is_set() and writing.build():
                stderr().print("Search is up to date")
    finally:
        server.server_close()
        shutil.rmtree(work, ignore_errors=True)


class _Writing:
    """Builds what was saved, and shows how it went on the terminal and on the pages."""

    def __init__(self, load: Callable[[], Config], preview: Preview, *, drafts: bool) -> None:
        self._load, self._preview, self._drafts = load, preview, drafts
        self._last: LastBuild | None = None

    def show_ahead(self, saved: Iterable[str]) -> None:
        """Show the pages of articles that were just saved, before the site is built, if that is possible."""
        try:
            ahead = self._drawn_ahead(saved)
        except KbError:
            return  # the build comes to it as well, and says so
        if ahead:
            self._preview.has_listener.clear()
            if self._preview.show(replace(self._preview.findings, state=State.CHECKING), ahead=ahead):
                self._preview.has_listener.wait(_LOAD_SECONDS)

    def _drawn_ahead(self, saved: Iterable[str]) -> dict[str, bytes]:
        last = self._last
        if last is None or (build_day(), self._config()) != (last.today, last.config):
            return {}
        paths = (Path(os.path.relpath(path, last.config.content_dir)).as_posix() for path in saved)
        return first_look(last, sorted(paths))

    def build(self, *, with_search: bool = True) -> BuildResult | None:
        """Build once; when that fails, say what is wrong.

        Without search the search files stay as they are, if there are any: pages are there in a fraction of the time.
        """
        try:
            config = self._config()
            is_first = not config.site_dir.exists()
            today, spare = build_day(), config.site_dir.with_name("spare")
            built = pipeline.build(config, today=today, with_search=with_search or is_first, spare=spare)
            self._last = LastBuild(config, built.content, today)
            return built
        except ContentError as error:
            print_issues(error.issues)
            print_error(error)
            self._fail(error, error.issues)
        except KbError as error:
            print_error(error)
            self._fail(error)
        return None

    def show(self, built: BuildResult | None, *, reload: bool) -> BuildResult | None:
        """Let open pages show what was built, if anything was: those that changed, with ``reload`` all of them."""
        if built:
            findings = Findings(State.CHECKING, built.issues, self._preview.findings.urls)
            self._preview.show(findings, reload=reload)
            print_issues(built.issues)
            stderr().print(f"Built {count(built.articles, 'article')}")
        return built

    def check(self, built: BuildResult | None) -> None:
        """Look for what ``kb check`` would say, and show that."""
        if built is None:
            return
        try:
            self._preview.show(find_issues(self._config(), today=build_day(), rendering=built.issues))
        except KbError as error:  # somebody saved again, and wrongly: the next build says so, too
            self._fail(error)

    def _fail(self, error: KbError, issues: tuple[Issue, ...] = ()) -> None:
        self._last = None  # until the site is whole again, its pages stay as they are
        text = f"{error}. {error.hint}" if error.hint else str(error)
        self._preview.show(Findings(State.FAILED, issues, self._preview.findings.urls, text))

    def _config(self) -> Config:
        config = self._load()
        content = config.settings.content.model_copy(update={"drafts": self._drafts})
        settings = config.settings.model_copy(update={"content": content})
        return replace(config, site_dir=self._preview.site, settings=settings)
