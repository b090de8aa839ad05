"""What a site withholds in, every place of the built site that holds it all the same out.

A word is withheld when an article that is left out has it and nothing that is published does; so is a passage of five
words, a title, and an address. Common words say nothing alone: they are looked for in the search dictionary, into which
only articles bring a word, and as parts of passages everywhere.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import Any

from kb_builder.articles.codes import in_folder, issue
from kb_builder.articles.languages import own_name, primary_language
from kb_builder.articles.model import Content
from kb_builder.config import Config
from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.function_words import function_words
from kb_builder.index.sections import split_sections
from kb_builder.index.word_vectors import load_word_vectors
from kb_builder.issues import Issue
from kb_builder.search_editions import search_editions
from kb_builder.site.build import RenderedPage
from kb_builder.site.labels import labels_in
from kb_builder.site.theme import THEME_DIR

_PASSAGE_WORDS = 5
_TITLE_WORDS = 3
_MOST_ISSUES = 20
_FILES = frozenset(("", ".html", ".json", ".jsonl", ".xml", ".atom", ".rss", ".txt", ".md", ".csv", ".webmanifest"))
_ADDRESS = re.compile(r"[^\s\"'<>()=\\]+/")
_TAG = re.compile(r"<!--|-->|<[^>]*>")
_LOGIC = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)  # of a template
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u)\b[^>]*>")
_STRUCTURED = re.compile(r"<script[^>]*\bapplication/ld\+json\b[^>]*>(.*?)</script>", re.DOTALL)
_WORDED = re.compile(
    r"""\b(?:alt|aria-label|content|href|label|placeholder|poster|src|title|value)=(?:"([^"]*)"|'([^']*)')"""
)
_PACKED_KEYS = frozenset(("meanings", "first"))  # of search files: packed numbers, and beginnings of words
_PATHS = frozenset(("path", "category", "parent", "related", "replaces", "articles", "lines", "language"))
_OF_MARKDOWN = "Jump back to footnote in the text Permanent link Note Warning Tip Important Caution"
_OF_FILES = "llms.txt llms-full.txt index.md"

