"""Make the help centers that engines are measured on: Markdown articles, their HTML pages, and what people ask of them.

Pages are made once for each size and kept below .kb/benchmarks. Everything is drawn by seed, so that two runs measure
the same.
"""

from __future__ import annotations

import html
import itertools
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown import Markdown

from kb_builder.index.function_words import function_words
from kb_builder.index.model import Document
from kb_builder.index.sections import split_sections
from kb_builder.workers import in_parts

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
KEPT = ROOT / ".kb" / "benchmarks"
SEED = 7

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><header><a href="/">Help center</a></header>
<main data-pagefind-body><h1>{title}</h1>
{body}
</main></body></html>
"""
_MAIN = re.compile(r"<main [^>]*><h1>(.*?)</h1>\n(.*)\n</main>", re.DOTALL)
_QUESTIONS = (
    "how do i {}",
    "i need help with {} please",
    "what should i know about {}",
    "can you tell me more about {}",
    "why does {} not work for me",
)
_FEWEST_WORDS = 6  # of a sentence that can be asked
_SENTENCE_WORDS = 14


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles as engines take them in.

    Attributes:
        name: For the table, as ``1,000 articles``.
        documents: In the order of their pages: document ``i`` is ``pages/i/index.html``.
        pages: Folder with a page for each document.
    """

    name: str
    documents: tuple[Document, ...]
    pages: Path


def generated_corpus(articles: int, *, kept: Path = KEPT) -> Corpus:
    """Return a help center of that many articles of 300 to 600 words, made of paragraphs of real ones.

    The generator and articles of ../shared are taken when they are there, else ours and this repository's content.
    """
    source = "shared" if (SHARED / "measure" / "make_corpus.py").is_file() else "content"
    pages = kept / "corpora" / f"{source}-{articles}"
    if not (pages / "whole").is_file():
        shutil.rmtree(pages, ignore_errors=True)
        markdown = kept / "corpora" / "markdown"
        shutil.rmtree(markdown, ignore_errors=True)
        if source == "shared":
            make = [sys.executable, str(SHARED / "measure" / "make_corpus.py"), str(articles), str(markdown)]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the generator beside us
        else:
            recombine(ROOT / "content", articles, markdown)
        _render(markdown, pages)
        shutil.rmtree(markdown)
        (pages / "whole").touch()
    return Corpus(f"{articles:,} articles", read_pages(pages), pages)


