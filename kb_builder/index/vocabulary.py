"""Cut the words that mistyped ones are compared with into small files, so that few are needed for one word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from kb_builder.index.analyzer import WORD_CODE_POINTS, is_spaceless

ONE_EDIT_LETTERS = 4
TWO_EDITS_LETTERS = 8
_FILE_BYTES = 8_000  # of plain JSON; gzip makes about a third of it
_MOST_BYTES = 16_000
# Letters with their marks; those beyond the Basic Multilingual Plane are two units to JavaScript.
_LETTERS = regex.compile(r"[\p{L}\p{M}--[\U00010000-\U0010ffff]]+", regex.V1)


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """Words that typed ones may stand for.

    Attributes:
        first: The least `vocabulary_key` of the words typed that it is for; it ends where the next file begins.
        groups: Each ascending: words that lead to articles but are in none, those that are in one, in two or three, in
            four to seven, and so on.
        is_whole: Whether no word was left out.
    """

    first: str
    groups: tuple[tuple[str, ...], ...]
    is_whole: bool = True


def allowed_edits(length: int) -> int:
    """Return how many edits may part a typed word from what it stands for: none below four letters, two from eight."""
    return (length >= ONE_EDIT_LETTERS) + (length >= TWO_EDITS_LETTERS)


def vocabulary_key(letter: str, length: int) -> str:
    """Return what tells the file of the words that begin with a letter and are near a typed word in length."""
    return f"{letter}{length:02}"


def has_only_letters(word: str) -> bool:
    """Say whether typing errors are looked for in such a word: no digits, and no script without spaces."""
    return bool(_LETTERS.fullmatch(word)) and not is_spaceless(word)


def cut_vocabulary(article_counts: Mapping[str, int]) -> list[VocabularyFile]:
    """Cut words into files by their first letter, and those of a letter with many by the length of what is typed.

    Files of neighbouring lengths share words, so that one is enough for any word typed. Should the words for one length
    be too many, the rarest are left out.

    Args:
        article_counts: For each word how many articles have it; 0 for one that only leads to articles.

    Returns:
        Ascending by key; words that do not satisfy `has_only_letters` are in none.
    """
    letters: dict[str, list[str]] = {}
    for word in sorted(article_counts):
        if has_only_letters(word) and len(word) >= ONE_EDIT_LETTERS - 1:
            letters.setdefault(word[0], []).append(word)
    files: list[tuple[str, list[str], bool]] = []
    size = _FILE_BYTES
    for letter, words in letters.items():
        letter_size = _plain_bytes(words)
        if letter_size > _FILE_BYTES:
            files += _cut_letter(letter, words, article_counts)
            size = _FILE_BYTES
        elif size + letter_size > _FILE_BYTES:
            files.append((letter, words, True))
            size = letter_size
        else:
            files[-1][1].extend(words)
            size += letter_size
    return [VocabularyFile(first, _groups(words, article_counts), is_whole) for first, words, is_whole in files]


def _cut_letter(
    letter: str, words: Sequence[str], article_counts: Mapping[str, int]
) -> Iterator[tuple[str, list[str], bool]]:
    """Yield files for as many lengths each as fit, and whether each has all of its words."""
    first, key, near = ONE_EDIT_LETTERS, letter, list[str]()
    for length in range(ONE_EDIT_LETTERS, WORD_CODE_POINTS + 1):
        wider = _near(words, first, length)
        if near and _plain_bytes(wider) > _FILE_BYTES:
            yield key, *_commonest(near, article_counts)
            first, key = length, vocabulary_key(letter, length)
            wider = _near(words, first, length)
        near = wider
    if near:
        yield key, *_commonest(near, article_counts)


def _near(words: Sequence[str], first: int, last: int) -> list[str]:
    """Return the words that may be meant by one of ``first`` to ``last`` letters."""
    shortest, longest = first - allowed_edits(first), last + allowed_edits(last)
    return [word for word in words if shortest <= len(word) <= longest]


def _commonest(words: Sequence[str], article_counts: Mapping[str, int]) -> tuple[list[str], bool]:
    """Return as many words as may be in one file, ascending, and whether these are all."""
    kept, size = [], 0
    for word in sorted(words, key=lambda word: (-article_counts[word], word)):
        size += _plain_bytes([word])
        if size > _MOST_BYTES:
            break
        kept.append(word)
    return sorted(kept), len(kept) == len(words)


def _plain_bytes(words: Sequence[str]) -> int:
    return sum(len(word.encode()) + 1 for word in words)


def _groups(words: Sequence[str], article_counts: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    groups: list[list[str]] = [[] for _ in range(1 + max(article_counts[word].bit_length() for word in words))]
    for word in words:
        groups[article_counts[word].bit_length()].append(word)
    return tuple(tuple(group) for group in groups)
