"""``redirect_from`` of every article in, the site's redirects out: old address to new, both relative to the root."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import unquote

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article
from kb_builder.issues import Issue

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\<>\"'#?:;*|{}\s]|%(?:0[0-9a-f]|1[0-9a-f]|7f|2f|5c)", re.IGNORECASE)
_PAGE_EXTENSIONS = ("html", "htm", "md", "php", "asp", "aspx", "jsp")
_MAX_PART_BYTES = 200


def parse_redirect(text: str) -> tuple[str, str]:
    """Turn what a writer gave as an old address into a site-relative one.

    Returns:
        The address (``/help/track`` gives ``help/track/``, ``/old.html`` gives ``old.html``) and an empty reason; or
        an empty address and the reason why it is refused.
    """
    decoded = unquote(text, errors="replace")
    path = decoded.lstrip("/")
    parts = path.removesuffix("/").split("/")
    extension = parts[-1].rpartition(".")[2] if "." in parts[-1] else ""
    faults = (
        (text.startswith(("//", "/\\", "\\")), "names another host"),
        (_UNSAFE.search(text) or _UNSAFE.search(decoded), "holds a character that no address here may hold"),
        ("%" in decoded or "\ufffd" in decoded, "is not encoded once, as UTF-8"),
        (not path, "is the home page"),
        (any(part in ("", ".", "..") for part in parts), "holds '..', '.' or an empty part"),
        (any(len(part.encode()) > _MAX_PART_BYTES for part in parts), f"has a part over {_MAX_PART_BYTES} bytes long"),
        (extension and extension.lower() not in _PAGE_EXTENSIONS, f"ends in '.{extension}', which is not a page"),
    )
    if reason := next((reason for is_wrong, reason in faults if is_wrong), ""):
        return "", reason
    return (path if extension or path.endswith("/") else f"{path}/"), ""


def collect_redirects(
    articles: Iterable[Article], *, pages: Mapping[str, str], moving: Collection[str] = ()
) -> tuple[dict[str, str], tuple[Issue, ...]]:
    """Collect the redirects of all articles.

    Args:
        articles: Published articles; their ``redirect_from`` as the writer gave it.
        pages: Address of every page of the site to what it is; a redirect may not take the place of one. As a
            redirect leads to a page and none starts at one, there can be no loop.
        moving: Addresses that lead to the current version of a policy; a redirect may not take one of these either.

    Returns:
        Old address to new one, and an issue for each that is refused.
    """
    claims: defaultdict[str, list[tuple[Article, int, str]]] = defaultdict(list)
    issues: list[Issue] = []
    taken = {url.casefold(): owner for url, owner in pages.items()}
    for article in articles:
        for position, text in enumerate(article.redirect_from):
            line = article.lines.get(f"redirect_from.{position}", article.lines.get("redirect_from", 0))
            old, reason = parse_redirect(text)
            if reason:
                issues.append(issue("KB150", article.path, line, f"redirect from '{text}' {reason}"))
            elif owner := taken.get(old.casefold().removesuffix("index.html")):
                issues.append(issue("KB152", article.path, line, f"redirect from '/{old}' would replace {owner}"))
            elif old in moving:
                message = f"redirect from '/{old}' would hide the current version of a policy"
                issues.append(issue("KB153", article.path, line, message))
            else:
                claims[_file_name(old)].append((article, line, old))
    found: dict[str, str] = {}
    for group in claims.values():
        article, _, old = group[0]
        found[old] = article.url
        if len({claim[0].path for claim in group}) > 1:
            for other, line, text in group:
                rivals = " and ".join(f"'{claim[0].path}'" for claim in group if claim[0] is not other)
                issues.append(issue("KB151", other.path, line, f"redirect from '/{text}' is also claimed by {rivals}"))
    return dict(sorted(found.items())), tuple(issues)


def _file_name(old: str) -> str:
    """Give what two redirects share when their pages would be the same file, or a file and a folder of one name."""
    return old.casefold().removesuffix("index.html").rstrip("/")
