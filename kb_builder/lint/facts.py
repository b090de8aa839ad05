"""What a check found in the texts of single articles, kept so that the next one looks through new texts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from kb_builder.cache import CHECKED_TEXTS, Cache
from kb_builder.issues import Issue


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules for single texts found in one, on its content path, and the samples of it.

    Attributes:
        text: Key of all of the article that they looked at.
        samples: See `samples.take_samples`.
    """

    text: str
    issues: tuple[Issue, ...]
    samples: tuple[int, ...]


_FACTS = TypeAdapter(dict[str, Facts])


def known_facts(cache: Cache, settings: str) -> dict[str, Facts]:
    """Return what earlier checks found with these settings, given as a key, by content path."""
    kept = cache.get(CHECKED_TEXTS, settings)
    try:
        return _FACTS.validate_json(kept) if kept else {}
    except ValidationError:
        return {}


def keep_facts(cache: Cache, settings: str, facts: Mapping[str, Facts], *, known: Mapping[str, Facts]) -> None:
    """Keep what this check found; ``known`` is what is kept already."""
    if facts == known:
        cache.keep(CHECKED_TEXTS)
    else:
        cache.put(CHECKED_TEXTS, settings, _FACTS.dump_json(dict(facts)))
