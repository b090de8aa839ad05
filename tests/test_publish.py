"""The old site stays until the new one is whole."""

import os
import subprocess
import sys

import pytest

from kb_builder.issues import KbError
from kb_builder.publish import BUSY_EXIT_CODE, build_lock, swap_in


def make_site(folder, text):
    (folder / "search").mkdir(parents=True)
    (folder / "search" / "manifest.json").write_text("{}")
    (folder / "index.html").write_text(text)


def test_a_whole_site_takes_the_place_of_the_old(tmp_path):
    site = tmp_path / "site"
    make_site(site, "old")

    with swap_in(site) as new:
        make_site(new, "new")

    assert (site / "index.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_failed_build_leaves_the_old_site(tmp_path):
    site = tmp_path / "site"
    make_site(site, "old")

    with pytest.raises(RuntimeError), swap_in(site) as new:
        (new / "index.html").write_text("half")
        raise RuntimeError

    assert (site / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_killed_build_leaves_the_old_site_and_the_next_needs_no_cleaning(tmp_path):
    """H36"""
    site = tmp_path / "site"
    make_site(site, "old")
    code = (
        "import os, signal, sys; from pathlib import Path; from kb_builder.publish import swap_in\n"
        "with swap_in(Path(sys.argv[1])) as new:\n"
        "    (new / 'index.html').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(site)], check=False)
    assert (site / "index.html").read_text() == "old"

    with swap_in(site) as new:
        assert list(new.iterdir()) == []
        make_site(new, "new")

    assert (site / "index.html").read_text() == "new"


def test_a_build_killed_between_the_two_renames_is_put_back(tmp_path):
    """H36"""
    site = tmp_path / "site"
    make_site(tmp_path / ".site.kb-old", "old")

    with pytest.raises(RuntimeError), swap_in(site):
        raise RuntimeError

    assert (site / "index.html").read_text() == "old"


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path):
    mine = tmp_path / "documents"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")

    with pytest.raises(KbError, match="would be lost"), swap_in(mine):
        pass

    assert (mine / "thesis.txt").read_text() == "mine"


def test_a_linked_site_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KbError, match="is not a folder"), swap_in(tmp_path / "site"):
        pass


def test_a_second_build_is_told_to_wait(tmp_path):
    """H35"""
    code = (
        "import sys; from pathlib import Path; from kb_builder.publish import build_lock\n"
        "with build_lock(Path(sys.argv[1]), wait_seconds=0):\n    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"held\n"

        with pytest.raises(KbError) as caught, build_lock(tmp_path, wait_seconds=0):
            pass

        assert caught.value.exit_code == BUSY_EXIT_CODE
    finally:
        holder.communicate()

    with build_lock(tmp_path, wait_seconds=0):
        pass


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_build_holds_no_lock(tmp_path):
    """H34"""
    code = (
        "import os, signal, sys; from pathlib import Path; from kb_builder.publish import build_lock\n"
        "with build_lock(Path(sys.argv[1]), wait_seconds=0):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)

    with build_lock(tmp_path, wait_seconds=0):
        pass
