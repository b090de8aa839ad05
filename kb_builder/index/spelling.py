"""Find the words of a site that a mistyped word may stand for.

The twin is search/client/spelling.js; both run tests/shared/spelling.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from kb_builder.index.reader import SearchIndex
from kb_builder.index.vocabulary import allowed_edits, has_only_letters

CANDIDATES = 3
SPLITS = 2
PART_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word of the site, and how many edits part it from what was typed."""

    word: str
    edits: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What a mistyped word may stand for.

    Attributes:
        used: The likeliest word; or two, between which the space is missing.
        edits: How many part each of the words from what was typed; a missing space is one.
        alternatives: For each word meant the candidates, best first.
    """

    used: str
    edits: int
    alternatives: tuple[tuple[str, ...], ...]


def correct(index: SearchIndex, typed: str) -> Correction | None:
    """Say what an unknown word may stand for; nothing when the site has no word that is near.

    Reads a vocabulary file by the word's first letter, and one by its second when no word is one edit away: the two may
    be swapped.
    """
    found = nearest(typed, index.vocabulary(typed[0], len(typed)))
    if not _is_one_edit(found):
        others = nearest(typed, index.vocabulary(typed[1], len(typed)))
        if not found or _is_one_edit(others):
            found = others
    if not _is_one_edit(found):
        for left, right in splits(typed, lambda word: index.is_beginning(word, of=typed)):
            entry = index.find(right)
            if entry and entry.term is not None:
                return Correction(f"{left} {right}", 1, ((left,), (right,)))
    if not found:
        return None
    return Correction(found[0].word, found[0].edits, (tuple(candidate.word for candidate in found),))


def can_be_misspelled(word: str) -> bool:
    """Say whether an unknown word may be a known one with typing errors: four letters or more and nothing else."""
    return allowed_edits(len(word)) > 0 and has_only_letters(word)


def nearest(typed: str, groups: Sequence[Sequence[str]]) -> list[Candidate]:
    """Find the words with the fewest edits: letters inserted, left out, replaced, or swapped with their neighbour.

    Which keys are neighbours is not looked at, nor whether a letter is doubled: ranking by these moved the share of
    typing errors undone by less than .01, either way.

    Args:
        typed: A word that `can_be_misspelled`.
        groups: Of a vocabulary file, ever commoner.

    Returns:
        At most `CANDIDATES`, all of as many edits; those with the same first letter first, then the commonest, then by
        code point.

    Source: Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16, 2011, section 2: the optimal
    string alignment distance, which lets no letter be edited twice.
    """
    most = allowed_edits(len(typed))
    found = [
        Candidate(word, edits)
        for group in reversed(groups)
        for word in group
        if (edits := OSA.distance(typed, word, score_cutoff=most)) <= most
    ]
    fewest = min((candidate.edits for candidate in found), default=0)
    best = [candidate for candidate in found if candidate.edits == fewest]
    return sorted(best, key=lambda candidate: candidate.word[0] != typed[0])[:CANDIDATES]


def splits(typed: str, is_word: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Cut a word where a space may be missing.

    Args:
        is_word: Says whether the first part is one.

    Returns:
        At most `SPLITS` pairs, those with the longest shorter part first, then those with the longer first part.
        Whether the second part is a word remains to be seen.
    """
    places = [at for at in range(PART_LETTERS, len(typed) - PART_LETTERS + 1) if is_word(typed[:at])]
    places.sort(key=lambda at: (-min(at, len(typed) - at), -at))
    return [(typed[:at], typed[at:]) for at in places[:SPLITS]]


def _is_one_edit(found: Sequence[Candidate]) -> bool:
    return bool(found) and found[0].edits == 1
