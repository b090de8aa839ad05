"""Find the line of a Markdown file that a piece of its HTML came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_FENCE = re.compile(r"[ >\t]*(`{3,}|~{3,})(.*)")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_SHORTEST_NEEDLE = 3


class SourceLines:
    """Looks texts up in a source, each time from where the same text was found before.

    What stands in code is looked at last: there it is only shown.
    """

    def __init__(self, source: str, *, first_line: int) -> None:
        self._versions = (_without_code(source).lower(), source.lower())
        self._first_line = first_line
        self._seen: Counter[str] = Counter()

    def find(self, needles: Sequence[str]) -> int:
        """Return the line of the first needle that is found; 0 when none is."""
        texts = [text for needle in needles if len(text := needle.strip().lower()) >= _SHORTEST_NEEDLE]
        for source in self._versions:
            for text in texts:
                position = source.find(text, self._seen[text])
                if position < 0:
                    position = source.find(text)
                if position >= 0:
                    self._seen[text] = position + len(text)
                    return self._first_line + source.count("\n", 0, position)
        return 0


def _without_code(source: str) -> str:
    """Blank out fenced code and code spans; every other character keeps its place."""
    lines = source.split("\n")
    fence = ""
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if fence or match:
            lines[number] = " " * len(line)
        if match and not fence:
            fence = match[1]
        elif match and match[1].startswith(fence) and not match[2].strip():
            fence = ""
    return _CODE_SPAN.sub(lambda span: " " * len(span.group()), "\n".join(lines))
