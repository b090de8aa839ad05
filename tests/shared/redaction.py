"""Texts with and without personal data, made from a seed: what `redact` must find, and what it must leave alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kb_builder.analytics.redact import orders_expression, redact

ORDER_SHAPES = ("LF-#######", "RT-######", "INV ????-####")
LANGUAGES = ("en", "de", "fr", "es", "it")

AROUND = {
    "en": ("where is {}", "{}", "please call me on {} today", "my details: {}, thanks", "({}) is wrong", "lost:{}"),
    "de": ("wo ist {}", "{} funktioniert nicht", "bitte unter {} anrufen", "meine Daten: {}", "„{}“ ist falsch"),
    "fr": ("où est {}", "appelez-moi au {} svp", "mon numéro : {}", "l'adresse {} est fausse", "{} ?"),
    "es": ("¿dónde está {}?", "llámame al {} por favor", "mis datos: {}", "no funciona {}", "cambiar {} ya"),
    "it": ("dov'è {}", "chiamatemi al {} grazie", "i miei dati: {}", "non funziona {}", "è {} giusto?"),
}
FIRST = {"en": "olivia", "de": "jürgen", "fr": "zoé", "es": "íñigo", "it": "niccolò"}
PHONES = {
    "en": ("01### ### ###", "+44 1### ### ####", "07### ######", "+447#########", "(020) 7### ####", "555-###-####"),
    "de": (
        "030 ########",
        "+49 30 #######",
        "0171/#######",
        "+49 (0)171 #######",
        "0049-89-######",
        "0151 ## ## ## ##",
    ),
    "fr": (
        "06 ## ## ## ##",
        "06.##.##.##.##",
        "+33 6 ## ## ## ##",
        "0033612######",
        "01-##-##-##-##",
        "+33(0)6########",
    ),
    "es": ("6## ### ###", "6## ## ## ##", "+34 6## ### ###", "9########", "0034 91 ### ## ##", "+34-6########"),
    "it": ("3## #######", "+39 3## ### ####", "02 ########", "06-########", "+39 02 #### ####", "0039 3#########"),
}
IBANS = {
    "en": ("GB", "????##############"),
    "de": ("DE", "##################"),
    "fr": ("FR", "##########?#########???"[:23]),
    "es": ("ES", "####################"),
    "it": ("IT", "?######################"),
}
MAIL_HOSTS = ("gmail.com", "mail.example.co.uk", "web.de", "orange.fr", "correo.es", "posta.it", "bücher.example")
CARDS = (("4", 16), ("5#", 16), ("37", 15), ("6011", 16), ("4", 13), ("4", 19))
SITES = (
    "https://shop.example/reset?token={}",
    "www.shop.example/o#{}",
    "http://a.example/x/{}",
    "https://u:{}@b.example/",
)


@dataclass(frozen=True)
class Planted:
    """A text with one secret in it."""

    language: str
    kind: str
    text: str
    secret: str


def planted(count: int, seed: int) -> list[Planted]:
    """Make texts, each kind and language as often as the others."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        kind, make = SECRETS[number // len(LANGUAGES) % len(SECRETS)]
        secret = make(draw, language)
        made.append(Planted(language, kind, draw.choice(AROUND[language]).format(secret), secret))
    return made


def _fill(shape: str, draw: random.Random) -> str:
    parts = {"#": lambda: draw.choice("0123456789"), "?": lambda: draw.choice("ABCDEFGHKLMNPRSTVWXY")}
    return "".join(parts[sign]() if sign in parts else sign for sign in shape)


def _mail(draw: random.Random, language: str) -> str:
    name = FIRST[language]
    local = draw.choice((name, f"{name}.smith", f"{name[0]}_{draw.randrange(99)}", f"{name}+shop", name.upper()))
    return f"{local}@{draw.choice(MAIL_HOSTS)}"


def _phone(draw: random.Random, language: str) -> str:
    return _fill(draw.choice(PHONES[language]), draw)


def _iban(draw: random.Random, language: str) -> str:
    """Source: ISO 13616, check digits by ISO 7064 MOD 97-10."""
    country, shape = IBANS[language]
    account = _fill(shape, draw)
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    whole = f"{country}{98 - int(number) % 97:02}{account}"
    groups = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    return draw.choice((whole, groups, whole.lower(), groups.lower()))


def _card(draw: random.Random, language: str) -> str:
    start, length = draw.choice(CARDS)
    digits = _fill(start + "#" * (length - 1 - len(start)), draw)
    total = 0
    for place, sign in enumerate(reversed(digits)):
        total += int(sign) if place % 2 else sum(map(int, str(2 * int(sign))))
    digits += str(-total % 10)
    groups = [digits[at : at + 4] for at in range(0, length, 4)]
    return draw.choice(("", " ", "-")).join(groups)


def _order(draw: random.Random, language: str) -> str:
    number = _fill(draw.choice(ORDER_SHAPES), draw)
    return draw.choice((number, number.lower(), number.replace("-", " "), number.replace("-", "")))


def _long_number(draw: random.Random, language: str) -> str:
    return _fill("#" * draw.randrange(7, 22), draw)


