from __future__ import annotations

import io
import struct
import zlib

import pytest

from kb_builder.articles.assets import size_issues
from kb_builder.articles.images import image_size
from kb_builder.articles.svg import svg_faults

from .conftest import ContentFolder, codes


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def jpeg(width: int, height: int, *, metadata_bytes: int = 0) -> bytes:
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", 65535) + bytes(65533) for _ in range(metadata_bytes // 65535))
    tables = b"\xff\xc4" + struct.pack(">H", 4) + b"\0\0"
    return b"\xff\xd8" + segments + tables + b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + 8 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


def avif(*sizes: tuple[int, int]) -> bytes:
    boxes = b"".join(struct.pack(">I", 20) + b"ispe" + bytes(4) + struct.pack(">II", *size) for size in sizes)
    return struct.pack(">I", 20) + b"ftypavif" + bytes(4) + b"mif1" + boxes


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 320, 200), (320, 200)),
        (jpeg(1024, 768), (1024, 768)),
        (jpeg(1024, 768, metadata_bytes=1_000_000), (1024, 768)),
        (webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 550, 368)), (550, 368)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<I", (399 << 14) | 299)), (300, 400)),
        (webp(b"VP8X", bytes(4) + (1999).to_bytes(3, "little") + (999).to_bytes(3, "little")), (2000, 1000)),
        (avif((64, 64), (800, 600)), (800, 600)),
    ],
    ids=["png", "gif", "jpeg", "jpeg with much metadata", "webp lossy", "webp lossless", "webp extended", "avif"],
)
def test_the_size_of_an_image_is_read_from_its_header(data: bytes, size: tuple[int, int]) -> None:
    assert image_size(io.BytesIO(data)) == size


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a\x01", b"\xff\xd8\xff", b"RIFFxxxxWEBPVP8 ", b"<html>"]
)
def test_a_broken_header_has_no_size(data: bytes) -> None:
    assert image_size(io.BytesIO(data)) is None


@pytest.mark.timeout(20)
def test_a_jpeg_of_nothing_but_markers_comes_to_an_end() -> None:
    assert image_size(io.BytesIO(b"\xff\xd8" + b"\xff" * 1_000_000)) is None
    assert image_size(io.BytesIO(b"\xff\xd8" + b"\xff\xe1\x00\x00" * 250_000)) is None


def test_h29_an_image_bomb_is_refused_from_its_header_and_not_published(folder: ContentFolder) -> None:
    content = folder.write("guides/bomb.png", png(30_000, 30_000)).read()

    assert content.assets == ()
    assert codes(content.issues) == ["KB208"]
    assert "30000 x 30000" in content.issues[0].message


@pytest.mark.parametrize(("size", "is_refused"), [((12_000, 4000), False), ((12_001, 10), True), ((8000, 8000), True)])
def test_h29_the_limits_are_12_000_pixels_a_side_and_50_megapixels(size: tuple[int, int], is_refused: bool) -> None:
    assert bool(size_issues("a.png", size)) is is_refused


def test_a_file_that_is_no_image_is_published_with_a_warning(folder: ContentFolder) -> None:
    content = folder.write("a.png", b"<html>").read()

    assert content.assets == ("a.png",)
    assert codes(content.issues) == ["KB210"]


def test_files_of_other_types_are_not_published(folder: ContentFolder) -> None:
    for name in ("a.html", "a.js", "a.exe", "Makefile", "a.pdf", "a.PNG.html"):
        folder.write(name, b"x")

    content = folder.read()

    assert content.assets == ("a.pdf",)
    assert [found.path for found in content.issues] == [
        f"content/{n}" for n in ("Makefile", "a.PNG.html", "a.exe", "a.html", "a.js")
    ]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<rect OnClick="alert(1)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="https://evil.example/x.png"/>',
        '<image xlink:href="//evil.example/x.png"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<a href="java&#10;script:alert(1)"><text>x</text></a>',
        "<style>@import url(https://evil.example/x.css)</style>",
        "<style>rect { fill: url('https://evil.example/x') }</style>",
        '<rect style="background: url(//evil.example/x)"/>',
        '<rect fill="url(https://evil.example/x)"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
    ],
)
def test_h11_an_svg_that_could_run_or_load_something_is_refused(inside: str) -> None:
    assert svg_faults(SVG.format(inside).encode()) != ()


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<?xml-stylesheet href="x.css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg",
        b"<html/>",
        SVG.format("").encode("utf-16"),
        b"",
    ],
)
def test_h11_an_svg_with_entities_style_sheets_or_broken_xml_is_refused(data: bytes) -> None:
    assert svg_faults(data) != ()


@pytest.mark.parametrize(
    "inside",
    [
        '<defs><linearGradient id="g"/></defs><rect fill="url(#g)" style="opacity: .5"/>',
        '<use xlink:href="#g"/>',
        '<animate attributeName="opacity" from="0" to="1" values="0;1"/>',
        "<style>.a { fill: red }</style><title>Tent</title>",
        '<image href="data:image/png;base64,AAAA"/>',
    ],
)
def test_a_plain_svg_is_published(inside: str) -> None:
    assert svg_faults(SVG.format(inside).encode()) == ()


def test_h11_a_refused_svg_is_not_published(folder: ContentFolder) -> None:
    content = folder.write("a.svg", SVG.format("<script/>")).write("b.svg", SVG.format("<rect/>")).read()

    assert content.assets == ("b.svg",)
    assert codes(content.issues) == ["KB209"]
