"""The order of the stages: what happens to an article on its way to a reader. Nothing else stands here.

What only stages after reading need is loaded when they begin, in large builds while other processes read.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path

from kb_builder.articles.checks import check_content
from kb_builder.articles.model import Content
from kb_builder.articles.read import read_content
from kb_builder.cache import CHECKED_TEXTS, Cache, open_cache
from kb_builder.config import Config
from kb_builder.issues import ContentError, Issue, has_errors, sort_issues
from kb_builder.publish import build_lock, swap_in
from kb_builder.stage import Stage, begin_stage
from kb_builder.workers import in_background

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made: where, how many pages and bytes of search files, and the warnings that did not stop it.

    Attributes:
        content: What was published.
        urls: Of all pages; none when MkDocs drew them itself.
        page_seconds: The processor time that pages took, by URL.
        cache_note: Why what earlier builds made was not used; empty when it was, or when there was nothing.
    """

    site_dir: Path
    content: Content
    search_bytes: int
    issues: tuple[Issue, ...]
    page_seconds: Mapping[str, float]
    urls: frozenset[str]
    cache_note: str = ""

    @property
    def articles(self) -> int:
        """How many articles were published."""
        return len(self.content.articles)

    @property
    def drafts(self) -> int:
        """How many drafts were left out."""
        return len(self.content.drafts)


