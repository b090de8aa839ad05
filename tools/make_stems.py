"""Work out the stems of the words that the package has vectors of: `kb build` reads them instead of stemming.

    python tools/make_stems.py

To be run again whenever requirements/base.txt has another snowballstemmer; until then its stems are worked out anew.
"""

from __future__ import annotations

from kb_builder.index.analyzer import snowball_stemmer
from kb_builder.index.shipped_stems import DATA, write_stems
from kb_builder.index.word_vectors import load_word_vectors


def main() -> None:
    """Write kb_builder/index/data/en-stems.gz."""
    vectors = load_word_vectors("en")
    stem = snowball_stemmer("en")
    assert vectors
    assert stem
    words = {word for word in (*vectors.common_words, *vectors.listed_words) if word.isalpha()}
    write_stems(DATA / "en-stems.gz", {word: stem(word) for word in words})


if __name__ == "__main__":
    main()
