"""The rules of ``kb check`` on the content alone, each with the codes that it can raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb_builder.articles.codes import CODES
from kb_builder.issues import Issue, Level
from kb_builder.lint import addresses, duplicates, duties, pages, personal_data, pictures, translations, wording
from kb_builder.lint.model import LintInput


@dataclass(frozen=True, slots=True)
class Rule:
    """A function that looks for one kind of mistake, and its codes; it runs when one of them is not off."""

    find: Callable[[LintInput], Iterator[Issue]]
    codes: tuple[str, ...]


RULES: tuple[Rule, ...] = (
    Rule(duties.owners, ("KB132", "KB133", "KB134")),
    Rule(duties.ended_announcements, ("KB135",)),
    Rule(translations.outdated_translations, ("KB140", "KB141", "KB142")),
    Rule(pictures.heavy_images, ("KB213",)),
    Rule(pictures.unused_files, ("KB214",)),
    Rule(pages.unlinked_articles, ("KB308",)),
    Rule(pictures.image_texts, ("KB310",)),
    Rule(pictures.link_texts, ("KB311",)),
    Rule(addresses.published_policies, ("KB407", "KB408")),
    Rule(personal_data.personal_data, ("KB520",)),
    Rule(addresses.lost_addresses, ("KB801", "KB802", "KB803")),
    Rule(duplicates.same_questions, ("KB820", "KB821")),
    Rule(duplicates.same_texts, ("KB822",)),
    Rule(wording.readability, ("KB830",)),
    Rule(wording.lengths, ("KB831", "KB832")),
    Rule(wording.left_over, ("KB833",)),
    Rule(wording.terms, ("KB840",)),
)


def lint_content(lint: LintInput) -> tuple[Issue, ...]:
    """Run every rule that is not off. Issues have the level of their code's table; `codes.with_levels` sets others."""
    levels = lint.limits.levels
    return tuple(
        found
        for rule in RULES
        if any(levels.get(code, CODES[code].level) is not Level.OFF for code in rule.codes)
        for found in rule.find(lint)
    )