Passage = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """What must not be published, each with the content path of an article that has it."""

    words: Mapping[str, str] = field(default_factory=dict)
    common: frozenset[str] = frozenset()  # those of ``words`` that are no sign of a leak alone
    passages: Mapping[Passage, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def leak_issues(
    folder: Path, everything: Content, published: Content, pages: Iterable[RenderedPage], config: Config
) -> tuple[Issue, ...]:
    """Look through a built site for what it withholds. Edge: disk.

    Args:
        folder: The built site.
        everything: All content.
        published: What the site shows of it.
        pages: Its articles as they were rendered.
    """
    texts = (*site_texts(config, published), *(text for page in pages for text in _page_texts(page)))
    secret = withheld(everything, published, texts, language=config.language)
    found = find_leaks(folder, secret, skip=published.assets, language=config.language)
    return in_folder(found, everything.folder)


def withheld(everything: Content, published: Content, own_texts: Iterable[str], *, language: str) -> Withheld:
    """Work out what only the articles have that are left out.

    Args:
        everything: All content.
        published: What the site shows of it.
        own_texts: What else may be on the site: its name, the words of the theme, synonyms; and articles as rendered,
            in which other words follow each other than in their Markdown.
        language: Tag of the main language.
    """
    hidden = [article for path, article in everything.articles.items() if path not in published.articles]
    known = _Known(language)
    for article in published.articles.values():
        known.add(_texts_of(article), article.language)
        known.addresses.update(_endings(article.url))
    for tag in ("", *everything.languages):
        known.add(function_words(primary_language(tag or language)), tag)
    others = (
        *(published.home, *published.categories.values()),
        *(published.contact, *published.contacts.values()),
    )
    known.add([*own_texts, *_texts_of(others), *published.redirects], "")
    words: dict[str, str] = {}
    passages: dict[Passage, str] = {}
    for article in hidden:
        for text in _texts_of(article):
            in_text = known.analyze(text, article.language)
            words |= {word: article.path for word in in_text if not known.has_word(word)}
            passages |= {p: article.path for p in _passages(in_text) if p not in known.passages}
        title = tuple(known.analyze(article.title, article.language))
        if _TITLE_WORDS <= len(title) < _PASSAGE_WORDS and title not in known.titles:
            passages[title] = article.path
    vectors = [load_word_vectors(primary_language(tag or language)) for tag in ("", *everything.languages)]
    common = {word for v in vectors if v for word in (*v.common_words, *v.listed_words)}
    return Withheld(
        words,
        frozenset(common & words.keys()),
        passages,
        {article.url: article.path for article in hidden if article.url not in known.addresses},
    )


def find_leaks(folder: Path, secret: Withheld, *, skip: Iterable[str], language: str) -> Iterator[Issue]:
    """Yield an error for each file of a built site that holds something withheld, the first twenty. Edge: disk.

    Args:
        folder: The built site.
        skip: Files that are copies of content, and so were chosen one by one.
        language: Tag of the main language.
    """
    skipped, found = frozenset(skip), 0
    lengths = sorted({len(passage) for passage in secret.passages})
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in _FILES and name not in skipped and path.is_file():
            data = path.read_text(encoding="utf-8", errors="replace")
            if leak := _leak(data, path.suffix.lower(), secret, lengths, primary_language(language)):
                what, article = leak
                yield issue("KB850", article, 0, f"{what} reached '{name}'")
                found += 1
                if found == _MOST_ISSUES:
                    return


def site_texts(config: Config, content: Content) -> Iterator[str]:
    """Yield what a site may say besides its content: its name, the words of the theme, what editors of search wrote."""
    yield from (config.site_name, config.site_description, config.copyright, config.site_url, _OF_MARKDOWN, _OF_FILES)
    for language in ("", *content.languages):
        tag = language or config.language
        yield from (own_name(tag), *labels_in(tag, config.settings.theme, is_main=not language).values())
    for template in sorted(THEME_DIR.rglob("*.html")):
        yield _LOGIC.sub(" ", template.read_text(encoding="utf-8"))
    for edition in search_editions(content, config):
        lists, _ = edition.word_lists()
        yield from (text for rule in lists.synonyms for text in (*rule.typed, *rule.found))
        yield from (pin.query for pin in lists.pins if pin.article in content.articles)


def _page_texts(page: RenderedPage) -> Iterator[str]:
    yield html.unescape(_TAG.sub(" ", page.html))
    yield from (section.text for section in split_sections(page.html))


class _Known:
    """What is published: words by stem in each language, passages, and titles in all."""

    def __init__(self, language: str) -> None:
        self._main = language
        self._stemmers: dict[str, Callable[[str], str]] = {}
        self._words: set[str] = set()
        self._stems: set[tuple[str, str]] = set()
        self.passages: set[Passage] = set()
        self.titles: set[Passage] = set()
        self.addresses: set[str] = set()

    def analyze(self, text: str, tag: str) -> list[str]:
        return analyze(text, primary_language(tag or self._main))

    def add(self, texts: Iterable[str], tag: str) -> None:
        for text in texts:
            words = self.analyze(text, tag)
            self._words.update(words)
            self._stems.update((tag, self._stem(word, tag)) for word in set(words))
            self.passages.update(_passages(words))
            for length in range(_TITLE_WORDS, _PASSAGE_WORDS):
                self.titles.update(_passages(words, length))

    def has_word(self, word: str) -> bool:
        """Say whether it, or in some language a form of it, is published: search spells all forms of a word."""
        stems = ((tag, self._stem(word, tag)) for tag in self._stemmers)
        return word in self._words or any(stem in self._stems for stem in stems) or not any(map(str.isalpha, word))

    def _stem(self, word: str, tag: str) -> str:
        if tag not in self._stemmers:
            self._stemmers[tag] = stemmer(primary_language(tag or self._main))
        return self._stemmers[tag](word)


def _endings(address: str) -> Iterator[str]:
    """Yield an address, and what it is below each of its folders."""
    parts = address.split("/")
    yield from ("/".join(parts[at:]) for at in range(len(parts) - 1))


def _passages(words: list[str], length: int = _PASSAGE_WORDS) -> Iterator[Passage]:
    return zip(*(words[at:] for at in range(length)), strict=False)


def _texts_of(value: object) -> Iterator[str]:
    """Yield every text in a piece of content, but for the paths of other files that it names."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_of(item)
    elif is_dataclass(value):
        for name in (each.name for each in fields(value) if each.name not in _PATHS):
            inner = getattr(value, name)
            yield from _texts_of(inner.replace("/", " ") if name == "url" else inner)


def _leak(data: str, suffix: str, secret: Withheld, lengths: list[int], language: str) -> tuple[str, str] | None:
    for address in set(_ADDRESS.findall(data)):
        for ending in _endings(address):
            if ending in secret.addresses:
                return f"its address '{ending}'", secret.addresses[ending]
    texts, dictionary = _texts(data, suffix)
    for word in dictionary:
        if word in secret.words:
            return f"its word '{word}'", secret.words[word]
    for text in texts:
        words = analyze(text, language)
        for word in words:
            if word in secret.words and word not in secret.common:
                return f"its word '{word}'", secret.words[word]
        for length in lengths:
            for passage in _passages(words, length):
                if passage in secret.passages:
                    return f"its passage '{' '.join(passage)}'", secret.passages[passage]
    return None


def _texts(data: str, suffix: str) -> tuple[Iterable[str], Iterable[str]]:
    """Return what a reader can get out of a file, and its words if it is a piece of the search dictionary."""
    if suffix == ".json":
        try:
            value = json.loads(data)
        except ValueError:
            return [data], ()
        if isinstance(value, dict) and {"words", "terms", "postings"} <= value.keys():
            written = (word for word, term in zip(value.pop("words"), value["terms"], strict=False) if term >= 0)
            return _strings(value), written
        if isinstance(value, dict) and value.keys() == {"words"}:
            return (), chain.from_iterable(group.split() for group in _strings(value))
        return _strings(value), ()
    if suffix in (".html", ".xml", ".atom", ".rss"):
        return _markup_texts(data), ()
    return data.splitlines(), ()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _PACKED_KEYS:
                yield from _strings(item)


def _markup_texts(data: str) -> Iterator[str]:
    """Yield what is between tags, in attributes that hold text, and in structured data: each by itself."""
    for written in _STRUCTURED.findall(data):
        yield from _texts(written, ".json")[0]
    data = _STRUCTURED.sub(" ", data)
    attributes = []
    for tag in _TAG.findall(data):
        if "http-equiv" not in tag:
            attributes += [html.unescape(one or other) for one, other in _WORDED.findall(tag)]
    for text in _INLINE.sub(" ", data).split("<"):  # what stands in different blocks does not follow each other
        yield html.unescape(text.partition(">")[2])
    yield from attributes
