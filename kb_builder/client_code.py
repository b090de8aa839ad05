"""The browser code as readers get it: the modules of search/client as few files, minified."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from kb_builder.bundled import bundled
from kb_builder.cache import Cache, digest
from kb_builder.files import OutputFile

ENTRY = "main.js"
WIDGET = "widget.js"
_KEPT = "scripts"

_IMPORT = re.compile(r"^import \{([^}]*)\} from '\./([^']*)';\n", re.MULTILINE)
_IMPORT_WHEN_NEEDED = re.compile(r"\bimport\('\./([^']*)'\)")
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:const|(?:async )?function\*?) (\w+)", re.MULTILINE)
_SPELLING, _SPELLING_USER = "spelling.js", "matching.js"


def client_files() -> tuple[OutputFile, ...]:
    """Return the script that pages load, ``main.js``, which exports ``createSearch``, and behind it those it may load.

    One file is one request, and gzip makes it a quarter smaller than its modules one by one: so `ENTRY` and all that it
    imports are one. A module that `import()` loads, as few visits need it, is a file of its own, with what it alone
    imports. The modules of a file share one scope: no name is declared at the top of two of them, and only
    `ENTRY` does anything when it is loaded. Minifying takes comments, space and the length of local names away; the
    tests search with this code, not with its source.
    """
    modules = _modules()
    main = _with_imports(ENTRY, modules)
    later = {name for source in modules.values() for name in _IMPORT_WHEN_NEEDED.findall(source)}
    shared = {"createSearch"}
    files = []
    for entry in sorted(later):
        own = _with_imports(entry, modules) - main
        imports = (found for module in own for found in _imports(modules[module]))
        borrowed = {name for names, source in imports if source in main for name in names}
        shared |= borrowed
        before = f"import {{ {', '.join(sorted(borrowed))} }} from './{ENTRY}';\n" if borrowed else ""
        code = _joined(own - {entry}, entry, modules)
        files.append(OutputFile(entry, _minified(code, before=before, exports=_EXPORTED.findall(modules[entry]))))
    main_file = OutputFile(ENTRY, _minified(_joined(main - {ENTRY}, ENTRY, modules), exports=sorted(shared)))
    return (main_file, *files)


def widget_code() -> bytes:
    """Return ``<kb-help>`` for other sites' pages: all of it in one file, for which one checksum vouches.

    What the search box loads when it is needed, the correction of typing errors, is part of it.
    """
    modules = _modules()
    later, now = f"import('./{_SPELLING}')", "Promise.resolve({ correct })"
    modules[_SPELLING_USER] = modules[_SPELLING_USER].replace(later, now)
    needed = (_with_imports(WIDGET, modules) | _with_imports(_SPELLING, modules)) - {WIDGET}
    return _minified(_joined(needed, WIDGET, modules))


def remembered_scripts(known: Cache) -> tuple[OutputFile, ...]:
    """Return `client_files`, and the widget's as `WIDGET` behind them, minified only if no earlier build has."""
    key = digest(*(text for module in _modules().items() for text in module))
    kept = known.get(_KEPT, key)
    if kept is not None:
        known.keep(_KEPT)
        return tuple(OutputFile(path, code.encode()) for path, code in json.loads(kept))
    scripts = (*client_files(), OutputFile(WIDGET, widget_code()))
    known.put(_KEPT, key, json.dumps([(script.path, script.data.decode()) for script in scripts]).encode())
    return scripts


def scripts_for(search_files: Iterable[str]) -> frozenset[str]:
    """Return the names of the scripts that the search box has loaded when these search files were fetched for it."""
    misspelled = any(name.startswith("spelling-") for name in search_files)
    return frozenset({ENTRY, "spelling.js"} if misspelled else {ENTRY})


def _modules() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(bundled("search/client").glob("*.js"))}


def _with_imports(entry: str, modules: Mapping[str, str]) -> set[str]:
    """Return the names of a module and of all that it imports, directly or not."""
    found, waiting = set[str](), [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += (source for _, source in _imports(modules[name]))
    return found


def _imports(module: str) -> list[tuple[list[str], str]]:
    """Return for each import the names and the module they come from."""
    return [(re.findall(r"\w+", names), source) for names, source in _IMPORT.findall(module)]


def _joined(first: Iterable[str], last: str, modules: Mapping[str, str]) -> str:
    return "".join(_EXPORT.sub("", _IMPORT.sub("", modules[module])) for module in (*sorted(first), last))


def _minified(code: str, *, before: str = "", exports: Iterable[str] = ()) -> bytes:
    """Return a file's code as the body of one function: in it, names of modules are local and become short, too."""
    names = f"{{ {', '.join(exports)} }}"
    file = (
        f"{before}export const {names} = (() => {{\n{code}return {names};\n}})();\n"
        if exports
        else f"(() => {{\n{code}}})();\n"
    )
    import minify  # builds after an edit have no use for it

    minified: str = minify.string("application/javascript", file)
    return minified.encode()
