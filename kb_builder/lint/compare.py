"""Two states of a help center in, what a reviewer wants to see out: pages, policies, ranks, issues, sizes."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from kb_builder.articles.model import Article, Content
from kb_builder.articles.redline import Change, RedlineBlock, redline
from kb_builder.baseline import judge, make_baseline, settle
from kb_builder.cache import open_cache
from kb_builder.config import Config
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.index.remembered import written_sections
from kb_builder.issues import Issue, has_errors
from kb_builder.lint.findability import own_queries
from kb_builder.lint.model import LintInput
from kb_builder.lint.pages import page_issues
from kb_builder.lint.read import read_lint_input
from kb_builder.lint.revisions import changes_since, config_at
from kb_builder.lint.rules import lint_content
from kb_builder.pipeline import read_and_find
from kb_builder.search_editions import Judged, judge_search, search_editions
from kb_builder.site.texts import PageText, render_texts

HITS = 3  # ranks of a query that are compared


class Fate(StrEnum):
    """What became of a page."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that differs. ``words`` is how many more it has; ``was`` its old path when it moved, ``redirects`` then
    says whether its old address leads to the new one; of a removed page, whether it leads anywhere."""

    fate: Fate
    path: str
    title: str
    words: int
    was: str = ""
    redirects: bool = False


@dataclass(frozen=True, slots=True)
class PolicyRedline:
    """What a policy says now against what it said: the edited file's own text, or that of the version it replaces."""

    path: str
    title: str
    against: str
    blocks: tuple[RedlineBlock, ...]


