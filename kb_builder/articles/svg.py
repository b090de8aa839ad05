"""What an SVG file could run or load. Such files are refused, not repaired: a plain picture needs none of it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_REFUSED_ELEMENTS = frozenset(
    (
        *("script", "handler", "listener", "foreignobject", "iframe", "embed", "object"),
        *("audio", "video", "canvas", "html", "link", "meta", "base"),
    )
)
_LINKS = frozenset({"href", "src", "from", "to", "values", "by"})
_SAFE_LINK = re.compile(r"#|data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_LOADING_CSS = re.compile(
    r"@import|expression\s*\(|-moz-binding|behavior\s*:|\\|url\(\s*[\"']?\s*(?!#|data:image/(?:png|jpe?g|gif|webp)[;,])",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:|//", re.IGNORECASE)


def svg_faults(data: bytes) -> tuple[str, ...]:
    """Say what in an SVG file could run or load something, each in a few words; empty when it is a plain picture.

    Scripts, event handlers, foreign markup, references outside the file, style sheets that load, and entity
    declarations are faults. So is a file that is not well-formed UTF-8 XML with ``svg`` at its root.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return (f"it is not UTF-8 (byte offset {error.start})",)
    if re.search(r"<!ENTITY|<!DOCTYPE[^>\[]*\[", text, re.IGNORECASE):
        return ("it declares entities",)
    if "<?xml-stylesheet" in text:
        return ("it loads a style sheet",)
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314  (entities were refused above; nothing is fetched)
    except (ElementTree.ParseError, ValueError) as error:
        return (f"it is not well-formed XML ({error})",)
    if _local(root.tag) != "svg":
        return (f"its root is '{_local(root.tag)}', not 'svg'",)
    faults: dict[str, None] = {}
    for element in root.iter():
        faults.update(dict.fromkeys(_element_faults(element)))
    return tuple(faults)


def _element_faults(element: ElementTree.Element) -> list[str]:
    name = _local(element.tag)
    faults = [f"element '{name}'"] if name in _REFUSED_ELEMENTS else []
    if name == "style" and _LOADING_CSS.search("".join(element.itertext())):
        faults.append("a style that loads something")
    for key, value in element.attrib.items():
        attribute = _local(key)
        bare = re.sub(r"[\x00-\x20]", "", value)
        if attribute.startswith("on"):
            faults.append(f"event handler '{attribute}'")
        elif attribute == "attributename" and _local(bare).startswith(("on", "href", "xlink:href")):
            faults.append(f"an animation of '{bare}'")
        elif attribute in _LINKS and not _is_safe_link(name, attribute, bare):
            faults.append(f"{attribute}='{value[:60]}'")
        elif _LOADING_CSS.search(value) and ("url(" in value.lower() or attribute == "style"):
            faults.append(f"{attribute} that loads something")
    return faults


def _is_safe_link(element: str, attribute: str, value: str) -> bool:
    if attribute == "href" and element == "a":
        return bool(re.match(r"https?://|#", value, re.IGNORECASE))  # followed only when a reader chooses to
    if attribute in ("href", "src"):
        return bool(_SAFE_LINK.match(value))
    return not _SCHEME.match(value)


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].lower()
