"""Markdown in, plain text out: titles and summaries without their markup."""

from __future__ import annotations

import html
import re
import unicodedata

# `[!DNL Word]` and `[!UICONTROL Word]`: spans of another generator's dialect. Alerts (`[!NOTE]`) have no words inside.
_DIALECT_SPAN = re.compile(r"\[![A-Z]{2,20}\s+([^\[\]]*)\](?:\{[^{}\n]*\})?")
_ATTRIBUTES = re.compile(r"\{[:#.]?[^{}\n]*\}\s*$")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)(?:\{[^{}\n]*\})?")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*+\)(?:\{[^{}\n]*\})?")
_REFERENCE_LINK = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]*|[^<>\s!@]+@[^<>\s@]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_STARS = re.compile(r"(?<!\\)(\*{1,3}|~~)(?=[^\s*~])([^*~\n]*[^*~\s\\])\1")
_UNDERSCORES = re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])((?:[^_\n]|(?<=\w)_(?=\w))*)\1(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~])")
_CODE = re.compile(r"(`+)([^`]*)\1")
_ATX_HEADING = re.compile(r"[ ]{0,3}#[ \t]+([^\n]*?)[ \t]*#*[ \t]*(?:\n|$)")
_SETEXT_HEADING = re.compile(r"[ ]{0,3}(\S[^\n]*)\n[ ]{0,3}=+[ \t]*(?:\n|$)")
_NOT_A_PARAGRAPH = re.compile(
    r"\s*(?:#|>|\||[-*+]\s|\d+[.)]\s|```|~~~|<|!\[[^\]]*\]\([^)]*\)\s*$|\[[^\]]+\]:|:::|!!!|\?\?\?|\*\*\*|---|===)"
)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def plain_text(markdown: str) -> str:
    """Return a stretch of Markdown as one line of plain text: markup gone, white space folded, entities resolved."""
    text = _ATTRIBUTES.sub("", markdown) if "{" in markdown else markdown
    if "[" in text:
        text = _IMAGE.sub("", _DIALECT_SPAN.sub(r"\1", text))
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
    if "[" in text:
        text = _REFERENCE_LINK.sub(r"\1", _LINK.sub(r"\1", text))
    text = text.replace("\x00", "")
    if "`" not in text:
        return " ".join(_without_markup(text).split())
    # Code keeps its characters: a numbered placeholder stands for it while the rest is cleaned.
    codes: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        codes.append(match[2])
        return f"\x00{len(codes) - 1}\x00"

    text = _without_markup(_CODE.sub(put_aside, text))
    return " ".join(re.sub("\x00([0-9]+)\x00", lambda match: codes[int(match[1])], text).split())


def without_dialect(text: str) -> str:
    """Return text with other generators' spans (``[!DNL Word]``) replaced by their words, and NFC composed."""
    return " ".join(unicodedata.normalize("NFC", _DIALECT_SPAN.sub(r"\1", text)).split())


def leading_heading(body: str) -> tuple[str, int] | None:
    """Return the text of the first-level heading a body begins with and the number of characters it takes, or None."""
    match = _ATX_HEADING.match(body) or _SETEXT_HEADING.match(body)
    return (plain_text(match[1]), match.end()) if match else None


def first_paragraph(body: str, *, limit: int = 160) -> str:
    """Return the first paragraph of running text as plain text, cut at a word to stay under ``limit`` characters.

    Headings, quotes, alerts, lists, tables, code, raw HTML and pictures are passed over. Empty when there is none.
    """
    fence = ""
    paragraph: list[str] = []
    for line in body.split("\n"):
        if fence_match := _FENCE.match(line):
            fence = "" if fence and fence_match[1].startswith(fence) else fence or fence_match[1]
        elif fence:
            continue
        elif line.strip() and (paragraph or (not _NOT_A_PARAGRAPH.match(line) and not line.startswith(("    ", "\t")))):
            paragraph.append(line)
            continue
        text = plain_text(" ".join(paragraph))
        if text:
            return cut_at_word(text, limit)
        paragraph = []
    return cut_at_word(plain_text(" ".join(paragraph)), limit)


def cut_at_word(text: str, limit: int) -> str:
    """Cut a line under ``limit`` characters, at the end of a word and with an ellipsis when something is left out."""
    if len(text) < limit:
        return text
    cut = text[: limit - 2]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > limit // 2 else cut).rstrip(' ,;:-–—')}…"


def _without_markup(text: str) -> str:
    """Take tags, emphasis and escapes away; most texts lack most of them, and looking is what costs."""
    if "<" in text:
        text = _TAG.sub("", text)
    for _ in range(2):  # emphasis inside emphasis
        if "*" in text or "~" in text:
            text = _STARS.sub(r"\2", text)
        if "_" in text:
            text = _UNDERSCORES.sub(r"\2", text)
    return html.unescape(_ESCAPE.sub(r"\1", text) if "\\" in text else text)
