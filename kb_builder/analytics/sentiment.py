"""A comment's words in, praise or complaint out: by lists of words that anyone can read and object to.

The lists are small and hold words that people use of help articles and shops. A comment without any of them is not
judged, nor is one in another language; whoever shows the result says how many were.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kb_builder.index.analyzer import stemmer

_PRAISE = {
    "en": """
        amazing awesome brilliant clear clearly easy easily excellent fantastic fast fine fixed glad good great happy
        helpful helped helps love nice perfect perfectly pleased quick quickly solved simple super thank thanks thx
        useful wonderful works worked
    """,
    "de": """
        danke dank einfach erfolgreich funktioniert geholfen gelost genial gut gute guter gutes hilfreich klar klasse
        perfekt prima problemlos schnell super toll tolle verstandlich vielen wunderbar zufrieden
    """,
    "fr": """
        aide bien bon bonne clair claire efficace excellent excellente facile facilement fonctionne genial merci
        parfait parfaite
        pratique rapide rapidement resolu satisfait satisfaite simple super top utile
    """,
    "es": """
        agradecido ayudo bien buen buena bueno clara claro contento encanta excelente facil facilmente funciona
        genial gracias
        perfecta perfecto rapida rapidamente rapido resuelto satisfecha satisfecho sencillo util
    """,
}
_COMPLAINT = {
    "en": """
        angry annoying awful bad broke broken bug bugs complicated confused confusing contradictory disappointed
        disappointing error errors fail failed fails frustrated frustrating hard hate horrible impossible incomplete
        incorrect ignored lost mess misleading missing outdated poor problem problems ridiculous rude sad slow stuck
        stupid terrible unclear unhelpful unusable useless vague waste worse worst wrong
    """,
    "de": """
        argerlich defekt enttauscht enttauschend falsch fehler fehlerhaft fehlt fehlende frustrierend furchtbar
        irrefuhrend kaputt kompliziert langsam mies mangelhaft nervig nutzlos schlecht schlechte schlechter schlimm
        schwer schwierig unbrauchbar umstandlich unklar unmoglich unverstandlich unvollstandig veraltet verwirrend
        widerspruchlich
    """,
    "fr": """
        bloque complique compliquee confus confuse decu decue depasse erreur erreurs faux fausse frustrant horrible
        impossible incomplet incomplete incomprehensible incorrect inutile lent lente manque mauvais mauvaise nul nulle
        obsolete penible perdu pire probleme problemes ridicule vague
    """,
    "es": """
        anticuado complicada complicado confusa confuso decepcionado defectuoso dificil equivocado error errores falla
        fallo falta frustrante horrible imposible incompleta incompleto incorrecta incorrecto inutil lenta lento mal
        mala malo obsoleto peor perdido pesimo problema problemas ridiculo roto
    """,
}
_NEGATIONS = {
    "en": "not no never dont doesnt didnt isnt wasnt arent cant cannot couldnt wont without nothing hardly",
    "de": "nicht kein keine keinen keiner nie niemals ohne nichts kaum",
    "fr": "pas jamais sans aucun aucune rien",
    "es": "no nunca sin ningun ninguna nada tampoco",
}
LANGUAGES = tuple(sorted(_PRAISE))
"""Languages whose comments are judged."""
_REACH = 3  # a negation turns the next such word, when it is near: "not very helpful"


def sentiment(words: Sequence[str], language: str) -> int | None:
    """Say what a comment's words come to.

    Args:
        words: In their order, as the analyzer gives them: folded, without punctuation.
        language: Two letters.

    Returns:
        1 praise, -1 complaint, 0 as much of both; None without a word of the lists, or in another language.
    """
    if language not in _PRAISE:
        return None
    praise, complaint, negations = _lists(language)
    stem = stemmer(language)
    values = []
    turned_until = -1
    for place, word in enumerate(words):
        if word in negations:
            turned_until = place + _REACH
            continue
        value = 1 if stem(word) in praise else -1 if stem(word) in complaint else 0
        if value:
            values.append(-value if place <= turned_until else value)
            turned_until = -1
    total = sum(values)
    return (total > 0) - (total < 0) if values else None


def is_judged_word(word: str, language: str) -> bool:
    """Say whether a word is praise or complaint by itself, and so tells nothing of what a comment is about."""
    if language not in _PRAISE:
        return False
    praise, complaint, negations = _lists(language)
    return word in negations or stemmer(language)(word) in praise | complaint


@lru_cache
def _lists(language: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    stem = stemmer(language)
    praise, complaint = (frozenset(map(stem, words[language].split())) for words in (_PRAISE, _COMPLAINT))
    return praise, complaint, frozenset(_NEGATIONS[language].split())
