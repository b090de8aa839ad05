"""The next site takes from the published one what that has as it was made, and never writes into its files."""

import os

import pytest

from kb_builder.cache import digest
from kb_builder.files import OutputFile, write_files
from kb_builder.stage import Stage, begin_stage, stamps_in


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


def blocks(name, *texts):
    return {f"search/words-{name * 10}/{at}.json": text for at, text in enumerate(texts)}


def test_a_folder_whose_name_holds_a_hash_begins_as_the_older_one(tmp_path):
    """The third site is made in the folder of the first, while the second is published."""
    older, site = tmp_path / "older", tmp_path / "site"
    kept = make(older, blocks("a", "one", "two", "three", "four"))
    made = make(site, blocks("b", "one", "two", "3", "four"), published=older, made=kept)
    files = [older / f"search/words-aaaaaaaaaa/{at}.json" for at in range(4)]
    inodes = [file.stat().st_ino for file in files]

    again = make(older, blocks("c", "one", "2", "3", "two"), published=site, made=made)

    assert texts(older) == blocks("c", "one", "2", "3", "two")
    assert texts(site) == blocks("b", "one", "two", "3", "four")
    assert (older / "search/words-cccccccccc/0.json").stat().st_ino == inodes[0]
    assert all(Stage(tmp_path / "next", published=older, made=again).keep(path) for path in again)


def test_a_folder_that_the_new_site_has_already_is_not_renamed(tmp_path):
    names = {**blocks("a", "one"), **blocks("b", "two")}
    made = make(tmp_path / "site", names)
    begin_stage(tmp_path / "next", tmp_path / "site")
    stage = Stage(tmp_path / "next", published=tmp_path / "site", made=made)

    assert all(map(stage.keep, names))
    stage.write(OutputFile(path, text.encode()) for path, text in blocks("c", "two").items())
    stage.sweep()

    assert texts(tmp_path / "next") == names | blocks("c", "two")


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


def test_an_empty_folder_begins_with_the_published_files(tmp_path, published):
    site, made = published
    folder = tmp_path / "next"
    folder.mkdir()

    there = begin_stage(folder, site)
    stage = Stage(folder, published=site, made=made, there=there)

    assert there == stamps_in(folder)
    assert texts(folder) == FILES
    assert (folder / "index.html").samefile(site / "index.html")
    assert all(map(stage.keep, FILES))
    assert texts(folder) == FILES == texts(site)


def test_a_folder_that_has_some_of_the_published_files_begins_as_it_is(tmp_path, published):
    site, _ = published
    folder = tmp_path / "next"
    folder.mkdir()
    (folder / "index.html").hardlink_to(site / "index.html")
    (folder / "old.html").write_text("old")

    begin_stage(folder, site)

    assert texts(folder) == {"index.html": FILES["index.html"], "old.html": "old"}


@pytest.mark.parametrize("older", [{"a": "a file where a folder is"}, {"index.html/x/y.txt": "the reverse"}])
def test_a_foreign_folder_becomes_the_new_site_all_the_same(tmp_path, published, older):
    site, made = published
    folder = tmp_path / "next"
    write_files(folder, [OutputFile(path, text.encode()) for path, text in older.items()])

    there = begin_stage(folder, site)
    stage = Stage(folder, published=site, made=made, there=there)

    assert all(map(stage.keep, FILES))
    stage.sweep()
    assert texts(folder) == FILES == texts(site)


def test_a_file_of_a_process_that_was_stopped_gives_way(tmp_path):
    stage = Stage(tmp_path / "next")
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "index.html").write_text("hal")

    stage.made["index.html"] = stage.new("index.html", b"whole", digest(b"whole"))

    assert texts(tmp_path / "next") == {"index.html": "whole"}
    again = Stage(tmp_path / "after", published=tmp_path / "next", made=stage.made)
    assert again.keep("index.html")
