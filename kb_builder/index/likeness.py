"""What articles are called in, the articles that are most alike out: by what they mean and by the words they share."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.function_words import function_words
from kb_builder.index.word_vectors import WordVectors

_WORDS_SHARE = 0.6
"""What shared words count beside meaning. Of what writers of two help centers named as related in a category (235
and 29 links), the first four hold 70 and 76 % with words alone, 67 and 72 % with meaning alone, 73 and 86 %
with both; 64 and 66 % with the words of titles and tags, which were compared before."""
_LEAST = 0.1
_LEAST_SHARED = 0.02  # without meaning
_TIMES = 2  # so often a word counts that an article repeats
_MOST_SHARING = 100  # a word that so many share says little, and comparing them would cost the square of their number
_WEIGHTS = 16
_LEVELS = 2047  # the product of two vectors of this length is below 2**24: float32 adds it up exactly, in any order
_CHUNK = 1024

Floats = npt.NDArray[np.float64]


def most_alike(
    texts: Sequence[Sequence[str]], *, among: int, most: int, language: str, vectors: WordVectors | None
) -> list[list[int]]:
    """Return for each article the numbers of those most like it, best first; ties go to the one that comes first.

    Rare words count more, and a word that all of them have counts nothing. Everything is added up in whole numbers, so
    machines agree.

    Args:
        texts: What each article is called: its title, questions, tags, and so on; a text given twice counts twice.
        among: Only the first so many are returned for any.
        most: How many are returned.
        language: ISO 639-1.
        vectors: Of the words of that language; without, only shared words count.
    """
    ignored, stem = function_words(language), stemmer(language)
    words = [_counted(names, language, ignored) for names in texts]
    stems = {word: stem(word) for word in set(chain.from_iterable(words))}
    shared = _shared([_stemmed(bag, stems) for bag in words], among)
    meant = _directions(words, vectors) if vectors else None
    found: list[list[int]] = []
    for start in range(0, len(texts), _CHUNK):
        near = meant[start : start + _CHUNK] @ meant[:among].T if meant is not None else None
        for row in range(start, min(start + _CHUNK, len(texts))):
            likeness = shared(row)
            if near is not None:
                likeness = likeness * _WORDS_SHARE + near[row - start] * ((1 - _WORDS_SHARE) / _LEVELS**2)
            likeness[row : row + 1] = 0
            found.append(_first(likeness, most, least=_LEAST if vectors else _LEAST_SHARED))
    return found


def _first(likeness: Floats, most: int, *, least: float) -> list[int]:
    """Return the numbers of the largest values."""
    bound = np.partition(likeness, -most)[-most] if len(likeness) > most else least
    large = np.flatnonzero(likeness >= max(bound, least))
    ordered: list[int] = large[np.argsort(-likeness[large], kind="stable")][:most].tolist()
    return ordered


def _counted(texts: Sequence[str], language: str, ignored: frozenset[str]) -> dict[str, int]:
    counts = Counter(analyze("\n".join(texts), language))
    return {word: min(times, _TIMES) for word, times in counts.items() if word not in ignored}


def _stemmed(words: Mapping[str, int], stems: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word, times in words.items():
        stem = stems[word]
        counts[stem] = min(counts.get(stem, 0) + times, _TIMES)
    return counts


def _weights(bags: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the weight of each word: the rarer, the more; 0 for one that all have where there are many."""
    frequencies = Counter(chain.from_iterable(bags))
    return {word: round(_WEIGHTS * math.log2((len(bags) + 1) / frequency)) for word, frequency in frequencies.items()}


def _shared(bags: Sequence[Mapping[str, int]], among: int) -> Callable[[int], Floats]:
    """Return what gives an article's cosine with each of the first ones, by the words they share."""
    weights = _weights(bags)
    weighed = [{word: weights[word] * times for word, times in bag.items()} for bag in bags]
    lengths = np.sqrt([max(1, sum(weight * weight for weight in bag.values())) for bag in weighed])
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, bag in enumerate(weighed[:among]):
        for word in bag:
            having[word].append(number)
    postings = {
        word: (np.array(numbers), np.array([float(weighed[number][word]) for number in numbers]))
        for word, numbers in having.items()
        if 1 < len(numbers) <= _MOST_SHARING
    }

    def cosines(row: int) -> Floats:
        lists = [(postings[word], weight) for word, weight in weighed[row].items() if word in postings]
        if not lists:
            return np.zeros(among)
        numbers = np.concatenate([numbers for (numbers, _), _ in lists])
        products = np.concatenate([weights * weight for (_, weights), weight in lists])
        made: Floats = np.bincount(numbers, products, among) / (lengths[row] * lengths[:among])
        return made

    return cosines


def _directions(bags: Sequence[Mapping[str, int]], vectors: WordVectors) -> npt.NDArray[np.float32]:
    """Return a row of whole numbers an article: where its words lie, each at the same distance, times their weights."""
    weights = _weights(bags)
    rows = {word: row for row, word in enumerate(weights)}
    table = _scaled(vectors.vectors([*rows]), 255)
    made = np.zeros((len(bags), vectors.dimensions), np.int64)
    for number, bag in enumerate(bags):
        if bag:
            counts = np.array([weights[word] * times for word, times in bag.items()])
            made[number] = counts @ table[[rows[word] for word in bag]]
    return _scaled(made, _LEVELS).astype(np.float32)


def _scaled(vectors: npt.NDArray[Any], length: int) -> npt.NDArray[np.int64]:
    """Bring vectors to one length, in whole numbers; zeros stay."""
    lengths = np.sqrt((vectors * vectors).sum(axis=1).astype(np.float64))
    scaled: npt.NDArray[np.int64] = np.rint(vectors * (length / np.maximum(lengths, 1))[:, None]).astype(np.int64)
    return scaled
