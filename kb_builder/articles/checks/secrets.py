"""The rule on text that must never be published: keys, tokens and passwords. Drafts are searched too."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from kb_builder.articles.checks.texts import texts
from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article
from kb_builder.issues import Issue

# What it opens, text that every such secret holds (looked for first, as it costs next to nothing), and its form as its
# maker has published it.
_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("an AWS access key", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a private key", ("PRIVATE KEY",), r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"),
    ("a Stripe key", ("k_live_",), r"\b[srp]k_live_[0-9A-Za-z]{16,}"),
    ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[0-9A-Za-z]{36,}"),
    ("a GitHub token", ("github_pat_",), r"\bgithub_pat_[0-9A-Za-z_]{50,}"),
    ("a GitLab token", ("glpat-",), r"\bglpat-[0-9A-Za-z_\-]{20,}"),
    ("a Slack token", ("xox",), r"\bxox[abeprs]-[0-9A-Za-z-]{10,}"),
    ("a Google API key", ("AIza",), r"\bAIza[0-9A-Za-z_\-]{35}\b"),
    ("a SendGrid key", ("SG.",), r"\bSG\.[0-9A-Za-z_\-]{16,}\.[0-9A-Za-z_\-]{16,}"),
    ("a model provider's key", ("sk-",), r"\bsk-(?:ant-|proj-)?(?=[A-Za-z_\-]{0,40}\d)[0-9A-Za-z_\-]{32,}"),
    ("a package registry token", ("npm_", "pypi-"), r"\b(?:npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_\-]{50,})"),
    ("a JSON web token", ("eyJ",), r"\beyJ[0-9A-Za-z_\-]{10,}\.eyJ[0-9A-Za-z_\-]{10,}\.[0-9A-Za-z_\-]{10,}"),
    (
        "a password in an address",
        ("@",),
        r"://[^\s/:@<>\"']{1,64}:(?!\*|x{3}|\.{3}|<|\{|\$|pass)[^\s/:@<>\"'{}$]{6,64}@",
    ),
)
_KNOWN = tuple((name, marks, re.compile(form)) for name, marks, form in _FORMS)
_ASSIGNED = re.compile(
    r"\b(?:api[_-]?key|secret(?:[_-]?key)?|access[_-]?token|auth[_-]?token|client[_-]?secret|passw(?:or)?d)\b"
    r"[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?([0-9A-Za-z+/_\-]{20,200}={0,2})",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[:=]\s{0,3}[\"'`]?[0-9A-Za-z+/_\-]{20}")  # what the former ends with, found much faster
# Bits a character. English words run together stay below the first, random letters and digits above; ``xxxx`` and its
# like stay below the second.
_RANDOM_BITS = 3.5
_PLACEHOLDER_BITS = 2.5


def secrets(article: Article) -> Iterator[Issue]:
    """Find text that looks like a key, a token or a password, in code as well."""
    for line, text in texts(article):
        for name, token, position in secrets_in(text):
            at = line + text.count("\n", 0, position)
            yield issue("KB510", article.path, at, f"looks like {name}: '{token[:4]}…'")


def secrets_in(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield what each secret in a text looks like, the secret, and its position."""
    for name, marks, form in _KNOWN:
        for mark in marks:
            if mark in text:
                break
        else:
            continue
        for match in form.finditer(text):
            if not _is_placeholder(match.group()):
                yield name, match.group(), match.start()
    for match in _ASSIGNED.finditer(text) if _VALUE.search(text) else ():
        token = match[1]
        is_known = any(form.search(token) for _, _, form in _KNOWN)
        if not is_known and re.search(r"\d", token) and _entropy_bits(token) >= _RANDOM_BITS:
            yield "a key or a password", token, match.start()


def _is_placeholder(token: str) -> bool:
    """Say whether a token is one that documentation shows: ``ghp_xxxx…``, ``AKIAIOSFODNN7EXAMPLE``."""
    return "example" in token.lower() or _entropy_bits(token) < _PLACEHOLDER_BITS


def _entropy_bits(text: str) -> float:
    """Return Shannon's entropy of the characters of a text, in bits a character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
