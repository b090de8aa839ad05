"""The texts that one policy has had in, one file for each of its versions out.

A version is what applied from one day on. Commits that leave the day as it was correct the version before; of several
commits that take effect on one day the last one counts.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from kb_builder.articles.front_matter import split_front_matter
from kb_builder.articles.model import ChangeKind
from kb_builder.articles.plain import cut_at_word, leading_heading
from kb_builder.articles.redline import Change, RedlineBlock, Run, redline
from kb_builder.articles.text import decode_text
from kb_builder.importers.effective_dates import PHRASES, effective_date
from kb_builder.importers.git_history import FileCommit

_MOST_CHANGES = 12
_MOST_REPLACED = 4
_MOST_WORDS = 110
_TYPO = 0.6  # similarity from which a word is another's correction
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class DraftChange:
    """What a version did to one section, as a first draft for its author."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version of the policy.

    Attributes:
        version: Its name, such as ``2.0``.
        dated_by_text: The day is what the text says; else that of the commit.
        commits: What made it, the first one first, each as its short name and subject.
    """

    version: str
    effective: dt.date
    dated_by_text: bool
    title: str
    body: str
    commits: tuple[str, ...]
    changes: tuple[DraftChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyHistory:
    """The versions, oldest first, and a line for each commit that gave none."""

    versions: tuple[PastVersion, ...]
    left_out: tuple[str, ...]


def policy_history(
    commits: Sequence[FileCommit],
    *,
    merge_minor: bool = False,
    phrases: Sequence[str] = PHRASES,
    since: dt.date | None = None,
) -> PolicyHistory:
    """Make versions of the commits of a file.

    Args:
        commits: Oldest first.
        merge_minor: Whether a commit that corrects nothing but typing errors corrects the version before it, too, where
            the text gives no day.
        phrases: What stands before the day in a text.
        since: Versions that ended before this day are left out.
    """
    versions: list[PastVersion] = []
    left_out: list[str] = []
    for commit in commits:
        text, reason = _decoded(commit)
        named = _named(commit)
        if text is None:
            left_out.append(f"{named}: {reason}")
            continue
        found = _version(text, commit, phrases)
        if found is None:
            left_out.append(f"{named}: its date is none of the calendar's, and the text gives no day")
            continue
        before = versions[-1] if versions else None
        if before and _corrects(before, found, merge_minor=merge_minor):
            versions[-1] = replace(
                before, title=found.title, body=found.body, commits=(*before.commits, *found.commits)
            )
        elif before and found.effective < before.effective:
            left_out.append(f"{named}: takes effect on {found.effective}, before the version before it")
        elif before and found.effective == before.effective:
            by_text = found.dated_by_text or before.dated_by_text
            versions[-1] = replace(found, commits=(*before.commits, *found.commits), dated_by_text=by_text)
        else:
            versions.append(found)
    if since:
        ends = [version.effective for version in versions[1:]]
        versions = [v for v, end in zip(versions, [*ends, dt.date.max], strict=True) if end > since]
    return PolicyHistory(tuple(_numbered(versions)), tuple(left_out))


def version_files(history: PolicyHistory, *, title: str = "", notice_days: int = 0) -> dict[str, str]:
    """Return the text of each version's file by its name.

    Args:
        history: The versions.
        title: Of the policy; what the versions say when it is empty.
        notice_days: Days of notice that its customers are given.
    """
    files: dict[str, str] = {}
    before = ""
    for version in history.versions:
        name = f"{version.version}.md"
        lines = [
            f"title: {_yaml(title or version.title)}",
            f"version: {_yaml(version.version)}",
            f"effective: {version.effective.isoformat()}{'' if version.dated_by_text else ' # the day of the commit'}",
            *([f"notice: {notice_days}"] if notice_days else []),
            *([f"replaces: {before}"] if before else []),
            *(f"# from commit {commit}" for commit in version.commits),
        ]
        if version.changes:
            lines += ["changes: # a draft made of the differences: say it in your words, and whom it affects"]
            lines += [f"  - {change.kind}: {_yaml(change.text)}" for change in version.changes]
        files[name] = "\n".join(["---", *lines, "---", "", version.body.strip("\n"), ""])
        before = name
    return files


def draft_changes(old: str, new: str) -> tuple[DraftChange, ...]:
    """Return what changed between two texts, one line for each section; nothing when they cannot be compared."""
    by_section: dict[str, list[RedlineBlock]] = {}
    section = ""
    for block in redline(old, new) or ():
        if block.kind == "heading":
            section = _words(run for run in block.runs if run.change is not Change.REMOVED)
        if block.change not in (Change.SAME, Change.MOVED_AWAY) and not _says_when(block):
            by_section.setdefault(section, []).append(block)
    drafts = [_draft(section, blocks) for section, blocks in by_section.items()]
    shown, more = drafts[:_MOST_CHANGES], len(drafts) - _MOST_CHANGES
    if more > 0:
        shown.append(DraftChange(ChangeKind.CHANGED, f"{more} more sections"))
    return tuple(shown)


def is_minor(old: str, new: str) -> bool:
    """Say whether nothing but typing errors, punctuation and markup is different; numbers always count."""
    blocks = redline(old, new)
    if blocks is None or any(block.change not in (Change.SAME, Change.CHANGED) for block in blocks):
        return False
    return all(_is_correction(block.runs) for block in blocks if block.change is Change.CHANGED)


def _is_correction(runs: Sequence[Run]) -> bool:
    removed = [word for run in runs if run.change is Change.REMOVED for word in _word_list(run.text)]
    added = [word for run in runs if run.change is Change.ADDED for word in _word_list(run.text)]
    if any(character.isdigit() for word in (*removed, *added) for character in word) or len(removed) != len(added):
        return False
    return all(
        one == other or (min(len(one), len(other)) > 3 and Levenshtein.normalized_similarity(one, other) >= _TYPO)
        for one, other in zip(removed, added, strict=True)
    )


def _word_list(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _corrects(before: PastVersion, found: PastVersion, *, merge_minor: bool) -> bool:
    if before.body == found.body:
        return True
    if found.dated_by_text:
        return before.dated_by_text and found.effective == before.effective
    return merge_minor and is_minor(before.body, found.body)


def _version(text: str, commit: FileCommit, phrases: Sequence[str]) -> PastVersion | None:
    parts = split_front_matter(text, commit.path)
    heading = leading_heading(parts.body.lstrip("\n"))
    body = parts.body.lstrip("\n")[heading[1] :] if heading else parts.body
    values = {key: value for key, value in parts.values.items() if isinstance(value, str)}
    said = _iso(values.get("effective", "")) or effective_date(parts.body, phrases)
    day = said or _day(commit.seconds)
    if day is None:
        return None
    title = values.get("title") or (heading[0] if heading else "")
    return PastVersion("", day, said is not None, _UNSEEN.sub("", title), body.strip("\n"), (_named(commit),))


def _numbered(versions: Sequence[PastVersion]) -> Iterable[PastVersion]:
    for place, version in enumerate(versions):
        changes = draft_changes(versions[place - 1].body, version.body) if place else ()
        yield replace(version, version=f"{place + 1}.0", changes=changes)


def _draft(section: str, blocks: Sequence[RedlineBlock]) -> DraftChange:
    blocks = [block for block in blocks if block.kind != "heading"] or blocks  # its heading names the section already
    fates = {block.change for block in blocks}
    where = f"{section}: " if section else ""
    if fates <= {Change.ADDED, Change.REMOVED} and {block.kind for block in blocks} == {"heading"}:
        where = ""  # which is all that the section consists of
    if fates == {Change.ADDED}:
        return DraftChange(ChangeKind.ADDED, _cut(where + _words(_runs(blocks, Change.ADDED))))
    if fates == {Change.REMOVED}:
        return DraftChange(ChangeKind.REMOVED, _cut(where + _words(_runs(blocks, Change.REMOVED))))
    every = [pair for block in blocks for pair in _replaced(block.runs)]
    # The same replacement in many places is one; punctuation says nothing, unless it is all there is.
    pairs = list(dict.fromkeys(pair for pair in every if any(_word_list(text) for text in pair))) or every
    if not pairs:
        return DraftChange(ChangeKind.CLARIFIED, _cut(f"{where}stands elsewhere now"))
    kind = ChangeKind.CLARIFIED if all(_is_correction(block.runs) for block in blocks) else ChangeKind.CHANGED
    longest = sorted(pairs, key=lambda pair: -len("".join(pair)))[:_MOST_REPLACED]
    more = [f"{len(pairs) - len(longest)} more"] if len(pairs) > len(longest) else []
    return DraftChange(kind, where + "; ".join([_replacement(*pair) for pair in pairs if pair in longest] + more))


def _replaced(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Yield what was removed with what took its place; one of the two may be empty."""
    before = ""
    for run in (*runs, Run(Change.SAME, "")):
        text = " ".join(run.text.split())
        if run.change is Change.REMOVED:
            before = text
        elif before or run.change is Change.ADDED:
            after = text if run.change is Change.ADDED else ""
            if before or after:
                yield before, after
            before = ""


