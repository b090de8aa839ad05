"""The content model: what an article, a category and a contact channel are, once read and checked.

Everything is frozen. Paths are relative to the content folder, with forward slashes (``faq/orders/track.md``);
URLs are relative to the site's root, without a leading slash, and end in one (``faq/orders/track/``).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from enum import StrEnum

from kb_builder.articles.source import SourceLink
from kb_builder.issues import Issue


class Kind(StrEnum):
    """What an article is; decides which front matter it takes and how its page looks."""

    FAQ = "faq"
    GUIDE = "guide"
    POLICY = "policy"
    ANNOUNCEMENT = "announcement"


class Audience(StrEnum):
    """Who may read an article. An article without audiences is for everyone."""

    B2C = "b2c"
    B2B = "b2b"
    AGENT = "agent"


class Severity(StrEnum):
    """How loud an announcement is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A passage that is said in a video, and the second at which it begins."""

    second: int
    text: str

    @property
    def anchor(self) -> str:
        """Where a link to it leads on the page of the video; players understand it behind the address of the file."""
        return f"t={self.second}"


@dataclass(frozen=True, slots=True)
class Video:
    """A video in a guide: site-relative or https addresses; captions are WebVTT and their text is searchable.

    ``uploaded`` is the day it was first published.
    """

    src: str
    captions: str
    title: str
    poster: str = ""
    spoken: tuple[Spoken, ...] = ()
    uploaded: dt.date | None = None

    @property
    def captions_text(self) -> str:
        """All that is said."""
        return " ".join(passage.text for passage in self.spoken)


class ChangeKind(StrEnum):
    """What a new version of a policy did to a rule."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    CLARIFIED = "clarified"  # other words, same meaning


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One thing that is different from the version before; ``kind`` and whom it ``affects`` may be unsaid."""

    text: str
    kind: ChangeKind | None = None
    affects: str = ""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """The dated side of a policy. ``replaces`` is the content path of the version before, or empty."""

    version: str
    effective: dt.date
    notice_days: int = 0
    replaces: str = ""
    jurisdiction: str = ""
    changes: tuple[PolicyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncementPeriod:
    """When an announcement shows, where, and how loud; ``ends`` may be open.

    Attributes:
        queries: Searches it should meet.
        pages: Content paths of the articles and categories it is about; its banner shows on every page without any.
        link: https address that says more than its own page, or empty.
    """

    starts: dt.datetime
    ends: dt.datetime | None = None
    severity: Severity = Severity.INFO
    queries: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file, read and typed.

    Attributes:
        path: The file, relative to the content folder.
        url: Where its page is, relative to the site's root.
        language: Tag of the language whose folder it is in; empty for the main language.
        body: Markdown after the front matter, normalised to ``\\n`` line ends, without its leading ``# title``.
        body_line: Line of the file on which ``body`` starts (1 is the first).
        search_boost: Factor on its search score; 1 is neutral.
        related: Content paths named by the writer, in the writer's order.
        redirect_from: Old site-relative URLs that lead here, without a leading slash (``help/track/``).
        translated_from: Which wording of its original a translation follows (see `translations.fingerprint`), if known.
        untranslated: It stands in a further language for a translation that is missing; its text is in the main one.
        lines: Line of the file on which a front matter key stands; list items and nested keys have a dotted name
            (``related.0``, ``search.boost``). Only for messages.
    """

    path: str
    url: str
    kind: Kind
    title: str
    body: str
    body_line: int = 1
    language: str = ""
    summary: str = ""
    questions: tuple[str, ...] = ()
    category: str = ""
    tags: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ()
    owner: str = ""
    reviewed: dt.date | None = None
    review_by: dt.date | None = None
    translated_from: str = ""
    related: tuple[str, ...] = ()
    redirect_from: tuple[str, ...] = ()
    video: Video | None = None
    draft: bool = False
    untranslated: bool = False
    popular: int = 0  # rank among the home page's popular questions, 1 first; 0 is none
    search_boost: float = 1.0
    search_exclude: bool = False
    policy: PolicyVersion | None = None
    announcement: AnnouncementPeriod | None = None
    community: str = ""  # https address of the thread it is taken from, when customers answered and not the shop
    lines: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Category:
    """A folder that customers browse. Its front matter is that of the folder's ``index.md``, if there is one.

    Attributes:
        path: Folder relative to the content folder (``faq/orders``).
        parent: Path of the category above it, or empty for the top level. A folder with neither articles nor an
            ``index.md`` is a shelf, not a category: its subfolders take its place.
        icon: Name of a Material icon (``material/truck-outline``).
        order: Small comes first; ties go by title.
        body: Markdown of ``index.md``; may be empty.
        articles: Paths of the articles directly in it, in the order they are shown.
        untranslated: As for articles.
    """

    path: str
    url: str
    title: str
    summary: str = ""
    icon: str = ""
    order: int = 1000
    parent: str = ""
    body: str = ""
    body_line: int = 1
    articles: tuple[str, ...] = ()
    untranslated: bool = False


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open from ``opens`` to ``closes`` (``HH:MM``, the channel's time zone) on ``days`` (0 is Monday)."""

    days: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person: chat, mail, phone, social, sms or callback."""

    id: str
    kind: str
    title: str
    summary: str
    href: str
    action: str  # what the button says
    hours: tuple[OpeningHours, ...] = ()  # empty: always open
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ()
    target_minutes: int = 0  # promised first response; 0 is not promised
    audience: tuple[Audience, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactForm:
    """The form that asks people. ``action``: a ``mailto:`` address, or an https address that takes a POST."""

    action: str
    topics: tuple[str, ...] = ()

    @property
    def by_mail(self) -> bool:
        """Whether the reader's own mail program sends it."""
        return self.action.startswith("mailto:")


@dataclass(frozen=True, slots=True)
class Contact:
    """What ``contact.yml`` says. On ``holidays`` channels with hours are closed."""

    title: str = "Contact us"
    summary: str = ""
    channels: tuple[Channel, ...] = ()
    holidays: tuple[dt.date, ...] = ()
    form: ContactForm | None = None


@dataclass(frozen=True, slots=True)
class Outdated:
    """A translation whose original has other words now; since when, as far as the history of the files tells.

    Attributes:
        original: Content path.
        changed: Day of the first change that the translation does not have.
        commit: The last one that it follows.
    """

    original: str
    changed: dt.date | None = None
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What rules want to know of one text, taken down when it was read: it need not be looked through again.

    Attributes:
        written_links: See `source.source_links`; as JSON, since few ask for those of many texts.
        anchors: See `source.source_anchors`.
        issues: What the rules for single texts found; none of a category's text.
        checksum: Of the bytes of the file.
        rest: Key of all that an article's file says but its title, summary, questions and text.
    """

    written_links: str = "[]"
    anchors: frozenset[str] = frozenset()
    issues: tuple[Issue, ...] = ()
    checksum: str = ""
    rest: str = ""

    @property
    def links(self) -> tuple[SourceLink, ...]:
        """The links and images of the text, read now."""
        return tuple(SourceLink(*row) for row in json.loads(self.written_links))


@dataclass(frozen=True, slots=True)
class Content:
    """All there is to publish, and everything that is wrong with it.

    Attributes:
        articles: By path. Drafts are left out unless asked for.
        categories: By path.
        home: The front page's own text (``index.md`` of the content folder), as a category with an empty path.
        assets: Content paths of files to copy (images, captions, downloads).
        redirects: Old site-relative URL to new one.
        drafts: Articles left out because they are drafts, by path; for checks only, never published.
        folder: Name of the content folder; the paths of issues start with it.
        languages: Tags of the further languages, each the name of a folder.
        contacts: What the ``contact.yml`` of a further language says, by tag.
        outdated: Translations behind their original, by path.
        notes: Of texts by the path of their file, as far as they were taken.
    """

    articles: dict[str, Article]
    categories: dict[str, Category]
    home: Category
    contact: Contact = field(default_factory=Contact)
    assets: tuple[str, ...] = ()
    redirects: dict[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    drafts: dict[str, Article] = field(default_factory=dict)
    folder: str = "content"
    languages: tuple[str, ...] = ()
    contacts: dict[str, Contact] = field(default_factory=dict)
    outdated: dict[str, Outdated] = field(default_factory=dict)
    notes: dict[str, Notes] = field(default_factory=dict, compare=False, repr=False)
