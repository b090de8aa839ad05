"""The table of stems: what it says must be what the stemmer would."""

from kb_builder.index import shipped_stems as module
from kb_builder.index.analyzer import snowball_stemmer, stemmer
from kb_builder.index.shipped_stems import shipped_stems, write_stems


def test_every_stem_of_the_table_is_what_the_installed_stemmer_makes():
    work_out = snowball_stemmer("en")

    table = shipped_stems("en")

    assert len(table) > 40_000
    assert {word: work_out(word) for word in table} == table


def test_words_that_are_in_no_table_are_stemmed():
    stem = stemmer("en")

    assert "zonkings" not in shipped_stems("en")
    assert [stem(word) for word in ("zonkings", "returns", "2024")] == ["zonk", "return", "2024"]
    assert shipped_stems("../en") == shipped_stems("de") == {}


def test_a_table_of_another_stemmer_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DATA", tmp_path)
    write_stems(tmp_path / "xx-stems.gz", {"shops": "shop", "a": "a"})
    monkeypatch.setattr(module, "version", lambda package: "0.0")
    write_stems(tmp_path / "yy-stems.gz", {"shops": "wrong"})
    monkeypatch.undo()
    monkeypatch.setattr(module, "DATA", tmp_path)
    shipped_stems.cache_clear()

    assert shipped_stems("xx") == {"shops": "shop", "a": "a"}
    assert shipped_stems("yy") == {}
    shipped_stems.cache_clear()
