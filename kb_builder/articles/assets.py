"""Which files beside the articles are published, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from kb_builder.articles.codes import issue
from kb_builder.articles.images import image_size
from kb_builder.articles.listing import FoundFile
from kb_builder.articles.svg import svg_faults
from kb_builder.issues import Issue

IMAGES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "avif"})
PUBLISHED = IMAGES | {
    *("svg", "pdf", "vtt", "woff2", "webm", "mp4", "zip", "csv", "txt", "ics", "docx", "xlsx", "odt", "ods"),
}
_MAX_SIDE_PIXELS = 12_000
_MAX_MEGAPIXELS = 50
_MAX_SVG_BYTES = 2_000_000


def check_asset(folder: Path, file: FoundFile) -> tuple[bool, tuple[Issue, ...]]:
    """Say whether a file is published, and what is wrong with it. Edge: reads the header of images and whole SVG files.

    Args:
        folder: The content folder.
        file: A file of it that is no page.
    """
    extension = file.path.rpartition("/")[2].rpartition(".")[2].lower() if "." in file.path.rpartition("/")[2] else ""
    if extension not in PUBLISHED:
        named = f"'.{extension}' files are" if extension else "a file without an extension is"
        hint = f"Remove it, or use one of {', '.join(sorted(PUBLISHED))}."
        return False, (issue("KB207", file.path, 0, f"{named} not published", hint),)
    try:
        if extension in IMAGES:
            with (folder / file.path).open("rb") as opened:
                return _checked(size_issues(file.path, image_size(opened)))
        if extension == "svg":
            if file.size_bytes > _MAX_SVG_BYTES:
                message = f"SVG of {file.size_bytes} bytes; the limit is {_MAX_SVG_BYTES}"
                return False, (issue("KB208", file.path, 0, message),)
            return _checked(svg_issues(file.path, (folder / file.path).read_bytes()))
    except OSError as error:
        return False, (issue("KB202", file.path, 0, f"cannot be read: {error.strerror}"),)
    return True, ()


def size_issues(path: str, size: tuple[int, int] | None) -> tuple[Issue, ...]:
    """Judge the size in pixels that an image's header claims; None: there is no such header."""
    if size is None:
        return (issue("KB210", path, 0, "does not begin like an image"),)
    width, height = size
    if max(size) > _MAX_SIDE_PIXELS or width * height > _MAX_MEGAPIXELS * 1_000_000:
        limits = f"the limits are {_MAX_SIDE_PIXELS} a side and {_MAX_MEGAPIXELS} megapixels"
        return (issue("KB208", path, 0, f"image of {width} x {height} pixels; {limits}"),)
    return ()


def svg_issues(path: str, data: bytes) -> tuple[Issue, ...]:
    """Judge the bytes of an SVG file."""
    faults = svg_faults(data)
    if not faults:
        return ()
    more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
    return (issue("KB209", path, 0, f"SVG is refused: {'; '.join(faults[:3])}{more}"),)


def _checked(issues: tuple[Issue, ...]) -> tuple[bool, tuple[Issue, ...]]:
    """Publish a file unless an issue says it would hurt; one that only looks odd (KB210) is published."""
    return all(found.code == "KB210" for found in issues), issues
