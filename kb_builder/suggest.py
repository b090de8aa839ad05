"""From a search log to a diff that editors can accept, and a replay that says what it closes and what it breaks.

The changed help center is built beside the real one; nothing of the real one is touched.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb_builder.analytics.duck import open_engine
from kb_builder.analytics.figures import Period, last_day
from kb_builder.analytics.gaps import by_text, find_gaps
from kb_builder.analytics.privacy import may_show
from kb_builder.analytics.proposals import (
    Clicks,
    Note,
    Proposal,
    Question,
    Stub,
    Synonym,
    expected_pages,
    feedback_of_clicks,
    pages_read_next,
    propose,
)
from kb_builder.analytics.statements import derive, metric, narrow
from kb_builder.analytics.store import events_files, refresh
from kb_builder.articles.model import Content, Kind
from kb_builder.articles.new import new_article
from kb_builder.config import Config, load_config
from kb_builder.index.feedback import FEEDBACK_FILE, LARGEST_BOOST
from kb_builder.index.judgments import run_judgments
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex, open_search
from kb_builder.index.word_lists import PINS_FILE, SYNONYMS_FILE
from kb_builder.issues import KbError
from kb_builder.pipeline import build, read_and_check
from kb_builder.search_editions import SearchEdition, search_editions

Progress = Callable[[str], None]
NEAR = 3
"""A page is found when it is among this many hits."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What the changed index does with what customers searched.

    Attributes:
        closed: Texts whose page is now among the first hits and was not.
        lost: Texts whose page was among the first hits and no longer is.
        broken: Judged queries that pass now and would not.
        replayed: How many logged texts were tried.
    """

    closed: tuple[str, ...]
    lost: tuple[str, ...]
    broken: tuple[str, ...]
    replayed: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What editors get: proposals with their evidence, the diff, and what it would do."""

    proposals: tuple[Proposal, ...]
    diff: str
    replay: Replay | None


@dataclass(frozen=True, slots=True)
class _Language:
    """What the log says of one language: proposals, and the page that each text is to find."""

    edition: SearchEdition
    proposals: tuple[Proposal, ...]
    expected: dict[str, str]

    @property
    def tag(self) -> str:
        """Return the tag of a further language; empty for the main one."""
        return self.edition.home_url.rstrip("/")


