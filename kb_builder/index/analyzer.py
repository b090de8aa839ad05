"""Text in, words out: the folding and splitting that the index and the browser share.

search/FORMAT.md states the rules. The twin is search/client/analyzer.js; both run tests/shared/analyzer.json. Stemming
happens only here, when the dictionary is compiled.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import regex
import Stemmer

QUERY_CODE_POINTS = 256
QUERY_WORDS = 32
WORD_CODE_POINTS = 40

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]+"
)
_ACCENTS = re.compile(
    "(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670]"
)
_LETTERS = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d", "ς": "σ"},
        **{"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "־": "-"},
    }
)

_SCRIPTS_WITHOUT_SPACES = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")
_SPACELESS = "".join(rf"\p{{Script={script}}}" for script in _SCRIPTS_WITHOUT_SPACES) + r"\u30fc"
_SPACELESS_START = regex.compile(f"[{_SPACELESS}]", regex.V1)
_WORD = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]"
_TOKEN = regex.compile(
    rf"(?P<run>(?:[[{_SPACELESS}]&&[\p{{L}}\p{{M}}\p{{N}}]]\p{{M}}*)+)"
    rf"|{_WORD}+(?:(?:(?<=\p{{Nd}})\.(?=\p{{Nd}})|(?<=[\p{{L}}\p{{M}}])'(?=[\p{{L}}\p{{M}}])|-){_WORD}+)*",
    regex.V1,
)
_UNIT = regex.compile(r".\p{M}*(?:(?<=[\u17d2\u1039]).\p{M}*)*", regex.S)
_ASCII_TOKEN = re.compile(r"[a-z0-9]+(?:(?:(?<=[0-9])\.(?=[0-9])|(?<=[a-z])'(?=[a-z])|-)[a-z0-9]+)*")
_ASCII = bytes(range(128))
_TYPOGRAPHIC = frozenset("\u00a0£·’‘“”–—•…€→")  # of these, folding makes words of apostrophes alone
_WORD_BEYOND_ASCII = regex.compile(r"[[\p{L}\p{M}\p{N}]--[\x00-\x7f]]", regex.V1)
_POSSESSIVE = re.compile(r"'s$")
_LETTER = regex.compile(r"\p{L}")
_PIECE = regex.compile(r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+\p{M}*|.[\p{M}\uff9e\uff9f]*", regex.S)
_STRETCH = re.compile(r"\S+|\s+")

_APOSTROPHE_SEPARATES = frozenset({"fr", "it"})
# What may be in a word of ASCII, lower case; anything else is space.
_IN_ASCII_WORDS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789.'-" else 32 for code in range(256))

_STEMMERS = {
    **{"ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch"},
    **{"en": "english", "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french"},
    **{"de": "german", "el": "greek", "hi": "hindi"},
    **{"hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali"},
    **{"no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian"},
    **{"ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish"},
    **{"yi": "yiddish"},
}


# Endings that a stemmer knows by their accents, which folding took: tried in this order.
_ACCENTED_ENDINGS = {
    "fr": (("ees", "ées"), ("ee", "ée")),
    "pt": (("coes", "ções"), ("cao", "ção")),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands in the original text: code points from ``start`` up to ``end``."""

    word: str
    start: int
    end: int


def analyze(text: str, language: str) -> list[str]:
    """Give the words of a text in reading order, repeats kept.

    Args:
        text: Plain text, in any case and normal form; lone surrogates separate words.
        language: ISO 639-1; decides what an apostrophe does.
    """
    found, is_whole = _tokens(text, language)
    return found if is_whole else [word for token in found for word in _words_of(token, language)]


def word_counts(text: str, language: str) -> Counter[str]:
    """Count what `analyze` gives; each different token is taken apart once."""
    tokens, words = Counter[str](), Counter[str]()
    for line in [text] if _is_typographic(text) else text.split("\n"):  # no word goes beyond the end of a line
        found, are_words = _tokens(line, language)
        (words if are_words else tokens).update(found)
    for token in [token for token in tokens if not token.isalnum() or len(token) > WORD_CODE_POINTS]:
        times = tokens.pop(token)
        for word in _ascii_words(token, language):
            words[word] += times
    tokens.update(words)
    return tokens


def _is_typographic(text: str) -> bool:
    """Say whether a text is of ASCII and of marks that fold to no word, as most of an English site is."""
    if text.isascii():
        return True
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return _TYPOGRAPHIC.issuperset(beyond.decode("utf-8", "surrogatepass"))