def _replacement(before: str, after: str) -> str:
    if before and after:
        return f"'{_cut(before)}' is now '{_cut(after)}'"
    return f"'{_cut(after or before)}' is {'new' if after else 'gone'}"


def _says_when(block: RedlineBlock) -> bool:
    """Say whether a block is the line that names the day, which differs in every version."""
    return effective_date(_words(run for run in block.runs if run.change is not Change.REMOVED)) is not None


def _runs(blocks: Iterable[RedlineBlock], change: Change) -> Iterable[Run]:
    return (run for block in blocks for run in block.runs if run.change is change)


def _words(runs: Iterable[Run]) -> str:
    return " ".join(" ".join(run.text for run in runs).split())


def _cut(text: str) -> str:
    return cut_at_word(_UNSEEN.sub("", text).strip(), _MOST_WORDS)


def _decoded(commit: FileCommit) -> tuple[str | None, str]:
    if commit.data is None:
        return None, commit.skipped
    text, issues = decode_text(commit.data, commit.path)
    return text or None, f"it {issues[0].message}" if issues else "it was empty"


def _named(commit: FileCommit) -> str:
    return f"{commit.commit[:10]} {cut_at_word(_UNSEEN.sub('', commit.subject), 80)}".strip()


def _day(seconds: int) -> dt.date | None:
    """Return the day of a moment; None for one that only a forged commit has."""
    try:
        day = dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return day if day.year > 1970 else None


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
