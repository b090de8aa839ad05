"""WebVTT captions in, the spoken words out."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[^<>]*>")


def captions_text(vtt: str) -> str:
    """Return the words of a WebVTT file as one line; cue names, times, settings, notes, styles and markup are left out.

    A line that repeats the one before it, as rolling captions do, counts once. Empty when the text is not WebVTT.
    Source: https://www.w3.org/TR/webvtt1/#file-structure
    """
    blocks = re.split(r"\n{2,}", vtt.strip())
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", blocks[0]):
        return ""
    words: list[str] = []
    for block in blocks[1:]:
        lines = block.split("\n")
        timing = next((number for number, line in enumerate(lines[:2]) if "-->" in line), None)
        for line in [] if timing is None else lines[timing + 1 :]:
            text = " ".join(html.unescape(_TAG.sub("", line)).split())
            if text and (not words or words[-1] != text):
                words.append(text)
    return " ".join(words)
