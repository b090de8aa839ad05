"""Find the words of a site that a mistyped word may stand for; twin of search/client/spelling.js.

Both run tests/shared/spelling.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex
from rapidfuzz.distance import OSA

from kb_builder.index.analyzer import is_spaceless

CANDIDATES = 3
SPLITS = 2
_ONE_EDIT_LETTERS = 4
_TWO_EDITS_LETTERS = 8
_PART_LETTERS = 2
_FILE_BYTES = 8_000  # of plain JSON; gzip makes about a third of it
_LETTER_BYTES = 16_000
# Letters with their marks; those beyond the Basic Multilingual Plane are two units to JavaScript.
_LETTERS = regex.compile(r"[\p{L}\p{M}--[\U00010000-\U0010ffff]]+", regex.V1)

Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word of the site, and how many edits part it from what was typed."""

    word: str
    edits: int


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """The words that begin with ``first`` or a later letter, up to the next file's.

    ``groups[0]`` are words that lead to articles but are in none, ``groups[i]`` those in 2**(i-1) to 2**i - 1 articles;
    each ascending.
    """

    first: str
    groups: tuple[tuple[str, ...], ...]


def cut_vocabulary(article_counts: Mapping[str, int]) -> list[VocabularyFile]:
    """Cut the words that mistyped ones are compared with into files, so that few are needed for one word.

    A letter is never cut: should its words not fit in one file, the rarest are left out.

    Args:
        article_counts: For each word how many articles have it; 0 for one that only leads to articles.

    Returns:
        Ascending by first letter; words with digits and those of scripts without spaces are in none.
    """
    letters: dict[str, list[str]] = {}
    for word in sorted(word for word in article_counts if _LETTERS.fullmatch(word) and not is_spaceless(word)):
        letters.setdefault(word[0], []).append(word)
    stretches: list[list[str]] = []
    size = _FILE_BYTES
    for words in letters.values():
        kept = _commonest(words, article_counts)
        letter_size = sum(map(_plain_bytes, kept))
        if size + letter_size > _FILE_BYTES:
            stretches.append([])
            size = 0
        stretches[-1] += kept
        size += letter_size
    return [VocabularyFile(words[0][0], _groups(words, article_counts)) for words in stretches]


def can_be_misspelled(word: str) -> bool:
    """Say whether an unknown word may be a known one with typing errors: four letters or more and nothing else."""
    return len(word) >= _ONE_EDIT_LETTERS and bool(_LETTERS.fullmatch(word)) and not is_spaceless(word)


def nearest(typed: str, groups: Groups) -> list[Candidate]:
    """Find the words with the fewest edits: letters inserted, left out, replaced, or swapped with their neighbour.

    One edit is allowed from 4 letters on, two from 8. Which keys are neighbours is not looked at, nor whether a letter
    is doubled: ranking by these moved the share of typing errors undone by less than .01, either way.

    Args:
        typed: A word that `can_be_misspelled`.
        groups: Of a vocabulary file.

    Returns:
        At most `CANDIDATES`, all of as many edits; those with the same first letter first, then the commonest, then by
        code point.

    Source: Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16, 2011, section 2: the optimal
    string alignment distance, which lets no letter be edited twice.
    """
    most = 2 if len(typed) >= _TWO_EDITS_LETTERS else 1
    found = [
        Candidate(word, edits)
        for group in reversed(groups)
        for word in group
        if (edits := OSA.distance(typed, word, score_cutoff=most)) <= most
    ]
    fewest = min((candidate.edits for candidate in found), default=0)
    best = [candidate for candidate in found if candidate.edits == fewest]
    return sorted(best, key=lambda candidate: candidate.word[0] != typed[0])[:CANDIDATES]


def splits(typed: str, groups: Groups) -> list[tuple[str, str]]:
    """Cut a word where a space may be missing: its first part is in an article.

    Args:
        groups: Of the vocabulary file of the word's first letter.

    Returns:
        At most `SPLITS` pairs, those with the longest shorter part first, then those with the longer first part.
        Whether the second part is a word remains to be seen.
    """
    words = {word for group in groups[1:] for word in group}
    places = [at for at in range(_PART_LETTERS, len(typed) - _PART_LETTERS + 1) if typed[:at] in words]
    places.sort(key=lambda at: (-min(at, len(typed) - at), -at))
    return [(typed[:at], typed[at:]) for at in places[:SPLITS]]


def _commonest(words: Sequence[str], article_counts: Mapping[str, int]) -> list[str]:
    """Return as many words of a letter as may be in one file, ascending."""
    kept, size = [], 0
    for word in sorted(words, key=lambda word: (-article_counts[word], len(word), word)):
        size += _plain_bytes(word)
        if size > _LETTER_BYTES:
            break
        kept.append(word)
    return sorted(kept)


def _plain_bytes(word: str) -> int:
    return len(word.encode()) + 1


def _groups(words: Sequence[str], article_counts: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    count = max(article_counts[word].bit_length() for word in words) + 1
    groups: list[list[str]] = [[] for _ in range(count)]
    for word in words:
        groups[article_counts[word].bit_length()].append(word)
    return tuple(tuple(group) for group in groups)
