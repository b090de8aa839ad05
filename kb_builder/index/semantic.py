"""Documents in, semantic postings out: for each word the articles that are about what it means.

A query's vector is the sum of its words' vectors, so its product with an article's vector is the sum of the products of
its words: an inverted index, of words that the article need not have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_builder.index.fields import DocumentWords, document_words
from kb_builder.index.model import Document
from kb_builder.index.packing import pack, pack_all
from kb_builder.index.postings import FieldPostings
from kb_builder.index.semantic_list import MAX_PEAK, MAX_WEIGHT
from kb_builder.index.word_vectors import LEVELS, WordVectors

_ARTICLE_LEVELS = 2047  # LEVELS times this times 1,024 dimensions is below 2**24: float32 adds it up exactly
_CHUNK_WORDS, _CHUNK_COMPARED = 256, 2048  # what is made of them stays near the processor
_FOLDS = 8
_FEWEST_SAMPLED, _SAMPLE = 512, 96  # 96 is as good as 512 on the bank's articles among 923 others

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
        sample: The numbers of those that say what articles have in common; nothing if they all do.
    """

    words: Callable[[Sequence[str]], Floats]
    articles: Floats
    sample: Sequence[int] = ()


def static_space(documents: Sequence[Document], vectors: WordVectors, *, language: str) -> MeaningSpace:
    """Take the vectors of words as they are; that of an article is of its title with its questions and of its text."""
    articles = article_vectors(document_words(documents, language), vectors)
    return space_of(articles, vectors, [document.url for document in documents])


def space_of(articles: Vectors, vectors: WordVectors, urls: Sequence[str]) -> MeaningSpace:
    """Take the vectors of words as they are, and those of articles as `article_vectors` makes them."""
    return MeaningSpace(vectors.vectors, articles.astype(np.float64), _sample(urls))


def _sample(urls: Sequence[str]) -> list[int]:
    """Choose articles by the hashes of their URLs, so few that the edit of one seldom moves all the others.

    Where articles are few, all of them count: their meanings are soon made anew.
    """
    if len(urls) <= _FEWEST_SAMPLED:
        return [*range(len(urls))]
    hashes = [hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest() for url in urls]
    return sorted(sorted(range(len(urls)), key=hashes.__getitem__)[:_SAMPLE])


def article_vectors(words: DocumentWords, vectors: WordVectors) -> Vectors:
    """Return a row a document: of its title with its questions as of its whole text, each of length 1."""
    texts = words.of_text
    table = vectors.vectors(texts.terms)
    rows = {word: row for row, word in enumerate(texts.terms)}
    heads = _sums(words.heads, table[[rows[word] for word in words.heads.terms]], int(words.head_counts.sum()))
    made = np.zeros((len(words.head_counts), vectors.dimensions), dtype=np.float32)
    end = 0
    for number, (count, whole) in enumerate(
        zip(words.head_counts.tolist(), _sums(texts, table, len(made)), strict=True)
    ):
        start, end = end, end + count
        named = sum(map(_unit, heads[start:end]), np.zeros(vectors.dimensions))
        made[number] = _unit(named) + _unit(whole)
    return made


def _sums(words: FieldPostings, table: Floats, count: int) -> Floats:
    """Return the sum of the vectors of each document's words, which are a row each in the table."""
    order = np.argsort(words.documents, kind="stable")
    rows, frequencies = words.rows[order], words.frequencies[order].astype(np.float64)
    ends = np.cumsum(np.bincount(words.documents, minlength=count)).tolist()
    sums = np.empty((count, table.shape[1]))
    for number, (start, end) in enumerate(pairwise([0, *ends])):
        sums[number] = frequencies[start:end] @ table[rows[start:end]]
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class MeaningLists:
    """The semantic postings of groups of words, with what tells which of them an edit changes.

    Attributes:
        names: The words of each group, with spaces between; in order.
        levels: A row a group: its mean in whole numbers.
        heights: What the largest of these stands for; 0 for a group of which nothing is known.
        articles: A column an article, in whole numbers.
        best: The largest product of each group.
        behind: The product that comes behind those that are kept.
        postings: Of each group, packed, without its peak.
        key: Names what the groups were made of; empty where nobody asks.
    """

    names: Sequence[str]
    levels: npt.NDArray[np.int8]
    heights: Floats
    articles: npt.NDArray[np.int16]
    best: npt.NDArray[np.float32]
    behind: npt.NDArray[np.float32]
    postings: Sequence[str]
    key: str = ""

    def packed(self) -> dict[str, str]:
        """Return packed lists by word (see `SemanticList`); words of which nothing is known have none."""
        worth = self.best * self.heights
        most = float(worth.max(initial=0))
        peaks = np.rint(worth / most * MAX_PEAK).astype(np.int64).tolist() if most > 0 else [0] * len(worth)
        written = ["", *(pack(peak, (), highest=peak) for peak in range(1, MAX_PEAK + 1))]
        of_groups = zip(self.names, peaks, self.postings, strict=True)
        lists = ((names, written[peak] + text) for names, peak, text in of_groups if peak > 0 and text)
        return {word: text for names, text in lists for word in names.split(" ")}


