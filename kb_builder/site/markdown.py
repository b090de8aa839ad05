"""The Markdown we speak: a closed set of extensions and their settings, the same for every page."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, TextIO
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.extensions.toc import (
    TocExtension,
    TocTreeprocessor,
    remove_fnrefs,
    render_inner_html,
    strip_tags,
)
from pygments.token import Text  # type: ignore[import-untyped]  # it ships no types
from pymdownx import highlight

from kb_builder.articles.source import slug, unique_anchor
from kb_builder.site.dialect import DialectExtension
from kb_builder.site.list_indentation import ListIndentationExtension
from kb_builder.site.needed_markup import NeededMarkupExtension
from kb_builder.site.quick_steps import QuickStepsExtension, to_html

_EXTENSIONS: tuple[str, ...] = (
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "sane_lists",
    "tables",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.magiclink",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "pymdownx.tilde",
)
PERMALINK = "Link to this section"
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


class _BlockFormatter(highlight.BlockHtmlFormatter):
    """Writes a block of code; its table of classes, the same for every block, is made once."""

    def _create_stylesheet(self) -> None:
        self.ttype2class, self.class2style = _classes_of_code()

    def format_unencoded(self, tokensource: Iterable[tuple[Any, str]], outfile: TextIO) -> None:
        tokens = [*tokensource]
        is_plain = len(tokens) == 1 and tokens[0][0] is Text and not (self.linenos or self.hl_lines or self.filename)
        if not is_plain:
            super().format_unencoded(tokens, outfile)
            return
        code = html.escape(tokens[0][1], quote=False)
        end = "" if code.endswith("\n") else "\n"
        outfile.write(f'<div class="{self.cssclass}"><pre><span></span><code>{code}{end}</code></pre></div>\n')


@cache
def _classes_of_code() -> tuple[Any, Any]:
    formatter = highlight.HtmlFormatter()
    return formatter.ttype2class, formatter.class2style


_LANGUAGE = re.compile(r"(?:```|~~~)[ \t]*([A-Za-z][\w+#-]*)")
_MOST_LEXERS = 20  # the commonest; each takes some milliseconds, and rare ones are made where they are needed
_find_lexer = highlight.get_lexer_by_name


@lru_cache(maxsize=200)
def _lexer(language: str, **options: Any) -> Any:
    """Return the lexer of a language, one for all its blocks of code; None when there is none."""
    try:
        return _find_lexer(language, **options)
    except Exception:  # the extension takes whatever is raised for a language that nobody knows
        return None


def load_lexers(texts: Iterable[str]) -> None:
    """Make the lexers that most code in ``texts`` needs, which takes its time: processes that are forked share them."""
    named = Counter(match[1].lower() for text in texts for match in _LANGUAGE.finditer(text))
    for language, _ in named.most_common(_MOST_LEXERS):
        _lexer(language)


def _formatter(**options: Any) -> _BlockFormatter:
    """Return what writes blocks of code with these options, one for all such blocks."""
    lines = options.pop("hl_lines", ())
    return _formatter_of(tuple(lines), tuple(options.items()))


@lru_cache(maxsize=50)
def _formatter_of(lines: tuple[int, ...], options: tuple[tuple[str, Any], ...]) -> _BlockFormatter:
    return _BlockFormatter(hl_lines=lines, **dict(options))


# The extension looks for both anew for every block of code, which takes as long as the rest of what it does.
highlight.BlockHtmlFormatter = _formatter
highlight.get_lexer_by_name = _lexer


_MAY_BE_MARKUP = re.compile("[<>&\x02\x03\ufdd0]")  # what any later step of Python-Markdown would change


class _Anchors(TocTreeprocessor):
    """Gives headings their anchors and permalinks. The list of them is ours (`body.Body.headings`): it is not made."""

    def run(self, doc: etree.Element) -> None:
        used = {element.attrib["id"] for element in doc.iter() if "id" in element.attrib}
        runs: dict[str, int] = {}
        for heading in doc.iter():
            if heading.tag not in _HEADINGS:
                continue
            heading.attrib.pop("data-toc-label", None)
            if "id" not in heading.attrib:
                heading.attrib["id"] = unique_anchor(slug(self._words(heading)), used, runs)
            self.add_permalink(heading, heading.attrib["id"])

    def _words(self, heading: etree.Element) -> str:
        """Return the text of a heading; Python-Markdown's way to it is long, and plain headings need none of it."""
        text = heading.text or ""
        if not len(heading) and not _MAY_BE_MARKUP.search(text):
            return " ".join(text.split())
        return html.unescape(strip_tags(render_inner_html(remove_fnrefs(heading), self.md)))


class _AnchorsExtension(TocExtension):
    TreeProcessorClass = _Anchors


def markdown_settings(*, permalink_title: str = PERMALINK) -> tuple[list[str | Extension], dict[str, dict[str, Any]]]:
    """Return Python-Markdown's extensions and their settings.

    Nothing here writes an inline style, which the pages' policy forbids, or an id but those of headings and footnotes.
    """
    configs: dict[str, dict[str, Any]] = {
        "tables": {"use_align_attribute": True},  # else it writes style="text-align: …"
        "footnotes": {"BACKLINK_TEXT": "↩", "UNIQUE_IDS": False},
        "pymdownx.highlight": {"linenums": False, "guess_lang": False, "noclasses": False},
        "pymdownx.superfences": {"relaxed_headers": True},  # info strings of other generators still give code blocks
        "pymdownx.magiclink": {"hide_protocol": False},
        "pymdownx.tilde": {"subscript": False},
    }
    anchors = _AnchorsExtension(permalink=True, permalink_title=permalink_title, slugify=_anchor, marker="")
    ours = (ListIndentationExtension(), DialectExtension(), NeededMarkupExtension(), QuickStepsExtension())
    return [*_EXTENSIONS, anchors, *ours], configs


def _anchor(heading: str, separator: str) -> str:
    """Make a heading's anchor as the checks of links expect it."""
    return slug(heading)


def make_markdown(*, permalink_title: str = PERMALINK) -> Markdown:
    """Make a converter. It may be used for many pages, one after the other, with ``reset()`` between them."""
    extensions, configs = markdown_settings(permalink_title=permalink_title)
    markdown = Markdown(extensions=extensions, extension_configs=configs, output_format="html")
    markdown.serializer = to_html
    return markdown
