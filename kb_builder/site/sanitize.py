"""Rendered HTML in, HTML that can run or load nothing out, with a list of what was removed.

The only module that knows nh3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue
from kb_builder.site.allowed import ATTRIBUTES, REMOVED_WHOLE, SCHEMES, TAGS, allowed_value
from kb_builder.site.removed import Removed, find_removed
from kb_builder.site.source_lines import SourceLines

_LONG = 200  # characters
_known_value = lru_cache(maxsize=2000)(allowed_value)  # classes and addresses recur


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    """Do what `allowed_value` does, without keeping whole pictures in the memory of what recurs."""
    return (_known_value if len(value) < _LONG else allowed_value)(tag, attribute, value)


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=REMOVED_WHOLE,
    attributes=ATTRIBUTES,
    attribute_filter=_allowed_value,
    url_schemes=SCHEMES,
    link_rel=None,
)
# Every input becomes a check box of a task list. nh3 would set the attributes in an order of its own each time.
_INPUT = re.compile(r"<input\b[^>]*>")


def sanitize(rendered: str, *, path: str, source: str, first_line: int) -> tuple[str, tuple[Issue, ...]]:
    """Clean one page's HTML.

    Args:
        rendered: What Markdown gave.
        path: Content path of the file, for the issues.
        source: The Markdown it was made from, to find lines in.
        first_line: Line of the file on which ``source`` begins.

    Returns:
        Well-formed HTML of allowed tags and attributes only, and a warning for everything that was removed; things of
        one kind share a warning, at the first of them.
    """
    removed = find_removed(rendered)
    issues = _issues(removed, path, SourceLines(source, first_line=first_line)) if removed else ()
    return _INPUT.sub(_check_box, _CLEANER.clean(rendered)), tuple(issues)


def _check_box(match: re.Match[str]) -> str:
    return f'<input type="checkbox" disabled{" checked" if "checked" in match[0] else ""}>'


def _issues(removed: Sequence[Removed], path: str, lines: SourceLines) -> Iterator[Issue]:
    counts = Counter((found.code, found.kind) for found in removed)
    firsts = {(found.code, found.kind): found for found in reversed(removed)}
    for key, found in sorted(firsts.items(), key=lambda pair: removed.index(pair[1])):
        more = f" (and {counts[key] - 1} more of this kind)" if counts[key] > 1 else ""
        yield issue(found.code, path, lines.find(found.needles), found.message + more)
