"""The browser code as readers get it: the modules of search/client as one file, without comments and idle space."""

from __future__ import annotations

import re

from kb_builder.bundled import bundled
from kb_builder.files import OutputFile

ENTRY = "main.js"

# Comments that have lines of their own, those behind code (with a quotation mark in it, it might be a string), types
# before an expression, and the space before lines.
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)\n| // [^'\"`\n]*$|/\*\* @type .*?\*/ ?|^[ \t]+|(?<=\n)\n",
    re.MULTILINE,
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_QUOTED = r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`"
_REGEX = r"(?<=[(=,:!?\n])[ ]?/(?![/* ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*"
# What must stay as it is; or signs with space around them, and the line end behind one that opens or parts.
_SPACE = re.compile(rf"({_QUOTED}|{_REGEX})|[ ]?([-=<>!+*&|?:,;(){{}}\[\]]+)(?:[ ]|(?<=[,;({{\[])\n)?")


def client_files() -> tuple[OutputFile, ...]:
    """Return the script that pages load, ``main.js``; it exports ``createSearch``.

    One file is one request, and gzip makes it a quarter smaller than its modules one by one. They share one scope
    there: no name is declared at the top of two of them, and only `ENTRY`, which comes last, does anything when it is
    loaded. Comments and space would be two fifths of the bytes; nothing else of the source is changed.
    """
    paths = sorted(bundled("search/client").glob("*.js"), key=lambda path: (path.name == ENTRY, path.name))
    modules = (path.read_text(encoding="utf-8") for path in paths)
    code = "".join(_EXPORT.sub("", _IMPORT.sub("", _COMMENT.sub("", module))) for module in modules)
    return (OutputFile(ENTRY, f"{_without_space(code)}export {{ createSearch }};\n".encode()),)


def _without_space(code: str) -> str:
    return _SPACE.sub(lambda match: match[1] or match[2], code)
