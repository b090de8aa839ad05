"""The manual's page of an issue code, which travels in the package."""

from __future__ import annotations

from functools import cache

from kb_builder.articles.codes import CODES
from kb_builder.bundled import bundled


@cache
def issue_page(code: str) -> str:
    """Return the Markdown of a page of ``docs/reference/issues/``, its title first. Edge: reads the package.

    Raises:
        KeyError: There is no such code.
    """
    name = f"{CODES[code].code.lower()}.md"
    text = (bundled("docs/reference/issues") / name).read_text("utf-8")
    return f"# {code}\n\n{text.partition('---')[2].partition('---')[2].strip()}\n"
