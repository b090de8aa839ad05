"""Content in, content out whose articles name all that is related to them: what their pages then show."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from kb_builder.articles.languages import primary_language, split_language
from kb_builder.articles.model import Article, Content
from kb_builder.articles.related import MOST_RELATED, with_more_related
from kb_builder.articles.translations import in_folder_of
from kb_builder.cache import Cache, digest
from kb_builder.workers import in_parts

_FEWEST = 500  # articles that processes are worth it for


def with_related(
    content: Content, *, language: str, known: Cache, meanwhile: Callable[[], None] = lambda: None
) -> Content:
    """Fill the related articles of each up to four, from those that its category lists, the most alike first.

    What is there already comes first: the writer's choice, and what people read next (see `index.feedback`). A
    translation has what its original has. Edge: reads word vectors, where an earlier build did not compare the same.

    Args:
        content: As it is published, for one audience.
        language: Tag of the main language.
        known: What earlier builds compared.
        meanwhile: Done by this process while others compare, where there is so much.
    """
    by_category: defaultdict[str, list[Article]] = defaultdict(list)
    for article in content.articles.values():
        if article.category in content.categories:
            by_category[article.category].append(article)
    alike = _alike(by_category, content, language, known, meanwhile)
    filled = {}
    for path, article in content.articles.items():
        known_here = tuple(other for other in article.related if article.language or other in content.articles)
        plain = article if known_here == article.related else replace(article, related=known_here)
        filled[path] = with_more_related(plain, alike.get(path, ()))
    for path, article in content.articles.items():
        original = filled.get(split_language(path, content.languages)[1]) if article.language else None
        if original:
            filled[path] = with_more_related(article, in_folder_of(original.related, article.language))
    return replace(content, articles=filled)


def _alike(
    by_category: Mapping[str, Sequence[Article]],
    content: Content,
    language: str,
    known: Cache,
    meanwhile: Callable[[], None],
) -> Mapping[str, Sequence[str]]:
    """Return the paths of the articles most like each one of its category; many are compared in several processes."""
    alike: dict[str, Sequence[str]] = {}
    unknown: list[tuple[str, str, _Compared]] = []
    for category, articles in by_category.items():
        listed = content.categories[category].articles
        places = {path: place for place, path in enumerate(listed)}
        ordered = sorted(articles, key=lambda article: (places.get(article.path, len(places)), article.path))
        texts, paths = [_names(article) for article in ordered], [article.path for article in ordered]
        spoken = primary_language(split_language(category, content.languages)[0] or language)
        name, key = f"alike {category}", digest(spoken, str(len(listed)), repr(paths), repr(texts))
        known.keep(name)
        if kept := known.get(name, key):
            alike |= _by_path(paths, json.loads(kept))
        else:
            unknown.append((name, key, _Compared(paths, texts, len(listed), spoken)))
    if not unknown:
        return alike
    from kb_builder.index.blas import one_thread  # numpy takes its time to load
    from kb_builder.index.word_vectors import load_word_vectors

    for spoken in {compared.language for _, _, compared in unknown if len(compared.texts) > 1}:
        load_word_vectors(spoken)  # the processes share them
    is_much = sum(len(compared.texts) for _, _, compared in unknown) >= _FEWEST

    def compare(start: int, end: int) -> list[list[list[int]]]:
        with one_thread():  # so small products are not worth another one
            return [compared.alike() for _, _, compared in unknown[start:end]]

    found = in_parts(compare, len(unknown), fewest=1 if is_much else len(unknown) + 1, meanwhile=meanwhile)
    for (name, key, compared), numbers in zip(unknown, chain.from_iterable(found), strict=True):
        known.put(name, key, json.dumps(numbers).encode())
        alike |= _by_path(compared.paths, numbers)
    return alike


@dataclass(frozen=True, slots=True)
class _Compared:
    """The articles of a category, in order: their paths, what they are called, and how many it lists."""

    paths: Sequence[str]
    texts: Sequence[Sequence[str]]
    listed: int
    language: str

    def alike(self) -> list[list[int]]:
        """Return for each the numbers of those most like it."""
        from kb_builder.index.likeness import most_alike
        from kb_builder.index.word_vectors import load_word_vectors

        vectors = load_word_vectors(self.language) if len(self.texts) > 1 else None
        return most_alike(self.texts, among=self.listed, most=MOST_RELATED, language=self.language, vectors=vectors)


def _by_path(paths: Sequence[str], alike: Sequence[Sequence[int]]) -> dict[str, Sequence[str]]:
    return {path: [paths[number] for number in numbers] for path, numbers in zip(paths, alike, strict=True)}


def _names(article: Article) -> list[str]:
    return [article.title, article.title, *article.questions, *article.tags, article.summary]
