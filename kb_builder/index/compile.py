"""Compile documents into the published search files: analysis, Whoosh, impacts, semantic postings, blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from kb_builder.articles.languages import primary_language
from kb_builder.cache import digest
from kb_builder.files import SiteFile
from kb_builder.index.analyzer import stemmer
from kb_builder.index.article_files import WriteArticles, article_files
from kb_builder.index.blas import one_thread
from kb_builder.index.blocks import search_files
from kb_builder.index.confidence import fitted_coefficients
from kb_builder.index.counting import FEWEST_DOCUMENTS, Count, Counted, Recounted, count_words
from kb_builder.index.dictionary import Dictionary, Forms, changed_forms, find_forms
from kb_builder.index.fields import in_order
from kb_builder.index.function_words import function_words, hot_words
from kb_builder.index.impacts import Impacts, ImpactTable, Ranking, changed_impacts, compute_impacts
from kb_builder.index.model import Document
from kb_builder.index.remembered_dictionary import DictionaryMemory, KnownDictionary
from kb_builder.index.remembered_meanings import MeaningMemory
from kb_builder.index.semantic import Meaning, MeaningLists, semantic_lists, space_of
from kb_builder.index.spelling_blocks import spelling_blocks
from kb_builder.index.synonyms import lead_terms, lead_words, plan_synonyms
from kb_builder.index.teacher import Encode, taught_space
from kb_builder.index.transcriptions import has_transcriptions, transcriptions
from kb_builder.index.word_lists import SynonymRule
from kb_builder.index.word_vectors import WordVectors, load_word_vectors
from kb_builder.index.words_blocks import BlockSizes, cut_words, pack_terms
from kb_builder.workers import in_background


def compile_search(
    documents: Iterable[Document],
    *,
    language: str = "en",
    synonyms: Sequence[SynonymRule] = (),
    pins: Mapping[str, str] | None = None,
    ranking: Ranking | None = None,
    meaning: Meaning | None = None,
    load_vectors: Callable[[str], WordVectors | None] = load_word_vectors,
    encode: Encode | None = None,
    count: Count = count_words,
    when_counted: Callable[[], None] = lambda: None,
    write_articles: WriteArticles = article_files,
    memory: MeaningMemory | None = None,
    dictionary_memory: DictionaryMemory | None = None,
    sizes: BlockSizes | None = None,
    work_folder: Path | None = None,
) -> tuple[SiteFile, ...]:
    """Compile documents into the files below ``search/`` that search/FORMAT.md describes.

    Args:
        documents: In any order, each URL once.
        language: Tag of the documents' language; decides analysis, stemming and function words.
        synonyms: What else is found for which words.
        pins: The URL of the article that comes first for a query; one that is not among the documents is left out.
        ranking: Weights of the fields and so on; the tuned ones by default.
        meaning: Settings of semantic postings, which only a language with word vectors has; the tuned ones by default.
        load_vectors: Gives the word vectors of a language, if it has any.
        encode: A sentence encoder, to which semantic postings are fitted; without one the vectors stay as they are.
        count: Counts words, or knows what they count.
        when_counted: Called then: counting takes every core, and the build waits for it longest.
        write_articles: Writes the files of documents, or knows them.
        memory: Knows the semantic postings of an earlier build; an encoder changes too many of them.
        dictionary_memory: Knows the dictionary of an earlier build with the same settings, pins and synonyms.
        sizes: How the files are cut; by default as fits the number of documents.
        work_folder: Where Whoosh's private folder is made for the while; the system's temporary folder by default.

    Returns:
        Output files, ``search/manifest.json`` last; the same bytes for the same documents in any order.

    Raises:
        KbError: Two documents have the same URL.
    """
    language = primary_language(language)
    ranking, stem = ranking or Ranking(), stemmer(language)
    leads = plan_synonyms(synonyms, language=language, stem=stem)
    ordered = in_order(documents)
    targets = [target for lead in leads for target in lead.targets]
    vectors, meaning = load_vectors(language), meaning or Meaning()
    counted = count(ordered, targets, language=language, vectors=None if encode else vectors, folder=work_folder)
    memory = None if encode else memory
    known = memory.recall() if memory else None
    meanings_of = in_background(
        lambda: _meanings(
            ordered, counted, vectors, encode, memory, known, language=language, meaning=meaning, stem=stem
        ),
        is_worth_it=not encode and len(ordered) >= FEWEST_DOCUMENTS,  # an encoder uses every core by itself
    )
    when_counted()
    numbers = {document.url: number for number, document in enumerate(ordered)}
    pinned = [(query, numbers[url]) for query, url in (pins or {}).items() if url in numbers]
    before = dictionary_memory.recall() if dictionary_memory else None
    impacts, touched, before = _impacts(ordered, counted, before, ranking)
    common, hot = (frozenset(map(stem, words(language))) for words in (function_words, hot_words))
    table = ImpactTable(impacts, function_words=common, ranking=ranking)
    also = [*lead_words(leads, [query for query, _ in pinned], language=language)]
    forms = _forms(ordered, counted, before, also, function_words=common, language=language, stem=stem)
    led = lead_terms(
        leads,
        pinned,
        impact_of=table.get,
        words_of=forms.words_of,
        seen_of=forms.seen_of,
        function_words=common,
        language=language,
        stem=stem,
    )
    dictionary = Dictionary(forms, table, hot, led, len(ordered))
    articles = write_articles(ordered, language=language)
    is_same = before is not None and before.words.forms == forms
    spelling = spelling_blocks(dictionary, known=before.spelling if before and is_same else None)
    sizes, of_before = sizes or BlockSizes.for_articles(len(ordered)), before.words if before else None
    postings = pack_terms(dictionary, sizes, known=of_before, touched=touched)
    words_meant, packed, kept = meanings_of()
    if memory:
        memory.remember(kept)
    meanings = dict(zip(words_meant.split(), packed.split(), strict=True))
    words = cut_words(dictionary, postings, meanings, sizes, known=of_before, touched=touched)
    if dictionary_memory and isinstance(counted, Recounted):
        dictionary_memory.remember(KnownDictionary(counted.state, impacts, words, spelling))
    return search_files(
        ordered,
        words,
        spelling,
        articles=articles,
        language=language,
        meaning_share=meaning.share_percent if meanings else 0,
        confidence=fitted_coefficients(),
    )


def _impacts(
    documents: Sequence[Document],
    counted: Counted | Recounted,
    known: KnownDictionary | None,
    ranking: Ranking,
) -> tuple[Impacts, frozenset[str], KnownDictionary | None]:
    """Compute impacts; say which terms an edit touched, and of what dictionary, if it did not touch all."""
    boosts = [document.boost for document in documents]
    if known and isinstance(counted, Recounted) and counted.before == known.state:
        changed = changed_impacts(known.impacts, counted.fresh, counted.changed, boosts=boosts, ranking=ranking)
        if changed:
            return *changed, known
    return compute_impacts(counted.postings, boosts=boosts, ranking=ranking), frozenset(), None


def _forms(
    documents: Sequence[Document],
    counted: Counted | Recounted,
    known: KnownDictionary | None,
    also: Sequence[str],
    *,
    function_words: frozenset[str],
    language: str,
    stem: Callable[[str], str],
) -> Forms:
    """Give each term every word that may be typed for it; ``also`` are those that lead somewhere."""
    if known and isinstance(counted, Recounted) and not has_transcriptions(language):
        return changed_forms(
            known.words.forms,
            counted.added,
            counted.removed,
            also,
            function_words=function_words,
            language=language,
            stem=stem,
        )
    return find_forms(
        counted.words.terms,
        also,
        transcriptions(documents, language=language, stem=stem),
        function_words=function_words,
        language=language,
        stem=stem,
    )


def _meanings(
    documents: Sequence[Document],
    counted: Counted | Recounted,
    vectors: WordVectors | None,
    encode: Encode | None,
    memory: MeaningMemory | None,
    known: MeaningLists | None,
    *,
    language: str,
    meaning: Meaning,
    stem: Callable[[str], str],
) -> tuple[str, str, Mapping[str, bytes]]:
    """Return words, and the packed semantic postings of each, with spaces between; and what the memory is to keep."""
    if vectors is None:
        return "", "", {}
    if counted.vectors is not None:
        space = space_of(counted.vectors, vectors, [document.url for document in documents])
    elif encode:
        space = taught_space(documents, vectors, encode, language=language)
    else:
        return "", "", {}
    seen = counted.words.terms
    key = digest("\n".join(filter(_has_meaning, seen))) if memory else ""
    with one_thread():
        lists = semantic_lists(lambda: _word_groups(seen, vectors, stem), space, meaning=meaning, known=known, key=key)
    packed = lists.packed()
    return " ".join(packed), " ".join(packed.values()), memory.written(lists) if memory else {}


def _word_groups(seen: Iterable[str], vectors: WordVectors, stem: Callable[[str], str]) -> list[list[str]]:
    """Return the words that get semantic postings: seen and common ones each their own, others together by stem."""
    own = {*filter(_has_meaning, chain(seen, vectors.common_words))}
    others: dict[str | int, list[str]] = {}
    groups: Iterable[str | int] = vectors.listed_groups or map(stem, vectors.listed_words)
    for word, group in zip(vectors.listed_words, groups, strict=True):
        if word not in own:
            others.setdefault(group, []).append(word)
    return [*([word] for word in own), *others.values()]


def _has_meaning(word: str) -> bool:
    return word.isalpha() and len(word) > 1