def _link(draw: random.Random, language: str) -> str:
    return draw.choice(SITES).format(f"{draw.getrandbits(120):x}{draw.randrange(10)}")


SECRETS: tuple[tuple[str, Callable[[random.Random, str], str]], ...] = (
    ("email", _mail),
    ("phone", _phone),
    ("iban", _iban),
    ("card", _card),
    ("order", _order),
    ("number", _long_number),
    ("link", _link),
)

PLAIN = {
    "en": (
        "how long is the {n} day return window",
        "boots size {n} to {n}",
        "£{p} delivery in {n}-{n} days",
        "{thing}",
    ),
    "de": (
        "wie lange gilt die Frist von {n} Tagen",
        "Größe {n} bis {n}",
        "{p} € Versand, {n}-{n} Tage",
        "{thing} kaufen",
    ),
    "fr": ("délai de {n} jours", "taille {n} ou {n}", "livraison à {p} € sous {n} à {n} jours", "acheter {thing}"),
    "es": ("plazo de {n} días", "talla {n} o {n}", "envío de {p} € en {n}-{n} días", "comprar {thing}"),
    "it": ("entro {n} giorni", "taglia {n} o {n}", "spedizione {p} € in {n}-{n} giorni", "comprare {thing}"),
}
THINGS = (
    *(
        "iPhone 15 Pro Max",
        "tent 220 x 140 x 110 cm",
        "ISO 9001",
        "EN 13537",
        "rope 9.8 mm 60 m",
        "5000 mm water column",
    ),
    *(
        "open 9:00-17:30",
        "24/7 chat",
        "1.500,00",
        "1,299.99",
        "black friday 2026",
        "since 2019-2024",
        "windows 11 24h2",
    ),
    *(
        "order of 21.11.2026",
        "before 2026-12-24",
        "12/24/2025",
        "01.11.2026-31.01.2027",
        "-20 °C to +35 °C",
        "PFAS-free",
    ),
    *(
        "2x2",
        "A4",
        "#3",
        "user@home",
        "@larkfell",
        "c/o",
        "www.larkfell.example",
        "www.larkfell.example/returns",
        "v2.4.6",
    ),
    *("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "pay-in-three-instalments-please", "VAT 20 %"),
    *(
        "75 l",
        "100 %",
        "0.5 l",
        "20,000 mAh",
        "1 000 000",
        "3 for 2",
        "48-50",
        "sizes 36 37 38",
        "+1",
        "(2 pieces)",
        "00",
    ),
)


def ordinary(count: int, seed: int) -> Iterator[str]:
    """Yield queries as people type them, with the numbers they hold, and nothing personal."""
    draw = random.Random(seed)
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        text = draw.choice(PLAIN[language])
        while "{n}" in text:
            text = text.replace("{n}", str(draw.choice((draw.randrange(1, 60), draw.randrange(100, 2500)))), 1)
        yield text.format(p=f"{draw.randrange(1, 900)}.{draw.randrange(100):02}", thing=draw.choice(THINGS))


EXAMPLES = (
    *(
        "",
        " ",
        "return",
        "Ｔｅｌ ０３−１２３４−５６７８",
        "رقمي ٠١٢٣٤٥٦٧٨٩",
        "मेरा नंबर ९८७६५४३२१०",
        "電話 03-1234-5678 です",
    ),
    *(
        "a\u200bb@c.example",
        "two\nlines\r\nand\ttabs\u2028here\x85",
        "nul\x00byte",
        "\u202eover\u2066ride",
        "lone\ud800surrogate",
    ),
    *("4111 1111 1111 1111", "4111 1111 1111 1112", "4111-1111-1111-1111", "41111111111111111111", "192.168.100.200"),
    *(
        "DE89 3704 0044 0532 0130 00 please",
        "be68539007547034",
        "GB82 WEST 1234 5698 7654 32 is mine",
        "MT84MALT011000012345MTLCAST001S",
    ),
    *(
        "06.12.34.56.78",
        "06.12.2034 and 2034-12-06",
        "21.11.2026-30.11.2026",
        "2026/11/21 10",
        "+49 (0)30 123456",
        "++++",
        "(((((",
    ),
    *(
        "john @ mail.example",
        "x@y",
        "@@@@",
        "a@b.c",
        "mailto:a.b@c.example?x=1",
        "https://a.example/reset/eyJhbGciOiJIUzI1NiJ9abc",
    ),
    *(
        "550e8400-e29b-41d4-a716-446655440000",
        "[email] [phone]",
        "👩‍👩‍👧 family 0171 2345678",
        "lf4820193",
        "LF 4820193?",
        "XLF-4820193",
    ),
    *("9" * 300, "a" * 300, "1 " * 200, "a@" * 150, "www." * 80, "-" * 300 + "1", "(0" * 100, "\u0660" * 8),
)


def redaction_cases() -> dict[str, Any]:
    """Texts, and what is left of them."""
    texts = [*EXAMPLES, *(one.text for one in planted(70, seed=2)), *THINGS]
    return {
        "orders": orders_expression(ORDER_SHAPES),
        "cases": [{"text": text, "redacted": redact(text, patterns=ORDER_SHAPES)[0]} for text in texts],
    }
