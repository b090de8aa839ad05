"""Word vectors that a site brings: made by the tool of a tiny encoder, read as data, used in its own language."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kb_builder.clock import build_day
from kb_builder.config import load_config
from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.index.word_vectors import MAX_BYTES, read_word_vectors
from kb_builder.issues import KbError
from kb_builder.pipeline import build
from tools.make_word_vectors import reduce, stem_groups, word_table, write

TOPICS = {"geld": (1, 0), "erstattung": (0.9, 0.1), "bezahlen": (0.8, 0), "paket": (0, 1), "lieferung": (0.1, 0.9)}
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


class TinyTokenizer:
    """A WordPiece tokenizer, in the shape of that of transformers."""

    def __init__(self) -> None:
        words = [*MARKS, *TOPICS, "##en", "Größe", "!"]
        self._tokens = Tokenizer(models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
        self._tokens.pre_tokenizer = pre_tokenizers.Whitespace()
        self.cls_token_id, self.sep_token_id = 2, 3

    def get_vocab(self) -> dict[str, int]:
        return self._tokens.get_vocab()

    def __call__(self, text: str) -> list[int]:
        return [2, *self._tokens.encode(text).ids, 3]


class TinyEncoder:
    """A model of two topics: the mean of what its words are about."""

    def __init__(self) -> None:
        self.tokenizer = TinyTokenizer()
        vectors = np.zeros((len(self.tokenizer.get_vocab()), 2))
        for word, about in TOPICS.items():
            vectors[self.tokenizer.get_vocab()[word]] = about
        self._vectors = vectors

    def encode(self, token_ids: Sequence[Sequence[int]]) -> np.ndarray:
        return np.array([self._vectors[list(ids)].mean(axis=0) for ids in token_ids])

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [self.tokenizer(text) for text in texts]


@pytest.fixture
def vectors_file(tmp_path: Path) -> Path:
    path = tmp_path / "made" / "vectors.npz"
    names, vectors, common, listed = word_table(TinyEncoder(), ["lieferung geld", "paketen"], language="de")
    write(path, names, reduce(vectors), common, stem_groups(names[common : common + listed], "de"))
    return path


def test_the_tool_writes_what_a_build_reads(vectors_file: Path) -> None:
    read = read_word_vectors(vectors_file)

    assert set(read.common_words) == {*TOPICS, "grosse"}, "folded as the analyzer folds, without marks and pieces"
    assert read.listed_words == ("paketen",), "two words are no word"
    money, parcel, refund = read.vectors(["geld", "paket", "erstattung"])
    assert money @ refund > 0 > money @ parcel
    assert read.vectors(["paketen"]).any() and not read.vectors(["zebra"]).any()


@pytest.mark.parametrize(("main", "home", "folder"), [("de", "", "search"), ("en", "de/", "search/de")])
def test_a_site_with_vectors_finds_by_meaning_in_their_language(
    tmp_path: Path, vectors_file: Path, main: str, home: str, folder: str
) -> None:
    others = "[de]" if home else "[]"
    files = {
        "mkdocs.yml": f"site_name: Hilfe\ntheme: {{name: help_center, language: {main}}}\n"
        f"plugins: [{{kb: {{content: {{languages: {others}}}}}}}]\n",
        "content/index.md": "# Help",
        f"content/{home}faq/a.md": "# Erstattung\nGeld.",
        f"content/{home}faq/b.md": "# Lieferung\nPaket.",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    config = load_config(tmp_path / "mkdocs.yml")

    def found() -> list[str]:
        build(config, today=build_day())
        return [hit.url for hit in search(open_search(config.site_dir / home / "search"), "bezahlen").hits]

    assert found() == []
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    vectors_file.rename(tmp_path / folder / "vectors.npz")
    assert found()[:1] == ["faq/a/"]
    assert not list(config.site_dir.rglob("*.npz"))


def test_what_is_no_such_file_is_refused_with_its_name(tmp_path: Path, vectors_file: Path) -> None:
    text, bomb, crooked, code = (tmp_path / name for name in ("text.npz", "bomb.npz", "crooked.npz", "code.npz"))
    text.write_text("no archive")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("words.npy", "w") as entry:
        for _ in range(MAX_BYTES // 10**7 + 1):
            entry.write(bytes(10**7))
    with np.load(vectors_file) as data:
        np.savez(crooked, **{**data, "scales": data["scales"][:-1]})
        np.savez(code, **{**data, "words": np.array([{"run": "me"}], dtype=object)})

    for path in (text, bomb, crooked, code):
        with pytest.raises(KbError, match=f"{path.name}: cannot be read as word vectors"):
            read_word_vectors(path)
