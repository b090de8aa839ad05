"""How large an image is, read from its header; no picture is ever decoded.

Sources: PNG (RFC 2083 3.1), GIF89a 18, JPEG (ITU T.81 B.2.2), WebP (RFC 9649 2.7), AVIF (ISO 23008-12 6.5.3).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

_HEADER_BYTES = 64_000
# Frame headers of every coding process; 0xC4, 0xC8 and 0xCC are other segments.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_MAX_SEGMENTS = 2000


def image_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF, JPEG, WebP or AVIF image.

    Args:
        file: Open for reading bytes, at its start.

    Returns:
        The size that the header claims, or None when it is none of these or its header is broken.
    """
    head = file.read(_HEADER_BYTES)
    try:
        return _size(head, file)
    except struct.error:
        return None


def _size(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    size = None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        size = _pair(struct.unpack_from(">II", head, 16))
    elif head.startswith((b"GIF87a", b"GIF89a")):
        size = _pair(struct.unpack_from("<HH", head, 6))
    elif head.startswith(b"\xff\xd8"):
        size = _jpeg_size(file)
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        size = _webp_size(head)
    elif head[4:8] == b"ftyp" and (b"avif" in head[8:64] or b"avis" in head[8:64]):
        size = _avif_size(head)
    return size


def _pair(values: tuple[int, ...]) -> tuple[int, int]:
    return values[0], values[1]


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    """Step from segment to segment; pictures may carry megabytes of metadata before their frame header."""
    position = 2
    for _ in range(_JPEG_MAX_SEGMENTS):
        file.seek(position)
        segment = file.read(9)
        if len(segment) < 4 or segment[0] != 0xFF:
            return None
        marker = segment[1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            position += 1 if marker == 0xFF else 2  # fill byte, or a marker without a segment
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
            return width, height
        elif marker in (0xD9, 0xDA):
            return None
        else:
            position += 2 + struct.unpack_from(">H", segment, 2)[0]
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and head[20:21] == b"\x2f":
        bits = struct.unpack_from("<I", head, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _avif_size(head: bytes) -> tuple[int, int] | None:
    """Take the largest image spatial extent; a file has one for each of its images and tiles."""
    sizes: list[tuple[int, int]] = []
    at = head.find(b"ispe")
    while at >= 0:
        sizes.append(_pair(struct.unpack_from(">II", head, at + 8)))
        at = head.find(b"ispe", at + 4)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)
