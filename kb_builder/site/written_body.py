"""The text of a page as bytes: as it lies in the cache, comes from the process that rendered it, and is held."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, TypeVar

from kb_builder.cache import digest
from kb_builder.issues import Fix, Issue, Level
from kb_builder.site.views import Body, Heading

_Data = TypeVar("_Data", bytes, memoryview)


@dataclass(frozen=True, slots=True, eq=False)
class WrittenBody:
    """A `Body`, most of it as bytes: half of the memory, and many times as quick to send.

    Attributes:
        data: How long its HTML and its Markdown are, the checksum, both, and the rest as JSON.
        checksum: Of its HTML and its Markdown. Whoever keeps ``data`` sees to it that it stays right.
        images: Other hosts it loads images from, in order.
        issues: What was found in it.
        sections: What search makes of its HTML; empty where nobody asked for it when that was rendered.
    """

    data: bytes
    checksum: str
    images: tuple[str, ...]
    issues: tuple[Issue, ...]
    sections: bytes = b""

    @classmethod
    def of(cls, body: Body, *, sections_of: Callable[[str], bytes] = lambda html: b"") -> WrittenBody:
        """Write a text, with what search makes of its HTML."""
        html, markdown = (text.encode("utf-8", "surrogatepass") for text in (body.html, body.markdown))
        images = tuple(sorted(body.image_origins))
        head = {
            "headings": [(heading.title, heading.anchor, heading.level) for heading in body.headings],
            "image_origins": images,
            "issues": [astuple(issue) for issue in body.issues],
            "links": body.links,
        }
        rest = json.dumps(head, separators=(",", ":")).encode()
        checksum = digest(html, markdown)
        data = b"".join([f"{len(html)} {len(markdown)} {checksum}\n".encode(), html, markdown, rest])
        return cls(data, checksum, images, body.issues, sections_of(body.html))

    @classmethod
    def kept(cls, data: bytes) -> tuple[WrittenBody, Body] | None:
        """Return a text that was kept, both ways; nothing when it was something else."""
        try:
            checksum, *parts = cut(data)
            body = _read(*parts)
        except (ValueError, KeyError, TypeError):
            return None
        return cls(data, checksum, tuple(sorted(body.image_origins)), body.issues), body

    def read(self) -> Body:
        """Return the text."""
        _, *parts = cut(self.data)
        return _read(*parts)

    @property
    def html(self) -> str:
        """Its HTML alone."""
        return cut(self.data)[1].decode("utf-8", "surrogatepass")

    @property
    def markdown(self) -> str:
        """Its Markdown alone."""
        return cut(self.data)[2].decode("utf-8", "surrogatepass")


def cut(data: _Data) -> tuple[str, _Data, _Data, _Data]:
    """Return the checksum, the HTML, the Markdown and the rest; raise ValueError when this is no `WrittenBody`."""
    head, _, _ = bytes(data[:80]).partition(b"\n")
    lengths, checksum = head.decode().rsplit(" ", 1)
    html, markdown = map(int, lengths.split(" "))
    start, middle, end = len(head) + 1, len(head) + 1 + html, len(head) + 1 + html + markdown
    return checksum, data[start:middle], data[middle:end], data[end:]


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
