"""What templates are given: plain values, ready to print. No logic is left for a template but loops and conditions.

A template sees one variable, ``kb``, a `PageView`. Every URL in it is relative to the site's root (``faq/orders/``) and
goes through MkDocs' ``url`` filter; ``href`` values are ready as they are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from kb_builder.articles.model import Article, Channel, ContactForm
from kb_builder.articles.redline import RedlineBlock
from kb_builder.issues import Issue

MARKDOWN_PAGE = "index.md"  # beside the index.html of a page


@dataclass(frozen=True, slots=True)
class TextLanguage:
    """The language of a text that is not translated: its tag, its direction, and its name in the page's language."""

    tag: str
    direction: str
    name: str


@dataclass(frozen=True, slots=True)
class Behind:
    """A translation that does not have what its original says now: since when, if that is known, and the original."""

    changed: dt.date | None
    original_url: str
    language: TextLanguage


@dataclass(frozen=True, slots=True)
class Link:
    """A title that leads somewhere. ``current`` marks the page itself or, in the top level, its category.

    ``language`` is that of its words where it is not the page's own; ``audience`` is ``b2c`` or ``b2b`` where it leads
    to what is for one of them alone.
    """

    title: str
    url: str
    summary: str = ""
    current: bool = False
    language: TextLanguage | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A category as the home page and its parent show it."""

    title: str
    url: str
    summary: str
    icon_svg: str  # the icon's inline SVG from the icon set, or empty
    article_count: int
    language: TextLanguage | None = None
    audience: str = ""  # b2c or b2b, when all in it is for one of them alone


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of "on this page"."""

    title: str
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a page.

    Attributes:
        html: Empty when it could not be rendered; ``issues`` then holds the error.
        headings: Second and third level, in the order of the page.
        image_origins: Other hosts it loads images from.
        links: See `links.LinkedHtml`.
        markdown: The same text for programs; see `markdown_text.markdown_text`.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    image_origins: frozenset[str] = frozenset()
    issues: tuple[Issue, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    markdown: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """An announcement that is on today: from and until when, as instants in UTC, and where it leads."""

    id: str
    title: str
    href: str  # relative to the site's root, or https
    severity: str
    starts: str
    ends: str  # empty: open
    language: TextLanguage | None = None


@dataclass(frozen=True, slots=True)
class VersionLink:
    """One version of a policy, newest first in lists. ``state`` is ``current``, ``superseded`` or ``upcoming``."""

    version: str
    url: str
    effective: dt.date
    state: str
    shown: bool = False  # it is the page being read
    until: dt.date | None = None  # first day it applies no more
    compare_url: str = ""  # what is different between it and the page being read


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two versions of a policy. ``too_long`` means that they are not compared."""

    old: VersionLink
    new: VersionLink
    blocks: tuple[RedlineBlock, ...]
    too_long: bool
    changed_count: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A canned reply that an article makes, for agents to paste.

    Attributes:
        id: The article's address on the site; stays when the words change.
        text: The whole answer as plain text, paragraphs parted by an empty line, the page's address last.
        short: Its first paragraph, and the address.
        url: Where the customer reads it; empty when the site's address is not known.
        audience: Which customers it is for; none: all.
    """

    id: str
    title: str
    text: str
    short: str
    url: str
    language: str
    kind: str
    category: str
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoteForm:
    """The form that asks whether an article helped.

    Attributes:
        action: Where it is posted; empty: only scripts tell, as events.
        thanks: Absolute address of the page to go to afterwards; empty when the site's is not known.
        orders: Order numbers to hide in a comment, as an expression.
        by_event: Scripts tell of a vote as an event, and do not post it.
    """

    action: str
    thanks: str
    orders: str
    by_event: bool


@dataclass(frozen=True, slots=True)
class Translation:
    """A language of the site, and where it has this page; its home page when it has not.

    ``address`` is the page's absolute address, for search engines: empty without one, or when the page is another.
    """

    language: str
    direction: str
    name: str
    url: str
    address: str
    current: bool
    home_url: str  # of the language; empty for the main one


@dataclass(frozen=True, slots=True)
class SiteView:
    """The same on every page of a language."""

    name: str
    language: str
    direction: str  # ltr or rtl
    top_level: tuple[Link, ...]
    banners: tuple[Banner, ...]
    channels: tuple[Channel, ...]
    contact_url: str
    search_url: str  # the results page, ``search/``
    client_url: str  # folder of the browser code, content-hashed
    style_urls: tuple[str, ...]
    content_security_policy: str
    labels: dict[str, str]  # every word of the theme itself, by key
    url: str = ""  # where the site is published; may be unknown
    logo: str = ""
    logo_dark: str = ""
    logo_has_name: bool = False
    icon: str = ""  # of the browser's tab
    font_url: str = ""
    is_public: bool = True  # not the site of one audience
    audiences: tuple[tuple[str, str], ...] = ()  # b2c and b2b with their home pages, where the content tells them apart
    thanks_url: str = ""  # where a vote without script leads; empty where none is taken
    home_url: str = ""  # of this language; empty for the main one
    main_language: TextLanguage | None = None  # in a further language: that of what is not translated
    holidays: tuple[dt.date, ...] = ()  # days on which channels with hours are closed
    has_assistant: bool = False
    experiment: str = ""  # what search/client/interleaving.js compares, as JSON


@dataclass(frozen=True, slots=True)
class PageView:
    """One page. ``template`` says which fields are filled.

    Attributes:
        template: ``home``, ``category``, ``article``, ``comparison``, ``search``, ``contact``, ``thanks`` or
            ``not_found``.
        title: Plain text.
        lead: An article's summary, unless its text begins with the same words.
        sidebar: Articles of this page's own category only.
        cards: Categories (home: the first nine; category page: its subcategories).
        more: Home only: the categories that did not get a card.
        articles: Category page: its articles. Home: popular questions.
        canonical: URL of the page that search engines should list in place of this one; empty when it is this one.
        structured_data: JSON-LD, ready to stand in a script element.
        feed_url: A feed of what happens to this page; may be empty.
        json_feed_url: The same as JSON Feed; may be empty.
        audience: Of a home page for one audience of the public site, ``b2c`` or ``b2b``.
        reply: On articles of the site of agents that customers may read.
        vote_form: On articles, where votes can be told.
        events: Settings of the browser's events as JSON; empty when none are asked for.
        holdout: Share of visits, 0 to 1, whose contact form suggests nothing.
        translations: Every language of the site, the main one first; none when there is one only.
        behind: Set for a translation whose original has changed since.
        text_language: Of title, summary and text, where they are not translated.
    """

    site: SiteView
    template: str
    title: str
    url: str
    summary: str = ""
    lead: str = ""
    breadcrumbs: tuple[Link, ...] = ()
    sidebar: tuple[Link, ...] = ()
    sidebar_title: str = ""
    headings: tuple[Heading, ...] = ()
    cards: tuple[Card, ...] = ()
    more: tuple[Link, ...] = ()
    articles: tuple[Link, ...] = ()
    article: Article | None = None
    related: tuple[Link, ...] = ()
    versions: tuple[VersionLink, ...] = ()
    policy_state: str = ""
    comparison: Comparison | None = None
    contact_form: ContactForm | None = None
    canonical: str = ""
    structured_data: str = ""
    feed_url: str = ""
    json_feed_url: str = ""
    events: str = ""
    vote_form: VoteForm | None = None
    reply: Reply | None = None
    audience: str = ""
    holdout: float = 0
    no_index: bool = False
    translations: tuple[Translation, ...] = ()
    text_language: TextLanguage | None = None
    behind: Behind | None = None
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def has_markdown(self) -> bool:
        """Whether the page is published as Markdown too, at the same address; tools and comparisons are not."""
        return self.template in ("home", "category", "article", "contact")
