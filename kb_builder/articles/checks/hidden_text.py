"""Rules on text that is not what it seems: characters nobody sees, and letters of one script posing as another's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from kb_builder.articles.checks.texts import prose_lines
from kb_builder.articles.codes import issue
from kb_builder.articles.model import Article, Kind
from kb_builder.issues import Fix, Issue

# Controls but tab and line feed, soft hyphen, zero-width and direction characters, fillers, variation selectors, tags.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")  # never the overrides 202D, 202E
_RIGHT_TO_LEFT = regex.compile(r"[\p{Arabic}\p{Hebrew}\p{Syriac}\p{Thaana}\p{NKo}]")
# Scripts whose spelling needs a joiner or a non-joiner: Persian and its neighbours, the Indic scripts, Khmer, Myanmar.
_JOINING = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}"
    r"\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_BREAKING = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Han}\p{Hiragana}\p{Katakana}\p{Tibetan}]")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\u20e3]")
_EMOJI_TAGS = regex.compile(r"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")  # flags of England, Scotland, Wales
_ZERO_WIDTH_SPACE, _NON_JOINER, _JOINER, _WORD_JOINER, _SOFT_HYPHEN = "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad"

_WORD = regex.compile(r"[\p{L}\p{M}]{2,}")
_LATIN = regex.compile(r"\p{Latin}")
_LOOK_ALIKE = regex.compile(r"[\p{Cyrillic}\p{Greek}\p{Cherokee}\p{Armenian}\p{Coptic}\p{Lisu}]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNITS = frozenset("µμΩΩΔπ")  # letters that stand beside Latin ones in honest text: µm, kΩ, ΔT


def hidden_characters(article: Article) -> Iterator[Issue]:
    """Find characters that cannot be seen; those that a script, an emoji or a long word needs are fine."""
    code = "KB501" if article.kind is Kind.POLICY else "KB502"
    for line, text in prose_lines(article, holding=_HIDDEN.search):
        if found := tuple(dict.fromkeys(hidden_in(text))):
            points = ", ".join(f"U+{ord(character):04X}" for character in found)
            fixes = (Fix(character, "", literal=True) for character in found if code == "KB502")
            yield issue(code, article.path, line, f"hidden characters: {points}", "", *fixes)


def mixed_scripts(article: Article) -> Iterator[Issue]:
    """Find words in which letters of another script pose as Latin ones (``раypal`` with a Cyrillic ``а``)."""
    code = "KB503" if article.kind is Kind.POLICY else "KB504"
    for line, text in prose_lines(article, holding=_has_look_alike):
        for word in dict.fromkeys(mixed_words(text)):
            strange = dict.fromkeys(letter for letter in word if _LOOK_ALIKE.match(letter))
            points = ", ".join(f"U+{ord(letter):04X}" for letter in strange)
            yield issue(code, article.path, line, f"the word '{word}' mixes scripts: {points}")


def hidden_in(text: str) -> Iterator[str]:
    """Yield the characters of one line that cannot be seen and that nothing around them calls for."""
    if not _HIDDEN.search(text):
        return
    text = _EMOJI_TAGS.sub("", text)
    right_to_left = bool(_RIGHT_TO_LEFT.search(text))
    for match in _HIDDEN.finditer(text):
        character, at = match.group(), match.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if character == _SOFT_HYPHEN and before.isalpha() and after.isalpha():
            continue
        if character in _DIRECTION and right_to_left:
            continue
        if character in (_JOINER, _NON_JOINER) and _JOINING.match(before or " "):
            continue
        if character == _JOINER and _EMOJI.match(before or " ") and _EMOJI.match(after or " "):
            continue
        if (
            character in (_ZERO_WIDTH_SPACE, _WORD_JOINER)
            and _BREAKING.match(before or " ")
            and _BREAKING.match(after or " ")
        ):
            continue
        if "\ufe00" <= character <= "\ufe0e" and before and not before.isascii():
            continue  # a variation of the character before it
        yield character


def mixed_words(text: str) -> Iterator[str]:
    """Yield the words of a text that hold both Latin letters and letters that look like them."""
    if not _has_look_alike(text):
        return
    for match in _WORD.finditer(text):
        word = match.group()
        rest = "".join(letter for letter in word if letter not in _UNITS)
        if _LATIN.search(rest) and _LOOK_ALIKE.search(rest):
            yield word


def _has_look_alike(text: str) -> bool:
    """Say whether there are letters that look like Latin ones; looking at all others takes many times as long."""
    return bool(_LOOK_ALIKE.search("".join(_NOT_ASCII.findall(text))))
