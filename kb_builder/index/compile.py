"""Compile documents into the published search files: analysis, Whoosh, impacts, semantic postings, blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from kb_builder.files import OutputFile
from kb_builder.index.analyzer import stemmer
from kb_builder.index.blocks import BlockSizes, DictionaryTerm, search_files
from kb_builder.index.fields import analyze_documents
from kb_builder.index.function_words import function_words, hot_words
from kb_builder.index.impacts import Ranking, compute_impacts
from kb_builder.index.inflections import inflect
from kb_builder.index.model import Document
from kb_builder.index.semantic import Meaning, semantic_lists
from kb_builder.index.whoosh_store import open_whoosh
from kb_builder.index.word_vectors import WordVectors, load_word_vectors


def compile_search(
    documents: Iterable[Document],
    *,
    language: str = "en",
    ranking: Ranking | None = None,
    meaning: Meaning | None = None,
    load_vectors: Callable[[str], WordVectors | None] = load_word_vectors,
    sizes: BlockSizes | None = None,
    work_folder: Path | None = None,
) -> tuple[OutputFile, ...]:
    """Compile documents into the files below ``search/`` that search/FORMAT.md describes.

    Args:
        documents: In any order, each URL once.
        language: ISO 639-1 of the documents; decides analysis, stemming and function words.
        ranking: Weights of the fields and so on; the tuned ones by default.
        meaning: Settings of semantic postings, which only a language with word vectors has; the tuned ones by default.
        load_vectors: Gives the word vectors of a language, if it has any.
        sizes: How the files are cut; by default as fits the number of documents.
        work_folder: Where Whoosh's private folder is made for the while; the system's temporary folder by default.

    Returns:
        Output files, ``search/manifest.json`` last; the same bytes for the same documents in any order.

    Raises:
        KbError: Two documents have the same URL.
    """
    ranking = ranking or Ranking()
    analyzed = analyze_documents(documents, language=language)
    with open_whoosh(analyzed.fields, ranks=False, folder=work_folder) as index:
        postings = index.read_postings()
    stem = stemmer(language)
    common, hot = ({stem(word) for word in words(language)} for words in (function_words, hot_words))
    impacts = compute_impacts(
        postings,
        boosts=[document.boost for document in analyzed.documents],
        function_words=frozenset(common),
        ranking=ranking,
    )
    terms = [
        DictionaryTerm(term, forms, is_hot=term.term in hot)
        if term.term in common
        else DictionaryTerm(term, forms | inflect(forms, term=term.term, language=language, stem=stem))
        for term, forms in ((term, analyzed.forms[term.term]) for term in impacts)
    ]
    meaning = meaning or Meaning()
    vectors = load_vectors(language)
    meanings = {}
    if vectors:
        words = chain(vectors.common_words, *analyzed.forms.values())
        spelled = (word for word in words if word.isalpha())
        meanings = semantic_lists(analyzed.documents, spelled, vectors, language=language, meaning=meaning)
    return search_files(
        analyzed.documents,
        terms,
        language=language,
        meanings=meanings,
        meaning_share=meaning.share_percent if meanings else 0,
        sizes=sizes,
    )
