"""What earlier builds made, kept in ``.kb/cache/`` so that the next build need not make it again.

A value is kept by name with the key of all it was made from: a name has one value, and only for the same key. Values
are bytes that mean something to whoever put them there, never code. ``index.json`` says where in one long file each
value lies, with its checksum; new values are appended and the index replaced last, so a killed build leaves the old
index and some idle bytes. A cache that another version wrote, or that is damaged, is not used.

Whoever can write this folder decides what pages say: restore it in CI from builds of the same branch only.
"""

from __future__ import annotations

import functools
import hashlib
import json
import mmap
import os
import platform
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from kb_builder.bundled import bundled

CHECKED_TEXTS = "checked texts"  # what checks remember, which builds keep for them
_FORMAT = 2
_INDEX = "index.json"
_MAKER = "maker.txt"
_MOST_AT_ONCE = 8_000_000  # bytes
_PACKAGES = (
    *("Markdown", "pymdown-extensions", "Pygments", "nh3", "mkdocs", "mkdocs-material", "Jinja2", "MarkupSafe"),
    *("PyStemmer", "regex", "whoosh-reloaded", "numpy", "PyYAML", "pydantic", "tdewolff-minify"),
)


class _Place(NamedTuple):
    key: str
    checksum: int
    start: int
    length: int


