"""Mend what can be mended without thinking: issues with their fixes in, files rewritten. Edge: disk."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from kb_builder.articles.front_matter import split_front_matter
from kb_builder.articles.source import mask_code
from kb_builder.articles.text import decode_text
from kb_builder.issues import Fix, Issue, KbError

_LINE_END = re.compile(r"\r\n|\r|\n")
_ADDRESS = re.compile(r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|<[^<>\n]*>|\b(?:https?|mailto|tel):\S+|^\[[^\]]+\]:.*$")


def apply_fixes(root: Path, issues: Iterable[Issue]) -> int:
    """Rewrite the files of issues that have a fix; return how many issues that mended.

    Args:
        root: What the paths of issues are relative to.
        issues: Any; those without a fix are passed over.

    Raises:
        KbError: A file cannot be written.
    """
    by_path: defaultdict[str, list[Issue]] = defaultdict(list)
    for found in issues:
        if found.fixes and found.line:
            by_path[found.path].append(found)
    mended = 0
    for path, together in sorted(by_path.items()):
        file = root / path
        try:
            data = file.read_bytes()
            text = mend(data.decode("utf-8"), path, together)
            if text.encode() != data:
                file.write_bytes(text.encode())
                mended += len(together)
        except OSError as error:
            raise KbError(f"{path}: cannot be written: {error.strerror}", hint="Check its permissions.") from None
    return mended


def mend(text: str, path: str, issues: Sequence[Issue]) -> str:
    """Return the text of a file with the fixes of its issues made; line ends and a byte-order mark stay."""
    ends = [match.group() for match in _LINE_END.finditer(text)]
    lines = _LINE_END.split(text)
    visible = _visible(lines, path)
    for found in issues:
        at = found.line - 1
        for fix in found.fixes if at < len(lines) else ():
            lines[at], visible[at] = _replace(lines[at], visible[at], fix)
    return "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))


def _visible(lines: Sequence[str], path: str) -> list[str]:
    """Return the lines with everything but running text blanked, each as long as it was."""
    clean, _ = decode_text("\n".join(lines).encode(), path)
    body_line = split_front_matter(clean or "", path).body_line
    body = mask_code("\n".join(lines[body_line - 1 :])).split("\n")
    masked = [*lines[: body_line - 1], *body]
    return [_ADDRESS.sub(lambda match: " " * len(match.group()), line) for line in masked]


def _replace(line: str, visible: str, fix: Fix) -> tuple[str, str]:
    """Make a fix in a line and, to keep both in step, in its visible part."""
    if fix.literal:
        blank = " " * len(fix.new)
        places = [match.span() for match in re.finditer(re.escape(fix.old), line)]
        new = blank
    else:
        pattern = re.compile(rf"(?<![\w-]){re.escape(fix.old)}(?![\w-])")
        places = [match.span() for match in pattern.finditer(visible)]
        new = fix.new
    for start, end in reversed(places):
        line = line[:start] + fix.new + line[end:]
        visible = visible[:start] + new + visible[end:]
    return line, visible
