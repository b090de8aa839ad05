"""HTML in, Markdown out. The only module that knows markdownify and Beautiful Soup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kb_builder.issues import KbError

try:
    from bs4 import BeautifulSoup, Tag
    from markdownify import MarkdownConverter
except ImportError:  # pragma: no cover  (the extra is installed wherever tests run)
    raise KbError(
        "this needs the extra 'import'", hint="Install it: pip install 'kb-builder[import]'", exit_code=2
    ) from None

# Elements that a page cannot keep; what stands inside them goes with them.
_DROPPED = ("script", "style", "form", "object", "embed", "noscript", "template", "svg", "button", "input", "link")
_CHROME = ("nav", "header", "footer", "aside")
_EMBEDDED = ("iframe", "video", "audio")
_INLINE_MARKUP = re.compile(r"([\\`*_\[\]{}])")
_LINE_MARKUP = re.compile(r"^(\s*)(?:([#+-]{1,6})(?=\s)|(\d+)([.)])(?=\s))", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_NOTE = re.compile(r"(?:foot|end)note-\d+")  # as mammoth names those of a document
_WAY_BACK = re.compile(r"\s*\[↑\]\(#[^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Converted:
    """Markdown, and how many elements of each kind were left out."""

    markdown: str
    lost: Counter[str]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole HTML page, cut down to its article.

    Attributes:
        canonical: The address that the page names as its own, or empty.
        breadcrumbs: Names of the categories it is in, outermost first, as its breadcrumbs have them.
        is_unlisted: Whether search engines are told to leave it out.
    """

    title: str
    language: str
    html: str
    canonical: str = ""
    breadcrumbs: tuple[str, ...] = ()
    is_unlisted: bool = False


class _Converter(MarkdownConverter):
    """Escapes what this site's Markdown would read as markup; HTML in the text stays text."""

    def escape(self, text: str, parent_tags: Any = None) -> str:
        escaped = _INLINE_MARKUP.sub(r"\\\1", text)
        escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
        return _LINE_MARKUP.sub(
            lambda found: f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}", escaped
        )

    def convert_sup(self, element: Tag, text: str, parent_tags: Any) -> str:
        link = element.find("a", href=True)
        if isinstance(link, Tag) and _NOTE.fullmatch(str(link["href"]).removeprefix("#")):
            return f"[^{link.get_text().strip('[]')}]"
        return f"<sup>{text}</sup>" if text.strip() else ""

    def convert_li(self, element: Tag, text: str, parent_tags: Any) -> str:
        if not _NOTE.fullmatch(str(element.get("id"))):
            item: str = super().convert_li(element, text, parent_tags)  # type: ignore[misc]  # its types leave it out
            return item
        number = 1 + len(element.find_previous_siblings("li"))
        return f"[^{number}]: {_WAY_BACK.sub('', text.strip())}\n".replace("\n\n", "\n\n    ")


def to_markdown(html: str, *, link: Callable[[str], str], picture: Callable[[str], str]) -> Converted:
    """Convert the HTML of an article.

    Args:
        html: Any HTML, from anybody; the site reduces what is left of it to an allow-list when it is built.
        link: Gives the new address of a link.
        picture: Gives the new address of a picture, or an empty one when there is none; a link then takes its place.
    """
    soup = BeautifulSoup(html, "html.parser")
    lost: Counter[str] = Counter()
    for element in soup.find_all(_EMBEDDED):
        lost["embedded video or frame"] += 1
        _replace_by_link(soup, element, _address(element), _text(element, "title") or "Video")
    for element in soup.find_all(_DROPPED):
        if not element.decomposed:
            lost[f"<{element.name}>"] += 1
            element.decompose()
    if soup.find("h1"):  # the title is the only one of a page
        for heading in soup.find_all(("h1", "h2", "h3", "h4", "h5")):
            heading.name = f"h{int(heading.name[1]) + 1}"
    for anchor in soup.find_all("a", href=True):
        anchor["href"] = link(str(anchor["href"]))
    for image in soup.find_all("img"):
        address, text = str(image.get("src") or ""), _text(image, "alt")
        if new := picture(address):
            image["src"] = new
            for name in [name for name in image.attrs if name not in ("src", "alt")]:
                del image[name]
        else:
            _replace_by_link(soup, image, address, text or "Picture")
    converter = _Converter(heading_style="atx", bullets="-", sub_symbol="<sub>", code_language_callback=_language)
    markdown = converter.convert_soup(soup)
    lines = (line.rstrip() for line in str(markdown).replace("\xa0", " ").split("\n"))
    return Converted(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip() + "\n", lost)


def read_page(data: bytes) -> Page:
    """Cut a whole page down to its article: ``<main>`` or ``<article>``, else the body without what surrounds it."""
    soup = BeautifulSoup(data, "html.parser")
    heading, title = soup.find("h1"), soup.find("title")
    root = soup.find("html")
    main = soup.find("main") or soup.find("article") or soup.find("body") or soup
    name_of = {str(meta.get("name")).lower(): str(meta.get("content") or "") for meta in soup.find_all("meta")}
    canonical = soup.find("link", rel="canonical")
    trail = soup.find(_is_breadcrumbs)
    crumbs = [" ".join(link.get_text(" ").split()) for link in trail.find_all("a")] if isinstance(trail, Tag) else []
    for element in [*main.find_all(_CHROME), *main.find_all(_is_breadcrumbs)]:
        if not element.decomposed:
            element.decompose()
    name = heading.get_text(" ", strip=True) if heading else title.get_text(" ", strip=True) if title else ""
    if heading and not heading.decomposed:
        heading.decompose()
    language = str(root.get("lang") or "") if isinstance(root, Tag) else ""
    title_text = " ".join(name.split())
    return Page(
        title_text,
        language,
        str(main),
        canonical=str(canonical.get("href") or "") if isinstance(canonical, Tag) else "",
        breadcrumbs=tuple(crumb for crumb in crumbs[1:] if crumb and crumb != title_text),  # the first is the home page
        is_unlisted="noindex" in name_of.get("robots", "").lower(),
    )


def _is_breadcrumbs(element: Tag) -> bool:
    names = (element.get("id"), element.get("aria-label"), *element.get_attribute_list("class"))
    return any("breadcrumb" in str(name).lower() for name in names if name)


def _replace_by_link(soup: BeautifulSoup, element: Tag, address: str, text: str) -> None:
    if not address.startswith(("http://", "https://")):
        element.decompose()
        return
    anchor = soup.new_tag("a", href=address)
    anchor.string = text
    element.replace_with(anchor)


def _address(element: Tag) -> str:
    source = element.find("source")
    return str(element.get("src") or (source.get("src") if isinstance(source, Tag) else "") or "")


def _text(element: Tag, attribute: str) -> str:
    return " ".join(str(element.get(attribute) or "").split())


def _language(element: Tag) -> str:
    """Find the language that highlighters mark code with: ``<pre><code class="language-python">``."""
    for tag in (element, element.find("code")):
        for name in tag.get_attribute_list("class") if isinstance(tag, Tag) else ():
            if name and (match := re.fullmatch(r"(?:language|lang)-([A-Za-z0-9+#-]{1,20})", name)):
                return match[1]
    return ""
