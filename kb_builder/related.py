"""Content in, content out whose articles name all that is related to them: what their pages then show."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb_builder.articles.languages import primary_language, split_language
from kb_builder.articles.model import Article, Content
from kb_builder.articles.related import MOST_RELATED, with_more_related
from kb_builder.articles.translations import in_folder_of
from kb_builder.cache import Cache, digest
from kb_builder.index.blas import one_thread
from kb_builder.index.likeness import most_alike
from kb_builder.index.word_vectors import load_word_vectors


def with_related(content: Content, *, language: str, known: Cache) -> Content:
    """Fill the related articles of each up to four, from those that its category lists, the most alike first.

    What is there already comes first: the writer's choice, and what people read next (see `index.feedback`). A
    translation has what its original has. Edge: reads word vectors, where an earlier build did not compare the same.

    Args:
        content: As it is published, for one audience.
        language: Tag of the main language.
        known: What earlier builds compared.
    """
    by_category: defaultdict[str, list[Article]] = defaultdict(list)
    for article in content.articles.values():
        if article.category in content.categories:
            by_category[article.category].append(article)
    alike: dict[str, Sequence[str]] = {}
    with one_thread():  # so small products are not worth another one
        for path, articles in by_category.items():
            spoken = primary_language(split_language(path, content.languages)[0] or language)
            alike |= _alike(path, articles, content.categories[path].articles, spoken, known)
    filled = {}
    for path, article in content.articles.items():
        known_here = tuple(other for other in article.related if article.language or other in content.articles)
        filled[path] = with_more_related(replace(article, related=known_here), alike.get(path, ()))
    for path, article in content.articles.items():
        original = filled.get(split_language(path, content.languages)[1]) if article.language else None
        if original:
            filled[path] = with_more_related(article, in_folder_of(original.related, article.language))
    return replace(content, articles=filled)


def _alike(
    category: str, articles: Sequence[Article], listed: Sequence[str], language: str, known: Cache
) -> Mapping[str, Sequence[str]]:
    """Return the paths of the articles most like each one of a category."""
    places = {path: place for place, path in enumerate(listed)}
    ordered = sorted(articles, key=lambda article: (places.get(article.path, len(places)), article.path))
    texts = [_names(article) for article in ordered]
    paths = [article.path for article in ordered]
    name, key = f"alike {category}", digest(language, str(len(listed)), repr(paths), repr(texts))
    known.keep(name)
    kept = known.get(name, key)
    if kept is None:
        vectors = load_word_vectors(language) if len(texts) > 1 else None
        found = most_alike(texts, among=len(listed), most=MOST_RELATED, language=language, vectors=vectors)
        kept = json.dumps(found).encode()
        known.put(name, key, kept)
    return {path: [paths[number] for number in numbers] for path, numbers in zip(paths, json.loads(kept), strict=True)}


def _names(article: Article) -> list[str]:
    return [article.title, article.title, *article.questions, *article.tags, article.summary]