@dataclass(frozen=True, slots=True)
class _Evidence:
    languages: tuple[_Language, ...]
    clicks: tuple[Clicks, ...]
    read_next: Mapping[str, tuple[str, ...]]

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Return those of every language, the main one first."""
        return tuple(proposal for language in self.languages for proposal in language.proposals)


def suggest(
    config: Config, *, today: dt.date, days: int, gap_minutes: int = 30, progress: Progress = lambda stage: None
) -> Suggestions:
    """Propose changes to content and search from the log, and try them. Edge: disk.

    Args:
        config: The help center; its analytics folder holds the log.
        today: For the build, and for the review dates of stubs.
        days: How much of the log counts, up to its last day.
        gap_minutes: A longer pause begins a new visit.

    Raises:
        KbError: There are no events yet, or the help center does not build.
    """
    progress("Counting")
    content = read_and_check(config, today=today)
    evidence = _gather(config, search_editions(content, config), days=days, gap_minutes=gap_minutes)
    edits = _edits(evidence, config, content, today=today)
    if not edits:
        return Suggestions(evidence.proposals, "", None)
    with tempfile.TemporaryDirectory(prefix="kb-suggest-") as folder:
        progress("Building the help center as it is")
        copy = _copy(config, Path(folder))
        old = _tried(evidence, copy, _built(copy, today=today))
        progress("Building it with the changes")
        for path, text in edits.items():
            target = copy.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        new = _tried(evidence, copy, _built(copy, today=today))
    replay = Replay(
        closed=tuple(sorted(new[0] - old[0])),
        lost=tuple(sorted(old[0] - new[0])),
        broken=tuple(sorted(old[1] - new[1])),
        replayed=sum(len(language.expected) for language in evidence.languages),
    )
    return Suggestions(evidence.proposals, _diff(config.root, edits), replay)


def _gather(config: Config, editions: Sequence[SearchEdition], *, days: int, gap_minutes: int) -> _Evidence:
    folder = config.analytics_dir
    refresh(folder)
    with open_engine(events_files(folder), gap_minutes=gap_minutes) as engine:
        last = last_day(engine)
        if last is None:
            raise KbError("the log has no visits yet", hint="Import some events: kb ingest FILE")
        derive(engine)
        period = Period(last - dt.timedelta(days=days - 1), last)
        narrow(engine, period.first.isoformat(), period.last.isoformat())
        gaps = find_gaps(engine)
        outcomes = engine.rows(metric("query_outcomes").sql)
        rewrites = engine.rows(metric("reformulations").sql)
        clicked = engine.rows(metric("clicked_pages").sql)
        examined = engine.rows(metric("examined_results").sql)
        read_next = pages_read_next(engine.rows(metric("read_next").sql))
    shown = {(row["text"], row["locale"]): may_show(row) for row in by_text(outcomes)}
    languages = tuple(
        _Language(
            edition,
            propose(
                gaps, rewrites=rewrites, outcomes=outcomes, language=edition.language, is_main=not edition.home_url
            ),
            expected_pages(clicked, shown, edition.language, is_main=not edition.home_url),
        )
        for edition in editions
    )
    return _Evidence(languages, feedback_of_clicks(examined, largest_boost=LARGEST_BOOST), read_next)


def _edits(evidence: _Evidence, config: Config, content: Content, *, today: dt.date) -> dict[str, str]:
    """Return the new text of every file that the proposals change, by its path below the help center's folder."""
    paths = {article.url: path for path, article in content.articles.items()}
    edits: dict[str, str] = {}
    for language, proposal in ((each, proposal) for each in evidence.languages for proposal in each.proposals):
        lists = language.edition.shown
        if isinstance(proposal, Synonym):
            line = f"- {{from: {_quoted(proposal.typed)}, to: [{_quoted(proposal.found)}]}}"
            _append(edits, config.root, f"{lists}/{SYNONYMS_FILE}", line, proposal.evidence)
        elif isinstance(proposal, Question) and (path := paths.get(proposal.page)):
            if proposal.is_pin:
                line = f"- {{query: {_quoted(proposal.text)}, article: {_written(path)}}}"
                _append(edits, config.root, f"{lists}/{PINS_FILE}", line, proposal.evidence)
            else:
                _add_question(edits, config, path, proposal.text)
        elif isinstance(proposal, Stub):
            owner = _nearest_owner(language.edition.content, proposal)
            try:
                path, text = new_article(
                    Kind.FAQ, proposal.title, config.content_dir, today=today, owner=owner, language=language.tag
                )
            except KbError:
                continue  # it is there already: somebody is writing it
            edits[f"{content.folder}/{path}"] = _stub_text(text, proposal)
    if feedback := [*_feedback_lines(evidence, paths)]:
        edits[f"{config.settings.search.folder}/{FEEDBACK_FILE}"] = "\n".join((_FEEDBACK_HEAD, *feedback, ""))
    return {path: text for path, text in edits.items() if text != _read(config.root / path)}


def _append(edits: dict[str, str], root: Path, path: str, line: str, evidence: str) -> None:
    text = edits.get(path, _read(root / path))
    if line not in text:
        edits[path] = f"{text.rstrip()}\n# {evidence}\n{line}\n".lstrip("\n")


def _add_question(edits: dict[str, str], config: Config, path: str, text: str) -> None:
    name = f"{config.content_dir.relative_to(config.root).as_posix()}/{path}"
    old = edits.get(name, _read(config.root / name))
    if _quoted(text) not in old and f"- {text}\n" not in old:
        edits[name] = with_question(old, text)


def with_question(markdown: str, text: str) -> str:
    """Add a line to the ``questions:`` of an article's front matter, in the form in which it is written.

    Args:
        markdown: The whole file; one without front matter gets it.
    """
    lines = markdown.split("\n")
    if lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        return f"---\nquestions:\n  - {_quoted(text)}\n---\n{markdown}"
    end = next(number for number, line in enumerate(lines) if number and line.strip() == "---")
    at = next((number for number in range(1, end) if lines[number].startswith("questions:")), None)
    if at is None:
        lines[end:end] = ["questions:", f"  - {_quoted(text)}"]
    elif lines[at].rstrip().endswith("]"):
        head = lines[at].rstrip()[:-1]
        lines[at] = f"{head}{'' if head.endswith('[') else ', '}{_quoted(text)}]"
    else:
        last = at
        while last + 1 < end and lines[last + 1][:1] in (" ", "-", ""):
            last += 1
        indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())] if last > at else "  "
        lines.insert(last + 1, f"{indent}- {_quoted(text)}")
    return "\n".join(lines)


