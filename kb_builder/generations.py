"""Publish a built site into a folder in one step, keep the sites before it, and go back to them.

::

    TARGET/current                  a link to the generation that is served; the web server's root
    TARGET/generations/<hash>/      whole sites, named by their content; equal files are stored once (hard links)
    TARGET/announcements.json       what is announced; every generation links to it, since it changes without a build
    TARGET/nginx.conf               its rules, if that is nginx
    TARGET/generations/<hash>.json  what is in it and when it was published; written last, so what has none is not whole

A generation also holds the search and client files of those before it, whose names carry a hash of their content: a
reader with an old page open still gets them. A publish that is killed leaves something without a ``.json``, which the
next one removes.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from kb_builder.files import ANNOUNCEMENTS_FILE
from kb_builder.issues import KbError
from kb_builder.nginx import nginx_rules

CURRENT = "current"
_GENERATIONS = "generations"
_LEAST_KEPT = 2  # generations besides the current one
# Names that change with their content: search/words-0a1b2c3d4e/12.json, assets/kb-0a1b2c3d4e/main.js
HASHED = re.compile(r"^(?:.*/)?(?:search/[\w-]*|assets/\w+)-[0-9a-f]{10}(?:\.\w+|/.+)$")
_COMPRESSED = frozenset((".css", ".html", ".js", ".json", ".md", ".svg", ".txt", ".vtt", ".xml"))
_LEAST_BYTES_TO_COMPRESS = 500


@dataclass(frozen=True, slots=True)
class Generation:
    """A published site.

    Attributes:
        name: Hash of its content.
        published: When it last became the current one.
        files: SHA-256 of each of its files by path; of those that it holds for older pages only, none.
    """

    name: str
    published: dt.datetime
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did: the generation now current, its files, and how many of them had to be written."""

    name: str
    files: int
    written: int
    removed: tuple[str, ...] = ()


def publish_site(site_dir: Path, target: Path, *, now: dt.datetime, keep_hours: float = 24) -> Published:
    """Make ``site_dir`` the current generation of ``target``; readers see the old site, then the new one.

    Args:
        site_dir: A built site; it is copied.
        target: A folder of its own on a file system with links. Made when it is not there.
        now: When this happens.
        keep_hours: The two generations before the new one are kept, and all that were current so recently.

    Raises:
        KbError: There is no built site, ``target`` holds something else, or the disk refuses: what was published stays.
    """
    if not (site_dir / "search" / "manifest.json").is_file():
        raise KbError(f"{site_dir}: no built site here", hint="Build it first: kb build")
    with _writing(target):
        files = {path: _sha256(site_dir / path) for path in _paths(site_dir)}
        name = hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()[:16]
        known = _generations(target)
        before = known[0] if known else None
        written = 0
        if name not in (generation.name for generation in known):
            written = _add(site_dir, target, name, files, older=known[:_LEAST_KEPT], before=before)
        announced = site_dir / ANNOUNCEMENTS_FILE
        if announced.is_file():
            _link_announcements(target, name)
        _switch(target, Generation(name, now, files))
        if announced.is_file():
            _write_announcements(announced.read_bytes(), target)
        others = [generation for generation in known if generation.name != name]
        removed = [
            generation.name
            for generation in others[_LEAST_KEPT:]
            if now - generation.published > dt.timedelta(hours=keep_hours)
        ]
        _remove(target, removed)
        _write_nginx_rules(site_dir, target)
    return Published(name, len(files), written, tuple(removed))


def publish_announcements(data: bytes, target: Path) -> None:
    """Put the file of announcements live, and nothing else. Readers see the old one, then the new one.

    Raises:
        KbError: Nothing is published in ``target``, or the disk refuses.
    """
    if not _current(target):
        raise KbError(f"{target}: no site is published here", hint=f"Publish one first: kb publish {target}")
    with _writing(target):
        _write_announcements(data, target)
        _link_announcements(target, _current(target))


