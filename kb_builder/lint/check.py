"""The order of the stages of ``kb check``: read, look for mistakes, render, search as a customer would, judge."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb_builder.baseline import judge, make_baseline, settle
from kb_builder.cache import Cache, open_cache
from kb_builder.config import Config
from kb_builder.index.rank_changes import load_run, moves, save_run
from kb_builder.index.reader import SearchIndex
from kb_builder.index.remembered import written_sections
from kb_builder.issues import Issue, KbError, has_errors
from kb_builder.lint.external import answer_issues, ask, external_links
from kb_builder.lint.facts import keep_facts
from kb_builder.lint.findability import heavy_search, lost_articles, own_queries
from kb_builder.lint.found import Found, SearchCheck, found_before
from kb_builder.lint.model import LintInput
from kb_builder.lint.pages import page_issues
from kb_builder.lint.read import read_lint_input, write_record
from kb_builder.lint.revisions import Changes, changes_since, config_at
from kb_builder.lint.rules import lint_content
from kb_builder.lint.translations import follows_changed
from kb_builder.pipeline import Progress, read_and_find
from kb_builder.publish import build_lock
from kb_builder.search_editions import judge_search, merged_run, search_editions
from kb_builder.site.texts import RenderedTexts, render_texts
from kb_builder.workers import in_background

_MANY_ARTICLES = 500  # from which rules on the content run beside rendering


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    Attributes:
        issues: Those to act on, with the levels of the settings, without those of the baseline.
        found: All that was found, with the levels of the tables; for a new baseline.
        known: Number of issues that the baseline let pass.
        mended: Number of issues that the baseline allows and that are gone.
        recorded: Number of addresses added to the list of published ones.
        drafts: Number of drafts, which are not looked at.
        search: None when search was not checked.
        cache_note: Why what earlier builds and checks made was not used; empty when it was, or when there was nothing.
    """

    articles: int
    issues: tuple[Issue, ...]
    found: tuple[Issue, ...]
    known: int = 0
    mended: int = 0
    recorded: int = 0
    search: SearchCheck | None = None
    drafts: int = 0
    cache_note: str = ""


def check(
    config: Config,
    *,
    today: dt.date,
    with_search: bool = True,
    record: bool = False,
    since: str = "",
    external: bool = False,
    progress: Progress = lambda stage: None,
) -> CheckResult:
    """Check the content and the search folder, then search as a customer would, and publish nothing.

    The texts of pages are rendered and the search files compiled in memory, unless there are errors already. Both are
    kept in ``.kb/`` for the next build or check, and so are the ranks, to be compared with its own; a check of the same
    files on the same day finds what the last one found.

    Args:
        with_search: Whether to render the pages and run the judgments.
        record: Add the addresses of the content to the list of published ones first.
        since: Show only what files have that differ from this git revision, and what is new anywhere; search is not
            checked then.
        external: Ask the sites that articles link to.

    Raises:
        KbError: There is no such revision, or the list of published addresses cannot be written.
    """
    changes = changes_since(config.root, since) if since else None  # edge: git

    cache_note = ""

    def look() -> Found:
        nonlocal cache_note
        with shared_cache(config, writes=not external) as cache:  # no build waits until other sites have answered
            cache_note = cache.note
            return _look(
                config,
                changes,
                cache,
                today=today,
                with_search=with_search,
                record=record,
                external=external,
                to=progress,
            )

    if changes or record or external:
        found = look()
    else:
        found = found_before(config, today=today, with_search=with_search, look=look)  # edge: disk
    judged = settle(found.issues, config)  # edge: disk
    return CheckResult(
        articles=found.articles,
        issues=judged.issues,
        found=found.issues,
        known=judged.known,
        mended=judged.mended,
        recorded=found.recorded,
        search=found.search,
        drafts=found.drafts,
        cache_note=cache_note,
    )