def _nearest_owner(content: Content, stub: Stub) -> str:
    """Return the team whose articles share most words with what customers typed."""
    words = {word for text in (stub.title, *stub.questions) for word in text.lower().split()}
    shares: dict[str, int] = {}
    for article in content.articles.values():
        if article.owner:
            known = set(" ".join((article.title, *article.questions, *article.tags)).lower().split())
            shares[article.owner] = shares.get(article.owner, 0) + len(words & known)
    best = max(sorted(shares), key=lambda owner: shares[owner], default="")
    return best if shares.get(best) else ""


def _stub_text(text: str, stub: Stub) -> str:
    for question in stub.questions:
        if question.casefold() != stub.title.casefold():
            text = with_question(text, question)
    head, _, body = text.partition("\n---\n")
    return f"{head}\n---\n\n> From the search log: {stub.evidence}.\n{body}"


_FEEDBACK_HEAD = (
    "# What readers' clicks say, proposed by kb suggest: popular questions, small boosts of at most "
    f"{LARGEST_BOOST}, and what people read next."
)


def _feedback_lines(evidence: _Evidence, paths: Mapping[str, str]) -> Iterator[str]:
    """Yield what the log says of each article, those with the most clicks first."""
    clicks = {clicks.page: clicks for clicks in evidence.clicks}
    for page in (*clicks, *sorted(evidence.read_next.keys() - clicks.keys())):
        own = clicks.get(page, Clicks(page, 0, 1.0))
        following = [_written(paths[other]) for other in evidence.read_next.get(page, ()) if other in paths]
        facts = [
            *([f"popular: {own.popular}"] if own.popular else []),
            *([f"boost: {own.boost}"] if own.boost > 1 else []),
            *([f"next: [{', '.join(following)}]"] if following else []),
        ]
        if page in paths and facts:
            yield f"- {{article: {', '.join((_written(paths[page]), *facts))}}}"


def _written(path: str) -> str:
    """Write a path as YAML, in quotes when it has more in it than most."""
    return path if re.fullmatch(r"[^\W\d_][\w./-]*", path) else _quoted(path)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _copy(config: Config, folder: Path) -> Config:
    """Copy what a build reads; its caches, its site and the log stay behind."""
    skipped = {config.site_dir.resolve(), config.analytics_dir.resolve(), (config.root / ".kb").resolve()}
    hidden = {".git", ".venv", "node_modules", "__pycache__"}

    def ignore(parent: str, names: list[str]) -> Iterable[str]:
        return [name for name in names if name in hidden or (Path(parent) / name).resolve() in skipped]

    target = folder / "help-center"
    shutil.copytree(config.root, target, ignore=ignore, symlinks=True)
    return replace(load_config(target / config.path.name, trust=config.trusted), trusted=config.trusted)


def _built(config: Config, *, today: dt.date) -> Path:
    return build(config, today=today).site_dir


def _tried(evidence: _Evidence, config: Config, site: Path) -> tuple[set[str], set[str]]:
    """Search a site in every language; return the texts that find their page, and the judged queries that pass."""
    found: set[str] = set()
    passing: set[str] = set()
    for language in evidence.languages:
        index = open_search(site / language.tag / "search")
        edition = replace(language.edition, folder=config.search_dir / language.tag)
        found |= _found(index, language)
        judgments, _ = edition.judgments()
        urls = {path: edition.url(article) for path, article in edition.content.articles.items()}
        passing |= {outcome.judgment.query for outcome in run_judgments(index, judgments, urls) if outcome.passes}
    return found, passing


def _found(index: SearchIndex, language: _Language) -> set[str]:
    """Return the texts whose page is among the first hits."""
    wanted = dict(language.expected)
    wanted |= {p.gap.name: p.gap.page for p in language.proposals if not isinstance(p, Note) and p.gap.page}
    home = language.edition.home_url
    return {
        text
        for text, page in wanted.items()
        if page in [f"{home}{hit.url}" for hit in search(index, text, limit=NEAR, excerpts=0).hits]
    }


def _diff(root: Path, edits: Mapping[str, str]) -> str:
    """Write the edits as a diff that ``git apply`` takes."""
    parts = []
    for path in sorted(edits):
        old, new = _read(root / path), edits[path]
        before = f"a/{path}" if old else "/dev/null"
        lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), before, f"b/{path}", n=3)
        text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        parts.append(text if old else f"diff --git a/{path} b/{path}\nnew file mode 100644\n{text}")
    return "".join(parts)
