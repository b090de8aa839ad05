"""What rules want to know of one text: its links, what can be linked to in it, what the rules for single texts find."""

from __future__ import annotations

import json

from kb_builder.articles.checks.hidden_text import hidden_characters, mixed_scripts
from kb_builder.articles.checks.secrets import secrets
from kb_builder.articles.model import Article, Content, Notes
from kb_builder.articles.source import source_anchors, source_links
from kb_builder.issues import Issue

TEXT_RULES = (hidden_characters, mixed_scripts, secrets)


def take_notes(body: str, article: Article | None = None, *, checksum: str) -> Notes:
    """Look through the text of an article, or of a category, which no rule for single texts reads."""
    issues = tuple(found for rule in TEXT_RULES for found in rule(article)) if article else ()
    links = [(link.href, link.line, link.is_image, link.text) for link in source_links(body)]
    written = json.dumps(links, ensure_ascii=False, separators=(",", ":"))
    return Notes(written, source_anchors(body), issues, checksum)


def text_issues(article: Article, content: Content) -> tuple[Issue, ...]:
    """Return what the rules for single texts find in an article."""
    if article.path in content.notes:
        return content.notes[article.path].issues
    return tuple(found for rule in TEXT_RULES for found in rule(article))