def semantic_lists(
    groups: Callable[[], Iterable[Sequence[str]]],
    space: MeaningSpace,
    *,
    meaning: Meaning | None = None,
    known: MeaningLists | None = None,
    key: str = "",
) -> MeaningLists:
    """Compute the semantic postings of words.

    Rounded vectors of whole numbers are multiplied, so that machines agree; articles that tie where a list is cut are
    left out together.

    Args:
        groups: Gives words, folded, that share a list, which is that of their mean; in any order, no word in two.
        known: Those of other groups and articles by the same vectors and settings: what an edit left as it was is taken
            from them, and the result is what it would be without.
        key: Names what the groups are made of: those of ``known`` are the same if it has the same one, unless empty.
    """
    meaning = meaning or Meaning()
    articles = _article_levels(space, meaning)
    if not articles.any():
        names: Sequence[str] = []
    elif known and known.names and key and known.key == key:
        names = known.names
    else:
        names = [*map(" ".join, sorted(map(tuple, groups())))]
    if known and names is known.names:
        old = np.arange(len(names))
    else:
        places = {name: row for row, name in enumerate(known.names)} if known else {}
        old = np.fromiter((places.get(name, -1) for name in names), np.int64, len(names))
    levels, heights = _word_levels([names[row].split(" ") for row in np.flatnonzero(old < 0).tolist()], space)
    if known and known.names:
        levels, heights = _merged(known.levels, old, levels), _merged(known.heights, old, heights)
        old[_touched(known, articles)[old]] = -1
    anew = np.flatnonzero(old < 0)
    best, behind = np.zeros(len(anew), np.float32), np.full(len(anew), np.inf, np.float32)
    postings = [""] * len(anew)
    meant = np.flatnonzero(heights[anew] > 0)
    columns = articles.astype(np.float32)
    for start in range(0, len(meant), _CHUNK_WORDS):
        rows = meant[start : start + _CHUNK_WORDS]
        best[rows], behind[rows], texts = _strongest(levels[anew[rows]], columns, meaning)
        for row, text in zip(rows.tolist(), texts, strict=True):
            postings[row] = text
    if known and known.names:
        best, behind = _merged(known.best, old, best), _merged(known.behind, old, behind)
        fresh = iter(postings)
        postings = [known.postings[row] if row >= 0 else next(fresh) for row in old.tolist()]
    return MeaningLists(names, levels, heights, articles, best, behind, postings, key)