def _tokens(text: str, language: str) -> tuple[list[str], bool]:
    """Return the words of a text, or stretches of ASCII that may be several or none; and whether they are words."""
    if _is_typographic(text):
        folded = text.lower().replace("’", "'").replace("‘", "'")
    else:
        folded = _fold(text)
        if _WORD_BEYOND_ASCII.search(folded):
            return [word for word, _, _ in _split(folded, language)], True
    if language in _APOSTROPHE_SEPARATES:
        folded = folded.replace("'", " ")
    data = folded.encode("ascii", "replace").translate(_IN_ASCII_WORDS).replace(b". ", b" ")  # the end of a sentence
    return data.decode("ascii").split(), False


def _words_of(token: str, language: str) -> tuple[str, ...]:
    is_word = token.isalnum() and len(token) <= WORD_CODE_POINTS
    return (token,) if is_word else _ascii_words(token, language)


def analyze_query(query: str, language: str) -> list[str]:
    """Give the words of a query, which is cut at `QUERY_CODE_POINTS`; repeats are kept, to compare with titles."""
    return analyze(query[:QUERY_CODE_POINTS], language)


def different_words(words: list[str]) -> list[str]:
    """Keep each word once, the first `QUERY_WORDS` of them."""
    return list(dict.fromkeys(words))[:QUERY_WORDS]


def tokens_with_spans(text: str, language: str) -> list[Token]:
    """Give the same words as `analyze`, each with its place in the original text.

    Where folding makes several characters of one (a ligature, a fraction), a word covers the whole of it; a span never
    parts a character from its combining marks.
    """
    folded = _fold(text)
    if len(folded) == len(text) and text.isascii():
        return [Token(*found) for found in _split(folded, language)]
    starts, ends = _origins(text, folded)
    return [Token(word, starts[start], ends[end - 1]) for word, start, end in _split(folded, language)]


def is_spaceless(word: str) -> bool:
    """Say whether a word comes from a script that is written without spaces."""
    return not word.isascii() and bool(_SPACELESS_START.match(word))


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """Return a function that reduces a folded word to its stem (Snowball), or leaves it in an unknown language.

    It must stay in one thread.
    """
    algorithm = _STEMMERS.get(language, "")
    if algorithm not in Stemmer.algorithms():
        return lambda word: word
    stem_word = Stemmer.Stemmer(algorithm).stemWord
    endings = _ACCENTED_ENDINGS.get(language, ())

    @cache
    def stem(word: str) -> str:
        if word.isascii() and word.isdigit():
            return word
        plain, accented = next((pair for pair in endings if word.endswith(pair[0])), ("", ""))
        return _fold(stem_word(word.removesuffix(plain) + accented)) or word

    return stem


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).lower())
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text.translate(_LETTERS))


def _split(folded: str, language: str) -> Iterator[tuple[str, int, int]]:
    separates = language in _APOSTROPHE_SEPARATES
    if separates:
        folded = folded.replace("'", " ")
    for match in (_ASCII_TOKEN if folded.isascii() else _TOKEN).finditer(folded):
        text, start, end = match[0], match.start(), match.end()
        if match.lastgroup == "run":
            yield from _pairs(text, start)
        elif "-" in text:
            yield from _parts(text, start, language)
        else:
            yield _word(text, language), start, end


def _word(text: str, language: str) -> str:
    if "'" in text:
        text = (_POSSESSIVE.sub("", text) if language == "en" else text).replace("'", "")
    return text[:WORD_CODE_POINTS]


@lru_cache(maxsize=2**15)
def _ascii_words(text: str, language: str) -> tuple[str, ...]:
    return tuple(word for word, _, _ in _split(text, language))


def _parts(text: str, start: int, language: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a hyphenated word and, unless it is all numbers, the whole."""
    at, joined = start, []
    for part in text.split("-"):
        word = _word(part, language)
        joined.append(word)
        yield word, at, at + len(part)
        at += len(part) + 1
    if _LETTER.search(text):
        yield "".join(joined)[:WORD_CODE_POINTS], start, start + len(text)


def _pairs(run: str, start: int) -> Iterator[tuple[str, int, int]]:
    units = [(match[0], start + match.start(), start + match.end()) for match in _UNIT.finditer(run)]
    if len(units) == 1:
        units.append(("", start, units[0][2]))
    for (left, left_start, _), (right, _, right_end) in pairwise(units):
        yield (left + right)[:WORD_CODE_POINTS], left_start, right_end


def _origins(text: str, folded: str) -> tuple[list[int], list[int]]:
    """For each folded code point say where in the text the character it came from starts and ends.

    Characters are folded one by one, with their marks. Should that differ from folding the text as a whole, words
    between white space are taken instead, and at last the whole text.
    """
    for cut in (_PIECE.finditer, _STRETCH.finditer):
        pieces = [(match.start(), match.end(), _fold(match[0])) for match in cut(text)]
        if "".join(piece for _, _, piece in pieces) == folded:
            starts = [start for start, _, piece in pieces for _ in piece]
            ends = [end for _, end, piece in pieces for _ in piece]
            return starts, ends
    return [0] * len(folded), [len(text)] * len(folded)
