"""Rules on pictures, other files, and what links say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_builder.articles.assets import IMAGES
from kb_builder.articles.codes import issue
from kb_builder.articles.links import LinkKind
from kb_builder.articles.model import Article
from kb_builder.articles.plain import plain_text
from kb_builder.articles.source import source_links
from kb_builder.issues import Issue
from kb_builder.lint.model import LintInput, Reading, TextSettings

_FILE_NAME = re.compile(r"[\w.-]+\.(?:png|jpe?g|gif|webp|avif|svg)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:img|image|dsc|screen ?shot|picture|photo)[\s_-]*[\d\s_-]*", re.IGNORECASE)
_EMPTY_WORDS = {
    "en": ("click here", "here", "this link", "link", "this page", "this", "more", "read more", "this article"),
    "de": ("hier", "hier klicken", "klicken sie hier", "link", "dieser link", "mehr", "weiterlesen"),
    "fr": ("ici", "cliquez ici", "lien", "ce lien", "en savoir plus", "lire la suite"),
    "es": ("aquí", "haga clic aquí", "enlace", "este enlace", "más", "leer más"),
    "nl": ("hier", "klik hier", "link", "deze link", "meer", "lees meer"),
    "it": ("qui", "clicca qui", "link", "questo link", "leggi di più"),
}


def image_texts(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find images that say nothing to those who cannot see them: no text, or a file's name."""
    for link in reading.links:
        if not link.is_image or link.text is None:
            continue
        text, at = plain_text(link.text), (reading.article.path, link.line)
        if not text:
            yield issue("KB310", *at, f"image '{link.href[:120]}' has no text")
        elif _FILE_NAME.fullmatch(text) or _CAMERA_NAME.fullmatch(text):
            yield issue("KB310", *at, f"image '{link.href[:120]}': '{text}' does not say what it shows")


def link_texts(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find links whose words mean nothing when they are read out of their sentence."""
    empty = _EMPTY_WORDS.get(settings.language.partition("-")[0], ())
    for link in reading.links:
        if link.text and not link.is_image and "![" not in link.text:
            words = plain_text(link.text).strip(" .:>»→").casefold()
            if words in empty:
                message = f"the link to '{link.href[:120]}' says only '{plain_text(link.text)}'"
                yield issue("KB311", reading.article.path, link.line, message)


def heavy_images(lint: LintInput) -> Iterator[Issue]:
    """Find pictures that take long to load."""
    limit = lint.limits.image_kilobytes
    for path, size in sorted(lint.asset_bytes.items()):
        if path.rpartition(".")[2].lower() in IMAGES and size > limit * 1000:
            yield issue("KB213", lint.at(path), 0, f"{round(size / 1000)} kB; the limit is {limit} kB")


def unused_files(lint: LintInput) -> Iterator[Issue]:
    """Find files that no article, category or draft uses."""
    used = set(_used(lint)) if lint.content.assets else ()
    for path in lint.content.assets:
        if path not in used:
            yield issue("KB214", lint.at(path), 0, "is published, and no page uses it")


def _used(lint: LintInput) -> Iterator[str]:
    for reading in lint.articles():
        for link in reading.links:
            if not link.href.startswith(("https://", "http://")):  # most of the many; these lead to no file of ours
                resolved = lint.resolve(link, reading.article.path)
                if resolved.kind is LinkKind.ASSET:
                    yield resolved.target
        yield from _video_files(reading.article)
    others = [
        (f"{page.path}/index.md".lstrip("/"), page.body)
        for page in (lint.content.home, *lint.content.categories.values())
    ]
    others += [(draft.path, draft.body) for draft in lint.content.drafts.values()]
    for path, body in others:
        for link in source_links(body):
            yield lint.resolve(link, path).target
    for draft in lint.content.drafts.values():
        yield from _video_files(draft)


def _video_files(article: Article) -> tuple[str, ...]:
    video = article.video
    return (video.src, video.captions, video.poster) if video else ()
