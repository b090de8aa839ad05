"""The blocks of words that mistyped ones are compared with; made again only if an edit changes one."""

from __future__ import annotations

from dataclasses import dataclass

from kb_builder.index.dictionary import Dictionary
from kb_builder.index.json_files import as_json
from kb_builder.index.vocabulary import cut_vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class SpellingBlocks:
    """Words that typed ones may stand for, in blocks.

    Attributes:
        counts: How many articles have each term, in the order of terms; where all words fit, only the binary digits of
            that, on which the blocks then depend.
        is_whole: Whether all words fit.
        firsts: The least key of each block.
        blocks: The JSON of each.
    """

    counts: list[int]
    is_whole: bool
    firsts: list[str]
    blocks: list[bytes]


def spelling_blocks(dictionary: Dictionary, *, known: SpellingBlocks | None = None) -> SpellingBlocks:
    """Cut the words of a dictionary into spelling blocks.

    Words of meaning only are left out: with them as candidates fewer typing errors were undone on the judged sets.

    Args:
        dictionary: The dictionary.
        known: Those of a dictionary of the same forms, which are taken if its terms are as common.
    """
    forms = dictionary.forms
    counts = [dictionary.impacts.count(term) for term in forms.terms]
    if known and known.counts == (_digits(counts) if known.is_whole else counts):
        return known
    words: dict[str, int] = {}
    for count, all_words, seen in zip(counts, forms.words, forms.seen, strict=True):
        words.update(dict.fromkeys(all_words.split(" "), 0))
        words.update(dict.fromkeys(seen.split(), count))
    files = cut_vocabulary(words)
    blocks = [as_json({"words": list(map(" ".join, file.groups))}) for file in files]
    is_whole = all(file.is_whole for file in files)
    return SpellingBlocks(_digits(counts) if is_whole else counts, is_whole, [file.first for file in files], blocks)


def _digits(counts: list[int]) -> list[int]:
    return [count.bit_length() for count in counts]
