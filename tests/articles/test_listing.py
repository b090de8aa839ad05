from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb_builder.articles.listing import list_files
from kb_builder.issues import KbError, Level

from .conftest import ContentFolder


def test_h23_symbolic_links_are_errors_and_are_never_followed(folder: ContentFolder, tmp_path: Path) -> None:
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / "secret.md").write_text("# Secret\n\nText")
    folder.write("guides/a.md", "# A\n\nText")
    (folder.path / "file.md").symlink_to(secret / "secret.md")
    (folder.path / "folder").symlink_to(secret)
    (folder.path / "loop").symlink_to(folder.path)
    (folder.path / "dangling.md").symlink_to("nowhere.md")

    content = folder.read()

    assert list(content.articles) == ["guides/a.md"]
    assert [(found.code, found.path, found.level) for found in content.issues] == [
        ("KB201", f"content/{name}", Level.ERROR) for name in ("dangling.md", "file.md", "folder", "loop")
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_an_error_and_is_not_opened(folder: ContentFolder) -> None:
    os.mkfifo(folder.path / "a.md")

    assert [found.code for found in folder.read().issues] == ["KB202"]


def test_hidden_files_and_folders_are_passed_over(folder: ContentFolder) -> None:
    for name in (".git/config.md", ".DS_Store", "_includes/part.md", "guides/_part.md", "guides/Thumbs.db"):
        folder.write(name, "# A\n\nText")

    listing = list_files(folder.path)

    assert (listing.files, listing.issues) == ((), ())


def test_files_come_in_the_order_of_their_paths(folder: ContentFolder) -> None:
    for name in ("b/z.md", "a.md", "b.md", "a/b.md", "B.txt"):
        folder.write(name, "x")

    assert [file.path for file in list_files(folder.path).files] == ["B.txt", "a.md", "a/b.md", "b.md", "b/z.md"]


def test_a_missing_folder_stops_the_work_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(KbError, match="nowhere"):
        list_files(tmp_path / "nowhere")
