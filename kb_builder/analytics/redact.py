"""Replace personal data in a text by typed markers.

The browser's twin, search/client/redact.js, does it before sending; both run tests/shared/redaction.json.

Found are things with a format: links that carry a token, mail addresses, IBANs, card numbers (Luhn), order numbers as
configured, phone numbers, other long numbers, access tokens. Names and postal addresses have none; reports therefore
show a query text only when several visits used it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

import regex

# Both languages read these. Every repetition has a limit, so that the time is linear in the text.
_A = "[A-Za-z0-9]"
_BREAK = r"[ .\/()\u2010-\u2015-]{0,2}"
_DATE = (
    r"(?<!\p{Nd})(?:(?:19|20)\p{Nd}{2}([-.\/])\p{Nd}{1,2}\1\p{Nd}{1,2}"
    r"|\p{Nd}{1,2}([-.\/])\p{Nd}{1,2}\2(?:19|20)\p{Nd}{2})(?!\p{Nd})"
)
_LINK = r"(?<link>(?:https?:\/\/|www\.)\S{0,300}[?#=@]\S*)"
_EMAIL = r"(?<email>[^\s@＠<>()\[\],;:\x22]{1,64} ?[@＠] ?[\p{L}\p{N}.-]{1,190}\.[\p{L}\p{N}-]{2,63})"
_IBAN = (
    rf"(?<iban>(?<!{_A})[A-Za-z]{{2}}[0-9]{{2}}(?:{_A}{{11,30}}(?!{_A})|(?: ?[A-Za-z]{{4}})?"
    rf"(?:[ -]?(?=[A-Za-z]{{0,3}}[0-9]){_A}{{4}}){{2,7}}(?:[ -]?(?=[A-Za-z]{{0,2}}[0-9]){_A}{{1,3}}(?!{_A}))?))"
)
_CARD = r"(?<card>(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9]))"
_PHONE = rf"(?<phone>(?:\+|\((?=[+\p{{Nd}}])|(?<!\p{{Nd}})(?=0))\+?\p{{Nd}}(?:{_BREAK}\p{{Nd}}){{7,14}}(?!\p{{Nd}}))"
_NUMBER = r"(?<number>\p{Nd}{7,}|\p{Nd}(?:[ .\u2010-\u2015-]?\p{Nd}){8,})"
_KEY = r"(?<token>(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,})"
_BEFORE_ORDERS = (_DATE, _LINK, _EMAIL, _IBAN, _CARD)
_BEHIND_ORDERS = (_PHONE, _NUMBER, _KEY)

_INVISIBLE = regex.compile(r"\p{Cf}+")
_SPACE = regex.compile(r"[\p{Cc}\p{Cs}\s]+")
# All of the above have one of these: a sign of an address, three digits, or a long run.
_may_hold = re.compile(r"[@＠]|://|www\.|\d\D*\d\D*\d|[A-Za-z0-9_-]{15}").search
_SIGNS = ("@", "://", "www.")
_long_word = re.compile(r" [^ ]{15}").search
_digits = re.compile(r"[0-9]").findall
# The same, and spaces to be cleaned away, in lines of ASCII: each by itself is found far sooner than any of them.
_SEARCHES = tuple(
    re.compile(signs).finditer
    for signs in (
        r"[ \n](?=[ \n]|[^ \n]{15})",
        r"[0-9][^0-9\n]*[0-9][^0-9\n]*[0-9]",
        r"@|://|www\.",
        r"[\0-\x09\x0b-\x1f\x7f]",
    )
)


def redact(text: str, *, patterns: Sequence[str] = ()) -> tuple[str, int]:
    """Replace personal data by markers such as ``[email]``, and what cannot be seen by nothing or a space.

    Args:
        text: Any text; of what is left of it, nothing is on a second line.
        patterns: Shapes of order numbers, such as ``LF-#######``: see `order_expression`.

    Returns:
        The text, and how many markers were put in. Dates stay. Doing it twice changes nothing more.

    Raises:
        ValueError: A pattern is not one.
    """
    clean: str = text.strip()
    if not _is_plain(text):
        clean = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    if not _may_hold(clean):
        return clean, 0
    count = 0

    def mark(match: regex.Match[str]) -> str:
        nonlocal count
        kind = match.lastgroup
        if kind is None:
            return match[0]  # a date
        count += 1
        return f"[{'number' if kind == 'card' and not _luhn(match[0]) else kind}]"

    return _expression(tuple(patterns)).sub(mark, clean), count


def need_nothing(texts: Iterable[str]) -> bool:
    """Say that `redact` would change none of several texts, after one look at all; no when one might need it."""
    together = f" {' '.join(texts)} "  # An empty text, or a space at the end of one, would be two spaces here.
    return (
        _is_plain(together)
        and not any(map(together.__contains__, _SIGNS))
        and not _long_word(together)
        and len(_digits(together)) < 3
    )


def unsure(texts: Collection[str]) -> list[str]:
    """Return those of many texts that `redact` may change, after one look at all; a few take longer than one by one."""
    plain = [text for text in texts if text.isascii()]
    others = [] if len(plain) == len(texts) else [text for text in texts if not text.isascii()]
    together = "\n".join(("", *plain, ""))
    if together.count("\n") > len(plain) + 1:  # or else the numbers of lines would be wrong
        return list(texts)
    found = {match.start() for search in _SEARCHES for match in search(together)}
    return others + [plain[line] for line in sorted({together.count("\n", 0, start + 1) - 1 for start in found})]


def order_expression(pattern: str) -> str:
    """Return an order-number shape as a regular expression that JavaScript reads too.

    ``#`` is one digit, ``?`` one letter; letters stand for themselves in either case; ``-``, ``.``, ``_``, ``/`` and a
    space may be there or not, or be another of them. A shape is no expression of its own, so none can be slow.

    Raises:
        ValueError: It has other characters, fewer than three ``#``, or more than 40 characters.
    """
    checked_shape(pattern)
    parts = {"#": r"\p{Nd}", "?": r"\p{L}", **dict.fromkeys(" ._/-", r"[ ._\/-]?")}
    both = (parts.get(sign) or (f"[{sign.upper()}{sign.lower()}]" if sign.isalpha() else sign) for sign in pattern)
    return rf"(?<![\p{{L}}\p{{Nd}}]){''.join(both)}(?![\p{{L}}\p{{Nd}}])"


def checked_shape(pattern: str) -> str:
    """Return an order-number shape as it is, or raise the `ValueError` of `order_expression`."""
    if not re.fullmatch(r"[A-Za-z0-9#? ._/-]{3,40}", pattern) or pattern.count("#") < 3:
        raise ValueError(f"{pattern!r} is not the shape of an order number, such as LF-#######")
    return pattern


def orders_expression(patterns: Sequence[str]) -> str:
    """Return one expression for several shapes; empty for none."""
    return "|".join(map(order_expression, patterns))


def _is_plain(text: str) -> bool:
    """Say that there is nothing to clean, as in most texts; saves two thirds of the time."""
    return text.isascii() and text.isprintable() and "  " not in text


@lru_cache(maxsize=8)
def _expression(patterns: tuple[str, ...]) -> regex.Pattern[str]:
    orders = [f"(?<order>{orders_expression(patterns)})"] if patterns else []
    return regex.compile("|".join((*_BEFORE_ORDERS, *orders, *_BEHIND_ORDERS)))


def _luhn(number: str) -> bool:
    """Check the digits of a card number. Source: ISO/IEC 7812-1, annex B."""
    digits = [int(sign) for sign in reversed(number) if sign.isdecimal()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
