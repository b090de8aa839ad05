"""The text of a page as bytes: as it lies in the cache, comes from the process that rendered it, and is held."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import Any

from kb_builder.cache import digest
from kb_builder.issues import Fix, Issue, Level
from kb_builder.site.views import Body, Heading


@dataclass(frozen=True, slots=True, eq=False)
class WrittenBody:
    """A `Body`, most of it as bytes: half of the memory, and many times as quick to send.

    Attributes:
        data: How long its HTML and its Markdown are, both, and the rest as JSON.
        checksum: Of its HTML and its Markdown.
        images: Other hosts it loads images from, in order.
        issues: What was found in it.
    """

    data: bytes
    checksum: str
    images: tuple[str, ...]
    issues: tuple[Issue, ...]

    @classmethod
    def of(cls, body: Body) -> WrittenBody:
        """Write a text."""
        html, markdown = (text.encode("utf-8", "surrogatepass") for text in (body.html, body.markdown))
        images = tuple(sorted(body.image_origins))
        head = {
            "headings": [(heading.title, heading.anchor, heading.level) for heading in body.headings],
            "image_origins": images,
            "issues": [astuple(issue) for issue in body.issues],
            "links": body.links,
        }
        rest = json.dumps(head, separators=(",", ":")).encode()
        data = b"".join([b"%d %d\n" % (len(html), len(markdown)), html, markdown, rest])
        return cls(data, digest(html, markdown), images, body.issues)

    @classmethod
    def kept(cls, data: bytes) -> tuple[WrittenBody, Body] | None:
        """Return a text that was kept, both ways; nothing when it was something else."""
        try:
            html, markdown, rest = cut(data)
            body = _read(html, markdown, rest)
        except (ValueError, KeyError, TypeError):
            return None
        return cls(data, digest(html, markdown), tuple(sorted(body.image_origins)), body.issues), body

    def read(self) -> Body:
        """Return the text."""
        return _read(*cut(self.data))

    @property
    def html(self) -> str:
        """Its HTML alone."""
        return cut(self.data)[0].decode("utf-8", "surrogatepass")

    @property
    def markdown(self) -> str:
        """Its Markdown alone."""
        return cut(self.data)[1].decode("utf-8", "surrogatepass")


def cut(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the HTML, the Markdown and the rest; raise ValueError when this is no `WrittenBody`."""
    lengths, _, _ = data[:40].partition(b"\n")
    html, markdown = map(int, lengths.split(b" "))
    start = len(lengths) + 1
    return data[start : start + html], data[start + html : start + html + markdown], data[start + html + markdown :]


def _read(html: bytes, markdown: bytes, rest: bytes) -> Body:
    head: dict[str, Any] = json.loads(rest)
    return Body(
        html=html.decode("utf-8", "surrogatepass"),
        headings=tuple(Heading(*heading) for heading in head["headings"]),
        image_origins=frozenset(head["image_origins"]),
        issues=tuple(
            Issue(path, line, Level(level), code, message, hint, tuple(Fix(*fix) for fix in fixes))
            for path, line, level, code, message, hint, fixes in head["issues"]
        ),
        links=tuple((tag, in_its_place) for tag, in_its_place in head["links"]),
        markdown=markdown.decode("utf-8", "surrogatepass"),
    )
