"""The rule on text that must never be published: keys, tokens and passwords. Drafts are searched too."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from kb_builder.articles.checks.settings import CheckSettings
from kb_builder.articles.checks.texts import text_lines
from kb_builder.articles.codes import issue
from kb_builder.articles.model import Content
from kb_builder.issues import Issue

# Forms that their makers have published, each with the name of what it opens.
_SECRETS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----",
    "a Stripe key": r"\b[srp]k_live_[0-9A-Za-z]{16,}",
    "a GitHub token": r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{50,})",
    "a GitLab token": r"\bglpat-[0-9A-Za-z_\-]{20,}",
    "a Slack token": r"\bxox[abeprs]-[0-9A-Za-z-]{10,}",
    "a Google API key": r"\bAIza[0-9A-Za-z_\-]{35}\b",
    "a SendGrid key": r"\bSG\.[0-9A-Za-z_\-]{16,}\.[0-9A-Za-z_\-]{16,}",
    "a model provider's key": r"\bsk-(?:ant-|proj-)?[0-9A-Za-z_\-]{32,}",
    "a package registry token": r"\b(?:npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_\-]{50,})",
    "a JSON web token": r"\beyJ[0-9A-Za-z_\-]{10,}\.eyJ[0-9A-Za-z_\-]{10,}\.[0-9A-Za-z_\-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@<>\"']{1,64}:(?!\*|x{3}|\.{3}|<|\{|\$|pass)[^\s/:@<>\"'{}$]{6,64}@",
}
_KNOWN = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, pattern in enumerate(_SECRETS.values())))
_ASSIGNED = re.compile(
    r"\b(?:api[_-]?key|secret(?:[_-]?key)?|access[_-]?token|auth[_-]?token|client[_-]?secret|passw(?:or)?d)\b"
    r"[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?([0-9A-Za-z+/_\-]{20,200}={0,2})",
    re.IGNORECASE,
)
_RANDOM_BITS = 3.5  # a letter; English words run together stay below, random letters and digits above

_PLACEHOLDER_BITS = 2.5


def secrets(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find text that looks like a key, a token or a password, in code and drafts as well."""
    for article in (*content.articles.values(), *content.drafts.values()):
        for line, text in text_lines(article, with_code=True):
            for name, start in secrets_in(text):
                yield issue("KB510", article.path, line, f"looks like {name}: '{start}…'")


def secrets_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield what each secret in a line looks like and its first four characters; the rest is not repeated."""
    names = list(_SECRETS)
    for match in _KNOWN.finditer(text):
        if not _is_placeholder(match.group()):
            yield names[int((match.lastgroup or "k0")[1:])], match.group()[:4]
    for match in _ASSIGNED.finditer(text):
        if _entropy_bits(match[1]) >= _RANDOM_BITS and re.search(r"\d", match[1]) and not _KNOWN.search(match[1]):
            yield "a key or a password", match[1][:4]


def _is_placeholder(token: str) -> bool:
    """Say whether a token is one that documentation shows: ``ghp_xxxx…``, ``AKIAIOSFODNN7EXAMPLE``."""
    return "example" in token.lower() or _entropy_bits(token) < _PLACEHOLDER_BITS


def _entropy_bits(text: str) -> float:
    """Return Shannon's entropy of the characters of a text, in bits a character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
