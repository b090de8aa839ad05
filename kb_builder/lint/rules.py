"""The rules of ``kb check`` on the content alone, each with the codes that it can raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb_builder.articles.codes import CODES, in_folder
from kb_builder.issues import Issue, Level
from kb_builder.lint import addresses, duplicates, duties, pages, personal_data, pictures, translations, wording
from kb_builder.lint.facts import Facts
from kb_builder.lint.model import LintInput, Reading, TextSettings


@dataclass(frozen=True, slots=True)
class Rule:
    """A function that looks for one kind of mistake, and its codes; it runs when one of them is not off."""

    find: Callable[[LintInput], Iterator[Issue]]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextRule:
    """The same for mistakes that one article has by itself: what it finds depends on nothing but its arguments."""

    find: Callable[[Reading, TextSettings], Iterator[Issue]]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linted:
    """What all rules found, and of that what is known of single texts, by content path."""

    issues: tuple[Issue, ...]
    facts: Mapping[str, Facts]


RULES: tuple[Rule, ...] = (
    Rule(duties.owners, ("KB132", "KB133", "KB134")),
    Rule(duties.ended_announcements, ("KB135",)),
    Rule(translations.outdated_translations, ("KB140", "KB141", "KB142")),
    Rule(pictures.heavy_images, ("KB213",)),
    Rule(pictures.unused_files, ("KB214",)),
    Rule(pages.unlinked_articles, ("KB308",)),
    Rule(addresses.published_policies, ("KB407", "KB408")),
    Rule(addresses.lost_addresses, ("KB801", "KB802", "KB803")),
    Rule(duplicates.same_questions, ("KB820", "KB821")),
    Rule(duplicates.same_texts, ("KB822",)),
)
TEXT_RULES: tuple[TextRule, ...] = (
    TextRule(pictures.image_texts, ("KB310",)),
    TextRule(pictures.link_texts, ("KB311",)),
    TextRule(personal_data.personal_data, ("KB520",)),
    TextRule(wording.readability, ("KB830",)),
    TextRule(wording.lengths, ("KB831", "KB832")),
    TextRule(wording.left_over, ("KB833",)),
    TextRule(wording.terms, ("KB840",)),
)


def lint_content(lint: LintInput) -> Linted:
    """Run every rule that is not off. Issues have the level of their code's table; `codes.with_levels` sets others."""
    levels = lint.limits.levels
    text_rules = [rule for rule in TEXT_RULES if _is_on(rule.codes, levels)]
    facts = {reading.article.path: _facts(reading, text_rules, lint.text_settings) for reading in lint.articles()}
    in_texts = in_folder((found for one in facts.values() for found in one.issues), lint.content.folder)
    across = (found for rule in RULES if _is_on(rule.codes, levels) for found in rule.find(lint))
    return Linted((*in_texts, *across), facts)


def _is_on(codes: Iterable[str], levels: Mapping[str, Level]) -> bool:
    return any(levels.get(code, CODES[code].level) is not Level.OFF for code in codes)


def _facts(reading: Reading, rules: Iterable[TextRule], settings: TextSettings) -> Facts:
    """Return what is known of a text, or find it out."""
    if reading.facts:
        return reading.facts
    issues = tuple(found for rule in rules for found in rule.find(reading, settings))
    return Facts(reading.key, issues, reading.samples)
