"""Rules on how articles are written: terms, readability, length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb_builder.articles.codes import issue
from kb_builder.articles.new import placeholders
from kb_builder.issues import Fix, Issue
from kb_builder.lint.model import Line, Reading, TextSettings
from kb_builder.lint.terms import find_terms

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;。！？](?=\s|$)")
_LONG_WORD = 6  # letters; a word with more is long
_FEWEST_WORDS = 100  # a shorter text has no measure worth the name
_TITLE_CHARACTERS = 90
_SUMMARY_CHARACTERS = 200
# Languages that write compounds as one word, or inflect much, have longer words: what is added to the limit.
_LONGER_WORDS = {
    "de": 8,
    "nl": 4,
    "sv": 4,
    "da": 4,
    "nb": 4,
    "no": 4,
    "fi": 18,
    "et": 14,
    "hu": 12,
    "tr": 14,
    "ru": 8,
    "uk": 8,
    "pl": 8,
    "cs": 6,
}
_NO_SPACES = ("zh", "ja", "th", "lo", "km", "my")  # words cannot be counted by spaces


def terms(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find words that the list of terms replaces, in running text, titles and summaries."""
    if not settings.terms:
        return
    article = reading.article
    header = [Line(article.lines.get("title", 0), article.title)]
    if "summary" in article.lines:
        header.append(Line(article.lines["summary"], article.summary))
    for line in (*header, *reading.prose):
        for word, better in dict.fromkeys(find_terms(line.text, settings.terms, article.kind)):
            yield issue("KB840", article.path, line.number, f"'{word}': say '{better}'", "", Fix(word, better))


def readability(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find texts that are hard to read for their kind."""
    language = settings.language.partition("-")[0]
    if language in _NO_SPACES:
        return
    article = reading.article
    limit = getattr(settings.limits.lix, article.kind.value) + _LONGER_WORDS.get(language, 0)
    score = measure(reading.sentences).lix
    if score > limit:
        message = f"LIX {score:.1f}; the limit for {article.kind} articles is {limit}"
        yield issue("KB830", article.path, article.body_line, message)


def lengths(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find texts that are long for their kind, and titles and summaries that are cut off."""
    article = reading.article
    limit = getattr(settings.limits.words, article.kind.value)
    words = article.body.count(" ")  # no text has many more words than spaces
    words = measure(reading.prose).words if words > limit / 2 else 0
    if words > limit:
        message = f"{words} words; the limit for {article.kind} articles is {limit}"
        yield issue("KB831", article.path, article.body_line, message)
    if len(article.title) > _TITLE_CHARACTERS:
        message = f"the title has {len(article.title)} characters; {_TITLE_CHARACTERS} are shown"
        yield issue("KB832", article.path, article.lines.get("title", 0), message)
    if len(article.summary) > _SUMMARY_CHARACTERS and "summary" in article.lines:
        message = f"the summary has {len(article.summary)} characters; {_SUMMARY_CHARACTERS} are shown"
        yield issue("KB832", article.path, article.lines["summary"], message)


def left_over(reading: Reading, settings: TextSettings) -> Iterator[Issue]:
    """Find what `kb new` wrote for the writer to replace, once an article."""
    lines_of_new = placeholders()
    for number, line in enumerate(reading.masked.split("\n"), start=reading.article.body_line):
        if line.strip() in lines_of_new:
            yield issue("KB833", reading.article.path, number, f"'{line.strip()}' is still to be written")
            return


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts of a text; a long word has more than six letters."""

    words: int
    long_words: int
    sentences: int

    @property
    def lix(self) -> float:
        """How hard the text is: mean words of a sentence, plus percent of long words.

        0 for a text too short to be judged; 30 is a children's book, 45 a newspaper, 60 a scientific text.

        Source: Björnsson, Läsbarhet, 1968; chosen because it needs no dictionary of syllables in any language.
        """
        if self.words < _FEWEST_WORDS:
            return 0.0
        return self.words / self.sentences + 100 * self.long_words / self.words


def measure(lines: Sequence[Line]) -> Measures:
    """Count words and sentences; the end of a paragraph and of an item of a list ends a sentence, too."""
    words = long_words = sentences = 0
    open_sentence = False
    for line in lines:
        if not line.text:
            sentences += open_sentence
            open_sentence = False
        elif found := _WORD.findall(line.text):
            words += len(found)
            long_words += sum(len(word) > _LONG_WORD for word in found)
            sentences += len(_SENTENCE_END.findall(line.text))
            open_sentence = not _SENTENCE_END.search(line.text[-2:])
    return Measures(words, long_words, max(1, sentences + open_sentence))
