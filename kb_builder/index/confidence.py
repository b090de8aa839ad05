"""Say how likely it is that the first hit answers: a ranking's features in, a percentage out.

The twin is search/client/confidence.js; both run tests/shared/ranking.json, and search/FORMAT.md states the rules.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

SURE_PERCENT = 70
UNSURE_PERCENT = 25
_CERTAIN_PERCENT = 97
_TOPIC_MARGIN = 200  # one word names a topic, not a question, unless its first hit is so far ahead
FITTED = Path(__file__).parent / "data" / "confidence.json"

Level = Literal["sure", "open", "unsure"]


class Coefficients(NamedTuple):
    """A fitted logistic model in whole numbers: ``base`` in thousandths, the others in millionths a unit."""

    base: int
    margin: int
    strength: int
    absent: int


NO_CLAIM = Coefficients(0, 0, 0, 0)  # even odds: neither sure nor unsure


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the confidence in a first hit rests on.

    Attributes:
        margin: By how much the next hit's score is below the first's, in thousandths of that.
        strength: The mean impact of the query's words in the first hit, weighed by their idf, in hundredths; a word
            that the hit has not counts as 0.
        absent: Share of the query's words that no article has, in thousandths.
        is_certain: The hit is pinned to the query, or its title or one of its questions is the query.
        is_topic: The query is one word, of which several articles are.
    """

    margin: int
    strength: int
    absent: int
    is_certain: bool = False
    is_topic: bool = False


def find_grounds(
    *, score: int, next_score: int, lexical_score: int, weight: int, absent: int, words: int, is_certain: bool
) -> Grounds:
    """Compute the features of a ranking with at least one hit.

    Args:
        score: Of the first hit.
        next_score: The best of the others; 0 when there is none.
        lexical_score: What of the first hit's score its words, their corrections and synonyms gave.
        weight: Sum of the weights of what the query's words lead to, those that lead nowhere included.
        absent: How many words no article has, not even corrected.
        words: How many the query has.
        is_certain: See `Grounds`.
    """
    margin = max(0, score - next_score) * 1000 // score if score else 0
    return Grounds(
        margin=margin,
        strength=lexical_score * 100 // weight if weight else 0,
        absent=absent * 1000 // words if words else 0,
        is_certain=is_certain,
        is_topic=words == 1 and margin < _TOPIC_MARGIN,
    )


def confidence(grounds: Grounds, coefficients: Coefficients) -> int:
    """Return the probability that the hit answers, in whole percent."""
    if grounds.is_certain:
        return _CERTAIN_PERCENT
    features = (grounds.margin, grounds.strength, grounds.absent)
    logit = coefficients.base + sum(c * f for c, f in zip(coefficients[1:], features, strict=True)) // 1000
    most = SURE_PERCENT - 1 if grounds.is_topic else _CERTAIN_PERCENT
    return min(most, math.floor(100 / (1 + math.exp(-max(-9000, min(logit, 9000)) / 1000)) + 0.5))


def find_level(percent: int, *, can_doubt: bool = True, kind: str = "") -> Level:
    """Say what a page does with a confidence: ``sure`` shows the answer itself, ``unsure`` offers other ways.

    One word that is being typed is too little to be in doubt about; it is what ``can_doubt`` excludes. A first hit of
    the kind ``community`` is never the answer: what other customers said is not the shop's word.
    """
    if percent >= SURE_PERCENT and kind != "community":
        return "sure"
    return "unsure" if can_doubt and percent < UNSURE_PERCENT else "open"


def rare_idf(article_count: int) -> int:
    """Return the idf, in thousandths, of a term that one of so many articles has."""
    return round(1000 * math.log(1 + (article_count - 0.5) / 1.5))


def fitted_coefficients() -> Coefficients:
    """Return what ``tools/fit_confidence.py`` found; its file says on what, and how reliable that is. Edge: disk."""
    return Coefficients(**json.loads(FITTED.read_text(encoding="utf-8"))["coefficients"])
