"""Serve the site while it is being written: build, watch, rebuild on save, reload the page, say what is wrong."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from watchdog.observers import Observer

from kb_builder import pipeline
from kb_builder.clock import build_day
from kb_builder.config import Config
from kb_builder.issues import ContentError, Issue, KbError
from kb_builder.pipeline import BuildResult
from kb_builder.preview.findings import Findings, State, find_issues
from kb_builder.preview.first_look import LastBuild, first_look
from kb_builder.preview.host import Preview, open_host
from kb_builder.preview.saves import Saves, Watch
from kb_builder.site.pages_by_mkdocs import load_templates
from kb_builder.terminal import count, print_error, print_issues, stderr

_SETTLE_SECONDS = 0.02
_LOAD_SECONDS = 0.3  # in which browsers load the page again, before anything else is looked for
_SWITCH_SECONDS = 0.001  # how long a build may keep other threads, such as those that serve pages, from going on


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
    saves, shown, observer = Saves(), Saves(), Observer()
    watch = Watch(saves)
    observer.schedule(watch, str(config.content_dir), recursive=True)
    for folder in (config.root, config.search_dir):
        if folder.is_dir():
            observer.schedule(watch, str(folder), recursive=folder != config.root)
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        built = writing.show(writing.build(), reload=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        observer.start()
        stderr().print(f"Serving http://{host}:{server.server_address[1]}/ (stop with Ctrl-C)")
        load_templates()
        threading.Thread(target=writing.show_saves, args=(saves, shown), daemon=True).start()
        writing.check(built)
        while True:
            saved = shown.take()
            # What is no page may be part of any: a picture, a setting.
            reload = not all(path.endswith(".md") for path in saved)
            built = writing.show(writing.build(with_search=False), reload=reload)
            if shown.are_there(within_seconds=_LOAD_SECONDS):
                continue
            writing.check(built)
            # Nobody waits for search; what was saved meanwhile goes first.
            if built and not shown.are_there() and writing.build():
                stderr().print("Search is up to date")
    finally:
        server.server_close()
        shutil.rmtree(work, ignore_errors=True)


class _Writing:
    """Builds what was saved, and shows how it went on the terminal and on the pages."""

    def __init__(self, load: Callable[[], Config], preview: Preview, *, drafts: bool) -> None:
        self._load, self._preview, self._drafts = load, preview, drafts
        self._last: LastBuild | None = None

    def show_saves(self, saves: Saves, shown: Saves) -> None:
        """Show the pages of articles as they are saved, whatever is being built; give the files on, to be built."""
        while True:
            saved = saves.take(settle_seconds=_SETTLE_SECONDS)
            with suppress(Exception):  # whatever it is, a build comes to it as well, and says so
                if self._preview.show_ahead(self._drawn_ahead(saved)):
                    self._preview.wait_for_page(_LOAD_SECONDS)
            shown.add(saved)

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
        ahead = self._preview.ahead
        try:
            config = self._config()
            is_first = not config.site_dir.exists()
            today, spare = build_day(), config.site_dir.with_name("spare")
            built = pipeline.build(config, today=today, with_search=with_search or is_first, spare=spare)
        except KbError as error:
            issues = error.issues if isinstance(error, ContentError) else ()
            print_issues(issues)
            print_error(error)
            self._preview.drop(ahead)
            self._fail(error, issues)
            return None
        self._preview.drop(ahead)
        self._last = LastBuild(config, built.content, today, built.urls)
        return built

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
