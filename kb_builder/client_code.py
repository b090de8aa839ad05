"""The browser code as readers get it: the modules of search/client without their comments."""

from __future__ import annotations

import re

from kb_builder.bundled import bundled
from kb_builder.files import OutputFile

# Comments that have lines of their own; what follows code on its line stays.
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?s:.*?)\*/|//.*)\n|(?<=\n)\n", re.MULTILINE)


def client_files() -> tuple[OutputFile, ...]:
    """Return the modules that pages load, by name; ``main.js`` is the entry.

    They import each other by relative paths, so any folder will do. Comments are a third of the
    source and would be a third of the bytes; nothing else is changed.
    """
    return tuple(
        OutputFile(path.name, _COMMENT.sub("", path.read_text(encoding="utf-8")).encode())
        for path in sorted(bundled("search/client").glob("*.js"))
    )