def build(
    config: Config,
    *,
    today: dt.date,
    strict: bool = False,
    cached: bool = True,
    with_search: bool = True,
    wait_seconds: float = 60,
    spare: Path | None = None,
    progress: Progress = lambda stage: None,
) -> BuildResult:
    """Turn the content folder into a published site with its search index.

    The site is built beside ``config.site_dir`` and takes its place when it is whole; until then, and when anything
    fails, the old site stays as it was.

    Args:
        config: The help center.
        today: Decides which policy version is current and which announcements are on.
        strict: Warnings stop the build too.
        cached: Use what earlier builds made, and keep what this one makes.
        with_search: Compile the search files. Without, those of the old site stay, and are behind: for previews.
        wait_seconds: How long to wait for another build in the same folder.
        spare: See `publish.swap_in`; in ``.kb/`` when it is not given and the site is in the help center's folder.
        progress: Told the name of each stage as it begins.

    Raises:
        ContentError: The content has errors; all of them are in ``issues``.
        KbError: The site folder cannot be written, is not a site, or another build holds it.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # processes share the cores: threads of numpy would only wait
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # an edit takes a tenth longer with large pages of memory
    with (
        build_lock(config.root, wait_seconds=wait_seconds),
        _open_cache(config, forget=with_search) if cached else nullcontext(Cache(None)) as cache,
        swap_in(config.site_dir, spare=spare or _spare(config)) as folder,
    ):
        progress("Reading the content")
        published = config.site_dir.is_dir()
        look = in_background(partial(begin_stage, folder, config.site_dir), is_worth_it=published)  # edge: disk
        try:
            load = partial(_load_later_stages, config)
            everything = read_and_check(config, today=today, cache=cache, meanwhile=load)  # edge: disk
            from kb_builder.articles.editions import for_audience
            from kb_builder.baseline import settle
            from kb_builder.index.remembered import written_sections
            from kb_builder.related import with_related
            from kb_builder.search_editions import load_search, published_search_files, search_files
            from kb_builder.site.draw import site_name
            from kb_builder.site.remembered import known_site, remember_site
            from kb_builder.site.render import begin_site

            stop_on_errors(everything.issues, strict=strict)
            content = for_audience(everything, config.audience, link_root=config.settings.content.link_root)
            lexers = partial(_load_lexers, content)
            content = with_related(content, language=config.language, known=cache, meanwhile=lexers)
            name = site_name(config)
            last = known_site(cache, name)
        finally:
            there = look()
        progress(f"Writing {len(content.articles)} articles as pages")
        stage = Stage(folder, published=config.site_dir, made=last.files, there=there)
        load_words = partial(load_search, content, config, is_known=bool(last.pages)) if with_search else lambda: None
        rendering = begin_site(  # edge: disk
            config,
            content,
            stage=stage,
            today=today,
            cache=cache,
            last=last,
            sections_of=written_sections if with_search else lambda html: b"",
            meanwhile=load_words,
        )
        with closing(rendering):
            progress("Compiling the search index" if with_search else "Keeping the old search index")
            if with_search:
                draw = rendering.draw
                files = search_files(content, rendering.pages, config, cache=cache, when_counted=draw)  # edge: Whoosh
                search_bytes = stage.write(files)  # edge: disk
            else:
                search_bytes = stage.take_over(published_search_files(content, config.site_dir))  # edge: disk
            rendered = rendering.finish()
        issues = sort_issues((*content.issues, *settle(rendered.issues, config).issues))
        stop_on_errors(issues, strict=strict)
        stage.sweep()
        if len(content.articles) < len(everything.articles):
            from kb_builder.leaks import leak_issues  # few sites withhold anything

            leaks = leak_issues(folder, everything, content, rendered.pages, config)  # edge: disk
            stop_on_errors(leaks, strict=strict)
        remember_site(cache, name, replace(rendered.known, files=stage.made))
        cache.keep(CHECKED_TEXTS)
    urls = frozenset(rendered.known.pages)
    return BuildResult(config.site_dir, content, search_bytes, issues, rendered.times, urls, cache.note)


def _load_later_stages(config: Config) -> Iterator[None]:
    """Load what the next stages of a build from nothing need, step by step: it takes its time. Edge: disk."""
    for stage in ("related", "search_editions", "site.draw", "site.body", "index.word_vectors", "site.pages_by_mkdocs"):
        import_module(f"kb_builder.{stage}")
        yield
    from kb_builder.articles.languages import primary_language
    from kb_builder.index.word_vectors import load_word_vectors
    from kb_builder.site.body import warm_up

    warm_up()
    yield
    load_word_vectors(primary_language(config.language))


def _load_lexers(content: Content) -> None:
    """Make what colours the code of texts; only large builds from nothing have so many."""
    from kb_builder.site.markdown import load_lexers
    from kb_builder.site.sources import sources_of

    load_lexers(source.markdown for source in sources_of(content).values())


def _open_cache(config: Config, *, forget: bool) -> AbstractContextManager[Cache]:
    return open_cache(config.root / ".kb" / "cache", writes=True, forget=forget)


def _spare(config: Config) -> Path | None:
    inside = config.site_dir.parent == config.root
    return config.root / ".kb" / "spare" / config.site_dir.name if inside else None


def read_and_check(
    config: Config, *, today: dt.date, cache: Cache | None = None, meanwhile: Callable[[], Iterable[None]] = tuple
) -> Content:
    """Read the content and run every rule of a build; levels are those of the settings, known problems are left out."""
    from kb_builder.baseline import settle

    content = read_and_find(config, today=today, cache=cache, meanwhile=meanwhile)
    return replace(content, issues=settle(content.issues, config).issues)  # edge: disk


def read_and_find(
    config: Config, *, today: dt.date, cache: Cache | None = None, meanwhile: Callable[[], Iterable[None]] = tuple
) -> Content:
    """Read the content folder and the word lists and run every rule of a build; all issues are in the result.

    Args:
        config: The help center.
        today: Decides which version of a policy is current.
        cache: What earlier builds read and found; texts that are the same are not looked through again.
        meanwhile: Done step by step by this process while others read, where there are so many files.
    """
    settings = config.settings.content
    content = read_content(
        config.content_dir,
        today=today,
        drafts=settings.drafts,
        max_page_bytes=settings.max_page_kilobytes * 1000,
        link_root=settings.link_root,
        folder=config.content_dir.relative_to(config.root).as_posix(),
        languages=settings.languages,
        known=cache,
        meanwhile=meanwhile,
    )
    from kb_builder.articles.review import with_overdue_weight
    from kb_builder.experiment import experiment_issues
    from kb_builder.index.feedback import read_feedback, with_feedback
    from kb_builder.outdated import with_outdated
    from kb_builder.search_editions import word_list_issues
    from kb_builder.site.brand import theme_issues

    content = check_content(content, today=today, link_root=settings.link_root, known=cache)
    content = with_outdated(content, config)  # edge: git
    feedback, wrong = read_feedback(config.search_dir, content, shown=config.settings.search.folder)  # edge: disk
    content = with_feedback(content, feedback)
    content = with_overdue_weight(content, config.settings.search.overdue_weight, today=today)
    found = word_list_issues(content, config, today=today)
    look = theme_issues(config.settings.theme, content, file=config.path.name)
    trial = experiment_issues(config.settings, file=config.path.name, today=today)
    return replace(content, issues=sort_issues((*content.issues, *wrong, *found, *look, *trial)))


def stop_on_errors(issues: Sequence[Issue], *, strict: bool) -> None:
    """Raise `ContentError` when these issues must not be published."""
    if has_errors(issues, strict=strict):
        raise ContentError(issues)
