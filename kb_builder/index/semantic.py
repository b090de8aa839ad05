"""Documents in, semantic postings out: for each word the articles that are about what it means.

A query's vector is the sum of its words' vectors, so its product with an article's vector is the sum of the products of
its words: an inverted index, of words that the article need not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_builder.index.fields import DocumentWords, document_words
from kb_builder.index.model import Document
from kb_builder.index.packing import pack_all
from kb_builder.index.semantic_list import MAX_PEAK, MAX_WEIGHT
from kb_builder.index.word_vectors import LEVELS, WordVectors

_ARTICLE_LEVELS = 2047  # LEVELS times this times 1,024 dimensions is below 2**24: float32 adds it up exactly
_CHUNK_PRODUCTS = 2**22
_FOLDS = 8
_CHUNK_GROUPS = 2**10  # whose vectors stay near the processor

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Settings of semantic postings, chosen on 1,140 bank customers' questions and the judgments of the demo.

    Success@1 of each in percent; the third figure is of the bank's 77 articles among 923 of other topics, the fourth of
    the demo's ``questions:`` lines, taken out of the demo.

    - ``share_percent`` 45, 55: 50, 50; 90, 90; 40, 42; 49, 48.
    - ``whitening`` 0, .25, .5, with vectors made before these: 50, 50, 50; 81, 81, 81; 35, 37, 38.
    - ``articles`` 20, 35, 50, 100 (likewise, without whitening), of the 1,000: 35, 35, 35, 34.
    - ``least_share`` 0, .2, .3, .4 (likewise): 50, 51, 50, 49; 81, 81, 80, 79.

    Attributes:
        articles: Most postings a word.
        least_share: Postings below this share of the word's strongest are left out.
        share_percent: What the best semantic score of a query counts; its best lexical score counts the rest to 100.
        whitening: How far directions in which many articles differ are lessened: 0 not, 1 to the same spread as all.
    """

    articles: int = 30
    least_share: float = 0.2
    whitening: float = 0.5
    share_percent: int = 50


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """Where words and articles lie: the product of two says how much the article is about what the word means.

    Attributes:
        words: Gives a row a word; zeros for one of which nothing is known.
        articles: A row a document, in the order of their numbers.
    """

    words: Callable[[Sequence[str]], Floats]
    articles: Floats


def static_space(documents: Sequence[Document], vectors: WordVectors, *, language: str) -> MeaningSpace:
    """Take the vectors of words as they are; that of an article is of its title with its questions and of its text."""
    return space_of(article_vectors([document_words(document, language) for document in documents], vectors), vectors)


def space_of(articles: Vectors, vectors: WordVectors) -> MeaningSpace:
    """Take the vectors of words as they are, and those of articles as `article_vectors` makes them."""
    return MeaningSpace(lambda words: vectors.vectors(words).astype(np.float64), articles.astype(np.float64))


def article_vectors(documents: Sequence[DocumentWords], vectors: WordVectors) -> Vectors:
    """Return a row a document: of its title with its questions as of its whole text, each of length 1."""
    known = sorted(set(chain.from_iterable(document.whole for document in documents)))
    rows = {word: row for row, word in enumerate(known)}
    table = vectors.vectors(known).astype(np.float64)
    made = np.zeros((len(documents), vectors.dimensions), dtype=np.float32)
    for number, document in enumerate(documents):
        heads = (_unit(_sum(table, rows, Counter(head))) for head in document.heads)
        named = sum(heads, np.zeros(vectors.dimensions))
        made[number] = _unit(named) + _unit(_sum(table, rows, document.whole))
    return made


def semantic_lists(
    groups: Iterable[Sequence[str]], space: MeaningSpace, *, meaning: Meaning | None = None
) -> dict[str, str]:
    """Compute the semantic postings of words.

    Args:
        groups: Words, folded, that share a list, which is that of their mean; in any order, no word in two groups.

    Returns:
        Packed lists by word (see `SemanticList`); words of which nothing is known have none. Rounded vectors of whole
        numbers are multiplied, so that machines agree; articles that tie where a list is cut are left out together.
    """
    meaning = meaning or Meaning()
    articles = _article_levels(space.articles, meaning)
    if not articles.any():
        return {}
    named = sorted(map(tuple, groups))
    levels, heights = _word_levels(named, space)
    rows = np.flatnonzero(heights)
    if not len(rows):
        return {}
    strongest = _strongest(levels[rows], articles, meaning)
    best, counts, numbers, weights = map(np.concatenate, zip(*strongest, strict=True))
    worth = best.astype(np.float64) * heights[rows]
    most = float(worth.max())
    peaks = np.rint(worth / most * MAX_PEAK).astype(np.int64) if most > 0 else np.zeros(len(rows), np.int64)
    packed = pack_all(np.maximum(peaks, 1), counts, numbers, weights, highest=np.full(len(rows), MAX_WEIGHT))
    made = zip(rows.tolist(), peaks.tolist(), packed, strict=True)
    return {word: text for row, peak, text in made if peak > 0 and text for word in named[row]}