def _touched(known: MeaningLists, articles: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Say of each known group whether its list may be another one with these articles."""
    if known.articles.shape != articles.shape:
        return np.ones(len(known.names), np.bool_)
    changed = np.flatnonzero((known.articles != articles).any(axis=0))
    before, after = (columns[:, changed].astype(np.float32) for columns in (known.articles, articles))
    touched = np.zeros(len(known.names), np.bool_)
    for start in range(0, len(touched) if len(changed) else 0, _CHUNK_COMPARED):
        rows = slice(start, start + _CHUNK_COMPARED)
        levels, behind = known.levels[rows].astype(np.float32), known.behind[rows]
        touched[rows] = ((levels @ before).max(axis=1) >= behind) | ((levels @ after).max(axis=1) > behind)
    return touched


def _merged(known: npt.NDArray[Any], old: npt.NDArray[np.int64], fresh: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a row for each of ``old``: that row of what is known; for those below 0, the fresh ones in order."""
    merged = np.empty((len(old), *fresh.shape[1:]), fresh.dtype)
    merged[old >= 0], merged[old < 0] = known[old[old >= 0]], fresh
    return merged


def _word_levels(groups: Sequence[Sequence[str]], space: MeaningSpace) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return a row a group: its mean in whole numbers, and what the largest of them stands for."""
    levels = np.zeros((len(groups), space.articles.shape[1]), dtype=np.int8)
    heights = np.zeros(len(groups))
    for start in range(0, len(groups), _CHUNK_WORDS):
        part = groups[start : start + _CHUNK_WORDS]
        found = _means(space.words([word for group in part for word in group]), [len(group) for group in part])
        heights[start : start + len(part)] = height = np.abs(found).max(axis=1, initial=0)
        levels[start : start + len(part)] = np.rint(found / np.maximum(height, 1e-300)[:, None] * LEVELS)
    return levels, heights


def _means(vectors: Floats, sizes: Sequence[int]) -> Floats:
    """Return the mean of as many rows as each size says, one size after the other."""
    counts = np.array(sizes, np.int64)
    starts = np.cumsum(counts) - counts
    sums = vectors[starts]
    for place in range(1, int(counts.max(initial=0))):  # most groups are a single word
        has = counts > place
        sums[has] += vectors[starts[has] + place]
    return sums / counts[:, None]


def _article_levels(space: MeaningSpace, meaning: Meaning) -> npt.NDArray[np.int16]:
    """Return a column an article: what sets it apart from all others, in whole numbers."""
    vectors, sample = space.articles, space.articles[list(space.sample)] if space.sample else space.articles
    made = vectors
    if len(vectors) > 1:
        mean = sample.mean(axis=0)
        made = (vectors - mean) @ _whitening(sample - mean, meaning.whitening)
    largest = max(float(made.max(initial=0)), -float(made.min(initial=0)))
    if largest <= 1e-9:
        return np.zeros(made.T.shape, np.int16)
    scaled = made / largest
    scaled *= _ARTICLE_LEVELS  # in its place: to ask for memory takes longer than to multiply
    return np.ascontiguousarray(np.rint(scaled, out=scaled).T, dtype=np.int16)


def _unit(vector: Floats) -> Floats:
    length = float(np.sqrt(vector @ vector))
    return vector / length if length else vector


def _whitening(centred: Floats, power: float) -> Floats:
    """Lessen the directions in which the articles of this site differ most: they tell topics apart, not answers."""
    variances, directions = np.linalg.eigh(centred.T @ centred)
    spreads = np.sqrt(np.maximum(variances, 0))
    if spreads[-1] == 0:
        return np.eye(len(directions))
    factors = (spreads / spreads[-1] + 0.1) ** -power
    whitening: Floats = (directions * factors) @ directions.T
    return whitening


def _strongest(
    levels: npt.NDArray[np.int8], articles: npt.NDArray[np.float32], meaning: Meaning
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], list[str]]:
    """Return for some words: the largest product and that behind those that are kept; these, packed without a peak."""
    products = levels.astype(np.float32) @ articles
    best = products.max(axis=1)
    least = np.maximum(best * np.float32(meaning.least_share), 0)
    behind, words, numbers, values = _largest(products, meaning.articles)
    kept = values > least[words]
    words, numbers, values = words[kept], numbers[kept], values[kept]
    shares = values.astype(np.float64) / best[words]
    weights = np.maximum(1, np.rint(shares * MAX_WEIGHT)).astype(np.int64)
    counts = np.bincount(words, minlength=len(products))
    packed = pack_all(np.ones_like(counts), counts, numbers, weights, highest=np.full_like(counts, MAX_WEIGHT))
    return best, behind, [text[1:] for text in packed]


def _largest(products: npt.NDArray[np.float32], most: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the value behind the ``most`` largest of each row; rows, columns and values of what is above it."""
    count = products.shape[1]
    width = count // _FOLDS
    if count <= most:
        behind = np.full(len(products), -np.inf, np.float32)
        found = np.arange(products.size)
    elif width <= most:
        behind = np.partition(products, count - most - 1, axis=1)[:, count - most - 1]
        found = np.flatnonzero(products > behind[:, None])
    else:  # it is not below that of the folded row, which is shorter
        folded = np.maximum.reduce([products[:, at * width : (at + 1) * width] for at in range(_FOLDS)])
        bounds = np.partition(folded, width - most - 1, axis=1)[:, width - most - 1]
        found = np.flatnonzero(products >= bounds[:, None])
        rows, values = _rows_of(found, products), products.ravel()[found]
        counts = np.bincount(rows)
        few = np.full((len(products), counts.max()), -np.inf, np.float32)
        few[rows, np.arange(len(found)) - (np.cumsum(counts) - counts)[rows]] = values
        behind = np.partition(few, -most - 1, axis=1)[:, -most - 1]
        found = found[values > behind[rows]]
    rows = _rows_of(found, products)
    return behind, rows, found - rows * count, products.ravel()[found]


def _rows_of(places: npt.NDArray[np.int64], table: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return the row of each of some places in a table, which are ascending: to divide them would take longer."""
    ends = np.searchsorted(places, np.arange(1, len(table) + 1) * table.shape[1])
    return np.repeat(np.arange(len(table)), np.diff(ends, prepend=0))
