"""The problems that were there when a help center adopted checks: counted by file and code, and let pass.

Counts and not messages are kept, as lines move and messages are reworded. A file with more problems of a code than its
baseline allows shows all of them, because nobody can say which one is new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb_builder.articles.codes import CODES, with_levels
from kb_builder.config import Config
from kb_builder.issues import ConfigError, Issue, KbError, sort_issues

Baseline = Mapping[str, Mapping[str, int]]  # number of issues by path and code


@dataclass(frozen=True, slots=True)
class Judged:
    """Issues that are new; the number that the baseline let pass, and of those it allows that are no longer there."""

    issues: tuple[Issue, ...]
    known: int = 0
    mended: int = 0


def settle(issues: Iterable[Issue], config: Config) -> Judged:
    """Give issues the levels of the settings, and leave out what the baseline allows. Edge: disk."""
    checks = config.settings.checks
    return judge(with_levels(sort_issues(issues), checks.levels), read_baseline(config.root / checks.baseline))


def judge(issues: Iterable[Issue], baseline: Baseline) -> Judged:
    """Leave out what the baseline allows. Errors that stop a site from being built safely are never left out."""
    found = tuple(issues)
    counts = Counter((one.path, one.code) for one in found)
    allowed = Counter({(path, code): count for path, codes in baseline.items() for code, count in codes.items()})
    kept = tuple(
        one for one in found if CODES[one.code].is_fixed or counts[one.path, one.code] > allowed[one.path, one.code]
    )
    mended = sum(max(0, count - counts[key]) for key, count in allowed.items())
    return Judged(kept, len(found) - len(kept), mended)


def make_baseline(issues: Iterable[Issue]) -> Baseline:
    """Count issues by file and code, in the order of both."""
    counts: dict[str, Counter[str]] = {}
    for one in issues:
        if not CODES[one.code].is_fixed:
            counts.setdefault(one.path, Counter())[one.code] += 1
    return {path: dict(sorted(codes.items())) for path, codes in sorted(counts.items())}


def read_baseline(path: Path) -> Baseline:
    """Read the file; nothing when there is none. Edge: disk.

    Raises:
        ConfigError: It is not what `write_baseline` writes.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {str(file): {str(code): int(count) for code, count in codes.items()} for file, codes in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise ConfigError(f"{path.name}: is not a baseline", hint="Write it anew: kb check --write-baseline") from None


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write the file. Edge: disk.

    Raises:
        KbError: It cannot be written.
    """
    try:
        path.write_text(json.dumps(baseline, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise KbError(f"{path.name}: cannot be written: {error.strerror}", hint="Check its permissions.") from None
