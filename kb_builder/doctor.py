"""``kb doctor``: say what is installed, set and built, and what is wrong with it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import process_time

from kb_builder import __version__
from kb_builder.cache import open_cache
from kb_builder.clock import build_day
from kb_builder.config import CONFIG_NAME, Config, load_config
from kb_builder.issues import KbError, Level
from kb_builder.pipeline import read_and_check
from kb_builder.reserved_names import is_reserved
from kb_builder.terminal import count
from kb_builder.workers import usable_cores

_PACKAGES = ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions", "whoosh-reloaded", "pydantic")
_EXTRAS = {
    "analytics": ("duckdb", "altair"),
    "collect": ("starlette", "uvicorn"),
    "import": ("markdownify", "mammoth"),
    "mcp": ("mcp",),
    "spark": ("pyspark", "sqlglot"),
}
_LITTLE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what it is, and whether that is sound."""

    name: str
    value: str
    is_sound: bool = True
    hint: str = ""


def examine(config_path: Path) -> Iterator[Finding]:
    """Look at the environment, the settings, the content and what was built; one finding at a time. Edge: disk."""
    yield from _environment()
    try:
        config = load_config(config_path)
    except KbError as error:
        yield Finding("settings", str(error), False, error.hint)
        return
    yield Finding("settings", f"{config.path.name}: {config.site_name}")
    if is_reserved(config.site_url):
        yield Finding("site_url", f"{config.site_url}, an example: pages and the sitemap say that they are there")
    if not config.site_url:
        yield Finding("site_url", "not set", False, f"Set it in {CONFIG_NAME}: the sitemap and shared links need it.")
    yield from _content(config)
    yield from _built(config)


def _environment() -> Iterator[Finding]:
    yield Finding("kb_builder", __version__)
    is_new = sys.version_info >= (3, 11)
    yield Finding("Python", f"{platform.python_version()} on {platform.system()}", is_new, "It needs 3.11 or newer.")
    for package in _PACKAGES:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            yield Finding(package, "missing", False, "Install kb-builder again.")
    for extra, modules in _EXTRAS.items():
        missing = [module for module in modules if find_spec(module) is None]
        yield Finding(f"extra {extra}", f"not installed ({', '.join(missing)})" if missing else "installed")
    yield Finding("processors", str(usable_cores()))
    git = shutil.which("git")
    yield Finding("git", "found" if git else "missing", bool(git), "--changed-since and 'kb diff' need it.")


def _content(config: Config) -> Iterator[Finding]:
    start = process_time()
    try:
        content = read_and_check(config, today=build_day())
    except KbError as error:
        yield Finding("content", str(error), False, error.hint)
        return
    seconds = process_time() - start
    yield Finding("reading", f"{seconds:.1f} s; 'kb build --profile' says where the time of a build goes")
    errors = sum(found.level is Level.ERROR for found in content.issues)
    yield Finding(
        "content",
        f"{count(len(content.articles), 'article')}, {count(len(content.drafts), 'draft')}, {count(errors, 'error')}",
        errors == 0,
        "Run kb check.",
    )
    channels = content.contact.channels
    examples = "".join(f"; {one.href} is an example" for one in channels if is_reserved(one.href))
    yield Finding(
        "contact",
        f"{count(len(channels), 'channel')}{examples}",
        bool(channels),
        "Say in content/contact.yml how to reach people.",
    )
    checks = config.settings.checks
    for name, what in (
        (checks.published, "published addresses"),
        (checks.baseline, "baseline"),
        (checks.terms, "terms"),
    ):
        yield Finding(what, name if (config.root / name).is_file() else f"none ({name})")


def _built(config: Config) -> Iterator[Finding]:
    manifest = config.site_dir / "search" / "manifest.json"
    pages = config.site_dir / "index.html"
    if not pages.is_file():
        yield Finding("site", "not built", True)
    else:
        newest = max((path.stat().st_mtime for path in config.content_dir.rglob("*") if path.is_file()), default=0.0)
        is_new = pages.stat().st_mtime >= newest
        has_search = manifest.is_file()
        state = "built" if is_new else "older than the content"
        yield Finding("site", f"{state}, {_megabytes(config.site_dir)}", is_new and has_search, "Run kb build.")
    for language in ("", *config.settings.content.languages) if pages.is_file() else ():
        folder = config.site_dir / language / "search"
        name = f"search index {language}".strip()
        if (folder / "manifest.json").is_file():
            yield Finding(name, f"{sum(1 for _ in folder.iterdir())} files, {_megabytes(folder)}")
        else:
            yield Finding(name, "none", False, "Run kb build.")
    with open_cache(config.root / ".kb" / "cache", writes=False) as cache:
        state = f"not used: {cache.note}" if cache.note else f"{cache.count} values" if cache.count else "empty"
        yield Finding("cache", state)
    work = config.root / ".kb"
    yield Finding("work folder .kb", _megabytes(work) if work.is_dir() else "none yet")
    free = shutil.disk_usage(config.root).free
    yield Finding("free space", f"{free / 1e9:.1f} GB", free > _LITTLE_BYTES, "A build needs room for a second site.")


def _megabytes(folder: Path) -> str:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return f"{size / 1e6:.1f} MB"
