"""Language tags (BCP 47) and the folders of a help center in several languages.

The main language, `theme.language`, has the content folder itself. Each further one has the folder of its tag below it:
``de/faq/orders/track.md`` is the German article of ``faq/orders/track.md``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

# Languages written from right to left, and the script subtags that say so of any other.
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"))
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("adlm", "arab", "hebr", "nkoo", "syrc", "thaa"))

_GROUPED_NUMBER = re.compile(r"(?<![\w.,-])\d{2,}(?: \d{2,})+(?![\w-])")

# What speakers call their language, for a switch between languages.
_OWN_NAMES = {
    **{"ar": "العربية", "bg": "български", "ca": "català", "cs": "čeština", "da": "dansk", "de": "Deutsch"},
    **{"el": "Ελληνικά", "en": "English", "es": "español", "et": "eesti", "fa": "فارسی", "fi": "suomi"},
    **{"fr": "français", "he": "עברית", "hi": "हिन्दी", "hr": "hrvatski", "hu": "magyar", "id": "Bahasa Indonesia"},
    **{"it": "italiano", "ja": "日本語", "ko": "한국어", "lt": "lietuvių", "lv": "latviešu", "nb": "norsk bokmål"},
    **{"nl": "Nederlands", "nn": "norsk nynorsk", "no": "norsk", "pl": "polski", "pt": "português", "ro": "română"},
    **{"ru": "русский", "sk": "slovenčina", "sl": "slovenščina", "sr": "српски", "sv": "svenska", "th": "ไทย"},
    **{"tr": "Türkçe", "uk": "українська", "vi": "Tiếng Việt", "zh": "中文"},
}


def primary_language(tag: str) -> str:
    """Return the language of a tag without script and region: ``de-AT`` gives ``de``."""
    return tag.partition("-")[0].lower()


def is_right_to_left(tag: str) -> bool:
    """Say whether a language is written from right to left: by its script if the tag names one, else by itself."""
    scripts = [part.lower() for part in tag.split("-")[1:] if len(part) == 4 and part.isalpha()]
    return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else primary_language(tag) in _RIGHT_TO_LEFT


def with_whole_numbers(text: str) -> str:
    """Keep numbers that are written in groups (``01539 496 0123``) in order in right-to-left text.

    Browsers would turn the groups round at a space; a no-break space is part of the number to them.

    Source: Unicode Bidirectional Algorithm (UAX #9), rule W4.
    """
    return _GROUPED_NUMBER.sub(lambda number: number.group().replace(" ", "\N{NO-BREAK SPACE}"), text)


def own_name(tag: str) -> str:
    """Return what speakers call a language; the tag itself for one that is not listed."""
    return _OWN_NAMES.get(primary_language(tag), tag)


def split_language(path: str, languages: Collection[str]) -> tuple[str, str]:
    """Split a content path into the tag of its language (empty: the main one) and the path inside its folder.

    Args:
        path: Of a file or folder.
        languages: Tags of the further languages.
    """
    folder, _, rest = path.partition("/")
    return (folder, rest) if folder in languages else ("", path)
