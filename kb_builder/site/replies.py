"""Articles in, canned replies for agents out: plain text to paste, made of the same answers that customers read.

Only the site of agents has them, and only of articles that a customer may read: nothing internal is ever in one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from html.parser import HTMLParser

from kb_builder.articles.editions import may_read
from kb_builder.articles.model import Audience, Kind
from kb_builder.files import OutputFile
from kb_builder.site.published import absolute
from kb_builder.site.views import PageView, Reply

REPLIES_FILE = "agent/replies.json"

_MOST_CHARACTERS = 3000  # of a whole answer; longer ones end with the paragraph before, and lead to the page
_BLOCKS = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "li", "tr", "dt", "dd", "pre", "blockquote", "div", "summary"))
_CELLS = frozenset(("td", "th"))


def reply_of(view: PageView, html: str) -> Reply | None:
    """Return the reply that an article's page makes; none of a page that is not for customers, or not in force.

    Args:
        view: The page on the site of agents.
        html: Its text, sanitised.
    """
    article = view.article
    if view.template != "article" or article is None or view.no_index or view.url != article.url:
        return None
    if article.community or not may_read(article.audience, None):  # Other customers' words are not ours to send.
        return None
    address = absolute(view.site.url, article.url) if view.site.url else ""
    paragraphs = plain_paragraphs(html)
    lead = [article.summary] if article.summary and article.kind is not Kind.FAQ else paragraphs[:1]
    return Reply(
        id=article.url,
        title=article.title,
        text=_joined([] if article.kind is Kind.POLICY else paragraphs or lead, lead, address),
        short=_joined(lead, lead, address),
        url=address,
        language=view.site.language,
        kind=article.kind.value,
        category=article.category,
        audience=tuple(group.value for group in article.audience if group is not Audience.AGENT),
    )


def replies_file(replies: Iterable[Reply]) -> OutputFile:
    """Return the file with all replies, in the order of their addresses."""
    found = [asdict(reply) for reply in sorted(replies, key=lambda reply: reply.id)]
    data = json.dumps({"format": 1, "replies": found}, ensure_ascii=False, indent=1)
    return OutputFile(REPLIES_FILE, data.encode() + b"\n")


def plain_paragraphs(html: str) -> list[str]:
    """Return the text of sanitised HTML as paragraphs; steps have their numbers, other items a dash.

    Of links the words stay; an address of another site stands behind them in brackets.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.paragraphs()


def _joined(paragraphs: list[str], lead: list[str], address: str) -> str:
    """Join paragraphs up to the limit, at least the lead, and the address."""
    kept: list[str] = []
    for paragraph in paragraphs or lead:
        if kept and sum(map(len, kept)) + len(paragraph) > _MOST_CHARACTERS:
            break
        kept.append(paragraph)
    return "\n\n".join([*kept, *([address] if address else [])])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[tuple[str, bool]] = []  # a paragraph, and whether it is one item of a list
        self._text: list[str] = []
        self._lists: list[int | None] = []  # the next number, or None where there are no numbers
        self._links: list[str] = []
        self._skipping = 0
        self._is_item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            is_permalink = "headerlink" in (given.get("class") or "").split()
            self._skipping += is_permalink
            self._links.append("\0" if is_permalink else given.get("href") or "")
        elif tag in ("ol", "ul"):
            self._end()
            start = given.get("start") or "1"
            self._lists.append((int(start) if start.isdecimal() else 1) if tag == "ol" else None)
        elif tag in _CELLS:
            self._text.append(" | " if "".join(self._text).strip() else "")
        elif tag == "br":
            self._text.append("\n")
        elif tag in _BLOCKS and not (tag == "p" and self._is_item and not "".join(self._text[1:]).strip()):
            self._end()
            if tag == "li" and self._lists:
                number = self._lists[-1]
                self._text = [f"{'  ' * (len(self._lists) - 1)}{'-' if number is None else f'{number}.'} "]
                self._lists[-1] = None if number is None else number + 1
                self._is_item = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href = self._links.pop()
            self._skipping -= href == "\0"
            if href.startswith(("https://", "http://")) and href not in "".join(self._text):
                self._text.append(f" ({href})")
        elif tag in ("ol", "ul"):
            self._end()
            self._lists = self._lists[:-1]
        elif tag in _BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._text.append(re.sub(r"\s+", " ", data))

    def paragraphs(self) -> list[str]:
        """Return what was read; the items of a list are lines of one paragraph."""
        self._end()
        found: list[str] = []
        was_item = False
        for text, is_item in self._done:
            if is_item and was_item:
                found[-1] += f"\n{text}"
            else:
                found.append(text)
            was_item = is_item
        return found

    def _end(self) -> None:
        text = "".join(self._text)
        text = re.sub(r" *\n *", "\n", re.sub(r"(?<=\S) +", " ", text)).rstrip()
        if text.strip() and not (self._is_item and re.fullmatch(r"\s*(-|\d+\.)", text)):
            self._done.append((text if self._is_item else text.strip(), self._is_item))
            self._is_item = False
            self._text = []
        elif not self._is_item:
            self._text = []
