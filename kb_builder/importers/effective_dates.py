"""The text of a policy in, the day out from which it says that it applies."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from kb_builder.articles.languages import primary_language
from kb_builder.articles.plain import plain_text
from kb_builder.site.labels import ENGLISH, translated

# What stands before the day; the earlier phrase is the surer one.
PHRASES = (
    *(
        "effective date",
        "effective from",
        "effective as of",
        "effective",
        "in force from",
        "applies from",
        "valid from",
    ),
    *("last updated", "last modified", "last revised", "updated", "version of", "gültig ab", "in kraft ab", "stand"),
    *("en vigueur", "dernière mise à jour", "en vigor", "última actualización", "fecha de entrada en vigor"),
)
_LANGUAGES = ("en", "de", "fr", "es")
_MOST_CHARACTERS = 40  # between the phrase and the end of the day
_FIRST_CHARACTERS = 5000
_LAST_CHARACTERS = 2000
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)?(?:\s+(?:of|de))?\s+([^\W\d_]{3,12})\.?,?(?:\s+de)?\s+(\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")


def effective_date(text: str, phrases: Sequence[str] = PHRASES) -> dt.date | None:
    """Return the day that follows one of ``phrases`` in a text, near its beginning or its end; None when none does.

    Understood are 2024-05-01, 1.5.2024, 1 May 2024 and May 1, 2024, with the months of several languages. Days such as
    05/01/2024 are not: what they mean depends on who wrote them.
    """
    shown = (
        text
        if len(text) <= _FIRST_CHARACTERS + _LAST_CHARACTERS
        else f"{text[:_FIRST_CHARACTERS]}\n{text[-_LAST_CHARACTERS:]}"
    )
    lines = [plain_text(line) for line in shown.split("\n")]
    for phrase in phrases:
        pattern = re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE)
        for line in lines:
            for found in pattern.finditer(line):
                days = list(_days(line[found.end() : found.end() + _MOST_CHARACTERS]))
                if days:
                    return min(days)[1]
    return None


def _days(text: str) -> Iterator[tuple[int, dt.date]]:
    """Yield the days in a stretch of text with their places."""
    written = [(m.start(), m[1], m[2], m[3]) for m in _ISO.finditer(text)]
    written += [(m.start(), m[3], m[2], m[1]) for m in _DOTTED.finditer(text)]
    written += [(m.start(), m[3], _month(m[2]), m[1]) for m in _DAY_FIRST.finditer(text)]
    written += [(m.start(), m[3], _month(m[1]), m[2]) for m in _MONTH_FIRST.finditer(text)]
    for place, year, month, day in written:
        try:
            yield place, dt.date(int(year), int(month), int(day))
        except ValueError:
            continue


def _month(name: str) -> str:
    return _MONTHS.get(name.casefold(), _MONTHS.get(name.casefold()[:3], "0"))


def _months() -> dict[str, str]:
    """Return the number of each month by its name, and by the first three letters of its English one."""
    named = {ENGLISH[f"month_{number}"].casefold(): str(number) for number in range(1, 13)}
    short = {name[:3]: number for name, number in named.items()}
    for language in _LANGUAGES:
        words = translated(primary_language(language))
        named |= {
            words[f"month_{number}"].casefold(): str(number) for number in range(1, 13) if words.get(f"month_{number}")
        }
    return short | named


_MONTHS = _months()
