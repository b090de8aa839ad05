"""What rules may look at, and the text of articles as they see it, worked out once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kb_builder.articles.links import LinkTargets, Resolved, link_targets, resolve_link
from kb_builder.articles.model import Article, Content, Notes
from kb_builder.articles.plain import plain_text
from kb_builder.articles.policies import VersionState, policy_versions
from kb_builder.articles.source import SourceLink, mask_code, masked_links
from kb_builder.cache import digest
from kb_builder.lint.facts import Facts
from kb_builder.lint.published import Published
from kb_builder.lint.samples import take_samples
from kb_builder.lint.settings import ChecksSettings
from kb_builder.lint.terms import Term

_NOT_PROSE = re.compile(r"^\s*(?:\||#{1,6}\s|\[[^\]]+\]:|!\[[^\]]*\]\([^)]*\)\s*$|:::|[-=*_]{3,}\s*$)")
_LINK_ALONE = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?\[[^\[\]]*\]\([^()]*\)[.,;]?\s*$")
_MARKUP = re.compile(r"[\\`*_\[\]<>&{}~]")
_ITEM = re.compile(r"^[\s>]*(?:[-*+]|\d+[.)])\s")
_MARKER = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[![A-Z]+\]\s*)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text without its markup; ``number`` is that of the file."""

    number: int
    text: str


@dataclass
class Reading:
    """An article's Markdown, read once for all rules: links, and running text without code, tables and headings.

    Attributes:
        facts: What an earlier check found in the same text.
    """

    article: Article
    notes: Notes | None = None
    facts: Facts | None = None

    @cached_property
    def key(self) -> str:
        """Stands for all that rules for single texts look at; empty when it is not known whether that is the same."""
        article = self.article
        return digest(self.notes.checksum, article.kind, article.title, article.summary) if self.notes else ""

    @cached_property
    def links(self) -> tuple[SourceLink, ...]:
        """Links and images with the line of the file on which they stand."""
        return tuple(
            SourceLink(link.href, self.article.body_line + link.line - 1, link.is_image, link.text)
            for link in (self.notes.links if self.notes else masked_links(self.masked))
        )

    @cached_property
    def masked(self) -> str:
        """The body with code blanked."""
        return mask_code(self.article.body)

    @cached_property
    def prose(self) -> tuple[Line, ...]:
        """Running text by line; an empty line stands before each paragraph and each item of a list."""
        return tuple(self._prose_lines())

    @cached_property
    def sentences(self) -> tuple[Line, ...]:
        """The same without lines that are a link and nothing else: the title of another page is no sentence of this."""
        lines = self.masked.split("\n")
        return tuple(
            Line(line.number, "") if _LINK_ALONE.match(lines[line.number - self.article.body_line]) else line
            for line in self.prose
        )

    @cached_property
    def samples(self) -> tuple[int, ...]:
        """See `samples.take_samples`."""
        return self.facts.samples if self.facts else take_samples(" ".join(line.text for line in self.prose))

    def _prose_lines(self) -> Iterator[Line]:
        for number, line in enumerate(self.masked.split("\n"), start=self.article.body_line):
            if _ITEM.match(line):
                yield Line(number, "")
            yield Line(number, "" if _NOT_PROSE.match(line) else _plain(_MARKER.sub("", line)))


def _plain(line: str) -> str:
    """Take the markup out of a line; most have none, and looking for it costs more than that is worth."""
    return plain_text(line) if _MARKUP.search(line) else " ".join(line.split())


@dataclass(frozen=True)
class TextSettings:
    """All that rules for single texts may depend on besides the text; see `LintInput`."""

    language: str
    limits: ChecksSettings
    terms: tuple[Term, ...]

    @cached_property
    def key(self) -> str:
        """Stands for all of it, in every process."""
        terms = [(term.say, term.pattern.pattern, sorted(term.allowed), sorted(term.kinds)) for term in self.terms]
        return digest(self.language, self.limits.model_dump_json(), repr(terms))


@dataclass(frozen=True)
class LintInput:
    """What rules may depend on.

    Attributes:
        content: Read and checked.
        today: The day to judge dates by.
        language: ISO 639 code of the content.
        link_root: Prefix under which articles link to each other.
        published: What was published before; None where nobody keeps that list.
        terms: Words to use, and not to use.
        asset_bytes: Size of each asset, by content path.
        changed: Articles that the branch to be checked has changed, by content path; none where that is not asked.
        known: What an earlier check with the same settings found in texts, by content path.
    """

    content: Content
    today: dt.date
    language: str = "en"
    link_root: str = ""
    limits: ChecksSettings = field(default_factory=ChecksSettings)
    published: Published | None = None
    terms: tuple[Term, ...] = ()
    asset_bytes: Mapping[str, int] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    known: Mapping[str, Facts] = field(default_factory=dict)

    def articles(self) -> Iterator[Reading]:
        """Yield every published article."""
        yield from self._readings.values()

    def reading(self, path: str) -> Reading:
        """Return one published article."""
        return self._readings[path]

    def at(self, path: str) -> str:
        """Return what an issue on a content path says: the path from the help center's folder."""
        return f"{self.content.folder}/{path}"

    def told_first(self, one: str, other: str) -> tuple[str, str]:
        """Order two articles that share a problem, which is told once: at the one that is being changed."""
        first, second = sorted((one, other), key=lambda path: (path not in self.changed, path))
        return first, second

    def resolve(self, link: SourceLink, path: str) -> Resolved:
        """Say where a link of an article leads."""
        return resolve_link(link.href, from_path=path, content=self._targets, link_root=self.link_root)

    @cached_property
    def text_settings(self) -> TextSettings:
        """What rules for single texts may depend on."""
        return TextSettings(self.language, self.limits, self.terms)

    @cached_property
    def versions(self) -> dict[str, tuple[VersionState, ...]]:
        """All versions of a policy, newest first, by the path of each."""
        return policy_versions(self.content.articles, self.today)

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        notes = self.content.notes
        return {path: self._reading(article, notes.get(path)) for path, article in self.content.articles.items()}

    def _reading(self, article: Article, notes: Notes | None) -> Reading:
        facts = self.known.get(article.path)
        reading = Reading(article, notes)
        return Reading(article, notes, facts) if facts and facts.text and facts.text == reading.key else reading

    @cached_property
    def _targets(self) -> LinkTargets:
        return link_targets(self.content)