@dataclass(frozen=True, slots=True)
class RankChange:
    """A query that ranks differently: the place of its article among the first hits (0: none), and the first hit."""

    query: str
    rank_before: int
    rank_now: int
    first_before: str
    first_now: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """What readers load: bytes of all texts' HTML, of the search files, and of the heaviest page with pictures."""

    page_bytes: int
    search_bytes: int
    heaviest_bytes: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a help center differs from a revision. Ranks and sizes are None when one of the two could not be rendered."""

    revision: str
    pages: tuple[PageChange, ...]
    redlines: tuple[PolicyRedline, ...]
    ranks: tuple[RankChange, ...] | None
    new_issues: tuple[Issue, ...]
    mended_issues: int
    sizes: tuple[Sizes, Sizes] | None


@dataclass(frozen=True)
class _State:
    """A help center, read; ``pages`` and ``searches`` (one a language) only when it could be rendered."""

    lint: LintInput
    issues: tuple[Issue, ...]
    pages: Mapping[str, PageText] | None = None
    searches: tuple[Judged, ...] = ()


def compare_with(config: Config, revision: str, *, today: dt.date) -> Comparison:
    """Compare the help center with a git revision. Edge: git, disk.

    Raises:
        KbError: There is no such revision.
    """
    changes = changes_since(config.root, revision)
    now = _look(config, today=today, changed=changes.changed)
    with tempfile.TemporaryDirectory(prefix="kb-diff-") as folder:
        before = _look(config_at(config, changes.revision, Path(folder)), today=today)
    pages = tuple(_page_changes(before.lint.content, now.lint.content))
    moved = {page.was: page.path for page in pages if page.was}
    at = {before.lint.at(was): now.lint.at(path) for was, path in moved.items()}
    old_issues = tuple(replace(found, path=at.get(found.path, found.path)) for found in before.issues)
    return Comparison(
        revision=revision,
        pages=pages,
        redlines=tuple(_redlines(before.lint.content, now.lint.content)),
        ranks=_rank_changes(before, now, moved),
        new_issues=judge(settle(now.issues, config).issues, make_baseline(old_issues)).issues,
        mended_issues=len(judge(old_issues, make_baseline(now.issues)).issues),
        sizes=(_sizes(before), _sizes(now)) if before.pages is not None and now.pages is not None else None,
    )


def _look(config: Config, *, today: dt.date, changed: Iterable[str] = ()) -> _State:
    """Read, check and render a help center; one with errors is not rendered."""
    content = read_and_find(config, today=today)
    lint, found = read_lint_input(config, content, today=today, changed=changed)
    wrong = (one for edition in search_editions(content, config) for one in edition.judgments()[1])
    issues = (*content.issues, *found, *wrong, *lint_content(lint).issues)
    if has_errors(issues):
        return _State(lint, issues)
    with open_cache(config.root / ".kb" / "cache", writes=False) as cache:
        rendered = render_texts(config, content, today=today, cache=cache, sections_of=written_sections)
        searches = judge_search(content, rendered.articles, config, cache=cache)
    found = tuple(one for of_language in searches for one in of_language.issues)
    issues = (*issues, *rendered.issues, *page_issues(lint, rendered.pages), *found)
    return _State(lint, issues, rendered.pages, searches)


# ---- pages ---------------------------------------------------------------------------------------------------------


def _page_changes(before: Content, now: Content) -> Iterator[PageChange]:
    """Yield pages by path. A page has moved when a redirect says so, or when its text stands under another path."""
    gone = {path: article for path, article in before.articles.items() if path not in now.articles}
    origins = _origins(gone, before, now)
    moved = {origin.path for origin in origins.values()}
    for path, article in sorted({**gone, **now.articles}.items()):
        words = _words(article)
        if path in gone:
            if path not in moved:
                yield PageChange(Fate.REMOVED, path, article.title, -words, redirects=article.url in now.redirects)
        elif path in before.articles:
            old = before.articles[path]
            if replace(article, lines={}, body_line=1) != replace(old, lines={}, body_line=1):
                yield PageChange(Fate.CHANGED, path, article.title, words - _words(old))
        elif origin := origins.get(path):
            follows = now.redirects.get(origin.url) == article.url
            yield PageChange(Fate.MOVED, path, article.title, words - _words(origin), origin.path, follows)
        else:
            yield PageChange(Fate.ADDED, path, article.title, words)


def _origins(gone: Mapping[str, Article], before: Content, now: Content) -> dict[str, Article]:
    """Return, for each new path, the article that was there before under another one."""
    by_url = {article.url: article for article in gone.values()}
    by_text: defaultdict[str, list[Article]] = defaultdict(list)
    for article in gone.values():
        by_text[article.body].append(article)
    origins: dict[str, Article] = {}
    for path, article in now.articles.items():
        if path in before.articles:
            continue
        origin = next((by_url[old] for old in article.redirect_from if old in by_url), None)
        same = by_text.get(article.body, [])
        if origin or len(same) == 1:
            origins[path] = origin or same[0]
    return origins


def _words(article: Article) -> int:
    return len(article.body.split())


def _redlines(before: Content, now: Content) -> Iterator[PolicyRedline]:
    """Yield the policies whose words differ, and new versions against those that they replace."""
    for path, article in sorted(now.articles.items()):
        if article.policy is None:
            continue
        old = before.articles.get(path) or now.articles.get(article.policy.replaces)
        if old is None or old.body == article.body:
            continue
        blocks = redline(old.body, article.body) or ()
        if any(block.change is not Change.SAME for block in blocks):
            yield PolicyRedline(path, article.title, old.path if old.path != path else "", blocks)


# ---- search --------------------------------------------------------------------------------------------------------


def _rank_changes(before: _State, now: _State, moved: Mapping[str, str]) -> tuple[RankChange, ...] | None:
    """Compare judged queries, and the titles and questions of all articles, by their own article and the first hit."""
    if before.pages is None or now.pages is None:
        return None
    old_searches = {of_language.language: of_language for of_language in before.searches}
    changes: list[RankChange] = []
    for new in now.searches:
        if old := old_searches.get(new.language):
            changes += _rank_changes_in(before.lint, old, now.lint, new, moved)
    return tuple(sorted(changes, key=lambda change: (bool(change.rank_now), change.query)))


def _rank_changes_in(
    old_lint: LintInput, old: Judged, new_lint: LintInput, new: Judged, moved: Mapping[str, str]
) -> Iterator[RankChange]:
    wanted = {outcome.judgment.query: outcome.judgment.article for outcome in new.outcomes}
    for lint, urls in ((old_lint, old.urls), (new_lint, new.urls)):
        for own in own_queries(lint, urls):
            wanted.setdefault(own.text, moved.get(own.article.path, own.article.path))
    one, other = SearchIndex(old.files.__getitem__), SearchIndex(new.files.__getitem__)
    path_before = {url: moved.get(path, path) for path, url in old.urls.items()}
    path_now = {url: path for path, url in new.urls.items()}
    for query, path in wanted.items():
        hits = _first(one, query, path_before), _first(other, query, path_now)
        ranks = [next((place for place, hit in enumerate(found, start=1) if hit[0] == path), 0) for found in hits]
        if ranks[0] != ranks[1] or hits[0][:1] != hits[1][:1]:
            titles = [found[0][1] if found else "" for found in hits]
            yield RankChange(query, ranks[0], ranks[1], titles[0], titles[1])


def _first(index: SearchIndex, query: str, paths: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    return [(paths.get(hit.url, ""), hit.title) for hit in search(index, query, excerpts=0).hits[:HITS]]


def _sizes(state: _State) -> Sizes:
    assert state.pages is not None
    pages = state.pages.values()
    return Sizes(
        page_bytes=sum(page.html_bytes for page in pages),
        search_bytes=sum(len(data) for one in state.searches for data in one.files.values()),
        heaviest_bytes=max((page.page_bytes for page in pages), default=0),
    )
