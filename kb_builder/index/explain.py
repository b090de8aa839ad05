"""A matched word and an article's published texts in, the fields that hold it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.model import Section
from kb_builder.index.search_files import CardEntry
from kb_builder.index.synonyms import spellings


def fields_holding(matched: str, card: CardEntry, sections: Sequence[Section], *, language: str) -> tuple[str, ...]:
    """Say where in an article a word or phrase stands, in any of its forms.

    Questions and tags are not published as text: what stands nowhere else is there.

    Args:
        matched: A word of the dictionary, or a synonym as its editor wrote it.
    """
    stem = stemmer(language)
    wanted = {tuple(map(stem, words)) for words in spellings(matched, language)}

    def holds(texts: Iterable[str]) -> bool:
        for text in texts:
            stems = tuple(stem(word) for word in analyze(text, language))
            if any(stems[at : at + len(words)] == words for words in wanted for at in range(len(stems))):
                return True
        return False

    fields = {
        "title": (card.title,),
        "headings": tuple(section.heading for section in sections),
        "body": (card.summary, *(section.text for section in sections)),
        "category": (card.category,),
    }
    return tuple(name for name, texts in fields.items() if holds(texts)) or ("questions or tags",)
