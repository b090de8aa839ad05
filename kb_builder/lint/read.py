"""The files beside the content that rules need. Edge: disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from kb_builder.articles.model import Content
from kb_builder.cache import Cache
from kb_builder.config import Config
from kb_builder.index.yaml_lists import read_list
from kb_builder.issues import Issue, KbError
from kb_builder.lint.facts import known_facts
from kb_builder.lint.model import LintInput
from kb_builder.lint.published import current_addresses, parse_published, record
from kb_builder.lint.terms import parse_terms


def read_lint_input(
    config: Config, content: Content, *, today: dt.date, changed: Iterable[str] = (), cache: Cache | None = None
) -> tuple[LintInput, tuple[Issue, ...]]:
    """Gather what the rules need: the list of published addresses, the list of terms, and the sizes of files.

    Args:
        config: The help center.
        content: Read and checked.
        today: The day to judge dates by.
        changed: Files that the branch has changed, from the help center's folder.
        cache: What earlier checks found.

    Returns:
        The input, and what is wrong with those lists.
    """
    limits = config.settings.checks
    text, issues = read_list(config.root, limits.published, shown="")
    is_kept = bool(text) or (config.root / limits.published).is_file()
    published, faults = parse_published(text, limits.published) if is_kept else (None, ())
    terms_text, more_issues = read_list(config.root, limits.terms, shown="")
    terms, more_faults = parse_terms(terms_text, limits.terms)
    lint = LintInput(
        content=content,
        today=today,
        language=config.language,
        link_root=config.settings.content.link_root,
        limits=limits,
        published=published,
        terms=terms,
        changed=frozenset(path.removeprefix(f"{content.folder}/") for path in changed),
        asset_bytes={path: (config.content_dir / path).stat().st_size for path in content.assets},
    )
    if cache:
        lint = replace(lint, known=known_facts(cache, lint.text_settings.key))
    return lint, (*issues, *faults, *more_issues, *more_faults)


def write_record(config: Config, lint: LintInput) -> int:
    """Add what is published now to the list of addresses; return how many lines are new.

    Raises:
        KbError: The file cannot be written.
    """
    now = current_addresses(lint.content, today=lint.today)
    known = lint.published.entries if lint.published else {}
    path = config.root / config.settings.checks.published
    try:
        path.write_text(record(lint.published, now), encoding="utf-8", newline="\n")
    except OSError as error:
        raise KbError(f"{path.name}: cannot be written: {error.strerror}", hint="Check its permissions.") from None
    return sum(address not in known for address in now)