def recombine(content: Path, articles: int, out: Path) -> None:
    """Write Markdown articles made of the titles, headings and blocks of those in a content folder.

    Each has some headings and 270 to 600 words, and no block twice; titles are told apart by a number.
    """
    titles, headings, blocks = _parts(content)
    for number in range(articles):
        draw = random.Random(f"{SEED}:{number}")  # noqa: S311 - repeatable, not secret
        title = f"{draw.choice(titles)} (case {draw.randrange(10_000, 99_999)}-{number})"
        words_left = draw.randint(270, 600)
        blocks_a_heading = max(1, 12 // draw.randint(2, 5))
        body: list[str] = []
        for position, block in enumerate(draw.sample(blocks, min(60, len(blocks)))):
            if words_left <= 0:
                break
            if position and position % blocks_a_heading == 0:
                body.append(f"## {draw.choice(headings)}")
            body.append(block)
            words_left -= len(block.split())
        folder = out / f"topic-{number // 500:02d}" / f"guide-{number // 50 % 10:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        front = f'---\ntitle: "{title}"\n---\n\n'
        (folder / f"article-{number:05d}.md").write_text(front + "\n\n".join(body) + "\n", "utf-8")


def _parts(content: Path) -> tuple[list[str], list[str], list[str]]:
    titles, headings, blocks = set(), set(), set()
    for path in sorted(content.rglob("*.md")):
        front, body = _split(path.read_text("utf-8"))
        if isinstance(title := front.get("title"), str):
            titles.add(title.replace('"', "'"))
        for block in re.split(r"\n\s*\n", body):
            if block.startswith("#"):
                headings.add(block.splitlines()[0].strip("# "))
            elif 4 <= len(block.split()) <= 160:
                blocks.add(block.strip("\n"))
    return sorted(titles), sorted(headings), sorted(blocks)


def html_of(markdown: str) -> str:
    """Render Markdown with the extensions that help centers use most."""
    return Markdown(extensions=["tables", "fenced_code", "admonition", "attr_list", "toc"]).convert(markdown)


def _split(text: str) -> tuple[dict[str, object], str]:
    found = _FRONT_MATTER.match(text)
    return (yaml.safe_load(found[1]) or {}, text[found.end() :]) if found else ({}, text)


def _render(markdown: Path, pages: Path) -> None:
    for number, path in enumerate(sorted(markdown.rglob("*.md"))):
        front, body = _split(path.read_text("utf-8"))
        body = re.sub(r"\A\s*# .*\n", "", body)
        title = str(front.get("title") or path.stem)
        write_page(pages, number, title, html_of(body))
        url = path.relative_to(markdown).with_suffix("").as_posix() + "/"
        (pages / str(number) / "url").write_text(url, "utf-8")


def write_page(pages: Path, number: int, title: str, body: str) -> None:
    """Write the page of a document; ``body`` is HTML."""
    (pages / str(number)).mkdir(parents=True)
    page = _PAGE.format(title=html.escape(title, quote=False), body=body)
    (pages / str(number) / "index.html").write_text(page, "utf-8")


def read_pages(pages: Path) -> tuple[Document, ...]:
    """Return what `write_page` wrote as documents, in order."""
    found = list(_titles_and_bodies(pages))
    parts = in_parts(lambda start, end: [split_sections(body) for _, body in found[start:end]], len(found), fewest=500)
    made = []
    for number, ((title, _), sections) in enumerate(zip(found, itertools.chain(*parts), strict=True)):
        summary = " ".join(sections[0].text.split()[:25]) if sections else ""
        url = (pages / str(number) / "url").read_text("utf-8")
        made.append(Document(url=url, title=title, summary=summary, sections=sections))
    return tuple(made)


def _titles_and_bodies(pages: Path) -> Iterator[tuple[str, str]]:
    for number in itertools.count():
        folder = pages / str(number)
        if not folder.is_dir():
            return
        found = _MAIN.search((folder / "index.html").read_text("utf-8"))
        assert found, folder
        yield html.unescape(found[1]), found[2]


def pages_of(documents: Sequence[Document], pages: Path) -> Corpus:
    """Write a page for each document of a judged set, whose text is paragraphs under no heading."""
    for number, document in enumerate(documents):
        paragraphs = [part for section in document.sections for part in (section.heading, section.text) if part]
        body = "\n".join(f"<p>{html.escape(text, quote=False)}</p>" for text in paragraphs)
        write_page(pages, number, document.title, body)
    return Corpus(f"{len(documents):,} articles", tuple(documents), pages)


def text_of(document: Document) -> str:
    """Return headings and text of a document as one plain text."""
    return "\n".join(part for section in document.sections for part in (section.heading, section.text) if part)


def short_queries(documents: Sequence[Document], count: int) -> list[str]:
    """Return queries of two or three words, as people type who trust no search: content words of titles."""
    common = function_words("en")
    queries: list[str] = []
    for document in _shuffled(documents, "short"):
        words = [word for word in _title_words(document) if word not in common]
        if len(words) > 1:
            queries.append(" ".join(words[: 2 + len(queries) % 2]))
    return queries[:count]


def sentence_queries(documents: Sequence[Document], count: int) -> list[str]:
    """Return questions as sentences: titles put as questions, and by turns the beginnings of articles."""
    queries: list[str] = []
    for document in _shuffled(documents, "sentence"):
        if len(queries) % 2:
            queries.append(_first_sentence(document))
        else:
            queries.append(_QUESTIONS[len(queries) // 2 % len(_QUESTIONS)].format(" ".join(_title_words(document))))
        if len(queries) == count:
            break
    return queries


def _first_sentence(document: Document) -> str:
    """Return the beginning of the first sentence that has some words, as typed; else the title."""
    for sentence in re.split(r"(?<=[.!?:]) ", text_of(document).replace("\n", " ")):
        words = sentence.lower().strip(".!?:").split()
        if len(words) >= _FEWEST_WORDS:
            return " ".join(words[:_SENTENCE_WORDS])
    return document.title


def _shuffled(documents: Iterable[Document], purpose: str) -> list[Document]:
    mixed = sorted(documents, key=lambda document: document.url)
    random.Random(f"{SEED}:{purpose}").shuffle(mixed)  # noqa: S311 - repeatable, not secret
    return mixed


def _title_words(document: Document) -> list[str]:
    """Return the words of a title without the case number in brackets that the generators add."""
    return re.findall(r"[\w'’-]+", document.title.rpartition(" (")[0].lower() or document.title.lower())
