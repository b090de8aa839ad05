"""Failed queries in, clusters with a reason out: what customers looked for and did not find, and what to do about it.

Deterministic and offline. Counts are visits, not events.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import DamerauLevenshtein

from kb_builder.analytics.privacy import MIN_TEXT_DAYS, MIN_TEXT_VISITS
from kb_builder.analytics.statements import Engine, Row, metric
from kb_builder.analytics.statistics import wilson
from kb_builder.index.analyzer import stemmer
from kb_builder.index.function_words import function_words

MOST_TEXTS = 5000
ALIKE = 0.5
"""Cosine from which two queries are about the same."""
FAILING = 0.5
"""Share of searches without result or click from which a text has failed."""


class Cause(StrEnum):
    """Why a cluster of queries fails."""

    SPELLING = "spelling"
    VOCABULARY = "vocabulary"
    RANKING = "ranking"
    CONTENT = "content"
    AUDIENCE = "audience"
    OUT_OF_SCOPE = "out of scope"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Other words with which customers found what these words did not give them."""

    text: str
    page: str
    visits: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A cluster of queries that fail, and why.

    Attributes:
        name: Its commonest text.
        texts: Those that may be shown, commonest first.
        visits: Visits that asked, succeeded, and contacted afterwards.
        score: Visits x (1 - success at best) x (1 + share that contacted); for ordering.
        rewrite: For spelling and vocabulary, the words that worked.
        page: The page that answers, where one is known.
        position: For ranking, where it stood on average.
    """

    name: str
    locale: str
    cause: Cause
    texts: tuple[str, ...]
    visits: int
    successes: int
    contacts: int
    days: int
    score: float
    rewrite: Rewrite | None = None
    page: str = ""
    position: float = 0.0

    @property
    def may_show(self) -> bool:
        """Say whether its name is used by enough visits on enough days."""
        return bool(self.texts)


def find_gaps(engine: Engine) -> tuple[Gap, ...]:
    """Cluster and classify the failed queries of an engine whose tables are derived; the largest loss first."""
    outcomes = engine.rows(metric("query_outcomes").sql)
    failed = [row for row in by_text(outcomes) if row["numerator"] + row["abandoned"] >= FAILING * row["denominator"]]
    failed.sort(key=lambda row: (-row["visits"], row["text"], row["locale"]))
    clusters = cluster(failed[:MOST_TEXTS])
    engine.load(
        "query_clusters",
        ("text", "locale", "cluster"),
        [(row["text"], row["locale"], number) for number, rows in enumerate(clusters) for row in rows],
    )
    counts = {row["cluster"]: row for row in engine.rows(metric("cluster_outcomes").sql)}
    rewrites = _rewrites(engine.rows(metric("reformulations").sql))
    pages = engine.rows(metric("clicked_pages").sql)
    gaps = [_gap(rows, counts[number], rewrites, outcomes) for number, rows in enumerate(clusters) if number in counts]
    gaps += _badly_ranked(pages, {(row["text"], row["locale"]) for row in failed})
    return tuple(sorted(gaps, key=lambda gap: (-gap.score, gap.name, gap.locale)))


def cluster(rows: Sequence[Row]) -> list[list[Row]]:
    """Put texts of one language that share stems and letters together; a text joins the first leader it is close to.

    Args:
        rows: Each with ``text`` and ``locale``, in the order in which they may lead.
    """
    leaders: list[tuple[list[Row], dict[str, float], str]] = []
    by_feature: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        vector = _vector(row["text"], row["locale"])
        near = Counter(number for name in vector for number in by_feature[row["locale"], name])
        best = max(
            ((_cosine(vector, leaders[number][1]), -number) for number, _ in near.most_common(50)), default=(0.0, 0)
        )
        if best[0] >= ALIKE:
            leaders[-best[1]][0].append(row)
            continue
        for name in vector:
            by_feature[row["locale"], name].append(len(leaders))
        leaders.append(([row], vector, row["locale"]))
    return [members for members, _, _ in leaders]


def _vector(text: str, locale: str) -> dict[str, float]:
    """Weigh the stems of a text and its runs of three to five letters; numbers are all alike."""
    language = locale.partition("-")[0].lower() or "en"
    stem, skip = stemmer(language), function_words(language)
    plain = re.sub(r"\d+", "0", text)
    words = [word for word in plain.split() if word not in skip] or plain.split()
    weights: Counter[str] = Counter()
    for word in words:
        weights[f"={stem(word)}"] += 3
        padded = f" {word} "
        for size in (3, 4, 5):
            for start in range(len(padded) - size + 1):
                weights[padded[start : start + size]] += 1
    length = math.sqrt(sum(value * value for value in weights.values())) or 1.0
    return {name: value / length for name, value in weights.items()}


def _cosine(vector: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(value * other.get(name, 0.0) for name, value in vector.items())


def is_misspelling(text: str, other: str) -> bool:
    """Say whether one text is the other with typing errors: one in words of 4 to 7 letters, two in longer ones."""
    words, others = text.split(), other.split()
    if len(words) != len(others):
        return DamerauLevenshtein.distance(text.replace(" ", ""), other.replace(" ", "")) == 0
    pairs = [(word, right) for word, right in zip(words, others, strict=True) if word != right]
    return bool(pairs) and all(
        len(right) >= 4 and DamerauLevenshtein.distance(word, right) <= (1 if len(right) < 8 else 2)
        for word, right in pairs
    )


def by_text(outcomes: Iterable[Row]) -> list[Row]:
    """Add up the audiences of each text; visits belong to one audience, days may be shared."""
    added: dict[tuple[str, str], Row] = {}
    for row in outcomes:
        own = added.setdefault((row["text"], row["locale"]), {"text": row["text"], "locale": row["locale"], "days": 0})
        for name in ("numerator", "denominator", "visits", "clicked", "abandoned", "contacted"):
            own[name] = own.get(name, 0) + row[name]
        own["days"] = max(own["days"], row["days"])
    return list(added.values())


def _rewrites(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row["first_text"], row["locale"]].append(row)
    return found


def _gap(
    rows: Sequence[Row], counts: Row, rewrites: Mapping[tuple[str, str], list[Row]], outcomes: Iterable[Row]
) -> Gap:
    name, locale = rows[0]["text"], rows[0]["locale"]
    visits, successes, contacts = counts["denominator"], counts["numerator"], counts["contacted"]
    texts = tuple(r["text"] for r in rows if r["visits"] >= MIN_TEXT_VISITS and r["days"] >= MIN_TEXT_DAYS)
    best = max(
        (pair for row in rows for pair in rewrites.get((row["text"], locale), ())),
        key=lambda pair: (pair["numerator"], pair["second_text"]),
        default=None,
    )
    rewrite = None
    if best and best["numerator"] >= MIN_TEXT_VISITS and best["days"] >= MIN_TEXT_DAYS:
        rewrite = Rewrite(best["second_text"], best["page"] or "", best["numerator"])
    if rewrite and best:
        cause = Cause.SPELLING if is_misspelling(best["first_text"], rewrite.text) else Cause.VOCABULARY
    elif _answered_elsewhere(name, locale, outcomes):
        cause = Cause.AUDIENCE
    else:
        cause = Cause.CONTENT if contacts >= MIN_TEXT_VISITS and contacts >= 0.05 * visits else Cause.OUT_OF_SCOPE
    score = visits * (1 - wilson(successes, visits).high) * (1 + contacts / visits)
    days = counts["days"]
    page = rewrite.page if rewrite else ""
    return Gap(name, locale, cause, texts, visits, successes, contacts, days, score, rewrite, page)


def _answered_elsewhere(text: str, locale: str, outcomes: Iterable[Row]) -> bool:
    """Say whether the same words are mostly clicked by another audience or in another language."""
    rows = [row for row in outcomes if row["text"] == text]
    return any(
        row["visits"] >= MIN_TEXT_VISITS and row["days"] >= MIN_TEXT_DAYS and row["clicked"] >= 0.5 * row["denominator"]
        for row in rows
    ) and any(row["locale"] == locale and row["clicked"] == 0 for row in rows)


def _badly_ranked(pages: Iterable[Row], failed: set[tuple[str, str]]) -> list[Gap]:
    """Find texts whose searchers mostly click one page that stands below rank 3."""
    gaps = []
    for row in pages:
        key = (row["text"], row["locale"])
        if key in failed or row["position"] is None or row["position"] <= 3:
            continue
        visits = row["numerator"]
        if visits >= MIN_TEXT_VISITS and row["days"] >= MIN_TEXT_DAYS and visits >= 0.5 * row["denominator"]:
            score = visits * (1 - 1 / row["position"]) * 0.5
            gaps.append(
                Gap(
                    row["text"],
                    row["locale"],
                    Cause.RANKING,
                    (row["text"],),
                    row["denominator"],
                    visits,
                    0,
                    row["days"],
                    score,
                    page=row["page"],
                    position=row["position"],
                )
            )
    return gaps
