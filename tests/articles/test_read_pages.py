"""What was read before is known again as long as the file is the same, and no longer."""

import datetime as dt
import os

import pytest

from kb_builder.articles.checks import check_content
from kb_builder.articles.read import read_content
from kb_builder.cache import Cache

TODAY = dt.date(2026, 6, 1)
LONG_AGO_NS = 1_600_000_000 * 10**9


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "content"
    for name in "abc":
        (folder / "faq").mkdir(parents=True, exist_ok=True)
        text = f"---\ntitle: Parcel {name}\n---\nSee [the other](b.md#when).\n\n## When\n\nSoon: АKIA, pаypal.\n"
        (folder / "faq" / f"{name}.md").write_text(text)
    return folder


def read(folder):
    cache = Cache(folder.parent / "cache")
    content = read_content(folder, today=TODAY, known=cache)
    content = check_content(content, today=TODAY, known=cache)
    cache.save()
    cache.close()
    return content


def plain(folder):
    return check_content(read_content(folder, today=TODAY), today=TODAY)


def test_what_is_known_is_what_would_be_read(folder):
    first, second = read(folder), read(folder)

    assert first == second == plain(folder)
    assert [one.code for one in first.issues].count("KB504") == 6
    assert first.articles["faq/a.md"].lines == second.articles["faq/a.md"].lines == {"title": 2}


def test_a_file_with_its_old_stamp_is_not_opened(folder):
    path = folder / "faq" / "a.md"
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    read(folder)
    path.write_text(path.read_text().replace("Soon", "Late"))  # of the same length
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))

    assert "Soon" in read(folder).articles["faq/a.md"].body


def test_a_file_that_was_just_written_is_told_by_its_bytes(folder):
    path = folder / "faq" / "a.md"
    read(folder)
    about = path.stat()
    path.write_text(path.read_text().replace("Soon", "Late"))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

    assert "Late" in read(folder).articles["faq/a.md"].body


def test_a_heading_that_goes_is_missed_by_texts_that_are_known(folder):
    read(folder)
    path = folder / "faq" / "b.md"
    path.write_text(path.read_text().replace("## When", "## Where"))

    content = read(folder)
    assert [one.path for one in content.issues if one.code == "KB302"] == [f"content/faq/{name}.md" for name in "abc"]
    assert content == plain(folder)


def test_many_files_are_read_in_several_processes_with_the_same_result(folder, monkeypatch):
    monkeypatch.setattr("kb_builder.articles.read_pages._MANY", 1)

    assert read(folder) == plain(folder)
