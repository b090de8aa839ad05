"""Which names a content file may have, and the address its page gets."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue

PAGE_SUFFIXES = (".md", ".markdown")
_SITE_PAGES = {"search/": "its results page", "contact/": "its contact page", "thanks/": "its thank-you page"}
_SITE_PAGES |= {f"for/{audience}/": f"its home page for {audience}" for audience in ("b2c", "b2b")}
_INDEX_STEMS = ("index", "readme")
_NAMES = {"faq": "FAQ", "faqs": "FAQs", "b2b": "B2B", "b2c": "B2C", "how to": "How-to"}
_MAX_BYTES = 200
# Characters that end or split an address (# ? % \) or that Windows refuses; control and direction characters hide.
_UNSAFE = re.compile(r'[#?%\\<>:"|*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}[A-Za-z0-9_-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def is_hidden(name: str) -> bool:
    """Say whether a file or folder is passed over: names that begin with ``.`` or ``_`` are, but for ``_drafts``."""
    return name.startswith((".", "_")) and name != "_drafts"


def is_page(path: str) -> bool:
    """Say whether a file becomes a page."""
    return path.lower().endswith(PAGE_SUFFIXES)


def is_index(path: str) -> bool:
    """Say whether a page speaks for its folder (``index.md``, ``README.md``)."""
    return is_page(path) and _stem(path).lower() in _INDEX_STEMS


def is_in_drafts(path: str) -> bool:
    """Say whether a file lies in a folder of drafts (``drafts`` or ``_drafts``, at any depth)."""
    return any(part.lower() in ("drafts", "_drafts") for part in path.split("/")[:-1])


def site_pages(languages: Iterable[str] = ()) -> dict[str, str]:
    """Return the addresses of the pages that the site makes itself, for the main and each further language."""
    prefixes = ("", *(f"{language}/" for language in languages))
    pages = {f"{prefix}{url}": page for prefix in prefixes for url, page in _SITE_PAGES.items()}
    return pages | {prefix: f"the home page of '{prefix[:-1]}'" for prefix in prefixes if prefix}


def folder_of(path: str) -> str:
    """Return the folder of a content path; the content folder itself is empty."""
    return path.rpartition("/")[0]


def page_url(path: str) -> str:
    """Return the address of a page, relative to the site's root.

    ``a/b.md`` gives ``a/b/``; ``a/index.md`` and ``a/README.md`` give ``a/``, as MkDocs' directory URLs do. White space
    becomes ``-``, apostrophes go, letters of every script stay, composed (NFC).
    """
    folder, _, name = path.rpartition("/")
    parts = folder.split("/") if folder else []
    if not is_index(path):
        parts.append(_stem(name))
    return "".join(f"{_address_part(part)}/" for part in parts)


def folder_url(path: str) -> str:
    """Return the address of a folder's page; the content folder's own is empty."""
    return "".join(f"{_address_part(part)}/" for part in path.split("/")) if path else ""


def humanise(path: str) -> str:
    """Make a title from a file's or folder's name: ``track-my_order.md`` gives ``Track my order``."""
    stem = _stem(path) if is_page(path) else path.rpartition("/")[2]
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return _NAMES.get(words.lower(), words[:1].upper() + words[1:])


def printable(path: str) -> str:
    """Make any file name fit for one line of a message: what cannot be shown becomes an escape."""
    return _UNPRINTABLE.sub(lambda match: ascii(match.group())[1:-1], path)


def is_plain(name: str) -> bool:
    """Say whether nothing can be wrong with a file name, as with nearly all; of others `name_issues` knows more."""
    return bool(_PLAIN.fullmatch(name)) and not _RESERVED.fullmatch(name)


def name_issues(path: str) -> tuple[Issue, ...]:
    """Return what is wrong with the last part of a path: characters, reserved names, length."""
    name = path.rpartition("/")[2]
    shown = printable(path)
    if match := _UNSAFE.search(name):
        character = match.group()
        named = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
        if 0xD800 <= ord(character) <= 0xDFFF:
            named = "a byte that is not UTF-8"
        return (issue("KB203", shown, 0, f"file name '{printable(name)}' holds {named}"),)
    if _RESERVED.fullmatch(name):
        return (issue("KB203", shown, 0, f"file name '{name}' is reserved on Windows"),)
    if name != name.strip() or name.endswith("."):
        return (issue("KB203", shown, 0, f"file name '{name}' begins or ends with a space or a full stop"),)
    length = len(name.encode())
    if length > _MAX_BYTES:
        return (issue("KB204", shown, 0, f"file name is {length} bytes long; the limit is {_MAX_BYTES}"),)
    if not _address_part(name).strip("-"):
        return (issue("KB203", shown, 0, f"file name '{name}' leaves nothing for an address"),)
    return ()


def twin_issues(paths: Iterable[str]) -> tuple[Issue, ...]:
    """Return an error for each file or folder whose path equals another's but for case or Unicode form."""
    prefixes = set[str]()
    for path in paths:
        prefix = path
        while prefix and prefix not in prefixes:
            prefixes.add(prefix)
            prefix = folder_of(prefix)
    twins: defaultdict[str, list[str]] = defaultdict(list)
    for prefix in sorted(prefixes):
        twins[_folded(prefix)].append(prefix)
    issues = []
    for names in twins.values():
        issues += [
            issue(
                "KB205", name, 0, f"'{name}' and {_quoted(other for other in names if other != name)} are the same name"
            )
            for name in (names if len(names) > 1 else ())
        ]
    return tuple(issues)


def address_issues(urls: Mapping[str, str], *, taken: Mapping[str, str]) -> tuple[Issue, ...]:
    """Return an error for each page whose address another page has, or the site itself.

    Args:
        urls: Content path of each page to its address.
        taken: Address of each page the site makes itself, to what it is.
    """
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for path, url in sorted(urls.items()):
        pages[_folded(url)].append(path)
    issues = []
    for group in pages.values():
        for path in group if len(group) > 1 else ():
            others = _quoted(other for other in group if other != path)
            issues.append(issue("KB206", path, 0, f"has the address '/{urls[path]}', as {others} has"))
    for path, url in sorted(urls.items()):
        if owner := taken.get(_folded(url)):
            issues.append(issue("KB211", path, 0, f"has the address '/{url}', where the site puts {owner}"))
    return tuple(issues)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _address_part(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return re.sub(r"\s+", "-", re.sub(r"['’`]", "", composed))


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _quoted(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)
