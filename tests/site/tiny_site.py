"""A tiny help center that tests fill and build."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from kb_builder.articles.checks import check_content
from kb_builder.articles.model import Content
from kb_builder.articles.read import read_content
from kb_builder.cache import Cache
from kb_builder.config import load_config
from kb_builder.issues import Issue
from kb_builder.related import with_related
from kb_builder.site.render import RenderedSite, render_site

TODAY = dt.date(2026, 6, 1)
SETTINGS = """\
site_name: Test Help
site_url: https://help.example/
docs_dir: content
theme:
  name: help_center
plugins:
  - kb:
{options}
"""


@dataclass
class HelpCenter:
    """A folder with ``mkdocs.yml`` and ``content/``; built into ``site/`` beside them."""

    root: Path
    rendered: RenderedSite | None = field(default=None)

    def settings(self, options: str = "", *, text: str = SETTINGS) -> HelpCenter:
        (self.root / "mkdocs.yml").write_text(text.replace("{options}", options or "      content: {}"))
        return self

    def write(self, name: str, text: str | bytes) -> HelpCenter:
        target = self.root / "content" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def content(self, *, today: dt.date = TODAY) -> Content:
        config = load_config(self.root / "mkdocs.yml")
        link_root = config.settings.content.link_root
        languages = config.settings.content.languages
        content = read_content(config.content_dir, today=today, link_root=link_root, languages=languages)
        return check_content(content, today=today, link_root=link_root)

    def build(self, *, today: dt.date = TODAY, site_dir: str = "site") -> HelpCenter:
        config = load_config(self.root / "mkdocs.yml")
        content = with_related(self.content(today=today), language=config.language, known=Cache(None))
        self.rendered = render_site(config, content, site_dir=self.root / site_dir, today=today)
        return self

    @property
    def issues(self) -> tuple[Issue, ...]:
        assert self.rendered is not None
        return self.rendered.issues

    def page(self, url: str) -> str:
        """Return a whole page as it was written."""
        return (self.root / "site" / url / "index.html").read_text("utf-8")

    def body(self, url: str) -> str:
        """Return the text of an article's page alone."""
        assert self.rendered is not None
        return next(page.html for page in self.rendered.pages if page.url == url)

    def files(self, site_dir: str = "site") -> dict[str, bytes]:
        folder = self.root / site_dir
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def png(width: int, height: int) -> bytes:
    """Make a black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (height * (width + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