def digest(*parts: str | bytes) -> str:
    """Hash texts and bytes, one after the other, into a key; where one ends and the next begins counts."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


class Cache:
    """What is known, and what this build adds. Forked processes can read it; only the process that opened it adds.

    Attributes:
        note: Why an old cache was not used, or cannot be written; else empty.
    """

    def __init__(self, folder: Path | None, *, maker: Callable[[], str] = str, writes: bool = True) -> None:
        """Open the cache in ``folder``, which need not exist; without one nothing is known, and nothing kept.

        ``maker`` names all the code that values depend on, which takes its time: it is asked once there are any. One
        that does not write takes what is put and drops it.
        """
        self._folder, self._maker = folder if writes else None, maker
        self._places: dict[str, _Place] = {}
        self._kept: dict[str, _Place] = {}
        self._values: mmap.mmap | None = None
        self._file = ""
        self._end = 0
        self._added: IO[bytes] | None = None
        self.note = self._load(folder) if folder else ""

    @property
    def count(self) -> int:
        """How many values earlier builds left."""
        return len(self._places)

    def get(self, name: str, key: str) -> bytes | None:
        """Return the value of that name, if it was made from what ``key`` stands for."""
        place = self._places.get(name)
        if place is None or place.key != key or self._values is None:
            return None
        value = self._values[place.start : place.start + place.length]
        return value if zlib.crc32(value) == place.checksum else None

    def view(self, name: str, key: str) -> memoryview | None:
        """Return what `get` returns where it lies in the file: to copy millions of bytes takes its time."""
        place = self._places.get(name)
        if place is None or place.key != key or self._values is None:
            return None
        value = memoryview(self._values)[place.start : place.start + place.length]
        return value if zlib.crc32(value) == place.checksum else None

    def has(self, name: str, key: str) -> bool:
        """Say whether there is a value of that name and key, which may yet be damaged."""
        place = self._places.get(name)
        return place is not None and place.key == key

    def keep(self, name: str) -> None:
        """Let the next build have a value again. What is neither kept nor put is forgotten."""
        if name in self._places:
            self._kept[name] = self._places[name]

    def keep_all(self, beginning: str) -> None:
        """Let the next build have every value again whose name begins so, unless it was put anew."""
        for name in self._places:
            if name.startswith(beginning):
                self._kept.setdefault(name, self._places[name])

    def put(self, name: str, key: str, *value: bytes | memoryview) -> None:
        """Add a value, which may come in parts, or replace the one of that name."""
        if self._folder is None:
            return
        checksum = length = 0
        try:
            if self._added is None:
                self._maker()  # now rather than at the end: most likely other processes are at work
                self._added = self._open(self._folder)
            for part in value:
                self._added.write(part)
                checksum = zlib.crc32(part, checksum)
                length += len(part)
        except OSError as error:
            self._give_up(error)
            return
        self._kept[name] = _Place(key, checksum, self._end, length)
        self._end += length

    def save(self, *, forget: bool = True) -> None:
        """Write what was put, then the index. Without ``forget`` values that were not asked for stay, too."""
        places = self._kept if forget else self._places | self._kept
        if self._folder and (self._added or places != self._places):
            try:
                self._save(self._folder, places)
            except OSError as error:
                self._give_up(error)

    def _save(self, folder: Path, places: dict[str, _Place]) -> None:
        self._added = self._added or self._open(folder)
        self._added.close()
        self._added = None
        if self._end > 2 * sum(place.length for place in places.values()) + 1_000_000:
            places = self._compact(folder, places)
        entries = {name: list(place) for name, place in sorted(places.items())}
        body = json.dumps(
            {"format": _FORMAT, "maker": self._maker(), "file": self._file, "end": self._end, "entries": entries}
        )
        new = folder / f"{_INDEX}.new"
        new.write_text(f"{digest(body)}\n{body}", "utf-8")
        new.replace(folder / _INDEX)
        for path in folder.glob("values-*"):
            if path.name != self._file:
                path.unlink()

    def close(self) -> None:
        """Let go of the files. What was put and not saved is lost."""
        if self._added:
            with suppress(OSError):
                self._added.close()
        if self._values:
            with suppress(BufferError):  # somebody still looks at a value
                self._values.close()
        self._added = self._values = None

    def _load(self, folder: Path) -> str:
        """Read the index; return why it cannot be used."""
        try:
            written, _, body = (folder / _INDEX).read_text("utf-8").partition("\n")
            index: dict[str, Any] = json.loads(body)
            if written != digest(body) or index["format"] != _FORMAT or index["maker"] != self._maker():
                return "another version made it" if written == digest(body) else "it is damaged"
            name, end = Path(index["file"]).name, int(index["end"])
            places = {str(name): _Place(*place) for name, place in index["entries"].items()}
            with (folder / name).open("rb") as file:
                self._values = mmap.mmap(file.fileno(), end, access=mmap.ACCESS_READ)  # raises when it is too short
        except FileNotFoundError as error:
            return "" if str(error.filename).endswith(_INDEX) else "it is not whole"
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return "it is damaged"
        self._file, self._end, self._places = name, end, places
        return ""

    def _give_up(self, error: OSError) -> None:
        self._folder, self.note = None, f"it cannot be written: {error.strerror}"

    def _open(self, folder: Path) -> IO[bytes]:
        """Open the file of values behind the last one that counts."""
        folder.mkdir(parents=True, exist_ok=True)
        if not self._file:
            self._file = self._next_file(folder)
            return (folder / self._file).open("xb")
        file = (folder / self._file).open("r+b")
        file.truncate(self._end)
        file.seek(self._end)
        return file

    def _next_file(self, folder: Path) -> str:
        """Return a name that no file has: whoever reads an old one may go on."""
        numbers = [int(path.name[7:]) for path in folder.glob("values-*") if path.name[7:].isdecimal()]
        return f"values-{max(numbers, default=0) + 1}"

    def _compact(self, folder: Path, places: Mapping[str, _Place]) -> dict[str, _Place]:
        """Copy the values that count to a new file."""
        old, self._file = self._file, self._next_file(folder)
        moved, end = {}, 0
        runs: list[tuple[int, int]] = []  # where values begin and end that lie side by side, which are copied at once
        for name, place in sorted(places.items(), key=lambda item: item[1].start):
            begun, behind = runs[-1] if runs else (0, -1)
            if behind == place.start and behind - begun < _MOST_AT_ONCE:
                runs[-1] = (begun, behind + place.length)
            else:
                runs.append((place.start, place.start + place.length))
            moved[name] = _Place(place.key, place.checksum, end, place.length)
            end += place.length
        with (folder / old).open("rb") as source, (folder / self._file).open("wb") as target:
            for begun, behind in runs:
                source.seek(begun)
                target.write(source.read(behind - begun))
        self._end = end
        return moved


@contextmanager
def open_cache(folder: Path, *, writes: bool, forget: bool = True) -> Iterator[Cache]:
    """Open the cache of a help center; what was added is saved when the block ends, well or not.

    Args:
        folder: Its place; nothing is lost but time when it cannot be written.
        writes: Whether this process may add to it. One process at a time may.
        forget: What this build does not ask for is dropped; not so when it leaves out a stage, or fails.
    """
    maker_here = functools.cache(functools.partial(_maker_noted_in, folder, writes=writes))
    cache = Cache(folder, maker=maker_here, writes=writes)
    done = False
    try:
        yield cache
        done = True
    finally:
        cache.save(forget=forget and done)
        cache.close()


@functools.cache
def maker() -> str:
    """Name the code that values depend on: ours with the theme, the libraries', and Python's."""
    paths = _code()
    contents = [part for path in paths for part in (os.fsencode(path.rpartition("/")[2]), _bytes_of(path))]
    return digest(platform.python_version(), *map(_version, _PACKAGES), *contents)


def _maker_noted_in(folder: Path, *, writes: bool) -> str:
    """Return `maker`, and note it with the stamps of the code: while these are the same, the code need not be read."""
    stamps, note = _stamps_of_code(), folder / _MAKER
    with suppress(OSError, ValueError):
        noted, made = note.read_text("ascii").split(" ")
        if noted == stamps and len(made) == len(stamps):
            return made
    made = maker()
    if writes:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{stamps} {made}", "ascii")
    return made


@functools.cache
def _stamps_of_code() -> str:
    """Return what differs once our code was written again, or a package installed: its folder gets an entry."""
    stamps = [platform.python_version()]
    here = os.getcwd()  # noqa: PTH109 - where builds write
    packages = filter(os.path.isdir, (folder for folder in sys.path if folder not in ("", here)))
    for path in (*_code(), *packages):
        about = os.stat(path)  # noqa: PTH116 - a path object is slow
        stamps.append(f"{path} {about.st_size} {about.st_mtime_ns} {about.st_ino}")
    return digest(*stamps)


@functools.cache
def _code() -> tuple[str, ...]:
    """Return the paths of our code and of the theme."""
    folders = (Path(__file__).parent, bundled("themes/help_center"))
    found = (f"{folder}/{name}" for top in folders for folder, _, names in os.walk(top) for name in names)
    return tuple(sorted(path for path in found if not path.endswith(".pyc")))


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - a path object is slow
        return file.read()


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # it takes its time to load

    try:
        return version(package)
    except PackageNotFoundError:
        return ""
