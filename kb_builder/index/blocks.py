"""Name the small files a browser fetches, and tell in the manifest which there are; search/FORMAT.md describes them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kb_builder.files import OutputFile, SiteFile
from kb_builder.index.article_files import ArticleFiles
from kb_builder.index.confidence import NO_CLAIM, Coefficients
from kb_builder.index.facets import find_facets, pack_facets
from kb_builder.index.json_files import FOLDER, as_json, content_hash, named_file, numbered_data
from kb_builder.index.model import Document
from kb_builder.index.packing import pack_sorted
from kb_builder.index.spelling_blocks import SpellingBlocks
from kb_builder.index.words_blocks import WordsBlocks

FORMAT = 5
HITS = 10


def search_files(
    documents: Sequence[Document],
    words: WordsBlocks,
    spelling: SpellingBlocks,
    *,
    articles: ArticleFiles,
    language: str,
    meaning_share: int = 0,
    confidence: Coefficients = NO_CLAIM,
) -> tuple[SiteFile, ...]:
    """Name the files below ``search/``, the manifest last.

    Args:
        documents: In the order of their URLs; postings refer to their places.
        words: The dictionary.
        spelling: The words that typing errors are compared with.
        articles: The files of the documents.
        meaning_share: Percent of a score that semantic postings may make, from 0 to 99.
        confidence: How a ranking's features make the probability that its first hit answers.
    """
    words_files, words_hash = numbered_data("words", words.blocks)
    spelling_files, spelling_hash = numbered_data("spelling", spelling.blocks)
    facets = pack_facets(find_facets(documents))
    facets_file = named_file("facets", {"facets": facets}) if facets else None
    manifest = {
        "format": FORMAT,
        "language": language,
        "articles": len(documents),
        "limit": HITS,
        "meaning": meaning_share,
        "confidence": confidence,
        "boosts": [[number, round(1000 * d.boost)] for number, d in enumerate(documents) if d.boost != 1],
        "words": {"hash": words_hash, "first": pack_sorted(words.firsts)},
        "hot_words": " ".join(json.loads(words.blocks[-1])["words"]) if words.has_hot else "",
        "spelling": {"hash": spelling_hash, "first": " ".join(spelling.firsts)},
        "cards": {"hash": articles.cards_hash},
        "facets": content_hash(facets_file) if facets_file else "",
    }
    files = {file.path: file for file in (*words_files, *spelling_files, *articles.files, facets_file) if file}
    return (*(files[path] for path in sorted(files)), OutputFile(f"{FOLDER}/manifest.json", as_json(manifest)))
