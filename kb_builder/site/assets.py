"""The files that pages load besides content: style sheets, the browser client, the theme's pictures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb_builder.cache import Cache
from kb_builder.client_code import remembered_scripts
from kb_builder.files import OutputFile
from kb_builder.issues import KbError
from kb_builder.settings import ThemeSettings
from kb_builder.site.brand import theme_tokens
from kb_builder.site.theme import MATERIAL_DIR, THEME_DIR

_HASH_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Assets:
    """What to publish, and where pages find it. URLs are relative to the site's root.

    Attributes:
        style_urls: In the order in which they must be loaded.
        client_url: Folder of the browser client, ending in a slash.
    """

    files: tuple[OutputFile, ...]
    style_urls: tuple[str, ...]
    client_url: str


def site_assets(theme: ThemeSettings, known: Cache | None = None) -> Assets:
    """Read the theme's and the client's files; ``known`` is what earlier builds minified. Edge: disk.

    Style sheets and the client have the hash of their content in their address, so that browsers may keep them for
    ever. Of Material there is one style sheet and nothing else.

    Raises:
        KbError: The installation is incomplete.
    """
    return _assets(theme_tokens(theme), remembered_scripts(known or Cache(None)))


@lru_cache(maxsize=1)  # `kb serve` builds again and again
def _assets(tokens: str, scripts: tuple[OutputFile, ...]) -> Assets:
    look = b"".join(file.data for file in _files(THEME_DIR / "styles"))
    styles = [_hashed("assets/material.css", _material_css()), _hashed("assets/help_center.css", look)]
    others = [OutputFile(f"assets/{file.path}", file.data) for file in _files(THEME_DIR / "assets")]
    if tokens:
        styles.append(_hashed("assets/tokens.css", tokens.encode()))
    *modules, widget = scripts
    client = (*modules, *_files(THEME_DIR / "on_demand"))  # what its code loads lies beside it
    client_url = f"assets/kb-{_hash(client)}/"
    return Assets(
        files=(
            *styles,
            *others,
            *(OutputFile(client_url + file.path, file.data) for file in client),
            _hashed("assets/widget.js", widget.data),
        ),
        style_urls=tuple(style.path for style in styles),
        client_url=client_url,
    )


def _material_css() -> bytes:
    """Return Material's style sheet without the address of its source map, which is not published."""
    sheets = sorted((MATERIAL_DIR / "assets" / "stylesheets").glob("main.*.min.css"))
    if not sheets:
        raise KbError(
            "mkdocs-material: its style sheet is missing",
            hint="Install it again: pip install --force-reinstall mkdocs-material",
        )
    return re.sub(rb"\s*/\*# sourceMappingURL=[^*]*\*/\s*$", b"\n", sheets[-1].read_bytes())


def _files(folder: Path) -> list[OutputFile]:
    """Return the files below a folder, in the order of their paths relative to it."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [
        OutputFile(path, (folder / path).read_bytes()) for path in paths if not path.rpartition("/")[2].startswith(".")
    ]


def _hashed(path: str, data: bytes) -> OutputFile:
    stem, _, extension = path.rpartition(".")
    return OutputFile(f"{stem}-{_hash([OutputFile(path, data)])}.{extension}", data)


def _hash(files: Iterable[OutputFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.path}\0{len(file.data)}\0".encode())
        digest.update(file.data)
    return digest.hexdigest()[:_HASH_DIGITS]
