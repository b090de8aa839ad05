"""WebVTT captions in, out what is said and when."""

from __future__ import annotations

import html
import re

from kb_builder.articles.model import Spoken

_TAG = re.compile(r"<[^<>]*>")
_START = re.compile(r"\s*(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.\d{3}\s+-->")
_FEWEST_CHARACTERS = 120  # of a passage: a cue alone is half a sentence


def spoken_words(vtt: str) -> tuple[Spoken, ...]:
    """Return the words of a WebVTT file as passages of a few cues, each with the second at which it begins.

    Cue names, settings, notes, styles and markup are left out. A line that repeats the one before it, as rolling
    captions do, counts once. Empty when the text is not WebVTT. A passage ends with a sentence where it can.

    Source: https://www.w3.org/TR/webvtt1/#file-structure
    """
    blocks = re.split(r"\n{2,}", vtt.strip())
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", blocks[0]):
        return ()
    passages: list[Spoken] = []
    words: list[str] = []
    begins, last = 0, ""
    for block in blocks[1:]:
        lines = block.split("\n")
        timing = next((number for number, line in enumerate(lines[:2]) if "-->" in line), None)
        for line in [] if timing is None else lines[timing + 1 :]:
            text = " ".join(html.unescape(_TAG.sub("", line)).split())
            if not text or text == last:
                continue
            if not words:
                begins = _second(lines[timing or 0])
            words.append(text)
            last = text
        is_whole = bool(words) and words[-1].endswith((".", "!", "?", "…", "。"))
        length = sum(map(len, words))
        if length >= 3 * _FEWEST_CHARACTERS or (is_whole and length >= _FEWEST_CHARACTERS):
            passages.append(Spoken(begins, " ".join(words)))
            words = []
    return (*passages, *([Spoken(begins, " ".join(words))] if words else []))


def _second(timing: str) -> int:
    found = _START.match(timing)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]) if found else 0
