"""The Markdown of two versions of a text in, what a lawyer would mark out: words added and removed, paragraphs moved.

Versions are compared as blocks (headings, paragraphs, list items, table rows) and, inside a block that was reworded, as
words. Markup is left out: a redline shows what the text says. A block that stands elsewhere in the new version, in the
same or nearly the same words, has moved; it is not shown as removed and added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import regex
from rapidfuzz.distance import LCSseq

from kb_builder.articles.plain import plain_text

# Above these a comparison costs more than it tells; no policy comes near them.
MOST_BLOCKS = 4000
_MOST_WORDS = 20_000  # of one block; a longer one is shown as removed and added whole

_REWORDED = 0.5  # share of words in common from which two blocks in one gap are the same block
_MOVED = 0.8  # the same for blocks that stand elsewhere
_FEWEST_MOVED_WORDS = 4  # shorter blocks ("Yes", "Refunds") recur by chance

_TOKEN = regex.compile(r"\s+|[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}\p{N}]+(?:['’\-.,][\p{L}\p{M}\p{N}]+)*|.")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)")
_RULE = re.compile(r"[ \t]*(?:\|?[ \t]*:?-{2,}:?[ \t|:-]*|[*_-](?:[ \t]*[*_-]){2,})$")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


class Change(StrEnum):
    """What became of a word or a block."""

    SAME = "same"
    CHANGED = "changed"  # a block only: some of its words were added or removed
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # a block only: it stood elsewhere; its words may have changed too
    MOVED_AWAY = "moved_away"  # a block only: where it stood before


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row with one fate: same, added or removed."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class RedlineBlock:
    """A block of the new version, or one that is gone. ``kind`` is heading, paragraph, item, row or code.

    Attributes:
        level: Of a heading, 1 to 6; of an item how deep it stands, from 1; else 0.
        number: Of an item of a numbered list, as readers see it; else None. The new one, unless the block is gone.
    """

    change: Change
    kind: str
    level: int
    runs: tuple[Run, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    kind: str
    level: int
    number: int | None
    text: str
    words: tuple[str, ...]


def redline(old: str, new: str) -> tuple[RedlineBlock, ...] | None:
    """Mark what changed from one Markdown text to the next.

    Returns:
        The blocks of the new text in its order, with what was removed where it stood; None when a text has more than
        `MOST_BLOCKS` blocks.
    """
    before, after = _blocks(old), _blocks(new)
    if max(len(before), len(after)) > MOST_BLOCKS:
        return None
    pairs = _pairs(before, after)
    moves = _moves(before, after, pairs)
    origins = {new_place: before[old_place] for old_place, new_place in moves.items()}
    marked: list[RedlineBlock] = []
    edges = [(-1, -1), *sorted(pairs.items()), (len(before), len(after))]
    for (i1, j1), (i2, j2) in pairwise(edges):
        marked += _gone(before, range(i1 + 1, i2), moves)
        marked += [_mark(origins.get(place), after[place], moved=True) for place in range(j1 + 1, j2)]
        if j2 < len(after):
            marked.append(_mark(before[i2], after[j2], moved=False))
    return tuple(marked)


def mark_words(old: Sequence[str], new: Sequence[str]) -> tuple[Run, ...]:
    """Return the words of two texts as runs, in reading order; what was removed stands before what took its place.

    Short stretches that stayed between longer ones that changed count as changed: a sentence is easier to read struck
    out and written anew than as a patchwork.
    """
    runs: list[Run] = []
    for code in LCSseq.opcodes(old, new):
        before, after = "".join(old[code.src_start : code.src_end]), "".join(new[code.dest_start : code.dest_end])
        if code.tag == "equal":
            runs.append(Run(Change.SAME, after))
        else:
            runs += [Run(Change.REMOVED, before), Run(Change.ADDED, after)]
    return _joined(_without_crumbs(_joined(runs)))


def _blocks(markdown: str) -> list[_Block]:
    return [
        _Block(kind, level, number, text, tuple(_TOKEN.findall(text)))
        for kind, level, number, lines in _raw_blocks(markdown)
        if (text := lines if kind == "code" else plain_text(lines))
    ]


def _raw_blocks(markdown: str) -> Iterator[tuple[str, int, int | None, str]]:
    """Cut Markdown into blocks of one kind each; the lines of a paragraph or an item are joined.

    Yields kind, level, number and Markdown of each.
    """
    kind, level, fence = "paragraph", 0, ""
    number: int | None = None
    counted: dict[int, int] = {}  # the number of the latest item on each level of the list around
    lines: list[str] = []
    for line in [*markdown.split("\n"), ""]:
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            else:
                yield "code", 0, None, line
            continue
        heading, item, opening = _HEADING.match(line), _ITEM.match(line), _FENCE.match(line)
        row = line.lstrip().startswith("|") or (" | " in line and kind == "row")
        if lines and (heading or item or opening or row or not line.strip()):
            yield kind, level, number, " ".join(lines)
            kind, level, number, lines = "paragraph", 0, None, []
        goes_on = item or kind == "item" or not line[:1].strip()
        counted = counted if goes_on else {}  # what stands at the margin ends the list
        if opening:
            fence = opening[1]
        elif heading:
            yield "heading", len(heading[1]), None, heading[2]
        elif not line.strip():
            kind = "paragraph"
        elif _RULE.match(line):
            continue
        elif item:
            kind, level, lines = "item", 1 + len(item[1].expandtabs(4)) // 2, [item[3]]
            number = _next_number(counted, level, item[2])
        elif row:
            yield "row", 0, None, " · ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
            kind = "row"
        else:
            lines.append(line.strip().lstrip(">").strip())


def _next_number(counted: dict[int, int], level: int, written: str | None) -> int | None:
    """Return the number of an item, noting it: the first one is as written, the others follow, whatever is written."""
    for deeper in [other for other in counted if other > level or (other == level and not written)]:
        del counted[deeper]
    if not written:
        return None
    counted[level] = counted[level] + 1 if level in counted else int(written)
    return counted[level]


def _pairs(before: Sequence[_Block], after: Sequence[_Block]) -> dict[int, int]:
    """Pair blocks that are the same, and inside the gaps those that were reworded; both orders agree."""
    keys = [(block.kind, block.text) for block in before], [(block.kind, block.text) for block in after]
    pairs: dict[int, int] = {}
    for code in LCSseq.opcodes(*keys):
        if code.tag == "equal":
            pairs |= zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)
    edges = [(-1, -1), *sorted(pairs.items()), (len(before), len(after))]
    for (i1, j1), (i2, j2) in pairwise(edges):
        pairs |= _reworded(before, after, range(i1 + 1, i2), range(j1 + 1, j2))
    return pairs


def _reworded(before: Sequence[_Block], after: Sequence[_Block], old: range, new: range) -> dict[int, int]:
    """Pair the blocks of one gap, in order, so that the words in common are as many as can be (dynamic programme)."""
    if not old or not new or len(old) * len(new) > 40_000:
        return {}
    bags = {i: Counter(before[i].words) for i in old}, {j: Counter(after[j].words) for j in new}
    best: dict[tuple[int, int], float] = {}
    alike: dict[tuple[int, int], float] = {}
    for i in reversed(old):
        for j in reversed(new):
            share = _share(bags[0][i], bags[1][j]) if before[i].kind == after[j].kind else 0.0
            alike[i, j] = share if share >= _REWORDED else 0.0
            taken = alike[i, j] + best.get((i + 1, j + 1), 0.0) if alike[i, j] else 0.0
            best[i, j] = max(taken, best.get((i + 1, j), 0.0), best.get((i, j + 1), 0.0))
    pairs: dict[int, int] = {}
    i, j = old.start, new.start
    while i < old.stop and j < new.stop:
        if alike[i, j] and best[i, j] == alike[i, j] + best.get((i + 1, j + 1), 0.0):
            pairs[i], i, j = j, i + 1, j + 1
        elif best[i, j] == best.get((i + 1, j), 0.0):
            i += 1
        else:
            j += 1
    return pairs


def _moves(before: Sequence[_Block], after: Sequence[_Block], pairs: dict[int, int]) -> dict[int, int]:
    """Pair what is left on both sides and reads nearly alike, the most alike first."""
    kept = set(pairs.values())
    old = {i: Counter(block.words) for i, block in enumerate(before) if i not in pairs and _can_move(block)}
    new = {j: Counter(block.words) for j, block in enumerate(after) if j not in kept and _can_move(block)}
    if len(old) * len(new) > 40_000:
        return {}
    near = sorted((-_share(bag, other), i, j) for i, bag in old.items() for j, other in new.items())
    moves: dict[int, int] = {}
    for share, i, j in near:
        if -share >= _MOVED and i not in moves and j not in moves.values() and before[i].kind == after[j].kind:
            moves[i] = j
    return moves


def _can_move(block: _Block) -> bool:
    return sum(word.isalnum() for word in block.words) >= _FEWEST_MOVED_WORDS


def _share(one: Counter[str], other: Counter[str]) -> float:
    """Return the Dice coefficient of two bags of words, white space and marks aside."""
    size = sum(n for bag in (one, other) for word, n in bag.items() if word[0].isalnum())
    common = sum(min(n, other[word]) for word, n in one.items() if word[0].isalnum())
    return 2 * common / size if size else 0.0


def _mark(old: _Block | None, new: _Block, *, moved: bool) -> RedlineBlock:
    if old is None:
        return RedlineBlock(Change.ADDED, new.kind, new.level, (Run(Change.ADDED, new.text),), new.number)
    if max(len(old.words), len(new.words)) > _MOST_WORDS and old.text != new.text:
        runs: tuple[Run, ...] = (Run(Change.REMOVED, old.text), Run(Change.ADDED, new.text))
    else:
        runs = mark_words(old.words, new.words)
    change = Change.CHANGED if any(run.change is not Change.SAME for run in runs) else Change.SAME
    return RedlineBlock(Change.MOVED if moved else change, new.kind, new.level, runs, new.number)


def _gone(before: Sequence[_Block], places: range, moves: dict[int, int]) -> Iterator[RedlineBlock]:
    for place in places:
        block = before[place]
        change = Change.MOVED_AWAY if place in moves else Change.REMOVED
        yield RedlineBlock(change, block.kind, block.level, (Run(Change.REMOVED, block.text),), block.number)


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Join neighbours of one fate, and put each stretch of changes as what was removed, then what was added."""
    joined: list[Run] = []
    removed = added = ""
    for run in (*runs, Run(Change.SAME, "")):
        if run.change is Change.REMOVED:
            removed += run.text
        elif run.change is Change.ADDED:
            added += run.text
        else:
            joined += [Run(Change.REMOVED, removed)] if removed else []
            joined += [Run(Change.ADDED, added)] if added else []
            removed = added = ""
            if joined and joined[-1].change is Change.SAME:
                joined[-1] = replace(joined[-1], text=joined[-1].text + run.text)
            elif run.text:
                joined.append(run)
    return tuple(joined)


def _without_crumbs(runs: Sequence[Run]) -> list[Run]:
    """Turn what stayed, where it is shorter than the changes on either side, into removed and added."""
    kept: list[Run] = []
    for place, run in enumerate(runs):
        around = min(_changed_length(runs[max(0, place - 2) : place]), _changed_length(runs[place + 1 : place + 3]))
        if run.change is Change.SAME and around and len(run.text.strip()) * 2 <= around:
            kept += [Run(Change.REMOVED, run.text), Run(Change.ADDED, run.text)]
        else:
            kept.append(run)
    return kept


def _changed_length(neighbours: Sequence[Run]) -> int:
    """Return the length of the longer of two neighbours, one removed, one added; what stayed has none."""
    return max((len(run.text) for run in neighbours if run.change is not Change.SAME), default=0)