def _word_levels(groups: Sequence[Sequence[str]], space: MeaningSpace) -> tuple[npt.NDArray[np.float32], Floats]:
    """Return a row a group: its mean in whole numbers, and what the largest of them stands for."""
    levels = np.zeros((len(groups), space.articles.shape[1]), dtype=np.float32)
    heights = np.zeros(len(groups))
    for start in range(0, len(groups), _CHUNK_GROUPS):
        part = groups[start : start + _CHUNK_GROUPS]
        found = _means(space.words([word for group in part for word in group]), [len(group) for group in part])
        heights[start : start + len(part)] = height = np.abs(found).max(axis=1, initial=0)
        levels[start : start + len(part)] = np.rint(found / np.maximum(height, 1e-300)[:, None] * LEVELS)
    return levels, heights


def _means(vectors: Floats, sizes: Sequence[int]) -> Floats:
    """Return the mean of as many rows as each size says, one size after the other."""
    if not len(vectors):
        return np.zeros((0, vectors.shape[1]))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    means: Floats = np.add.reduceat(vectors, starts, axis=0) / np.array(sizes)[:, None]
    return means


def _article_levels(vectors: Floats, meaning: Meaning) -> npt.NDArray[np.float32]:
    """Return a column an article: what sets it apart from all others, in whole numbers."""
    made = _whiten(vectors - vectors.mean(axis=0), meaning.whitening) if len(vectors) > 1 else vectors
    largest = float(np.abs(made).max(initial=0))
    scaled = np.rint(made / largest * _ARTICLE_LEVELS) if largest > 1e-9 else np.zeros_like(made)
    return np.ascontiguousarray(scaled.T, dtype=np.float32)


def _sum(table: Floats, rows: dict[str, int], words: Counter[str]) -> Floats:
    counts = np.fromiter(words.values(), dtype=np.float64, count=len(words))
    total: Floats = counts @ table[[rows[word] for word in words]]
    return total


def _unit(vector: Floats) -> Floats:
    length = float(np.sqrt(vector @ vector))
    return vector / length if length else vector


def _whiten(centred: Floats, power: float) -> Floats:
    """Lessen the directions in which the articles of this site differ most: they tell topics apart, not answers."""
    variances, directions = np.linalg.eigh(centred.T @ centred)
    spreads = np.sqrt(np.maximum(variances, 0))
    if spreads[-1] == 0:
        return centred
    factors = (spreads / spreads[-1] + 0.1) ** -power
    whitened: Floats = centred @ (directions * factors) @ directions.T
    return whitened


def _strongest(
    levels: npt.NDArray[np.float32], articles: npt.NDArray[np.float32], meaning: Meaning
) -> Iterator[tuple[npt.NDArray[Any], ...]]:
    """Yield for some words: the largest product of each; how many large ones each has; their articles and weights."""
    chunk = max(1, _CHUNK_PRODUCTS // articles.shape[1])
    for start in range(0, len(levels), chunk):
        products = levels[start : start + chunk] @ articles
        best = products.max(axis=1)
        least = np.maximum(best * np.float32(meaning.least_share), 0)
        words, numbers, values = _largest(products, meaning.articles)
        kept = values > least[words]
        words, numbers, values = words[kept], numbers[kept], values[kept]
        shares = values.astype(np.float64) / best[words]
        weights = np.maximum(1, np.rint(shares * MAX_WEIGHT)).astype(np.int64)
        yield best, np.bincount(words, minlength=len(products)), numbers, weights


def _largest(products: npt.NDArray[np.float32], most: int) -> tuple[npt.NDArray[Any], ...]:
    """Return rows, columns and values of what is above the value that comes behind the ``most`` largest of its row."""
    count = products.shape[1]
    width = count // _FOLDS
    if count <= most:
        found = np.arange(products.size)
    elif width <= most:
        behind = np.partition(products, count - most - 1, axis=1)[:, count - most - 1]
        found = np.flatnonzero(products > behind[:, None])
    else:  # that value is not below the same one of the folded row, which is shorter
        folded = np.maximum.reduce([products[:, at * width : (at + 1) * width] for at in range(_FOLDS)])
        bounds = np.partition(folded, width - most - 1, axis=1)[:, width - most - 1]
        found = np.flatnonzero(products >= bounds[:, None])
        rows, values = found // count, products.ravel()[found]
        ends = np.cumsum(np.bincount(rows, minlength=len(products)))
        behind = values[np.lexsort((values, rows))[ends - most - 1]]
        found = found[values > behind[rows]]
    return found // count, found % count, products.ravel()[found]
