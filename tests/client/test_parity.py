"""Python and the browser's own code, asked made-up queries in many scripts, give the same answer to the digit."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_builder.index.browser_engine import find_node
from kb_builder.index.compile import compile_search
from kb_builder.index.model import Document, Section
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex

SHARED = Path(__file__).parents[1] / "shared" / "ranking.json"
TONGUES = {
    "de": "Rücksendeetikett für große Pakete: Straße, Zahlungsarten, Überweisung und E-Mail-Adresse ändern.",
    "fr": "L'étiquette d’expédition est gratuite; aujourd'hui une commande annulée n'est pas débitée. Où est l'œuvre?",
    "es": "¿Cómo devuelvo un artículo? La devolución y la contraseña del año pasado están en tu cuenta.",
    "ja": "商品を返品したい。お届けから３０日以内に、クレジットカードで払い戻します。ＴＥＮＴの追跡番号。",
    "ru": "Как вернуть заказ? Новый адрес доставки, йогурт и ёлка в корзине.",
}
# Letters with accents and marks, scripts with and without spaces, emoji, joiners, direction controls, lone surrogates.
PIECES = (
    "éüñøßÆœĳﬁ①½Ⅻ ａＢ İıſ",
    "жёйъЩ И\u0306",
    "Σςόϊ ἄ",
    "إرجاع الطَّلب ـ ٣٠",
    "שָׁלוֹם ך״",
    "वापसी क्षत्रिय क़",
    "คืนสินค้า น้ำ",
    "ត្រឡប់ \u17d2",
    "返品 かがヴ ｶﾞ ー 〇 ㍿ 한\u1112\u1161",
    "🏕️👩‍👩‍👧🇬🇧👍🏽1️⃣",
    "\u0301\u0308\u0323\u034f\u200d\u200c\ufe0f",
    "\u202e\u2066\u2069\u200f\u00ad\ufeff\u0000",
    "'’‘- .,-–\"<>&$%/\\|*^~(){}[]+?!:;@#",
    "\ud800\udc00\udfff",
    "𝐁𐐀𠮷\U000e0041",
)


@pytest.fixture(scope="module")
def indexes() -> list[dict[str, str]]:
    """Return search files as text by path: those that both sides share, and one small index a language."""
    shared = [index["files"] for index in json.loads(SHARED.read_text("utf-8"))["indexes"]]
    return shared + [_compiled(language, text) for language, text in TONGUES.items()]


def _compiled(language: str, text: str) -> dict[str, str]:
    halves = regex.split(r"(?<=[.?:;,。、])", text)
    documents = [
        Document(f"{at}/", half or "x", "", (Section("", "", text), Section(f"s{at}", half, half * 2)), (half,))
        for at, half in enumerate(halves)
    ]
    return {file.path: file.data.decode() for file in compile_search(documents, language=language)}


class Twin:
    """The browser's code in Node, waiting for queries."""

    def __init__(self, indexes: list[dict[str, str]], folder: Path) -> None:
        (folder / "indexes.json").write_text(json.dumps(indexes), encoding="utf-8")
        command = [find_node(), Path(__file__).with_name("ask.mjs"), folder / "indexes.json"]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def ask(self, index: int, query: str, *, finished: bool) -> dict[str, Any]:
        assert self._node.stdin and self._node.stdout
        self._node.stdin.write(json.dumps({"index": index, "query": query, "finished": finished}) + "\n")
        self._node.stdin.flush()
        answer: dict[str, Any] = json.loads(self._node.stdout.readline() or "{}")
        return answer

    def close(self) -> None:
        assert self._node.stdin
        self._node.stdin.close()
        self._node.wait(timeout=10)


@pytest.fixture(scope="module")
def twin(indexes: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    started = Twin(indexes, tmp_path_factory.mktemp("parity"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def readers(indexes: list[dict[str, str]]) -> list[SearchIndex]:
    return [SearchIndex(lambda name, files=files: files[f"search/{name}"].encode()) for files in indexes]


@pytest.fixture(scope="module")
def vocabularies(indexes: list[dict[str, str]]) -> list[list[str]]:
    """Return the words of each index."""
    return [
        sorted({word for path, text in files.items() if "/words-" in path for word in json.loads(text)["words"]})
        or ["x"]
        for files in indexes
    ]


def assert_same(reader: SearchIndex, twin: Twin, number: int, query: str, *, finished: bool) -> None:
    mine = search(reader, query, finished=finished)
    theirs = twin.ask(number, query, finished=finished)

    assert theirs["words"] == list(mine.words)
    assert theirs["unknown"] == list(mine.unknown_words)
    assert theirs["corrections"] == [list(pair) for pair in mine.corrections]
    assert [hit[:3] for hit in theirs["hits"]] == [[hit.url, hit.score, hit.anchor] for hit in mine.hits]
    assert [theirs["confidence"], theirs["level"]] == [mine.confidence, mine.level]
    for hit, (*_, excerpt) in zip(mine.hits, theirs["hits"], strict=True):
        if hit.excerpt.parts:
            assert excerpt == [[part.text, part.marked] for part in hit.excerpt.parts]


def test_a_passage_may_begin_with_a_sentence_as_early_as_it_may_begin_at_all(
    readers: list[SearchIndex], twin: Twin
) -> None:
    for number, reader in enumerate(readers):
        assert_same(reader, twin, number, "追", finished=False)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_text_is_understood_and_answered_alike(readers, twin, data):
    """But for characters that came into Unicode lately: each side knows those of its own version."""
    piece = st.sampled_from(PIECES).flatmap(lambda text: st.text(alphabet=text, min_size=1, max_size=6))
    known = st.text(st.characters(exclude_categories=("Cn",)), max_size=5)
    pieces = st.one_of(piece, known, st.sampled_from(("order", "return ", "返品", "straße", " ")))
    typed = "".join(data.draw(st.lists(pieces, max_size=8)))
    # Two halves of a character that meet are that character: no browser can tell.
    query = typed.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    number = data.draw(st.integers(0, len(readers) - 1))

    assert_same(readers[number], twin, number, query, finished=data.draw(st.booleans()))


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_typing_errors_and_missing_or_extra_spaces_are_answered_alike(readers, vocabularies, twin, data):
    number = data.draw(st.integers(0, len(readers) - 1))
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    words = data.draw(st.lists(st.sampled_from(vocabularies[number]), min_size=1, max_size=5))
    query = " ".join(_mistyped(word, chance) for word in words)
    for _ in range(chance.randrange(3)):
        query = _respaced(query, chance)

    assert_same(readers[number], twin, number, query, finished=data.draw(st.booleans()))


def _mistyped(word: str, chance: random.Random) -> str:
    """Make as many errors as a hasty hand: a letter left out, doubled, replaced, or swapped with the next."""
    for _ in range(chance.choice((0, 1, 1, 2))):
        at = chance.randrange(len(word) + 1)
        left, right = word[:at], word[at:]
        word = chance.choice(
            (
                left + right[1:],
                left + right[:1] + right,
                left + chance.choice("aeirsé") + right[1:],
                left + right[1:2] + right[:1] + right[2:],
            )
        )
    return word


def _respaced(query: str, chance: random.Random) -> str:
    at = chance.randrange(len(query) + 1)
    return query.replace(" ", "", 1) if chance.random() < 0.5 else f"{query[:at]} {query[at:]}"
