"""Find the line of a Markdown file that a piece of its HTML came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_FENCE = re.compile(r"^[ >\t]*(`{3,}|~{3,})[^\n]*\n.*?^[ >\t]*\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_SHORTEST_NEEDLE = 3


def without_code(source: str) -> str:
    """Blank out fenced code and code spans; every other character keeps its place."""
    return _CODE_SPAN.sub(_blank, _FENCE.sub(_blank, source))


class SourceLines:
    """Looks texts up in a source, each time from where the same text was found before."""

    def __init__(self, source: str, *, first_line: int) -> None:
        self._source = without_code(source).lower()
        self._first_line = first_line
        self._seen: Counter[str] = Counter()

    def find(self, needles: Sequence[str]) -> int:
        """Return the line of the first needle that is found; 0 when none is."""
        for needle in needles:
            text = needle.strip().lower()
            if len(text) < _SHORTEST_NEEDLE:
                continue
            position = self._source.find(text, self._seen[text])
            if position < 0:
                position = self._source.find(text)
            if position >= 0:
                self._seen[text] = position + len(text)
                return self._first_line + self._source.count("\n", 0, position)
        return 0


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())