def _look(
    config: Config,
    changes: Changes | None,
    cache: Cache,
    *,
    today: dt.date,
    with_search: bool,
    record: bool,
    external: bool,
    to: Progress,
) -> Found:
    to("Reading the content")
    content = read_and_find(config, today=today, cache=cache)  # edge: disk
    changed = changes.changed if changes else ()
    lint, list_issues = read_lint_input(config, content, today=today, changed=changed, cache=cache)  # edge: disk
    recorded = 0
    if record:
        recorded = write_record(config, lint)  # edge: disk
        lint, list_issues = read_lint_input(config, content, today=today, changed=changed, cache=cache)
    judgments = [edition.judgments() for edition in search_editions(content, config)]  # edge: disk
    wrong = (found for _, of_language in judgments for found in of_language)
    issues = [*content.issues, *wrong, *list_issues]
    with_search = with_search and changes is None and not has_errors(settle(issues, config).issues)
    is_large = len(content.articles) >= _MANY_ARTICLES
    waited = in_background(lambda: lint_content(lint), is_worth_it=with_search and is_large)

    def linted() -> tuple[Issue, ...]:
        result = waited()
        keep_facts(cache, lint.text_settings.key, result.facts, known=lint.known)
        return result.issues

    if external:
        links = external_links(lint)
        to(f"Asking for {len(links)} links to other sites")
        private = config.settings.checks.private_links
        answers = ask(links, memory=config.root / ".kb" / "links.json", today=today, private=private)  # edge: network
        issues += answer_issues(links, answers)
    search = None
    if not with_search:
        issues += linted()
    else:
        to(f"Rendering {len(content.articles)} articles")
        rendered = render_texts(config, content, today=today, cache=cache, sections_of=written_sections)
        issues += linted()
        if not has_errors(settle(issues, config).issues):
            to(f"Running {sum(len(of_language) for of_language, _ in judgments)} judged queries")
            search, found = _check_search(config, lint, rendered, cache)
            issues += [*rendered.issues, *page_issues(lint, rendered.pages), *found]
    if changes is not None:
        issues = _touched(config, issues, changes, lint, today=today)
    return Found(len(content.articles), len(content.drafts), tuple(issues), recorded, search)


@contextmanager
def shared_cache(config: Config, *, writes: bool) -> Iterator[Cache]:
    """Open the cache of builds, to add to it unless a build is at it: then it is only read. Edge: disk."""
    with ExitStack() as stack:
        if writes:
            try:
                stack.enter_context(build_lock(config.root, wait_seconds=0))
            except KbError:
                writes = False
        yield stack.enter_context(open_cache(config.root / ".kb" / "cache", writes=writes, forget=False))


def _touched(
    config: Config, issues: Sequence[Issue], changes: Changes, lint: LintInput, *, today: dt.date
) -> list[Issue]:
    """Keep the issues of changed files and those that a deleted file gave others, and translations left behind.

    Edge: git, disk.
    """
    new: set[Issue] = set()
    if changes.deleted:
        with tempfile.TemporaryDirectory(prefix="kb-check-") as folder:
            old = config_at(config, changes.revision, Path(folder))
            content = read_and_find(old, today=today)
            lint_then, _ = read_lint_input(old, content, today=today)
            before = make_baseline((*content.issues, *lint_content(lint_then).issues))
        new = set(judge(issues, before).issues)
    return [
        found
        for found in issues
        if found.path in changes.changed
        or found in new
        or (found.code == "KB140" and follows_changed(found.path, lint, changes.changed))
    ]


def _check_search(
    config: Config, lint: LintInput, rendered: RenderedTexts, cache: Cache
) -> tuple[SearchCheck, tuple[Issue, ...]]:
    """Run queries on the search files as they would be published. Edge: keeps the ranks in ``.kb/``."""
    found: list[Issue] = []
    judged = judge_search(lint.content, rendered.articles, config, cache=cache)  # edge: Whoosh
    for one in judged:
        queries = own_queries(lint, one.urls)
        index = SearchIndex(one.files.__getitem__)
        found += (*one.issues, *lost_articles(lint, index, queries), *heavy_search(lint, one.files, queries))
    last, run = load_run(config.root / ".kb"), merged_run(judged)
    changed = tuple(move for one in judged for move in moves(last, run, one.outcomes, language=one.language))
    outcomes = tuple(outcome for one in judged for outcome in one.outcomes)
    return SearchCheck(outcomes, changed, save_run(run, config.root / ".kb")), tuple(found)
