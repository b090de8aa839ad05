"""The next site takes from the published one what that has as it was made, and never writes into its files."""

import os

import pytest

from kb_builder.files import OutputFile
from kb_builder.stage import Stage


def make(folder, files, **others):
    stage = Stage(folder, **others)
    folder.mkdir(exist_ok=True)
    stage.write(OutputFile(path, text.encode()) for path, text in files.items())
    stage.sweep()
    return stage.made


def texts(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


FILES = {"index.html": "home", "a/index.html": "first", "a/b/index.html": "second", "search/words-1-0.json": "words"}


@pytest.fixture
def published(tmp_path):
    return tmp_path / "site", make(tmp_path / "site", FILES)


def test_what_stays_the_same_is_the_same_file(tmp_path, published):
    site, made = published
    changed = {**FILES, "a/index.html": "edited"}
    make(tmp_path / "next", changed, published=site, made=made)

    assert texts(tmp_path / "next") == changed
    assert texts(site) == FILES
    same = [path for path in FILES if (site / path).samefile(tmp_path / "next" / path)]
    assert same == [path for path in FILES if path != "a/index.html"]


def test_a_file_under_another_name_is_not_written_again(tmp_path, published):
    site, made = published
    make(tmp_path / "next", {"search/words-2-0.json": "words"}, published=site, made=made)

    assert texts(tmp_path / "next") == {"search/words-2-0.json": "words"}
    assert (tmp_path / "next" / "search/words-2-0.json").samefile(site / "search/words-1-0.json")


def test_an_older_site_is_brought_up_to_date(tmp_path, published):
    site, made = published
    make(tmp_path / "next", {"a/b/index.html": "old", "gone/deep/x.html": "old"}, published=site, made=made)
    (tmp_path / "next" / "stray.txt").write_text("somebody else's")
    stage = Stage(tmp_path / "next", published=site, made=made)

    assert all(map(stage.keep, FILES))
    stage.sweep()

    assert texts(tmp_path / "next") == FILES
    assert sorted(path.name for path in (tmp_path / "next").iterdir()) == ["a", "index.html", "search"]
    assert stage.made == made


@pytest.mark.parametrize("older", [{"a": "a file where a folder is"}, {"index.html/x/y.txt": "the reverse"}])
def test_files_and_folders_take_each_others_places(tmp_path, published, older):
    site, made = published
    make(tmp_path / "next", older)

    make(tmp_path / "next", FILES, published=site, made=made)

    assert texts(tmp_path / "next") == FILES


def test_a_file_that_somebody_changed_is_not_kept(tmp_path, published):
    site, made = published
    (site / "a" / "index.html").write_text("not ours")
    (site / "index.html").unlink()
    stage = Stage(tmp_path / "next", published=site, made=made)

    assert [path for path in FILES if stage.keep(path)] == ["a/b/index.html", "search/words-1-0.json"]


def test_a_site_that_was_copied_is_known_by_its_bytes(tmp_path, published):
    _, made = published
    copy = tmp_path / "copy"
    for path, text in FILES.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)
    stage = Stage(tmp_path / "next", published=copy, made=made)

    assert all(map(stage.keep, FILES))
    assert texts(tmp_path / "next") == FILES


def test_where_files_have_one_name_only_they_are_copied(tmp_path, published, monkeypatch):
    def refuse(*_names):
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    site, made = published

    again = make(tmp_path / "next", FILES, published=site, made=made)

    assert texts(tmp_path / "next") == FILES
    assert not (site / "index.html").samefile(tmp_path / "next" / "index.html")
    assert all(Stage(tmp_path / "third", published=tmp_path / "next", made=again).keep(path) for path in FILES)
