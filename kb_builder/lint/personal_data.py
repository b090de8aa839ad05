"""The rule on data of real people in published text: card numbers, bank accounts, private mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_builder.articles.codes import issue
from kb_builder.issues import Issue
from kb_builder.lint.model import Reading, TextSettings

_CARD = re.compile(r"(?<![\w.-])(?:[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_POSSIBLE = re.compile(r"@|\d[\d -]{11,}|\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}")
# Hosts where people have their own mailbox; a shop's address is on the shop's own domain.
_PRIVATE_MAIL = re.compile(
    r"\b[\w.+-]+@(?:gmail|googlemail|hotmail|outlook|live|yahoo|ymail|icloud|aol|gmx|web|proton|protonmail|mail)"
    r"\.(?:com|net|me|de|fr|co\.uk|at|ch|es|it)\b",
    re.IGNORECASE,
)
_INVENTED = re.compile(
    r"\b(?:name|first|last|user(?:name)?|your|my|me|you|someone|somebody|test|example|sample|jane|john|customer|abc|xyz)"
    r"[\w.+-]*@",
    re.IGNORECASE,
)
_IBAN_LENGTHS = {"AT": 20, "BE": 16, "CH": 21, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "IE": 22}
_IBAN_LENGTHS |= {"IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "SE": 24}
# Numbers that payment companies and standards publish for tests and examples.
_CARD_EXAMPLES = """
    4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 5105105105105100
    5200828282828210 2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424
    30569309025904 38520000023237 3530111333300000 3566002020360505 4000000000000002 4000000000003220
"""
_IBAN_EXAMPLES = """
    DE89370400440532013000 GB29NWBK60161331926819 GB82WEST12345698765432 FR1420041010050500013M02606
    NL91ABNA0417164300 AT611904300234573201 CH9300762011623852957 ES9121000418450200051332
"""
_EXAMPLES = frozenset((_CARD_EXAMPLES + _IBAN_EXAMPLES).split())


def personal_data(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find what looks like the data of a real person; published examples are none."""
    article = reading.article
    if not _POSSIBLE.search(article.body):
        return
    for number, line in enumerate(article.body.split("\n"), start=article.body_line):
        for what, text in personal_data_in(line):
            yield issue("KB520", article.path, number, f"looks like {what}: '{text[:4]}…'")


def personal_data_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield what each piece of personal data in a line looks like, and the piece."""
    if "@" in text:
        for match in _PRIVATE_MAIL.finditer(text):
            if not _INVENTED.match(match.group()):
                yield "somebody's mail address", match.group()
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 13 <= len(digits) <= 19 and _luhn(digits) and digits not in _EXAMPLES and len(set(digits)) > 3:
            yield "a card number", match.group()
    for match in _IBAN.finditer(text):
        account = match.group().replace(" ", "")
        if _IBAN_LENGTHS.get(account[:2]) == len(account) and account not in _EXAMPLES and _iban_adds_up(account):
            yield "a bank account", match.group()


def _luhn(digits: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _iban_adds_up(account: str) -> bool:
    """Check the two check digits of an IBAN (ISO 13616)."""
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1