def roll_back(target: Path) -> str:
    """Make the generation that was published before the current one current again; return its name.

    Raises:
        KbError: There is none, or the disk refuses.
    """
    with _writing(target):
        current = _current(target)
        order = sorted(_generations(target), key=lambda generation: generation.published, reverse=True)
        names = [generation.name for generation in order]
        older = order[names.index(current) + 1 :] if current in names else order
        if not older:
            raise KbError(f"{target}: no older generation is kept here", hint="Publish the site you want instead.")
        _point(target, older[0].name)
    return older[0].name


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Let one process at a time change ``target``; remove what a killed one left, before and after."""
    if target.exists() and not (target / _GENERATIONS).is_dir() and any(target.iterdir()):
        raise KbError(f"{target}: holds files that no publish made", hint="Name a folder of its own: kb publish FOLDER")
    try:
        (target / _GENERATIONS).mkdir(parents=True, exist_ok=True)
        with FileLock(target / _GENERATIONS / ".lock"):
            _sweep(target)
            try:
                yield
            finally:
                with suppress(OSError):
                    _sweep(target)
    except OSError as error:
        raise KbError(
            f"{error.filename or target}: {error.strerror or error}", hint="What was published before is untouched."
        ) from error


def _sweep(target: Path) -> None:
    """Remove generations that are not whole, and half-made links."""
    folder = target / _GENERATIONS
    whole = {path.stem for path in folder.glob("*.json")}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in whole:
            shutil.rmtree(path)
        elif path.suffix == ".new":
            path.unlink()


def _add(
    site_dir: Path,
    target: Path,
    name: str,
    files: Mapping[str, str],
    *,
    older: Iterable[Generation],
    before: Generation | None,
) -> int:
    """Fill a new generation; return how many files could not be shared with the one before."""
    folder = target / _GENERATIONS / name
    written = 0
    for path, checksum in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if before and before.files.get(path) == checksum and _share(target, before.name, path, folder):
            continue
        shutil.copyfile(site_dir / path, folder / path)
        _compress(folder / path)
        written += 1
    for generation in older:
        for path in generation.files:
            if path not in files and HASHED.match(path) and not (folder / path).exists():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                _share(target, generation.name, path, folder)
    return written


def _share(target: Path, generation: str, path: str, folder: Path) -> bool:
    """Give a file and its compressed forms to another generation, too; say whether it was there."""
    source = target / _GENERATIONS / generation / path
    if not source.is_file():
        return False
    for form in ("", ".gz", ".br"):
        if form and not Path(f"{source}{form}").exists():
            continue
        try:
            os.link(f"{source}{form}", f"{folder / path}{form}")
        except OSError:  # no hard links here, or too many of one file
            shutil.copyfile(f"{source}{form}", f"{folder / path}{form}")
    return True


def _compress(path: Path) -> None:
    """Write the compressed forms that web servers send as they are, where that saves anything."""
    data = path.read_bytes()
    if path.suffix not in _COMPRESSED or len(data) < _LEAST_BYTES_TO_COMPRESS:
        return
    Path(f"{path}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    with suppress(ImportError):  # an extra
        import brotli  # type: ignore[import-not-found,import-untyped,unused-ignore]  # an extra

        Path(f"{path}.br").write_bytes(brotli.compress(data, quality=9))


def _switch(target: Path, generation: Generation) -> None:
    """Note that a generation is whole and when it was published, then serve it."""
    note = target / _GENERATIONS / f"{generation.name}.json"
    new = note.with_suffix(".new")
    new.write_text(json.dumps({"published": generation.published.isoformat(), "files": generation.files}), "utf-8")
    new.replace(note)
    _point(target, generation.name)


def _point(target: Path, name: str) -> None:
    """Let ``current`` lead to a generation, in one step."""
    new = target / _GENERATIONS / f"{CURRENT}.new"
    new.symlink_to(Path(_GENERATIONS, name), target_is_directory=True)
    new.replace(target / CURRENT)


def _current(target: Path) -> str:
    link = target / CURRENT
    return link.readlink().name if link.is_symlink() else ""


def _generations(target: Path) -> list[Generation]:
    """Return the whole generations: the current one, then the others, the latest first."""
    found = []
    for path in (target / _GENERATIONS).glob("*.json"):
        with suppress(ValueError, KeyError, TypeError):
            note = json.loads(path.read_text("utf-8"))
            found.append(Generation(path.stem, dt.datetime.fromisoformat(note["published"]), dict(note["files"])))
    current = _current(target)
    found.sort(key=lambda generation: (generation.name == current, generation.published), reverse=True)
    return found


def _write_announcements(data: bytes, target: Path) -> None:
    new = target / _GENERATIONS / "announcements.new"
    new.write_bytes(data)
    new.replace(target / ANNOUNCEMENTS_FILE)


def _link_announcements(target: Path, name: str) -> None:
    """Let the file of a generation be the one of the target; one published by an older version has its own."""
    link = target / _GENERATIONS / name / ANNOUNCEMENTS_FILE
    if not link.is_symlink():
        new = target / _GENERATIONS / "link.new"
        new.symlink_to(Path("..", "..", ANNOUNCEMENTS_FILE))
        new.replace(link)


def _write_nginx_rules(site_dir: Path, target: Path) -> None:
    headers, redirects = (
        path.read_text("utf-8") if (path := site_dir / name).exists() else "" for name in ("_headers", "_redirects")
    )
    new = target / _GENERATIONS / "nginx.new"
    new.write_text(nginx_rules(str(target.absolute() / CURRENT), headers=headers, redirects=redirects), "utf-8")
    new.replace(target / "nginx.conf")


def _remove(target: Path, names: Iterable[str]) -> None:
    for name in names:
        (target / _GENERATIONS / f"{name}.json").unlink()
        shutil.rmtree(target / _GENERATIONS / name)


def _paths(folder: Path) -> list[str]:
    """Return the files of a generation; the search manifests last, as a copy that is watched should have them."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(set(paths) - {ANNOUNCEMENTS_FILE}, key=lambda path: (path.endswith("search/manifest.json"), path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
