"""The Markdown we speak: a closed set of extensions and their settings, the same for every page."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Extension, Markdown
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from pymdownx import highlight

from kb_builder.articles.source import slug
from kb_builder.site.dialect import DialectExtension
from kb_builder.site.list_indentation import ListIndentationExtension
from kb_builder.site.needed_markup import NeededMarkupExtension

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


class _BlockFormatter(highlight.BlockHtmlFormatter):
    """Writes a block of code; its table of classes, the same for every block, is made once."""

    def _create_stylesheet(self) -> None:
        self.ttype2class, self.class2style = _classes_of_code()


@cache
def _classes_of_code() -> tuple[Any, Any]:
    formatter = highlight.HtmlFormatter()
    return formatter.ttype2class, formatter.class2style


_find_lexer = highlight.get_lexer_by_name


@lru_cache(maxsize=200)
def _lexer(language: str, **options: Any) -> Any:
    """Return the lexer of a language, one for all its blocks of code; None when there is none."""
    try:
        return _find_lexer(language, **options)
    except Exception:  # the extension takes whatever is raised for a language that nobody knows
        return None


# The extension looks for both anew for every block of code, which takes as long as the rest of what it does.
highlight.BlockHtmlFormatter = _BlockFormatter
highlight.get_lexer_by_name = _lexer


class _Anchors(TocTreeprocessor):
    """Gives headings their anchors and permalinks. The list of them is ours (`body.Body.headings`): it is not made."""

    def build_toc_div(self, toc_list: list[Any]) -> etree.Element:
        return etree.Element("div")


class _AnchorsExtension(TocExtension):
    TreeProcessorClass = _Anchors


def markdown_settings(
    *, permalink_title: str = "Link to this section"
) -> tuple[list[str | Extension], dict[str, dict[str, Any]]]:
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
    return [*_EXTENSIONS, anchors, ListIndentationExtension(), DialectExtension(), NeededMarkupExtension()], configs


def _anchor(heading: str, separator: str) -> str:
    """Make a heading's anchor as the checks of links expect it."""
    return slug(heading)


def make_markdown(*, permalink_title: str = "Link to this section") -> Markdown:
    """Make a converter. It may be used for many pages, one after the other, with ``reset()`` between them."""
    extensions, configs = markdown_settings(permalink_title=permalink_title)
    return Markdown(extensions=extensions, extension_configs=configs, output_format="html")
