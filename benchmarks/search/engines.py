"""The engines that are compared, how their index is made, and where their packages come from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import material
from corpora import KEPT, Corpus, text_of

from kb_builder.client_code import client_files
from kb_builder.files import OutputFile, write_files
from kb_builder.index.browser_engine import find_node
from kb_builder.index.compile import compile_search
from kb_builder.issues import KbError

HERE = Path(__file__).resolve().parent
PEERS = KEPT / "peers"
VENV = KEPT / "venv"
PAGEFIND_PACKAGES = "@pagefind/*/bin/pagefind*"


@dataclass(frozen=True, slots=True)
class Engine:
    """A search engine that runs in the browser.

    Attributes:
        module: What the page imports, as its path on the benchmark's host.
        package: The npm package that tells its version, if it has one.
        at_once: A visitor downloads the whole index before the first query, and nothing after it.
    """

    name: str
    label: str
    module: str
    package: str = ""
    at_once: bool = True


OURS = Engine("ours", "kb_builder", "/page/ours.mjs", at_once=False)
PAGEFIND = Engine("pagefind", "Pagefind", "/page/pagefind.mjs", "pagefind", at_once=False)
MATERIAL = Engine("material", "Material", "/page/material.mjs")
BUNDLED = (
    Engine("minisearch", "MiniSearch", "/code/minisearch.js", "minisearch"),
    Engine("minisearch_tuned", "MiniSearch tuned", "/code/minisearch_tuned.js", "minisearch"),
    Engine("lunr", "lunr", "/code/lunr.js", "lunr"),
    Engine("flexsearch", "FlexSearch suggest", "/code/flexsearch.js", "flexsearch"),
    Engine("fuse", "Fuse", "/code/fuse.js", "fuse.js"),
    Engine("orama", "Orama", "/code/orama.js", "@orama/orama"),
)
BROWSER_PEERS = (*BUNDLED, MATERIAL, PAGEFIND)


@dataclass(frozen=True, slots=True)
class Published:
    """An engine on a host: folders of its code and index, and names of code that its module is told."""

    engine: Engine
    code: Path
    index: Path
    files: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)  # of documents, by what the engine calls them


def install_peers() -> None:
    """Install the pinned peers below .kb/benchmarks, with the ordinary clients of their registries; once."""
    pinned = [HERE / "peers" / name for name in ("package.json", "package-lock.json", "requirements.txt")]
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in pinned)).hexdigest()
    stamp = PEERS / "installed"
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(PEERS, ignore_errors=True)
        PEERS.mkdir(parents=True)
        for path in pinned:
            shutil.copy(path, PEERS)
        npm = shutil.which("npm")
        if npm is None:
            raise KbError("npm was not found; the peers are npm packages", hint="Install Node, or use --no-peers.")
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder=PEERS)
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        _run([str(_venv_python()), "-m", "pip", "install", "--quiet", "-r", str(PEERS / "requirements.txt")])
        stamp.write_text(wanted)
    for module in (HERE / "peers").glob("*.mjs"):
        shutil.copy(module, PEERS)


def headings(*, peers: bool) -> dict[str, str]:
    """Return the table's headings by engine: names with versions."""
    found = {"ours": f"{OURS.label} {importlib.metadata.version('kb-builder')}"}
    found["whoosh"] = f"Whoosh {importlib.metadata.version('whoosh-reloaded')}"
    if peers:
        pins = (HERE / "peers" / "requirements.txt").read_text("utf-8").split()
        found["tantivy"] = f"Tantivy {pins[0].partition('==')[2]}"
        packages = json.loads((HERE / "peers" / "package-lock.json").read_text("utf-8"))["packages"]
        for engine in (*BUNDLED, PAGEFIND):
            version = packages[f"node_modules/{engine.package}"]["version"]
            name, _, variant = engine.label.partition(" ")
            found[engine.name] = f"{name} {version}{variant and f', {variant}'}"
        found["material"] = f"Material {importlib.metadata.version('mkdocs-material')}"
    return found


