"""A built site in, what programs ask of it out: search results as data, and pages as Markdown. Edge: disk.

Addresses and queries come from strangers: an address leads to a page inside the folder or nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb_builder.index.ranking import Hit, search
from kb_builder.index.reader import SearchIndex, open_search
from kb_builder.issues import KbError
from kb_builder.site.views import MARKDOWN_PAGE

MOST_HITS = 10
_MOST_ADDRESS = 2000
_MOST_BYTES = 2_000_000


class SiteReader:
    """Reads one built site. A site that is built anew meanwhile is read anew."""

    def __init__(self, folder: Path, *, site_url: str = "") -> None:
        """Open the site in ``folder``; ``site_url`` is where it is published, if that is known.

        Raises:
            KbError: There is no built site with its search files.
        """
        self._folder = folder
        self._site_url = site_url if site_url.endswith("/") or not site_url else f"{site_url}/"
        self._indexes: dict[str, tuple[int, SearchIndex]] = {}
        self._index("")

    def search(self, query: str, *, language: str = "", limit: int = 5) -> dict[str, Any]:
        """Find articles exactly as the site's own search does.

        Args:
            query: A question in the customer's words; cut at 256 characters.
            language: Tag of a further language of the site; empty for the main one.
            limit: Most hits, from 1 to 10.

        Returns:
            ``level`` (``sure``, ``likely`` or ``unsure`` that the first hit answers), ``confidence`` from 0 to 1, and
            ``hits``, best first, each with its title, address, kind, category and best passage.

        Raises:
            KbError: The language is none of the site's, or the search files are damaged.
        """
        results = search(self._index(language), query, limit=max(1, min(limit, MOST_HITS)))
        return {
            "level": results.level,
            "confidence": results.confidence / 100,
            "hits": [self._hit(hit) for hit in results.hits],
            "unknown_words": list(results.unknown_words),
        }

    def read(self, address: str) -> str:
        """Return a page as Markdown.

        Args:
            address: As `search` and links give it: from the site's root, or in full.

        Raises:
            KbError: It leads to no page of this site.
        """
        path = self._path(address)
        nowhere = KbError(f"{address[:200]!r}: there is no such page", hint="Take the address of a hit of search.")
        if path is None:
            raise nowhere
        file = self._folder / path / MARKDOWN_PAGE
        try:
            if not file.resolve().is_relative_to(self._folder.resolve()):
                raise nowhere
            with file.open("rb") as opened:
                data = opened.read(_MOST_BYTES + 1)
        except (OSError, ValueError):
            raise nowhere from None
        if len(data) > _MOST_BYTES:
            raise KbError(f"{address[:200]!r}: the page has more than {_MOST_BYTES} bytes", hint="Split the article.")
        return data.decode("utf-8", "replace")

    def _path(self, address: str) -> str | None:
        """Return the path of a page from the site's root; None when the address is that of no page here."""
        if len(address) > _MOST_ADDRESS:
            return None
        try:
            parts = urlsplit(address.strip())
            own = urlsplit(self._site_url)
        except ValueError:
            return None
        path = unquote(parts.path)
        if parts.scheme or parts.netloc:
            if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or not path.startswith(own.path):
                return None
            path = path.removeprefix(own.path)
        names = [name for name in path.removesuffix(MARKDOWN_PAGE).removesuffix("index.html").split("/") if name]
        if any(name in (".", "..") or "\\" in name or "\0" in name or ":" in name for name in names):
            return None
        return "/".join(names)

    def _hit(self, hit: Hit) -> dict[str, Any]:
        return {
            "title": hit.title,
            "address": f"{self._site_url}{hit.link}",
            "kind": hit.kind,
            "category": hit.category,
            "summary": hit.summary,
            "passage": "".join(part.text for part in hit.excerpt.parts),
        }

    def _index(self, language: str) -> SearchIndex:
        folder = self._folder / language / "search"
        if language and (not language.replace("-", "").isalnum() or not folder.is_dir()):
            raise KbError(f"{language[:40]!r}: the site has no search in this language", hint="Leave the language out.")
        try:
            changed = (folder / "manifest.json").stat().st_mtime_ns
        except OSError:
            raise KbError(f"{self._folder}: no built site here", hint="Build it first: kb build") from None
        known = self._indexes.get(language)
        if known is None or known[0] != changed:
            known = self._indexes[language] = (changed, open_search(folder))
        return known[1]
