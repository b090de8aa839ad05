"""The site generators that are compared: how a help center is laid out for each, and what builds it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".kb" / "benchmarks" / "build"
PINS = Path(__file__).with_name("peers.txt")

_MATERIAL = """\
site_name: Help center
site_url: https://help.example/
docs_dir: content
theme: {name: material, features: [navigation.prune]}
markdown_extensions: [admonition, attr_list, tables, {toc: {permalink: true}}, pymdownx.highlight, pymdownx.superfences]
plugins: [search]
"""
_OURS = "site_name: Help center\nsite_url: https://help.example/\ndocs_dir: content\nplugins:\n  - kb: {}\n"
_HUGO = """\
baseURL = "https://help.example/"
title = "Help center"
disableKinds = ["taxonomy", "term", "RSS"]
[markup.goldmark.renderHooks.link]
useEmbedded = "always"
[markup.highlight]
noClasses = false
"""
# A lean layout: breadcrumbs, the section's pages and the top level beside the text, a table of contents.
_HUGO_BASE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ .Title }} | {{ site.Title }}</title><meta name="description" content="{{ .Description }}">
<link rel="canonical" href="{{ .Permalink }}"><link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/pagefind/pagefind-ui.css"><script src="/pagefind/pagefind-ui.js" defer></script></head>
<body><header><a href="/">{{ site.Title }}</a><div id="search"></div></header>
<nav data-pagefind-ignore>{{ partialCached "nav.html" . .CurrentSection.Path }}</nav>
<main data-pagefind-body>{{ block "main" . }}{{ end }}</main>
<aside data-pagefind-ignore>{{ .TableOfContents }}</aside><footer>Help center</footer></body></html>
"""
_HUGO_LAYOUTS = {
    "_default/baseof.html": _HUGO_BASE,
    "_default/single.html": '{{ define "main" }}<nav>{{ range .Ancestors.Reverse }}<a href="{{ .RelPermalink }}">'
    "{{ .LinkTitle }}</a> / {{ end }}</nav><h1>{{ .Title }}</h1>{{ .Content }}{{ end }}\n",
    "_default/list.html": '{{ define "main" }}{{ .Content }}<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">'
    "{{ .LinkTitle }}</a></li>{{ end }}</ul>{{ end }}\n",
    "partials/nav.html": '<ul>{{ range .CurrentSection.RegularPages }}<li><a href="{{ .RelPermalink }}">'
    '{{ .LinkTitle }}</a></li>{{ end }}</ul><ul>{{ range site.Home.Sections }}<li><a href="{{ .RelPermalink }}">'
    "{{ .LinkTitle }}</a></li>{{ end }}</ul>\n",
}


@dataclass(frozen=True, slots=True)
class Generator:
    """A site generator.

    Attributes:
        lay_out: Writes settings and layouts into a folder whose ``content/`` is there.
        commands: What builds the site with its search index, one after the other, in that folder.
        made: What a cold build starts without.
        flavour: Of `make_corpus.py`: how notes are written.
    """

    label: str
    lay_out: Callable[[Path], None]
    commands: tuple[tuple[str, ...], ...]
    made: tuple[str, ...]
    flavour: str = "mkdocs"


def generators(*, peers: bool) -> Mapping[str, Generator]:
    """Return the generators by name, ours first; the peers are installed below .kb/benchmarks/build, once."""
    ours = Generator(
        "kb_builder",
        lambda folder: _write(folder, {"mkdocs.yml": _OURS}),
        ((sys.executable, "-m", "kb_builder", "-q", "build"),),
        ("site", ".kb"),
    )
    if not peers:
        return {"ours": ours}
    programs = _installed()
    pins = dict(line.split("==") for line in PINS.read_text("utf-8").split())
    return {
        "ours": ours,
        "material": Generator(
            f"Material {pins['mkdocs-material']}, navigation.prune",
            lambda folder: _write(folder, {"mkdocs.yml": _MATERIAL}),
            ((str(programs / "mkdocs"), "build", "-q"),),
            ("site",),
        ),
        "zensical": Generator(
            f"Zensical {pins['zensical']}, navigation.prune",
            lambda folder: _write(folder, {"mkdocs.yml": _MATERIAL}),
            ((str(programs / "zensical"), "build", "-f", "mkdocs.yml"),),
            ("site", ".cache"),
        ),
        "hugo": Generator(
            f"Hugo {pins['hugo']}, lean, with Pagefind {pins['pagefind']}",
            _lay_out_hugo,
            (
                (str(programs / "hugo"), "--quiet"),
                (str(programs / "python"), "-m", "pagefind", "--site", "public"),
            ),
            ("public", "resources", ".hugo_build.lock"),
            "gfm",
        ),
    }


def _lay_out_hugo(folder: Path) -> None:
    layouts = {f"layouts/{path}": text for path, text in _HUGO_LAYOUTS.items()}
    _write(folder, {"hugo.toml": _HUGO, "static/style.css": "body{font-family:sans-serif}\n", **layouts})
    for section in [path for path in (folder / "content").rglob("*") if path.is_dir()]:
        if not (section / "_index.md").exists():
            (section / "_index.md").write_text(f'---\ntitle: "{section.name}"\n---\n', "utf-8")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def _installed() -> Path:
    venv = KEPT / "venv"
    stamp = venv / "installed"
    if not stamp.is_file() or stamp.read_text() != PINS.read_text("utf-8"):
        shutil.rmtree(venv, ignore_errors=True)
        programs = venv / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)  # noqa: S603  (our own words)
        subprocess.run([str(programs / "pip"), "install", "--quiet", "-r", str(PINS)], check=True)  # noqa: S603  (our own words)
        stamp.write_text(PINS.read_text("utf-8"))
    return venv / ("Scripts" if sys.platform == "win32" else "bin")
