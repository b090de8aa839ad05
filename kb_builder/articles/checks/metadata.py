"""Rules on front matter that need to see more than one file, or the date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from kb_builder.articles.checks.settings import CheckSettings
from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article, Content, Kind
from kb_builder.articles.policies import policy_issues, policy_versions, rival_issues
from kb_builder.articles.review import is_overdue
from kb_builder.articles.translations import original_path
from kb_builder.issues import Issue


def policies(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find versions of policies that contradict each other, and those that apply at once."""
    yield from policy_issues(content.articles)
    yield from rival_issues(content.articles, settings.today)


def related_articles(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find related articles that do not exist or are drafts."""
    for article in content.articles.values():
        for position, path in enumerate(article.related):
            line = article.lines.get(f"related.{position}", article.lines.get("related", 0))
            original = original_path(path, content.languages)
            if path in content.drafts:
                yield issue("KB303", article.path, line, f"related article '{path}' is a draft")
            elif path not in content.articles and original not in content.articles:
                near = process.extractOne(path, list(content.articles), scorer=fuzz.ratio, score_cutoff=80)
                hint = f"did you mean '{near[0]}'?" if near else ""
                yield issue("KB306", article.path, line, f"related article '{path}' does not exist", hint)


def affected_pages(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find announcements about articles or folders that do not exist."""
    known = {**content.articles, **content.categories}
    for article in content.articles.values():
        for position, path in enumerate(article.announcement.pages if article.announcement else ()):
            if path not in known:
                line = article.lines.get(f"pages.{position}", article.lines.get("pages", 0))
                near = process.extractOne(path, list(known), scorer=fuzz.ratio, score_cutoff=80)
                hint = f"did you mean '{near[0]}'?" if near else "Give a file or folder, relative to this file."
                yield issue("KB306", article.path, line, f"page '{path}' does not exist", hint)


def review_dates(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find articles whose review is overdue."""
    for article in content.articles.values():
        if is_overdue(article, settings.today):
            line = article.lines.get("review_by", 0)
            yield issue("KB130", article.path, line, f"was to be reviewed by {article.review_by}")


def doubled_titles(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find articles of one kind and language that share a title. Versions of one policy may."""
    versions = policy_versions(content.articles, settings.today)
    by_title: defaultdict[tuple[Kind, str, str], list[Article]] = defaultdict(list)
    for article in content.articles.values():
        by_title[article.kind, article.language, article.title.casefold()].append(article)
    for together in by_title.values():
        for article in together:
            family = {state.path for state in versions.get(article.path, ())}
            if others := [other.path for other in together if other is not article and other.path not in family]:
                named = f"'{others[0]}' has it too" + (f", and {len(others) - 1} more" if len(others) > 1 else "")
                yield issue("KB131", article.path, article.lines.get("title", 0), f"title '{article.title}': {named}")
