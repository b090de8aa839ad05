"""Make up the inflected forms customers may type of words that a site has only in other forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

_VOWELS = frozenset("aeiou")
_SIBILANTS = ("s", "x", "z", "ch", "sh")
_BEFORE_E = ("at", "iz", "bl", "v", "u", "c", "g", "s", "z", "ur", "ir")
_NO_VERBS = ("tion", "sion", "ness", "ity", "ous", "ful", "able", "ible", "less", "ism", "ist", "ly", "day")
_SHORTEST = 3
# Endings that stand for each other in one word, each group apart; an empty one is the bare word.
_ENDINGS = {
    "de": (("", "e", "en", "n", "er", "es", "s"),),
    "es": (("", "s"), ("", "es"), ("o", "a", "os", "as")),
    "fr": (("", "s"), ("", "e", "es")),
    "it": (("o", "i"), ("a", "e"), ("e", "i")),
    "nl": (("", "s"), ("", "e", "en")),
    "pt": (("", "s"), ("", "es"), ("o", "a", "os", "as"), ("cao", "coes")),
}


def inflect(forms: Iterable[str], *, term: str, language: str, stem: Callable[[str], str]) -> frozenset[str]:
    """Return regular inflections of a term's surface forms that are not among them.

    English: *-s*, *-ed*, *-ing* with the dropped *e*, the doubled consonant and *y* to *ie*. German, French, Spanish,
    Italian, Portuguese and Dutch: the endings of number, gender and case, put in each other's place. Other languages
    have the forms their site uses.

    Args:
        forms: Surface forms seen on the site, folded.
        term: Their stem; a form whose stem differs is not kept.
        stem: The language's stemmer.
    """
    seen = frozenset(forms)
    if language != "en":
        made = {form for word in seen if word.isalpha() for form in _with_other_endings(word, language)}
        return frozenset(form for form in made - seen if len(form) > _SHORTEST and stem(form) == term)
    bases = {base for form in seen if form.isascii() and form.isalpha() for base in _bases(form) if stem(base) == term}
    made = {form for base in bases if len(base) >= _SHORTEST for form in _english(base)} | bases
    return frozenset(form for form in made - seen if len(form) >= _SHORTEST and stem(form) == term)


def _with_other_endings(word: str, language: str) -> Iterator[str]:
    for group in _ENDINGS.get(language, ()):
        for ending in group:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
                yield from (word.removesuffix(ending) + other for other in group)


def _bases(form: str) -> Iterator[str]:
    """Yield what a form may be an inflection of: itself, or without its ending."""
    if form.endswith(("ies", "ied")):
        yield form[:-3] + "y"
    elif form.endswith("ing") and len(form) > 5:
        yield from _without_suffix(form[:-3])
    elif form.endswith("ed") and len(form) > 4:
        yield from _without_suffix(form[:-2])
    elif form.endswith("es") and form[:-2].endswith(_SIBILANTS):
        yield form[:-1] if form[:-2].endswith(("s", "z")) and not form[:-2].endswith("ss") else form[:-2]
    elif form.endswith("s") and not form.endswith(("ss", "us", "is")):
        yield form[:-1]
    else:
        yield form


def _without_suffix(root: str) -> Iterator[str]:
    """Yield the base of a root cut before *-ed* or *-ing*: doubling undone, a likely final *e* put back."""
    if root.endswith("ll"):  # cancelled, installed: both ways
        yield from (root, root[:-1])
    elif len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sz":
        yield root[:-1]
    elif root.endswith(_BEFORE_E) and not root.endswith("ss"):
        yield root + "e"
    else:
        yield root


def _english(base: str) -> Iterator[str]:
    """Yield the plural or third person, the past and the participle of a base, spelled by the usual rules."""
    last, before = base[-1], base[-2]
    if base.endswith(_NO_VERBS):
        yield base[:-1] + "ies" if base.endswith("ity") else base + "s"
    elif last == "y" and before not in _VOWELS:
        yield from (base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    elif last == "e":
        yield from (base + "s", base + "d")
        yield base + "ing" if before in "eoy" else base[:-1] + "ing"
    else:
        yield base + ("es" if base.endswith(_SIBILANTS) else "s")
        for root in _roots(base):
            yield from (root + "ed", root + "ing")


def _roots(base: str) -> Iterator[str]:
    """Double the last letter behind one vowel: in words of one syllable (*ship*), in Britain any *-l* (*cancel*)."""
    last, vowel, before = base[-1], base[-2], base[-3]
    may_double = last not in "aeiouwxy" and vowel in _VOWELS and before not in _VOWELS
    one_syllable = sum(letter in _VOWELS for letter in base) == 1
    if not (may_double and one_syllable):
        yield base
    if may_double and (one_syllable or last == "l"):
        yield base + last