def publish(engine: Engine, corpus: Corpus, folder: Path) -> Published:
    """Make what a host serves for an engine over a corpus, in an empty folder."""
    code, index = folder / "code", folder / "index"
    code.mkdir(parents=True)
    index.mkdir()
    if engine == OURS:
        write_files(code, client_files())
        write_files(index, compile_search(corpus.documents))
        return Published(engine, code, index, tuple(file.path for file in client_files()))
    if engine == PAGEFIND:
        run_pagefind(corpus.pages, index / "pagefind")
        urls = {f"/{number}/": document.url for number, document in enumerate(corpus.documents)}
        return Published(engine, code, index, urls=urls)
    if engine == MATERIAL:
        (worker,) = Path(material.__file__).parent.glob("templates/assets/javascripts/workers/search.*.min.js")
        shutil.copy(worker, code)
        write_files(index, [_material_index(corpus)])
        return Published(engine, code, index, (worker.name,))
    _bundle(engine, code)
    documents = folder / "documents.json"
    documents.write_text(json.dumps(plain_documents(corpus)), "utf-8")
    node = [str(find_node()), "--max-old-space-size=8000"]
    _run([*node, "build.mjs", engine.name, str(documents), str(index / "index.json")], folder=PEERS)
    return Published(engine, code, index)


def plain_documents(corpus: Corpus) -> list[dict[str, str]]:
    """Return the documents as peers take them in: ``url``, ``title``, ``text``."""
    return [{"url": one.url, "title": one.title, "text": text_of(one)} for one in corpus.documents]


def run_pagefind(pages: Path, out: Path) -> None:
    """Index a folder of pages with Pagefind's own program."""
    programs = [path for path in (PEERS / "node_modules").glob(PAGEFIND_PACKAGES) if path.suffix in ("", ".exe")]
    if not programs:
        raise KbError("Pagefind has no program for this machine", hint="Use --no-peers.")
    _run([str(programs[0]), "--site", str(pages), "--output-path", str(out)])


def run_tantivy(corpus: Corpus, queries: Iterable[tuple[str, str]], *, limit: int) -> dict[str, list[str]]:
    """Return Tantivy's hits by query."""
    job = {"documents": plain_documents(corpus), "queries": list(queries), "limit": limit}
    script = str(HERE / "peers" / "tantivy_bm25.py")
    hits: dict[str, list[str]] = json.loads(_run([str(_venv_python()), script], given=json.dumps(job)))
    return hits


def _bundle(engine: Engine, code: Path) -> None:
    """Bundle and minify as a site's author does, so that peers' code is counted as it would travel."""
    esbuild = PEERS / "node_modules" / ".bin" / "esbuild"
    entry = f"export {{ open }} from './{engine.name}.mjs';"
    options = ["--bundle", "--minify", "--format=esm", f"--outfile={code / engine.name}.js", "--log-level=error"]
    _run([str(esbuild), *options], folder=PEERS, given=entry)


def _material_index(corpus: Corpus) -> OutputFile:
    """Return the index as Material's search plugin writes it by default: an entry a page and one a section."""
    docs = []
    for document in corpus.documents:
        sections = list(document.sections)
        lead = sections.pop(0).text if sections and not sections[0].heading else ""
        docs.append({"location": document.url, "title": document.title, "text": lead})
        for section in sections:
            location = f"{document.url}#{section.anchor}"
            docs.append({"location": location, "title": section.heading, "text": section.text})
    fields = {"title": {"boost": 1000.0}, "text": {"boost": 1.0}, "tags": {"boost": 1000000.0}}
    config = {"lang": ["en"], "separator": r"[\s\-]+", "pipeline": ["stopWordFilter"], "fields": fields}
    return OutputFile("search_index.json", json.dumps({"config": config, "docs": docs}).encode())


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(command: Sequence[str], *, folder: Path | None = None, given: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - programs of the pinned packages
        command, cwd=folder, input=given, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise KbError(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
