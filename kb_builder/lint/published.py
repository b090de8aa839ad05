"""The list of every address that was ever published: its text in, its entries out, and back.

It is committed beside the content, one address a line, so that a merge of two branches is the union of both. An
address that is in it and nowhere on the site has been lost; a policy's line also holds the day it was first seen and a
hash of its words, so that nobody changes them unseen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article, Content
from kb_builder.articles.plain import plain_text
from kb_builder.articles.source import source_anchors
from kb_builder.issues import Issue

HEADER = (
    "# Every address that this help center has published. `kb check` says when one is lost.\n"
    "# `kb check --record` adds lines. Delete a line only to give the address up for good.\n"
)
_LINE = re.compile(r"(/\S*)(?: published=(\d{4}-\d{2}-\d{2}) words=([0-9a-f]{16}))?")
_TO_QUOTE = re.compile(r"[\s%]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An address (``/faq/orders/cancel/``, ``/faq/orders/cancel/#refund``), its line, and what only policies have."""

    address: str
    line: int = 0
    published: dt.date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """The entries by address, and the file they are from, as issues name it."""

    path: str
    entries: Mapping[str, Entry]


def parse_published(text: str, path: str) -> tuple[Published, tuple[Issue, ...]]:
    """Read the list; lines that are none are left out and each is an issue."""
    entries: dict[str, Entry] = {}
    issues: list[Issue] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError
            day = dt.date.fromisoformat(match[2]) if match[2] else None
        except ValueError:
            issues.append(issue("KB804", path, number, f"'{line.strip()[:80]}' is not an address of this site"))
            continue
        entries.setdefault(match[1], Entry(match[1], number, day, match[3] or ""))
    return Published(path, entries), tuple(issues)


def current_addresses(content: Content, *, today: dt.date) -> dict[str, Entry]:
    """Return what the site publishes now: pages, the anchors of their headings, and policies with their words."""
    entries = [Entry(address_of("")), *(Entry(address_of(page.url)) for page in content.categories.values())]
    for article in content.articles.values():
        address = address_of(article.url)
        is_policy = article.policy is not None
        entries.append(Entry(address, 0, today if is_policy else None, hash_words(article) if is_policy else ""))
        entries += (Entry(address_of(article.url, anchor)) for anchor in _anchors(article, content))
    return {entry.address: entry for entry in entries}


def _anchors(article: Article, content: Content) -> frozenset[str]:
    notes = content.notes.get(article.path)
    return notes.anchors if notes else source_anchors(article.body)


def record(old: Published | None, now: Mapping[str, Entry]) -> str:
    """Return the text of the list with everything that is new; what it holds already stays as it is."""
    entries = {**now, **(old.entries if old else {})}
    return HEADER + "".join(f"{_line(entries[address])}\n" for address in sorted(entries))


def address_of(url: str, anchor: str = "") -> str:
    """Write a site-relative URL, and an anchor on it, as the list does."""
    address = f"/{url}#{anchor}" if anchor else f"/{url}"
    return _TO_QUOTE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), address)


def hash_words(article: Article) -> str:
    """Hash the words of an article: neither markup, nor where links lead, nor line ends count."""
    words = " ".join(plain_text(line) for line in (article.title, *article.body.split("\n")))
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:16]


def _line(entry: Entry) -> str:
    return f"{entry.address} published={entry.published} words={entry.words}" if entry.published else entry.address
