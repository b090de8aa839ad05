"""The order of the stages of ``kb check``: read, look for mistakes, render, search as a customer would, judge."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_builder.articles.model import Content
from kb_builder.baseline import judge, make_baseline, settle
from kb_builder.cache import open_cache
from kb_builder.config import Config
from kb_builder.index.idle_synonyms import idle_synonym_issues
from kb_builder.index.judgments import (
    JUDGMENTS_FILE,
    Judgment,
    Outcome,
    failure_issues,
    read_judgments,
    run_judgments,
)
from kb_builder.index.rank_changes import Move, load_run, make_run, moves, save_run
from kb_builder.index.reader import SearchIndex
from kb_builder.index.word_lists import SYNONYMS_FILE, read_word_lists
from kb_builder.issues import Issue, has_errors
from kb_builder.lint.findability import heavy_search, lost_articles, own_queries
from kb_builder.lint.model import LintInput
from kb_builder.lint.pages import CONTACT_URL, page_issues, read_pages
from kb_builder.lint.read import read_lint_input, write_record
from kb_builder.lint.revisions import Changes, changes_since, config_at
from kb_builder.lint.rules import lint_content
from kb_builder.pipeline import Progress, read_and_find, search_documents, search_files
from kb_builder.site.render import RenderedSite, render_site


@dataclass(frozen=True, slots=True)
class SearchCheck:
    """What a check found about search.

    Attributes:
        outcomes: Where each judged article was found, in the order of the file.
        moves: What changed since the last check in this folder.
        remembered: Whether the ranks could be kept for the next check.
    """

    outcomes: tuple[Outcome, ...]
    moves: tuple[Move, ...]
    remembered: bool


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    Attributes:
        issues: Those to act on, with the levels of the settings, without those of the baseline.
        found: All that was found, with the levels of the tables; for a new baseline.
        known: Number of issues that the baseline let pass.
        mended: Number of issues that the baseline allows and that are gone.
        recorded: Number of addresses added to the list of published ones.
        search: None when search was not checked.
    """

    articles: int
    issues: tuple[Issue, ...]
    found: tuple[Issue, ...]
    known: int = 0
    mended: int = 0
    recorded: int = 0
    search: SearchCheck | None = None


def check(
    config: Config,
    *,
    today: dt.date,
    with_search: bool = True,
    record: bool = False,
    since: str = "",
    progress: Progress = lambda stage: None,
) -> CheckResult:
    """Check the content and the search folder, then search as a customer would, and publish nothing.

    The site is rendered into a temporary folder and its search files are compiled in memory; neither happens when
    there are errors already. Ranks are kept in ``.kb/`` for the comparison with the next check.

    Args:
        with_search: Whether to render the pages and run the judgments.
        record: Add the addresses of the content to the list of published ones first.
        since: Show only what files have that differ from this git revision, and what is new anywhere; search is not
            checked then.

    Raises:
        KbError: There is no such revision, or the list of published addresses cannot be written.
    """
    changes = changes_since(config.root, since) if since else None  # edge: git
    progress("Reading the content")
    content = read_and_find(config, today=today)  # edge: disk
    lint, list_issues = read_lint_input(config, content, today=today)  # edge: disk
    recorded = 0
    if record:
        recorded = write_record(config, lint)  # edge: disk
        lint, list_issues = read_lint_input(config, content, today=today)
    shown = config.settings.search.folder
    judgments, found = read_judgments(config.search_dir, content, shown=shown, language=config.language)  # edge: disk
    issues = [*content.issues, *found, *list_issues, *lint_content(lint)]
    search = None
    if with_search and changes is None and not has_errors(settle(issues, config).issues):
        progress(f"Rendering {len(content.articles)} articles")
        with (
            open_cache(config.root / ".kb" / "cache", writes=False) as cache,
            tempfile.TemporaryDirectory(prefix="kb-check-") as folder,
        ):
            site_dir = Path(folder, "site")
            rendered = render_site(config, content, site_dir=site_dir, today=today, cache=cache)  # edge: MkDocs, disk
            pages = read_pages(site_dir, _page_urls(content))  # edge: disk
        progress(f"Running {len(judgments)} judged queries")
        search, found = _check_search(config, lint, rendered, judgments)
        issues += [*rendered.issues, *page_issues(lint, pages), *found]
    if changes is not None:
        issues = _touched(config, issues, changes, today=today)
    judged = settle(issues, config)  # edge: disk
    return CheckResult(
        articles=len(content.articles),
        issues=judged.issues,
        found=tuple(issues),
        known=judged.known,
        mended=judged.mended,
        recorded=recorded,
        search=search,
    )


def _touched(config: Config, issues: Sequence[Issue], changes: Changes, *, today: dt.date) -> list[Issue]:
    """Keep the issues of changed files, and those that a deleted file gave others. Edge: git, disk."""
    new: set[Issue] = set()
    if changes.deleted:
        with tempfile.TemporaryDirectory(prefix="kb-check-") as folder:
            old = config_at(config, changes.revision, Path(folder))
            content = read_and_find(old, today=today)
            lint, _ = read_lint_input(old, content, today=today)
            before = make_baseline((*content.issues, *lint_content(lint)))
        new = set(judge(issues, before).issues)
    return [found for found in issues if found.path in changes.changed or found in new]


def _page_urls(content: Content) -> tuple[str, ...]:
    articles = (article.url for article in content.articles.values())
    return ("", CONTACT_URL, *articles, *(category.url for category in content.categories.values()))


def _check_search(
    config: Config, lint: LintInput, rendered: RenderedSite, judgments: tuple[Judgment, ...]
) -> tuple[SearchCheck, tuple[Issue, ...]]:
    """Run queries on the search files as they would be published. Edge: keeps the ranks in ``.kb/``."""
    content = lint.content
    shown = config.settings.search.folder
    files = {file.path.removeprefix("search/"): file.data for file in search_files(content, rendered.pages, config)}
    index = SearchIndex(files.__getitem__)
    urls = {path: article.url for path, article in content.articles.items()}
    outcomes = run_judgments(index, judgments, urls)
    failures = failure_issues(outcomes, f"{shown}/{JUDGMENTS_FILE}")
    lists, _ = read_word_lists(config.search_dir, shown=shown, language=config.language)
    idle = idle_synonym_issues(index, lists.synonyms, f"{shown}/{SYNONYMS_FILE}")
    last = load_run(config.root / ".kb")
    documents = search_documents(content, rendered.pages)
    run = make_run(outcomes, documents, lists)
    queries = own_queries(lint, frozenset(document.url for document in documents.values()))
    found = (*failures, *idle, *lost_articles(lint, index, queries), *heavy_search(lint, files, queries))
    changed = moves(last, run, outcomes, language=config.language)
    return SearchCheck(outcomes, changed, save_run(run, config.root / ".kb")), found
