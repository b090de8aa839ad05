"""The Markdown of one page in, clean HTML with working links out."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import partial

from kb_builder.articles.codes import issue
from kb_builder.articles.languages import is_right_to_left, split_language, with_whole_numbers
from kb_builder.articles.links import LinkTargets
from kb_builder.site.effort import unfinished_brackets
from kb_builder.site.links import SiteMap, link_pages, published_address
from kb_builder.site.markdown import PERMALINK, make_markdown
from kb_builder.site.markdown_text import markdown_text
from kb_builder.site.sanitize import sanitize
from kb_builder.site.views import Body, Heading


class BodyRenderer:
    """Renders page after page with one Markdown converter; what one page does cannot reach the next."""

    def __init__(self, site: SiteMap, words: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Take the site and, by language tag (empty: the main one), the words of the theme; English ones if none."""
        self._site = site
        self._words = {tag: said for tag, said in (words or {}).items() if not _are_those_of_markdown(said)}
        self._markdown = make_markdown()

    def render(self, markdown: str, *, path: str, url: str, first_line: int) -> Body:
        """Render one page.

        Args:
            markdown: Its text.
            path: Content path of its file.
            url: Where the page will be.
            first_line: Line of the file on which ``markdown`` begins.
        """
        if line := unfinished_brackets(markdown):
            message = "so many brackets are opened and not closed here that the page cannot be rendered in time"
            return Body("", issues=(issue("KB611", path, first_line + line - 1, message),))
        self._markdown.reset()
        try:
            rendered = self._markdown.convert(markdown)
            clean, issues = sanitize(rendered, path=path, source=markdown, first_line=first_line)
            language = split_language(path, self._site.targets.languages)[0]
            linked = link_pages(clean, path=path, url=url, site=self._site)
            said = _in_words(linked.html, self._words[language]) if language in self._words else linked.html
            said = with_whole_numbers(said) if is_right_to_left(language) else said
            text = markdown_text(markdown, partial(published_address, path=path, url=url, site=self._site))
        except Exception as error:  # Python-Markdown and its extensions promise nothing about what they raise
            self._markdown = make_markdown()  # what a reset leaves of a broken parse would show on the next page
            reason = (
                "its lists or quotes are nested too deeply"
                if isinstance(error, RecursionError)
                else f"{type(error).__name__}: {error}"
            )
            return Body("", issues=(issue("KB610", path, 0, f"cannot be rendered: {reason}"),))
        return Body(said, _headings(said), linked.image_origins, issues, linked.links, text)


_OF_EVERYTHING = """\
## A heading {#here}

Words that are *slanted*, ~~deleted~~, `code`, in a list or a table; [a link](https://example.org/) and a note[^1].

- [x] one
    1. two

| a | b |
| - | - |
| c | d |

> [!NOTE]
> It is quoted.

??? tip "More"
    It can be opened.

```json
{"a": 1}
```

[^1]: The note.
"""


def warm_up() -> None:
    """Render a little of everything, for what is loaded and compiled when Markdown first meets it."""
    nowhere = SiteMap(LinkTargets(), urls={}, own_pages=frozenset(), link_root="", image_size=lambda path: None)
    BodyRenderer(nowhere).render(_OF_EVERYTHING, path="a.md", url="a/", first_line=1)


_SAID_BY_US = re.compile(
    r'(?P<before>class="headerlink" title="|<p class="admonition-title">|<summary>)'
    r'(?P<words>(?<=title=")[^"]*(?=")|(?<=>)[A-Z][a-z]+(?=</p>|</summary>))'
)


def _are_those_of_markdown(words: Mapping[str, str]) -> bool:
    """Say whether `_in_words` has nothing to do."""
    boxes = (label for label in words if label.startswith("box_"))
    return words.get("permalink", PERMALINK) == PERMALINK and all(
        words[label] == label.removeprefix("box_").capitalize() for label in boxes
    )


def _in_words(linked: str, words: Mapping[str, str]) -> str:
    """Put what Markdown's extensions say of themselves into the words of the theme: links to headings, kinds of boxes.

    Args:
        linked: HTML with its links as they are published.
        words: Labels by key; what they lack stays in English.
    """

    def said(match: re.Match[str]) -> str:
        english = match["words"]
        is_link = match["before"].endswith('"')
        word = words.get("permalink", english) if is_link else words.get(f"box_{english.lower()}", english)
        return match["before"] + html.escape(word)

    return _SAID_BY_US.sub(said, linked)


_HEADING = re.compile(r'<h([23])(?: [a-z-]+="[^"]*")*? id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_PERMALINK = re.compile(r'<a(?: [a-z-]+="[^"]*")*? class="headerlink"[^>]*>.*?</a>', re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")


def _headings(clean: str) -> tuple[Heading, ...]:
    """Read the headings of clean HTML: what the reader sees in them, without markup."""
    return tuple(
        Heading(
            title=html.unescape(_ANY_TAG.sub("", _PERMALINK.sub("", inner))).strip(),
            anchor=html.unescape(anchor),
            level=int(level),
        )
        for level, anchor, inner in _HEADING.findall(clean)
    )
