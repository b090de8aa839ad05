"""Search in each language of a help center: what it is made from, the files it becomes, and how its judgments fare.

Each language has an index of its own beside its results page (``search/``, ``de/search/``) and, for the words that
editors decide on, a folder of its own (``search/``, ``search/de/``).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache as cache_once
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kb_builder.articles.editions import for_audience, in_language
from kb_builder.articles.languages import primary_language
from kb_builder.articles.model import Article, Audience, Content
from kb_builder.cache import Cache, digest
from kb_builder.config import Config
from kb_builder.files import SiteFile
from kb_builder.index.model import Document, Section
from kb_builder.index.remembered import (
    checksum,
    remembered_articles,
    remembered_files,
    remembered_sections,
)
from kb_builder.index.word_lists import PINS_FILE, SYNONYMS_FILE, WordLists, pin_issues, read_word_lists
from kb_builder.issues import Issue, KbError
from kb_builder.site.build import RenderedPage

if TYPE_CHECKING:
    from kb_builder.index.encoder_cache import CachedEncoder
    from kb_builder.index.judgments import Judgment, Outcome
    from kb_builder.index.rank_changes import Run
    from kb_builder.index.word_vectors import WordVectors

VECTORS_FILE = "vectors.npz"


@dataclass(frozen=True, slots=True)
class SearchEdition:
    """What the search of one language is made from.

    Attributes:
        language: Of the language tag, without script and region.
        home_url: Of the language's home page; addresses in the index are relative to it.
        folder: Where its synonyms, pins and judgments are; it need not exist.
        shown: What paths in issues start with.
        content: What the language shows.
    """

    language: str
    home_url: str
    folder: Path
    shown: str
    content: Content

    def word_lists(self) -> tuple[WordLists, tuple[Issue, ...]]:
        """Read synonyms and pins. Edge: disk."""
        return read_word_lists(self.folder, shown=self.shown, language=self.language)

    def judgments(self) -> tuple[tuple[Judgment, ...], tuple[Issue, ...]]:
        """Read the judged queries. Edge: disk."""
        from kb_builder.index.judgments import read_judgments

        return read_judgments(self.folder, self.content, shown=self.shown, language=self.language)

    @property
    def vectors_file(self) -> Path:
        """The word vectors that the site brings itself; it need not exist."""
        return self.folder / VECTORS_FILE

    def load_vectors(self, language: str) -> WordVectors | None:
        """Return the word vectors of the search folder, else those that the package has. Edge: disk."""
        from kb_builder.index.word_vectors import load_word_vectors, read_word_vectors

        return read_word_vectors(self.vectors_file) if self.vectors_file.is_file() else load_word_vectors(language)

    def url(self, article: Article) -> str:
        """Return the address of an article as the index has it."""
        return article.url.removeprefix(self.home_url)


@dataclass(frozen=True, slots=True)
class Judged:
    """How the judgments of one language fare.

    Attributes:
        outcomes: In the order of its file.
        issues: Judgments that fail, and synonyms that do nothing.
        files: The search files of those who may read most, by name.
        urls: Address in these files by content path, of every article that they hold.
    """

    language: str
    outcomes: tuple[Outcome, ...]
    issues: tuple[Issue, ...]
    run: Run
    files: Mapping[str, bytes]
    urls: Mapping[str, str]


def search_editions(content: Content, config: Config) -> tuple[SearchEdition, ...]:
    """Return what the search of each language is made from, the main one first."""
    shown = config.settings.search.folder
    return tuple(
        SearchEdition(
            language=primary_language(language or config.language),
            home_url=f"{language}/" if language else "",
            folder=config.search_dir / language,
            shown=f"{shown}/{language}".rstrip("/"),
            content=in_language(content, language),
        )
        for language in ("", *content.languages)
    )


def word_list_issues(content: Content, config: Config, *, today: dt.date) -> Iterator[Issue]:
    """Yield what is wrong with the synonyms and pins of every language. Edge: disk."""
    for edition in search_editions(content, config):
        lists, found = edition.word_lists()
        yield from found
        yield from pin_issues(lists.pins, edition.content, f"{edition.shown}/{PINS_FILE}", today=today)


def search_files(
    content: Content,
    pages: Sequence[RenderedPage],
    config: Config,
    *,
    cache: Cache | None = None,
    when_counted: Callable[[], None] = lambda: None,
) -> tuple[SiteFile, ...]:
    """Compile the search files of the rendered pages, with what editors decided. Edge: reads the search folder.

    Args:
        cache: What earlier builds made.
        when_counted: Called when the words of a language are counted, which takes every core.
    """
    editions, cache = search_editions(content, config), cache or Cache(None)
    with _opened_encoder(config, editions) as encoder:
        return tuple(
            replace(file, path=f"{edition.home_url}{file.path}") if edition.home_url else file
            for edition in editions
            for file in _compile(edition, search_documents(edition, pages, cache), encoder, cache, when_counted)
        )


def load_search(content: Content, config: Config, *, is_known: bool) -> None:
    """Load the code and the word vectors that `search_files` works with, which takes its time. Edge: disk.

    Args:
        is_known: An earlier build has counted most of the same; Whoosh will hardly be needed.
    """
    import_module("kb_builder.index.compile")
    if not is_known:
        import_module("kb_builder.index.whoosh_store")
    for edition in search_editions(content, config):
        edition.load_vectors(edition.language)


def published_search_files(content: Content, site_dir: Path) -> tuple[str, ...]:
    """Return the paths of the search files that a built site has, in each language. Edge: disk."""
    folders = [f"{language}/search".lstrip("/") for language in ("", *content.languages)]
    found = (
        f"{os.path.relpath(inside, site_dir)}/{name}"
        for folder in folders
        for inside, _, names in os.walk(site_dir / folder)
        for name in names
        if name.endswith(".json")
    )
    return tuple(sorted(path.replace(os.sep, "/") for path in found))


def search_documents(edition: SearchEdition, pages: Iterable[RenderedPage], cache: Cache) -> dict[str, Document]:
    """Make what the index takes in, by content path; what writers excluded is left out."""
    articles = edition.content.articles
    found = [
        (article, page)
        for page in pages
        if (article := articles.get(page.path)) and not article.search_exclude and not page.no_index
    ]
    texts = {page.path: (page.checksum, page.sections, page.load_html) for _, page in found}
    sections = remembered_sections(texts, cache)
    return {page.path: _document(article, sections[page.path], edition) for article, page in found}


def judge_search(
    content: Content, pages: Sequence[RenderedPage], config: Config, *, cache: Cache | None = None
) -> tuple[Judged, ...]:
    """Run the judgments of every language, each query on the site of those who may read its article.

    That is the public site; for an article that this one withholds, the site of agents.

    Args:
        content: All of it.
        pages: Those of all of it.
        cache: What earlier builds made.
    """
    editions, cache = search_editions(content, config), cache or Cache(None)
    with _opened_encoder(config, editions) as encoder:
        return tuple(_judge(edition, pages, encoder, cache) for edition in editions)


@contextmanager
def _opened_encoder(config: Config, editions: Iterable[SearchEdition]) -> Iterator[CachedEncoder | None]:
    """Open the encoder of the settings, if there is one; drop what it made long ago. Edge: disk."""
    name, editions = config.settings.search.encoder, tuple(editions)
    if not name:
        yield None
        return
    if not any(edition.load_vectors(edition.language) for edition in editions):
        raise KbError(
            f"search.encoder: no word vectors to start from for {', '.join(edition.language for edition in editions)}",
            hint="Leave search.encoder out, or make them: docs/how-to/tune-search.md, Meaning.",
        )
    from kb_builder.index.encoder_cache import open_encoder

    encoder = open_encoder(name, root=config.root, cache=config.root / ".kb" / "encoded")
    yield encoder
    encoder.tidy()


def _judge(
    edition: SearchEdition, pages: Sequence[RenderedPage], encoder: CachedEncoder | None, cache: Cache
) -> Judged:
    from kb_builder.index.idle_synonyms import idle_synonym_issues
    from kb_builder.index.judgments import JUDGMENTS_FILE, failure_issues, run_judgments
    from kb_builder.index.rank_changes import make_run
    from kb_builder.index.reader import SearchIndex

    judgments, _ = edition.judgments()
    lists, _ = edition.word_lists()
    everything = edition.content
    public = for_audience(everything, None)
    withholds = len(public.articles) < len(everything.articles)
    outcomes: dict[Judgment, Outcome] = {}
    for audience, shown in ((None, public), (Audience.AGENT, everything)) if withholds else ((None, public),):
        documents = search_documents(replace(edition, content=shown), pages, cache)
        compiled = _compile(replace(edition, content=shown), documents, encoder, cache)
        files = {file.path.removeprefix("search/"): file.data for file in compiled}
        index = SearchIndex(files.__getitem__)
        mine = [j for j in judgments if (j.article in public.articles) == (audience is None) or not withholds]
        urls = {path: edition.url(article) for path, article in shown.articles.items()}
        outcomes |= {outcome.judgment: outcome for outcome in run_judgments(index, mine, urls)}
    in_order = tuple(outcomes[judgment] for judgment in judgments)
    failures = failure_issues(in_order, f"{edition.shown}/{JUDGMENTS_FILE}")
    idle = idle_synonym_issues(index, lists.synonyms, f"{edition.shown}/{SYNONYMS_FILE}")
    run = make_run(in_order, documents, lists)  # those of the last index, which holds everything
    urls = {path: document.url for path, document in documents.items()}
    return Judged(edition.language, in_order, (*failures, *idle), run, files, urls)


def _compile(
    edition: SearchEdition,
    documents: Mapping[str, Document],
    encoder: CachedEncoder | None,
    cache: Cache,
    when_counted: Callable[[], None] = lambda: None,
) -> tuple[SiteFile, ...]:
    from kb_builder.index.compile import compile_search
    from kb_builder.index.fields import in_order
    from kb_builder.index.remembered_counts import remembered_counting
    from kb_builder.index.remembered_dictionary import RememberedDictionary
    from kb_builder.index.remembered_meanings import RememberedMeanings

    lists, _ = edition.word_lists()
    articles = edition.content.articles
    pins = {pin.query: edition.url(articles[pin.article]) for pin in lists.pins if pin.article in articles}

    taught_by = encoder.digest if encoder else ""
    own_vectors = sha256(edition.vectors_file.read_bytes()).hexdigest() if edition.vectors_file.is_file() else ""
    made_by = (edition.language, taught_by, own_vectors, repr(lists.synonyms))
    checksums = {document.url: checksum(document) for document in documents.values()}
    counting = remembered_counting(
        f"counts {edition.home_url}", digest(*made_by), cache, checksum=lambda document: checksums[document.url]
    )

    write_articles = remembered_articles(
        f"cards {edition.home_url}", cache, checksum=lambda document: checksums[document.url]
    )
    memory = RememberedMeanings(f"meanings {edition.home_url}", digest(edition.language, own_vectors), cache)
    dictionary = RememberedDictionary(f"dictionary {edition.home_url}", digest(*made_by, repr(pins), *documents), cache)

    def compiled() -> tuple[SiteFile, ...]:
        return compile_search(
            documents.values(),
            language=edition.language,
            synonyms=lists.synonyms,
            pins=pins,
            load_vectors=edition.load_vectors,
            encode=encoder.encode if encoder else None,
            count=counting,
            when_counted=when_counted,
            write_articles=write_articles,
            memory=memory,
            dictionary_memory=dictionary,
        )

    @cache_once
    def texts() -> Mapping[str, SiteFile]:
        written = write_articles(in_order(documents.values()), language=edition.language)
        return {file.path: file for file in written.files}

    made_of = (*made_by, repr(pins), *checksums.values())
    return remembered_files(
        f"search {edition.home_url}", digest(*made_of), compiled, cache, load=lambda path: texts()[path].data
    )


def _document(article: Article, sections: Sequence[Section], edition: SearchEdition) -> Document:
    """Make what the index takes in from an article and the sections of its page."""
    if article.video:
        spoken = enumerate(article.video.spoken)
        sections = (*sections, *(Section(one.anchor, "" if i else article.video.title, one.text) for i, one in spoken))
    category = edition.content.categories.get(article.category)
    return Document(
        url=edition.url(article),
        title=article.title,
        summary=article.summary,
        sections=sections,
        questions=article.questions,
        tags=article.tags,
        kind="community" if article.community else article.kind.value,
        category=category.title if category else "",
        category_url=category.url.removeprefix(edition.home_url) if category else "",
        audience=tuple(article.audience),
        boost=article.search_boost,
    )


def merged_run(judged: Iterable[Judged]) -> Run:
    """Return one run of the runs of all languages, to be kept for the next check."""
    from kb_builder.index.rank_changes import Run

    merged = Run()
    for run in (of_language.run for of_language in judged):
        merged = Run(
            ranks=_merged_ranks(merged.ranks, run.ranks),
            articles=merged.articles | run.articles,
            synonyms=merged.synonyms | run.synonyms,
            pins=merged.pins | run.pins,
        )
    return merged


def _merged_ranks(
    one: Mapping[str, Mapping[str, int | None]], other: Mapping[str, Mapping[str, int | None]]
) -> dict[str, dict[str, int | None]]:
    return {query: {**one.get(query, {}), **other.get(query, {})} for query in (*one, *other)}
